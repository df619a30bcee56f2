# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Names of hosts in a message."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 10


def named(hosts: Sequence[str]) -> str:
    """Name some hosts, of many the first ones and how many more there are."""
    more = len(hosts) - MOST_NAMED
    return ', '.join(hosts[:MOST_NAMED]) + (f' and {more} more hosts' if more > 0 else '')
