# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Imports from the archive that Ansible sends to a host, in less time."""

from __future__ import annotations

import gc
import zipimport
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Iterator


@contextmanager
def quick_imports() -> Iterator[None]:
    """Read and compile what is imported here once: from Python 3.10 on, zipimport does so to find it and to run it.

    Afterwards what there is by then is no longer looked through for garbage, as Python does at the end of a process
    above all. Each takes more time than all that a module does where nothing is to change. What compiles is private to
    Python, and only CPython freezes; where one of them is missing, everything is as ever.
    """
    archives: Any = zipimport
    usual = getattr(archives, '_get_module_code', None)
    if usual is not None:
        archives._get_module_code = lru_cache(maxsize=None)(usual)
    try:
        yield
    finally:
        if usual is not None:
            archives._get_module_code = usual
        getattr(gc, 'freeze', lambda: None)()
