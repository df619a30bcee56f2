# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The TCP sockets that listen on this host, as Linux tells them.

It tells them alone over sock_diag(7). Files in /proc, which have every connection beside them and take a lot longer,
are for kernels without that, and for processes in another network namespace.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from typing import Dict, FrozenSet, Iterator, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _netlink
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import SOCKET_FAMILY, Address
from ansible_collections.inet6.postfix.plugins.module_utils._host import read_text
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Endpoint, Sockets

NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 4, 20
REQUEST = struct.Struct('=BBxxI48x')
"""struct inet_diag_req_v2: family, protocol, the states of sockets that are asked for, as bits, and any endpoint."""
MESSAGE = struct.Struct('=4x2s2x16s44xI')
"""struct inet_diag_msg: port and address of this end in the byte order of the network, and the inode."""
TCP_LISTEN = 10
LISTEN = '0A'
"""TCP_LISTEN as /proc/net/tcp writes it (proc(5))."""


def master_sockets(pid: int) -> Sockets:
    """Give the TCP endpoints that a master listens on, in its own network namespace.

    In a container without the capability SYS_PTRACE even root cannot see which sockets are its own: then those of every
    process are given.
    """
    inodes = set()
    try:
        for number in os.listdir(f'/proc/{pid}/fd'):
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                target = os.readlink(f'/proc/{pid}/fd/{number}')
                if target.startswith('socket:['):
                    inodes.add(int(target[8:-1]))
    except PermissionError:
        return Sockets(all_listeners(pid), exact=False)
    except FileNotFoundError:
        return Sockets(frozenset(), exact=True)  # the process has ended
    return Sockets(frozenset(endpoint for inode, endpoint in _listening(pid).items() if inode in inodes), exact=True)


def all_listeners(pid: int) -> FrozenSet[Endpoint]:
    """Give the TCP endpoints that any process in the network namespace of one process listens on."""
    return frozenset(_listening(pid).values())


def _listening(pid: int) -> Dict[int, Endpoint]:
    """Give the endpoints in the network namespace of a process, by the inode of their socket."""
    with contextlib.suppress(OSError):  # somebody else's process, or a kernel without it
        if os.path.samefile(f'/proc/{pid}/ns/net', '/proc/self/ns/net'):
            return {inode: endpoint for family in SOCKET_FAMILY
                    for inode, endpoint in _diagnosed(family)}
    return {inode: endpoint for table in ('tcp', 'tcp6')
            for inode, endpoint in listening(read_text(f'/proc/{pid}/net/{table}') or '').items()}


def _diagnosed(family: int) -> Iterator[Tuple[int, Endpoint]]:
    """Ask the kernel for the endpoints of an address family in this network namespace.

    Raises:
        OSError: it does not tell.
    """
    request = REQUEST.pack(SOCKET_FAMILY[family], socket.IPPROTO_TCP, 1 << TCP_LISTEN)
    for kind, body in _netlink.messages(_netlink.ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, request)):
        if kind == SOCK_DIAG_BY_FAMILY:
            port, packed, inode = MESSAGE.unpack_from(body)
            yield inode, Endpoint(Address(family, packed[:4] if family == 4 else packed), int.from_bytes(port, 'big'))


def listening(table: str) -> Dict[int, Endpoint]:
    """Read /proc/PID/net/tcp or tcp6 (proc(5)): the listening endpoints by the inode of their socket."""
    found = {}
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == LISTEN:
            address, colon, port = fields[1].partition(':')
            found[int(fields[9])] = Endpoint(_kernel_address(address), int(port, 16))
    return found


def _kernel_address(text: str) -> Address:
    """Read an address as the kernel prints it: 32-bit words in the byte order of the machine."""
    packed = b''.join(
        int(text[start:start + 8], 16).to_bytes(4, sys.byteorder) for start in range(0, len(text), 8))
    return Address(4 if len(packed) == 4 else 6, packed)
