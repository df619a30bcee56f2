# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Hosts with ports, as Postfix's host_port() reads them: relays that mail goes to, addresses that master listens on.

Brackets tell the colons of an IPv6 address from the one before the port; around a name they say: no MX lookup.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Union

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    bracketed,
    parse_address,
    read_by_inet_aton,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, OBEYED, OTHER_MEANING, Fault

DIGITS = frozenset('0123456789')
LABEL = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')
"""What Postfix lets stand in a part of a host name."""
SERVICE = LABEL | frozenset('.+/')
"""What the name of a service in services(5) consists of; it begins with a letter."""
HIGHEST_PORT = 65535
ZONE_CURE = 'name a global or unique local address'


class Use(NamedTuple):
    """What an endpoint is for."""

    port_alone: bool
    """Whether a text without colon and brackets is a port, or a host."""
    dies: str
    """What becomes of Postfix when it cannot read it."""
    example: str


RELAY = Use(False, 'the SMTP client would die at each delivery',
            'write it as in [2001:db8::25]:587, [relay.example.org] or example.org')
LISTENER = Use(True, 'master would die of it', 'write it as in [2001:db8::25]:smtp, 192.0.2.25:587 or smtp')


class Endpoint(NamedTuple):
    """What was read."""

    host: Optional[str]
    """Without brackets; None where only a port was given."""
    port: Optional[str]
    """A number or the name of a service; None where only a host was given."""


def is_host_name(text: str) -> bool:
    """Tell whether Postfix takes this for the name of a host (valid_hostname.c)."""
    return len(text) <= 255 and bool(text.strip('0123456789.')) and all(
        0 < len(label) <= 63 and label[0] != '-' != label[-1] and LABEL.issuperset(label) for label in text.split('.'))


def is_host_address(text: str) -> bool:
    """Tell whether Postfix takes this for a numeric address, and its resolver for the same one (valid_hostaddr()).

    It is stricter than inet_pton(3): not more than seven colons, and no IPv4 address in 0.0.0.0/8 but 0.0.0.0 itself.
    """
    dotted = text.rpartition(':')[2]
    starts_with_zero = '.' in dotted and not dotted.partition('.')[0].strip('0') and bool(dotted.strip('0.'))
    return bool(parse_address(text)) and text.count(':') <= 7 and not starts_with_zero


def read_endpoint(text: str, use: Use) -> Union[Endpoint, Fault]:
    """Read a host with a port.

    Args:
        text: ``[address]:port``, ``host:port``, ``[address]``, ``host``, ``:port`` or ``port``.
        use: RELAY or LISTENER.
    """
    def fatal(code: str, rule: str, cure: str = use.example) -> Fault:
        return Fault(code, FATAL, f'{rule}, {use.dies}', cure)

    host: Optional[str]
    if text.startswith('['):
        inside, bracket, rest = text[1:].partition(']')
        if not bracket:
            return fatal('unclosed-bracket', 'has no closing bracket')
        if rest and not rest.startswith(':'):
            return fatal('text-after-bracket', 'has text other than :PORT after its bracket')
        host, port = inside, rest[1:]
        if host.lower().startswith('ipv6:'):
            host = host[len('ipv6:'):]
            if not is_host_address(host) or ':' not in host:
                return fatal('bad-address', 'has no IPv6 address after IPv6:')
    elif ':' in text:
        host, colon, port = text.rpartition(':')
    else:
        host, port = ('', text) if use.port_alone else (text, '')
    if use.port_alone and not port:
        return fatal('no-port', 'names no port')
    fault = None
    if host or not use.port_alone or text.startswith('['):
        fault = _fault_of_brackets(text, host, port, use) or _fault_of_host(host, fatal)
    return fault or _fault_of_port(port, use, fatal) or Endpoint(host or None, port or None)


def _fault_of_brackets(text: str, host: str, port: str, use: Use) -> Optional[Fault]:
    if text.startswith('[') or not parse_address(text) or ':' not in text:
        return None
    cure = f'write [{text}]' + (':smtp' if use.port_alone else '')
    if is_host_address(host):
        cure += f' or [{host}]:{port}'
    return Fault('unbracketed-ipv6', OTHER_MEANING, 'has no brackets, Postfix takes what follows the last colon for a '
                 'port', cure)


def _fault_of_host(host: str, fatal: Callable[..., Fault]) -> Optional[Fault]:
    if is_host_address(host):
        return None
    other = read_by_inet_aton(host)
    if is_host_name(host):
        return None if other is None else Fault(
            'incomplete-address', OTHER_MEANING, 'has a host that is not four decimal numbers, a resolver takes it for '
            f'{other}', f'write {other} if that is meant')
    if not host.isascii():
        return Fault('not-ascii', OBEYED, 'has characters outside of ASCII, which Postfix takes by its release and by '
                     'smtputf8_enable, and a resolver mostly not', 'write the name as in DNS (xn--...)')
    octets = [octet.lstrip('0') or '0' for octet in host.split('.')]
    if ':' not in host and is_host_address('.'.join(octets)) and all(host.split('.')):
        decimal = '.'.join(octets)
        return None if str(other) == decimal else Fault(
            'leading-zero', OTHER_MEANING, 'has a leading zero, a resolver takes that number for octal',
            f'write {decimal}')
    address = parse_address(host)
    if address and is_host_address(str(address)):
        return fatal('bad-spelling', 'has an address in a spelling that Postfix refuses',
                     f'write {bracketed(address)} there')
    if address:
        return fatal('bad-host', 'has an address in 0.0.0.0/8, which Postfix refuses')
    if parse_address(host.partition('%')[0]):
        return fatal('zone', 'has an address with a zone', ZONE_CURE)
    return fatal('bad-host', 'has neither a host name nor a complete address where one belongs')


def _fault_of_port(port: str, use: Use, fatal: Callable[..., Fault]) -> Optional[Fault]:
    if not port or (port.isascii() and port[0].isalpha() and SERVICE.issuperset(port)):
        return None
    number = numeric_port(port)
    cure = f'write a port from 1 to {HIGHEST_PORT}'
    if not DIGITS.issuperset(port):
        code, rule = 'bad-port', 'has neither a number nor the name of a service for a port'
    elif number and port.lstrip('0') == str(number):
        return None
    else:
        code, rule = 'port-out-of-range', f'has a port outside of 1 to {HIGHEST_PORT}'
    if number is None or not use.port_alone:
        return fatal(code, rule, cure)
    return Fault(code, OTHER_MEANING, f'{rule}, master would listen on {number or "a random one"}', cure)


def numeric_port(text: str) -> Optional[int]:
    """Give the port that getaddrinfo(3) of glibc makes of a number of any size; None where it refuses it.

    It reads 64 bits as strtoul(3) does, takes 32 of them, and refuses what then is negative; connections get 16 bits.
    """
    text = text.lstrip(' \t\n\v\f\r')
    digits = text[1:] if text[:1] in ('+', '-') else text
    if not digits or not DIGITS.issuperset(digits):
        return None
    significant = digits.lstrip('0') or '0'
    number = int(significant) if len(significant) <= len(str(2 ** 64)) else 2 ** 64
    if number >= 2 ** 64:
        return None
    number = (-number if text[0] == '-' else number) % 2 ** 32
    return number % 2 ** 16 if number < 2 ** 31 else None
