# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Configuration files replaced so that at every instant the old one or the new one is there, complete.

AnsibleModule.atomic_move() knows neither the lock of postconf(1) nor access control lists, so this is done here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from typing import Collection, Iterable, Iterator, List, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError, read_text
from ansible_collections.inet6.postfix.plugins.module_utils._locks import lock

FAILED = '.failed'
"""Ends the name of what was taken back."""
BACKUP = re.compile(r'\.\d{8}T\d{6}\.\d{6}Z\.bak')
"""Ends the name of a backup."""
NEWEST = 'newest'


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
    except BlockingIOError as error:
        raise HostError(f'{path}: another program has been changing it for {seconds:g} s; nothing was changed, '
                        'run this again') from error
    except OSError as error:
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
            lock(descriptor, deadline)
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
    hint = ' (lsattr shows whether it is immutable)' if error.errno == errno.EPERM else ''
    return HostError(f'{path}: cannot be written: {error.strerror}{hint}; nothing was changed')


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
    except OSError as error:
        raise unwritable(path, error) from error
    with contextlib.suppress(OSError):  # it is replaced, whether or not that can outlive a power cut already
        _sync_directory(os.path.dirname(path))


def remove(path: str) -> None:
    """Remove a file that ``exclusive`` keeps other writers from, and let them in again, as ``replace`` does.

    Raises:
        HostError: it cannot be removed.
    """
    try:
        os.unlink(path)
        os.unlink(path + '.tmp')
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
    return sorted(os.path.join(directory, entry) for entry in os.listdir(directory)
                  if entry.startswith(name + '.') and BACKUP.fullmatch(entry[len(name):]))


def stamp() -> str:
    """Give the time now (UTC), as it stands in the names of all backups that a run makes."""
    now = time.time()
    return time.strftime('%Y%m%dT%H%M%S', time.gmtime(now)) + f'.{int(now % 1 * 1000000):06d}Z'


def _stamp_of(backup: str) -> str:
    return backup.split('.')[-3] + '.' + backup.split('.')[-2]


def _runs(paths: Iterable[str]) -> List[str]:
    """Give the stamps of the runs that have changed any of some files, oldest first."""
    return sorted({_stamp_of(backup) for path in paths for backup in backups(path)})


def run_of(paths: Sequence[str], name: str) -> str:
    """Give the stamp of the run that has made a backup of one of some files.

    Args:
        paths: of the files.
        name: of the backup, its path, or ``newest``.

    Raises:
        HostError: there is no such backup; names those that there are.
    """
    there = [backup for path in paths for backup in backups(path)]
    for backup in there:
        if name in (backup, os.path.basename(backup)):
            return _stamp_of(backup)
    if name != NEWEST or not there:
        raise HostError(f'restore: {name} is no backup that there is; there are: {", ".join(there) or "none"}')
    return _runs(paths)[-1]


def before(path: str, run: str) -> Optional[str]:
    """Give the text that a file had before a run; None where nothing of ours has changed it since.

    Args:
        path: of the file.
        run: the stamp of that run.
    """
    later = [backup for backup in backups(path) if _stamp_of(backup) >= run]
    return read_text(later[0]) if later else None


def set_aside(path: str) -> str:
    """Keep a file as ``PATH.failed`` before it is taken back; give that path.

    Raises:
        HostError: it cannot be made.
    """
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + FAILED)
        _duplicate(path, path + FAILED)
    except OSError as error:
        raise unwritable(path + FAILED, error) from error
    return path + FAILED


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
            text = read_text(backup) if backup else None
            if backup and text is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), backup)
            if os.path.exists(path) and backup != path + FAILED:
                set_aside(path)
            if backup is None or text is None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
                return
            times = os.stat(backup)
            replace(path, descriptor, text)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        except OSError as error:
            raise HostError(f'{path}: cannot be put back from {backup}: {error.strerror}') from error


def back_up(path: str, run: str) -> str:
    """Keep a file under a second name, with the time in it, before it is replaced; give that path.

    A hard link is exact: content, owner, mode, access control list, security context and time are those of the file.

    Args:
        path: of the file, with symbolic links followed.
        run: the stamp of this run.

    Raises:
        HostError: it cannot be made.
    """
    backup = f'{path}.{run}.bak'
    try:
        _duplicate(path, backup)
    except OSError as error:
        raise unwritable(path, error) from error
    return backup


def remove_old_backups(paths: Sequence[str], keep: int, needed: Collection[Optional[str]] = ()) -> None:
    """Leave the backups of only so many runs: of those that have made one that is still needed, and of the newest.

    Args:
        paths: of the files that are changed together.
        keep: of how many runs; that of the newest stays in any case.
        needed: backups that stay.
    """
    runs = _runs(paths)
    required = {_stamp_of(backup) for backup in needed if backup}
    old = [run for run in runs[:-1] if run not in required][:max(len(runs) - keep, 0)]
    for path in paths:
        for backup in backups(path):
            if _stamp_of(backup) in old:
                os.unlink(backup)


def tidy(path: str, seconds: float) -> None:
    """Remove what a writer of a file has left that was killed."""
    if os.path.lexists(path + '.tmp'):
        with contextlib.suppress(HostError), exclusive(path, seconds):
            pass


def _duplicate(path: str, other: str) -> None:
    """Give a file a second name, or make a copy of it where the file system does not link files."""
    try:
        os.link(path, other)
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
    with exclusive(other, 0) as descriptor, open(path, 'rb') as source:
        with open(descriptor, 'wb', closefd=False) as target:
            shutil.copyfileobj(source, target)
        _take_attributes(path, descriptor)
        os.utime(descriptor, ns=(os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns))
        os.rename(other + '.tmp', other)
