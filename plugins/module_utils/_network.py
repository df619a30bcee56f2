# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""How a host is connected: interfaces, routes, and the addresses that it is seen with.  Nothing is sent."""

from __future__ import annotations

import os
import socket
from typing import Dict, List, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import SOCKET_FAMILY
from ansible_collections.inet6.postfix.plugins.module_utils._host import read_text

FAR = {4: '192.0.2.1', 6: '2001:db8::1'}
"""Stand for the rest of the world."""
UP, REJECTS = 0x1, 0x200
"""RTF_UP and RTF_REJECT."""


def interface_name(index: int) -> str:
    """Give the name of an interface; its index where it is gone by now."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return str(index)


def interfaces_without_ipv6() -> List[str]:
    """Give the interfaces for which the kernel has IPv6 switched off; ``all`` and ``default`` are among them."""
    root = '/proc/sys/net/ipv6/conf'
    names = sorted(os.listdir(root)) if os.path.isdir(root) else ['all']
    return [name for name in names if (read_text(f'{root}/{name}/disable_ipv6') or '1').strip() == '1']


def source(family: int) -> Optional[str]:
    """Give the address that the kernel lets connections to the rest of the world come from."""
    try:
        with socket.socket(SOCKET_FAMILY[family], socket.SOCK_DGRAM) as probe:
            probe.connect((FAR[family], 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def default_routes() -> Dict[int, List[str]]:
    """Give the interfaces of the default routes of each family."""
    return {4: default_routes_ipv4(read_text('/proc/net/route') or ''),
            6: default_routes_ipv6(read_text('/proc/net/ipv6_route') or '')}


def default_routes_ipv4(table: str) -> List[str]:
    """Give them by /proc/net/route."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return [row[0] for row in rows if len(row) > 7 and int(row[1], 16) == int(row[7], 16) == 0
            if int(row[3], 16) & (UP | REJECTS) == UP]


def default_routes_ipv6(table: str) -> List[str]:
    """Give them by /proc/net/ipv6_route; without any route, there is one there that rejects everything."""
    rows = [line.split() for line in table.splitlines()]
    return [row[9] for row in rows if len(row) > 9 and not row[0].strip('0') and row[1] == '00'
            if int(row[8], 16) & (UP | REJECTS) == UP]
