# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Configuration files replaced so that at every instant the old one or the new one is there, complete.

AnsibleModule.atomic_move() knows neither the lock of postconf(1) nor access control lists, so this is done here.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import time
from typing import Collection, Iterator, List, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError, read_text

LOCK_POLL_SECONDS = 0.05
FAILED = '.failed'
"""Ends the name of what did not work."""


@contextlib.contextmanager
def exclusive(path: str, seconds: float) -> Iterator[int]:
    """Keep every other writer out that follows Postfix's protocol: an flock(2) on ``PATH.tmp`` (edit_file.c).

    Args:
        path: of the file to be replaced.
        seconds: how long to wait for another writer.

    Yields:
        A descriptor of ``PATH.tmp``, open for writing and empty, to be given to ``replace``.  What is left of it
        afterwards is removed.

    Raises:
        HostError: another writer does not finish, or the directory cannot be written.
    """
    temporary = path + '.tmp'
    deadline = time.monotonic() + seconds
    try:
        descriptor = _locked(temporary, deadline)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES) and time.monotonic() >= deadline:
            raise HostError(f'{path}: another program has been changing it for {seconds:g} s; nothing was changed, '
                            'run this again') from error
        raise unwritable(path, error) from error
    try:
        yield descriptor
    finally:
        if _is_at(descriptor, temporary):
            os.unlink(temporary)
        os.close(descriptor)


def _locked(temporary: str, deadline: float) -> int:
    while True:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise
                    time.sleep(LOCK_POLL_SECONDS)
            if _is_at(descriptor, temporary):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the one before us renamed or removed it: this lock protects nothing


def _is_at(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def unwritable(path: str, error: OSError) -> HostError:
    """Say why a file cannot be replaced."""
    return HostError(f'{path}: cannot be written: {error.strerror}; nothing was changed')


def replace(path: str, descriptor: int, text: str) -> None:
    """Put a new text in the place of a file, keeping its owner, mode, access control list and security context.

    Args:
        path: of the file, with symbolic links followed; it may be absent.
        descriptor: of ``PATH.tmp``, from ``exclusive``.
        text: what the file shall say.

    Raises:
        HostError: it cannot be written; the old file is untouched.
    """
    try:
        with open(descriptor, 'w', encoding='utf-8', errors='surrogateescape', newline='', closefd=False) as stream:
            stream.write(text)
        if os.path.exists(path):
            _take_attributes(path, descriptor)
        else:
            os.fchmod(descriptor, 0o644)
        os.fsync(descriptor)
        os.rename(path + '.tmp', path)
        _sync_directory(os.path.dirname(path))
    except OSError as error:
        raise unwritable(path, error) from error


def _take_attributes(path: str, descriptor: int) -> None:
    status = os.stat(path)
    os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, status.st_mode & 0o7777)
    try:
        names = os.listxattr(path)
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return
    for name in names:
        os.setxattr(descriptor, name, os.getxattr(path, name))


def _sync_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def backups(path: str) -> List[str]:
    """Give the paths of the backups of a file, oldest first."""
    directory, name = os.path.split(path)
    pattern = re.compile(re.escape(name) + r'\.\d{8}T\d{6}\.\d{6}Z\.bak\Z')
    return sorted(os.path.join(directory, entry) for entry in os.listdir(directory) if pattern.match(entry))


def restore(path: str, backup: Optional[str], seconds: float) -> None:
    """Put the text of a backup in the place of a file, and keep what was there as ``PATH.failed``.

    The file gets the time of the backup too: Postfix waits for one that looks as if it was still being written.

    Args:
        path: of the file.
        backup: its backup; None where there was no such file.
        seconds: how long to wait for another writer.

    Raises:
        HostError: it cannot be done.
    """
    with exclusive(path, seconds) as descriptor:
        try:
            if os.path.exists(path):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path + FAILED)
                os.link(path, path + FAILED)
            if backup is None:
                os.unlink(path)
                return
            text = read_text(backup)
            if text is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), backup)
            replace(path, descriptor, text)
            os.utime(path, ns=(os.stat(backup).st_atime_ns, os.stat(backup).st_mtime_ns))
        except OSError as error:
            raise HostError(f'{path}: cannot be put back from {backup}: {error.strerror}') from error


def back_up(path: str, keep: int, needed: Collection[str] = ()) -> str:
    """Keep a file under a second name, with the time in it, before it is replaced.

    A hard link is exact: content, owner, mode, access control list, security context and time are those of the file.

    Args:
        path: of the file, with symbolic links followed.
        keep: how many backups there may be afterwards, at least 1; older ones are removed.
        needed: backups that are not removed.

    Returns:
        The path of the backup.

    Raises:
        HostError: it cannot be made.
    """
    now = time.time()
    stamp = time.strftime('%Y%m%dT%H%M%S', time.gmtime(now)) + f'.{int(now % 1 * 1000000):06d}Z'
    backup = f'{path}.{stamp}.bak'
    try:
        try:
            os.link(path, backup)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                raise
            shutil.copy2(path, backup)
            shutil.chown(backup, os.stat(path).st_uid, os.stat(path).st_gid)
        for old in backups(path)[:-keep]:
            if old not in needed:
                os.unlink(old)
    except OSError as error:
        raise unwritable(path, error) from error
    return backup
