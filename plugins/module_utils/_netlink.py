# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What Linux tells over netlink(7), and the addresses of a host by it: no ip(8), ifconfig(8) or facts needed."""

from __future__ import annotations

import os
import socket
import struct
from typing import Iterator, List, NamedTuple, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address

HEADER = struct.Struct('=IHHII')
"""struct nlmsghdr: length, type, flags, sequence, port."""
MESSAGE = struct.Struct('=BBBBI')
"""struct ifaddrmsg: family, prefix length, flags, scope, interface index."""
ATTRIBUTE = struct.Struct('=HH')
"""struct rtattr: length, type."""
NLMSG_ERROR, NLMSG_DONE, RTM_NEWADDR, RTM_GETADDR = 2, 3, 20, 22
NLM_F_REQUEST_DUMP = 0x301
SECONDS = 5
"""How long the kernel may take, which answers at once."""
IFA_ADDRESS, IFA_LOCAL, IFA_FLAGS = 1, 2, 8
FAMILIES = {2: 4, 10: 6}
"""AF_INET and AF_INET6 of Linux."""
SCOPES = {200: 'site', 253: 'link', 254: 'host'}
"""enum rt_scope_t; all others are global."""


class HostAddress(NamedTuple):
    """An address of an interface, and the state that the kernel has it in."""

    address: Address
    temporary: bool
    """A privacy address (RFC 8981), gone in a day."""
    deprecated: bool
    """Not to be used for new connections (RFC 4862)."""
    tentative: bool
    """Not yet proven unique, or proven not to be: nothing can be bound to it."""
    prefix: int = 0
    """The length of its network's prefix."""
    scope: str = 'global'
    """``global``, ``site``, ``link`` or ``host``: how far it is known."""
    interface: int = 0
    """The index of its interface."""


def ask(protocol: int, kind: int, body: bytes) -> bytes:
    """Ask the kernel for everything of a kind, and give the messages of its answer.

    Args:
        protocol: a family of netlink(7), such as NETLINK_ROUTE.
        kind: of the message.
        body: of the message, without its header.

    Raises:
        OSError: the kernel does not tell.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as link:
        link.settimeout(SECONDS)
        link.send(HEADER.pack(HEADER.size + len(body), kind, NLM_F_REQUEST_DUMP, 1, 0) + body)
        answer = b''
        while not is_complete(answer):
            answer += link.recv(1 << 16)
    return answer


def is_complete(answer: bytes) -> bool:
    """Tell whether the messages received so far include the one that ends the answer.

    Raises:
        OSError: the answer is that there is none.
    """
    for kind, body in messages(answer):
        if kind in (NLMSG_ERROR, NLMSG_DONE):  # where it cannot even begin, and where it has to give up
            error = -struct.unpack_from('=i', body)[0]
            if error:
                raise OSError(error, os.strerror(error))
            return True
    return False


def messages(answer: bytes) -> Iterator[Tuple[int, bytes]]:
    """Give the kind and the body of each message."""
    offset = 0
    while offset + HEADER.size <= len(answer):
        length, kind = HEADER.unpack_from(answer, offset)[:2]
        if length < HEADER.size:
            return
        yield kind, answer[offset + HEADER.size:offset + length]
        offset += _aligned(length)


def _aligned(length: int) -> int:
    return length + 3 & ~3


def known_addresses() -> List[HostAddress]:
    """Give every address of every interface of this host.

    Raises:
        OSError: the kernel does not tell.
    """
    return list(host_addresses(ask(socket.NETLINK_ROUTE, RTM_GETADDR, bytes(MESSAGE.size))))


def host_addresses(answer: bytes) -> Iterator[HostAddress]:
    """Read the kernel's answer."""
    for kind, body in messages(answer):
        if kind != RTM_NEWADDR:
            continue
        family, prefix, flags, scope, interface = MESSAGE.unpack_from(body)
        attributes = {}
        offset = MESSAGE.size
        while offset + ATTRIBUTE.size <= len(body):
            length, name = ATTRIBUTE.unpack_from(body, offset)
            if length < ATTRIBUTE.size:
                break
            attributes[name] = body[offset + ATTRIBUTE.size:offset + length]
            offset += _aligned(length)
        packed = attributes.get(IFA_LOCAL) or attributes.get(IFA_ADDRESS)
        if IFA_FLAGS in attributes:
            flags = struct.unpack('=I', attributes[IFA_FLAGS])[0]
        if packed and family in FAMILIES:
            is_ipv6 = FAMILIES[family] == 6
            yield HostAddress(
                Address(FAMILIES[family], packed),
                temporary=is_ipv6 and bool(flags & 0x01),  # IFA_F_TEMPORARY; for IPv4 the bit means secondary
                deprecated=bool(flags & 0x20),
                tentative=bool(flags & (0x40 | 0x08)) and not flags & 0x04,  # TENTATIVE or DADFAILED, not OPTIMISTIC
                prefix=prefix, scope=SCOPES.get(scope, 'global'), interface=interface)
