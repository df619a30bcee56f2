# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""When a line was logged, in each form of time that a mail log has, and moments as people write them.

The traditional form (RFC 3164, also that of postlogd(8)) has local time and no year: it is the last such moment before
the file was last written. The form of rsyslog since Debian 12 (RFC 3339) says everything.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import datetime
from functools import lru_cache
from typing import Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, shown

MONTHS = {month: number for number, month in enumerate(b'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(), 1)}
SLACK = 86400
"""Seconds; how much older than its last line a file may say that it is."""
YEARS_BACK = 8
"""Far enough for any 29 February."""
UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
AGE = re.compile(r'([0-9]{1,10})([smhdw]?)')

LATEST = 253370764800.0
"""The year 9999, after which Python has no dates."""
HEAD = re.compile(
    rb'(?:([A-Z][a-z]{2} [ 0-3][0-9] [0-9]{2}:[0-9]{2}):([0-9]{2})'
    rb'|([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}):([0-9]{2})(?:[.,][0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})'
    rb'|([0-9]{1,12})\.[0-9]{6}) [^ ]+ ([^ ]+)/[a-z]+')
"""What precedes the process id: the time in one of three forms, the host, the name of the Postfix, the program."""


def moment(option: str, text: str, now: float) -> float:
    """Read a moment as people write it, in seconds since 1970.

    Args:
        option: its name, for the message.
        text: how long ago, as Postfix writes times (``3600``, ``12h``, ``1d``, see postconf(5)), or a date, or a date
            and time by RFC 3339, which are local where they name no offset.
        now: the present, in seconds since 1970.

    Raises:
        CoreError: it is neither.
    """
    age = AGE.fullmatch(text)
    try:
        found = (now - int(age[1]) * UNITS[age[2] or 's'] if age else
                 datetime.fromisoformat(re.sub('[zZ]$', '+00:00', text)).timestamp())
    except (ValueError, OverflowError) as error:
        raise CoreError(f'{option}: {shown(text)} is neither an age nor a time; write 3600, 12h, 1d or '
                        '2026-11-21T03:14:00+01:00') from error
    return min(max(found, 0.0), LATEST)


class Clock:
    """Tells the time of the lines of one file."""

    def __init__(self, newest: float) -> None:
        """Take the moment at which the file was last written, in seconds since 1970."""
        self._newest = newest
        self._minute = lru_cache(maxsize=64)(self._minute_uncached)

    def read(self, head: bytes) -> Optional[Tuple[float, bytes]]:
        """Give when a line was logged, in seconds since 1970, and the name of the Postfix that did; None if nothing is.

        Args:
            head: what stands before the bracket of the process id.
        """
        found = HEAD.fullmatch(head)
        if not found:
            return None
        minute, second, full_minute, full_second, offset, since_1970, name = found.groups()
        if since_1970:
            return float(since_1970), name
        start = self._minute(minute or full_minute, offset)
        return None if start is None else (start + int(second or full_second), name)

    def _minute_uncached(self, text: bytes, offset: Optional[bytes]) -> Optional[float]:
        try:
            return _with_year(text, offset) if offset else self._without_year(text)
        except (ValueError, OverflowError):
            return None

    def _without_year(self, text: bytes) -> Optional[float]:
        month, day, hour, minute = MONTHS.get(text[:3], 0), *map(int, (text[4:6], text[7:9], text[10:12]))
        this_year = time.localtime(self._newest + SLACK).tm_year
        for year in range(this_year, this_year - YEARS_BACK - 1, -1):
            if month and 0 < day <= calendar.monthrange(year, month)[1]:
                found = time.mktime((year, month, day, hour, minute, 0, 0, 0, -1))
                if found <= self._newest + SLACK:
                    return found
        return None


def _with_year(text: bytes, offset: bytes) -> float:
    year, month, day, hour, minute = (
        int(part) for part in (text[:4], text[5:7], text[8:10], text[11:13], text[14:16]))
    east = 0
    if offset != b'Z':
        east = (int(offset[1:3]) * 60 + int(offset[-2:])) * (-60 if offset.startswith(b'-') else 60)
    return calendar.timegm((year, month, day, hour, minute, 0)) - east
