# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Where mail is logged on a host: files, also rotated and compressed ones, or systemd's journal. They are streamed."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import os
import re
import stat
import subprocess
import tempfile
import zlib
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import printable
from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import MAIL_FILES, SHARED_FILES

JOURNAL = 'journal'
JOURNALS = ('/run/log/journal', '/var/log/journal')
ROTATED = re.compile(r'[.-][0-9][0-9-]*(?:\.(gz|bz2|xz|zst))?')
"""What logrotate(8) and postfix(1) logrotate put behind the name of a file."""
OPENERS: Dict[str, Callable[..., Any]] = {'': open, 'gz': gzip.open, 'bz2': bz2.open, 'xz': lzma.open}
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading raises of a compressed file that is cut off, or no such file."""
BLOCK = 1 << 20
LONGEST_LINE = 1 << 16
"""Bytes; of a longer line, which Postfix does not write, the middle is lost, so that memory stays bounded."""

Blocks = Iterator[bytes]
"""Whole lines with their line feeds, many at a time."""


class LogFile(NamedTuple):
    """A file of a log, perhaps a rotated one."""

    path: str
    compression: str
    newest: float
    """When it was last written, in seconds since 1970."""
    identity: Sequence[int]

    def open(self) -> Any:
        """Open it, to be read as if it were not compressed.

        Raises:
            CoreError: it may not be read, or has gone.
        """
        try:
            return OPENERS[self.compression](self.path, 'rb')
        except OSError as error:
            raise CoreError(f'{self.path}: cannot be read: {error.strerror}; run as root (become: true), or again '
                            'if it has just been rotated') from error


class Sources(NamedTuple):
    """What there is to read."""

    names: List[str]
    """Of logs, without those of their rotated files."""
    files: List[LogFile]
    """Oldest first."""
    unread: List[str]
    """Files in a compression that Python's standard library does not know."""
    is_journal: bool = False


def blocks(read: Callable[[int], bytes]) -> Blocks:
    """Split what a stream holds into lines.

    Args:
        read: gives at most so many bytes, and none at the end.
    """
    rest = b''
    block = read(BLOCK)
    while block:
        lines, line_feed, begun = block.rpartition(b'\n')
        if line_feed:
            yield rest + lines + line_feed
            rest = b''
        rest = (rest + begun)[:LONGEST_LINE]
        block = read(BLOCK)
    if rest:
        yield rest + b'\n'


def sources(paths: Optional[Sequence[str]], maillog_file: str, since: float, journal: bool) -> Sources:
    """Find what holds the log of a time.

    Args:
        paths: of files that are asked for; None for the usual ones.
        maillog_file: the file that Postfix itself writes (postconf(5)); empty where it logs to syslog.
        since: seconds since 1970; files that were last written earlier are left out.
        journal: whether this host has a journal.

    Raises:
        CoreError: there is none; names what was looked for.
    """
    wanted = list(paths or ([maillog_file] if maillog_file else MAIL_FILES))
    found = {path: _with_rotated(path) for path in wanted}
    missing = [path for path in wanted if not found[path]]
    if paths or maillog_file:
        if missing:
            origin = 'paths' if paths else 'maillog_file'
            raise CoreError(f'{origin}: there is no log file {missing[0]}, nor a rotated one beside it; '
                            'name a file that Postfix logs to in paths')
        return _recent(found, since)
    # A file that is no longer written is what a syslog daemon has left that is no longer there.
    for path in wanted:
        if any(file.newest >= since for file in found[path]):
            return _recent({path: found[path]}, since)
    if journal:
        return Sources([JOURNAL], [], [], is_journal=True)
    if len(missing) < len(wanted):
        return _recent({path: found[path] for path in wanted if path not in missing}, since)
    for path in SHARED_FILES:
        files = _with_rotated(path)
        if files:
            return _recent({path: files}, since)
    raise CoreError(f"there is no mail log: neither {', '.join((*wanted, *SHARED_FILES))} nor a journal of systemd, "
                    'and maillog_file is not set; name the file in paths')


def journal_blocks(journalctl: str, since: float, until: float) -> Blocks:
    """Give the entries of the mail facility in systemd's journal, one a line, with seconds since 1970.

    Raises:
        CoreError: journalctl(1) fails; with its reason.
    """
    # short-unix is the form that costs journalctl least, knows no time zones, and indents what follows a line feed.
    command = [journalctl, '--quiet', '--no-pager', '--all', '--output=short-unix', f'--since=@{max(int(since), 0)}',
               f'--until=@{int(until) + 1}', 'SYSLOG_FACILITY=2']
    # Not _programs.run, which holds all that a program prints in memory.
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                              env={**os.environ, 'LC_ALL': 'C'}) as process:
            if process.stdout:
                yield from blocks(process.stdout.read)
        errors.seek(0)
        reason = printable(errors.read(1000).decode('utf-8', 'replace')).strip()
    if process.returncode:
        raise CoreError(f'journalctl: {reason or f"it ended with {process.returncode}"}')


def journalctl_of_host(find: Callable[[str], Optional[str]]) -> Optional[str]:
    """Give the path of journalctl(1); None where there is none, or nothing to read with it.

    Args:
        find: gives the path of a program, None where it is not installed.
    """
    return find('journalctl') if any(map(os.path.isdir, JOURNALS)) else None


def _with_rotated(path: str) -> List[LogFile]:
    """Give a log file and the rotated ones beside it that there are, oldest first."""
    directory, name = os.path.split(path)
    try:
        suffixes = {other: ROTATED.fullmatch(other[len(name):])
                    for other in os.listdir(directory or '.') if other.startswith(name)}
        files = {other: _log_file(os.path.join(directory, other), (suffix[1] or '') if suffix else '')
                 for other, suffix in suffixes.items() if suffix or other == name}
    except (FileNotFoundError, NotADirectoryError, ValueError):  # no path can hold a NUL
        return []
    except OSError as error:
        raise CoreError(f'{path}: cannot be looked for: {error.strerror}; run as root (become: true)') from error
    # While logrotate compresses a file, there are both.
    return sorted((file for other, file in files.items()
                   if file and not (file.compression and files.get(other.rpartition('.')[0]))),
                  key=lambda file: (file.newest, file.path))


def _log_file(path: str, compression: str) -> Optional[LogFile]:
    with contextlib.suppress(FileNotFoundError):
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode):  # not a pipe to a supervisor, such as /dev/stdout
            return LogFile(path, compression, status.st_mtime, (status.st_dev, status.st_ino))
    return None


def _recent(found: Dict[str, List[LogFile]], since: float) -> Sources:
    files = _once(file for path in found for file in found[path] if file.newest >= since)
    return Sources(list(found), [file for file in files if file.compression in OPENERS],
                   [file.path for file in files if file.compression not in OPENERS])


def _once(files: Iterable[LogFile]) -> List[LogFile]:
    """Leave out what is the same file by another name."""
    return list({file.identity: file for file in files}.values())
