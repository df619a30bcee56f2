# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The default routes of a host, as Linux shows them in /proc/net/route and /proc/net/ipv6_route."""

from __future__ import annotations

from typing import List

UP, REJECTS = 0x1, 0x200
"""RTF_UP and RTF_REJECT."""


def default_routes(table: str) -> List[str]:
    """Give the interfaces of default routes for IPv4, by /proc/net/route."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return [row[0] for row in rows if len(row) > 7 and int(row[1], 16) == int(row[7], 16) == 0
            if int(row[3], 16) & (UP | REJECTS) == UP]


def default_routes_ipv6(table: str) -> List[str]:
    """Give the interfaces of default routes for IPv6, by /proc/net/ipv6_route.

    Without any route, there is one there that rejects everything.
    """
    rows = [line.split() for line in table.splitlines()]
    return [row[9] for row in rows if len(row) > 9 and not row[0].strip('0') and row[1] == '00'
            if int(row[8], 16) & (UP | REJECTS) == UP]
