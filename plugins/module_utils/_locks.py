# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Locks that keep runs and programs apart which change the same files; they end with the process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import Iterator

from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError

LOCK_SECONDS = 30.0
"""How long to wait for another writer of a file."""
LOCK_POLL_SECONDS = 0.05


@contextlib.contextmanager
def alone(directory: str, seconds: float) -> Iterator[None]:
    """Keep every other run of this collection away from an instance, by an flock(2) on its configuration directory.

    Nothing is written for that, and it ends with the process. A file system without such locks, as NFS, gives none.

    Args:
        directory: with main.cf.
        seconds: how long to wait for another run.

    Raises:
        HostError: another run does not end.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            lock(descriptor, time.monotonic() + seconds)
        except BlockingIOError as error:
            raise HostError(f'{directory}: another run has been at work here for {seconds:g} s; nothing was changed, '
                            'run this again') from error
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)


def lock(descriptor: int, deadline: float) -> None:
    """Take an flock(2) alone.

    Args:
        descriptor: of a file or directory.
        deadline: by time.monotonic(), until when to wait for whoever has it.

    Raises:
        BlockingIOError: somebody has it still.
        OSError: the file system has no such locks.
    """
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(LOCK_POLL_SECONDS)
