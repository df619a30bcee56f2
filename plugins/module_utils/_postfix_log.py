# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What Postfix has logged since a moment: its own reason why it does not start or greet."""

from __future__ import annotations

import os
import re
import stat
import time
from typing import Callable, List, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, printable

MAIL_FILES = ('/var/log/mail.log', '/var/log/maillog', '/var/log/mail')
"""Where syslog daemons write mail alone: on Debian, on Red Hat and FreeBSD, on SUSE."""
SHARED_FILES = ('/var/log/messages', '/var/log/syslog')
"""Where they write what they have no other file for: mail too on Alpine."""
TELLING = ('fatal:', 'panic:', 'error:', 'warning:')
MOST_LINES = 20
DEATH = re.compile(r'/([\w-]+)\[\d+\]: (?:fatal|panic):')
COMMANDS = ('mailq', 'newaliases', 'postalias', 'postcat', 'postconf', 'postdrop', 'postfix', 'postfix-script',
            'postkick', 'postlock', 'postlog', 'postmap', 'postmulti', 'postqueue', 'postsuper', 'sendmail')
"""They log as daemons do, and end for reasons of their own."""

Lines = Callable[[], List[str]]


def daemons_that_died(lines: List[str]) -> List[str]:
    """Give the names of the daemons that say in a log why they died; commands that people run do not count."""
    found = (DEATH.search(line) for line in lines)
    return sorted({match[1] for match in found if match and match[1] not in COMMANDS})


def log_from_now(host: Host, maillog_file: str) -> Lines:
    """Note where the mail log ends now.

    Args:
        host: whose log.
        maillog_file: the file that Postfix itself writes (postconf(5)); empty where it logs to syslog.

    Returns:
        A function that gives the warnings and errors which Postfix has logged since, the last ones if there are many.
    """
    lines = all_from_now(host, maillog_file)
    return lambda: [line for line in lines() if any(word in line for word in TELLING)][-MOST_LINES:]


def all_from_now(host: Host, maillog_file: str) -> Lines:
    """Note the same, for a function that gives all that Postfix has logged since."""
    read = _file_from_now(maillog_file) if maillog_file.startswith('/') else None
    read = read or _journal_from_now(host) or next(filter(None, map(_file_from_now, MAIL_FILES + SHARED_FILES)), None)
    return lambda: [line for line in printable(read() if read else '').splitlines() if 'postfix' in line]


def _file_from_now(path: str) -> Optional[Callable[[], str]]:
    try:
        status = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None  # a pipe to a supervisor, such as /dev/stdout
    end = status.st_size

    def read() -> str:
        try:
            with open(path, encoding='utf-8', errors='surrogateescape') as stream:
                stream.seek(end if os.stat(path).st_size >= end else 0)
                return stream.read()
        except OSError:
            return ''

    return read


def _journal_from_now(host: Host) -> Optional[Callable[[], str]]:
    if not os.path.exists('/run/systemd/journal/socket') or not host.has('journalctl'):
        return None
    since = f'--since=@{time.time():.6f}'
    return lambda: host.run('journalctl', '--quiet', '--no-pager', 'SYSLOG_FACILITY=2', since)[1]
