# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""IP addresses and networks exactly as Postfix reads them.

Postfix parses with inet_pton(3), and so does this: Python's ipaddress accepts zones, refuses some forms that inet_pton
takes, and differs between Python versions. Values are compared packed; the user's spelling is kept.
"""

from __future__ import annotations

import socket
from typing import NamedTuple, Optional

ADDRESS_BITS = {4: 32, 6: 128}
SOCKET_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}


class Address(NamedTuple):
    """An IPv4 or IPv6 address."""

    family: int
    """4 or 6."""
    packed: bytes
    """Network byte order, 4 or 16 bytes."""

    def __str__(self) -> str:
        """Give the canonical spelling, without brackets."""
        return socket.inet_ntop(SOCKET_FAMILY[self.family], self.packed)

    @property
    def is_unspecified(self) -> bool:
        """Tell whether this is 0.0.0.0 or ::."""
        return not any(self.packed)

    @property
    def is_loopback(self) -> bool:
        """Tell whether this is in 127.0.0.0/8 or is ::1."""
        return self.packed[0] == 127 if self.family == 4 else self.packed == bytes(15) + b'\1'

    @property
    def is_link_local(self) -> bool:
        """Tell whether this is in fe80::/10."""
        return self.family == 6 and self.packed[0] == 0xFE and self.packed[1] & 0xC0 == 0x80

    @property
    def is_local_by_definition(self) -> bool:
        """Tell whether this is loopback, link-local or unique local (RFC 4193): never seen from the Internet."""
        return self.is_loopback or self.is_link_local or (self.family == 6 and self.packed[0] & 0xFE == 0xFC)

    @property
    def is_ipv4_mapped(self) -> bool:
        """Tell whether this is in ::ffff:0:0/96."""
        return self.family == 6 and self.packed.startswith(bytes(10) + b'\xff\xff')

    @property
    def unmapped(self) -> Address:
        """Give the IPv4 address in the last four bytes of an IPv4-mapped one."""
        return Address(4, self.packed[12:])


class Network(NamedTuple):
    """An address and a prefix length; the address may have host bits."""

    address: Address
    prefix: int

    @property
    def base(self) -> Address:
        """Give the address with its host bits cleared."""
        spare = ADDRESS_BITS[self.address.family] - self.prefix
        if not spare:
            return self.address
        number = int.from_bytes(self.address.packed, 'big') >> spare << spare
        return Address(self.address.family, number.to_bytes(len(self.address.packed), 'big'))

    def holds(self, address: Address) -> bool:
        """Tell whether an address is in this network; one of the other family never is."""
        return address.family == self.address.family and Network(address, self.prefix).base == self.base


def parse_address(text: str) -> Optional[Address]:
    """Read a bare numeric address by inet_pton(3), without brackets, prefix or zone; None where it is not one."""
    family = 6 if ':' in text else 4
    try:
        return Address(family, socket.inet_pton(SOCKET_FAMILY[family], text))
    except (OSError, ValueError):
        return None


def read_by_inet_aton(text: str) -> Optional[Address]:
    """Read what getaddrinfo(3) takes for an IPv4 address beside the usual form: 127.1, 0x7f000001, 0177.0.0.1."""
    try:
        return Address(4, socket.inet_aton(text)) if text.split() == [text] else None
    except (OSError, ValueError):
        return None


def without_brackets(text: str) -> str:
    """Take off one pair of enclosing square brackets, where there is one."""
    return text[1:-1] if text.startswith('[') and text.endswith(']') else text


def bracketed(address: Address) -> str:
    """Give the canonical spelling in the form that Postfix needs in a match list: IPv6 in brackets."""
    return f'[{address}]' if address.family == 6 else str(address)


def looks_numeric(text: str) -> bool:
    """Tell whether a person meant an address or network: nothing but what these are written with, and a digit or colon.

    Host names and table types such as ``cafe:`` are not taken for one: more than one colon, or digits and dots only.
    """
    if not text or text.strip('0123456789abcdefABCDEF.:/[]'):
        return False
    return text.count(':') > 1 or text[0] == ':' or not text.strip('0123456789./[]:')
