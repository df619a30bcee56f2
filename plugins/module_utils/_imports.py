# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The imports of a module, from the archive that Ansible sends to a host.

Only this file and those of the modules can be read by a Python that is too old for all others, so that they can say so:
nothing is imported from __future__ here, as Python 3.6 knows of no annotations there.
"""

import gc
import json
import sys
import zipimport
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Iterator

OLDEST = 3, 8
TOO_OLD = (
    'inet6.postfix needs Python {}.{} or newer, and {} is Python {}.{}.{}; nothing was looked at or changed. Name a'
    ' newer one of this host in ansible_python_interpreter')


@contextmanager
def module_imports() -> Iterator[None]:
    """Read and compile what is imported here once: from Python 3.10 on, zipimport does so to find it and to run it.

    Afterwards what there is by then is no longer looked through for garbage, as Python does at the end of a process
    above all. Each takes more time than all that a module does where nothing is to change. What compiles is private to
    Python, and only CPython freezes; where one of them is missing, everything is as ever.

    Raises:
        SystemExit: this Python is older than OLDEST; the user has been told as Ansible tells what a module says.
    """
    if sys.version_info < OLDEST:
        told = TOO_OLD.format(*OLDEST, sys.executable, *sys.version_info)
        sys.stdout.write(json.dumps({'failed': True, 'msg': told}))
        raise SystemExit(1)
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
