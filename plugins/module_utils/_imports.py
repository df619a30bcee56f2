# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Imports from the archive that Ansible sends to a host, in less time."""

from __future__ import annotations

import zipimport
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Iterator


@contextmanager
def compiled_once() -> Iterator[None]:
    """Read and compile what is imported here once: from Python 3.10 on, zipimport does so to find it and to run it.

    That takes more time than all that a module does where nothing is to change. What does it is private to Python;
    where it is missing, everything is imported as ever.
    """
    archives: Any = zipimport
    usual = getattr(archives, '_get_module_code', None)
    if usual is None:
        yield
        return
    archives._get_module_code = lru_cache(maxsize=None)(usual)
    try:
        yield
    finally:
        archives._get_module_code = usual
