# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Hosts with ports, as Postfix's host_port() reads them: relays that mail goes to, addresses that master listens on.

Brackets tell the colons of an IPv6 address from the one before the port; around a name they say: no MX lookup.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional, Union

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, OBEYED, OTHER_MEANING, Fault

LABELS = re.compile(r'(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\Z')
NUMBER = re.compile(r'[0-9]+\Z')
HIGHEST_PORT = 65535
RELAY_EXAMPLE = 'write it as in [2001:db8::25]:587, [relay.example.org] or example.org'
LISTENER_EXAMPLE = 'write it as in [2001:db8::25]:smtp, 192.0.2.25:587 or smtp'


class Endpoint(NamedTuple):
    """What was read."""

    host: Optional[str]
    """Without brackets; None where only a port was given."""
    port: Optional[str]
    """A number or the name of a service; None where only a host was given."""


def is_host_name(text: str) -> bool:
    """Tell whether Postfix takes this for the name of a host (valid_hostname.c)."""
    return len(text) <= 255 and bool(LABELS.match(text)) and bool(text.strip('0123456789.'))


def is_host_address(text: str) -> bool:
    """Tell whether Postfix takes this for a numeric address, and its resolver for the same one (valid_hostaddr()).

    It is stricter than inet_pton(3): not more than seven colons, and no IPv4 address in 0.0.0.0/8 but 0.0.0.0 itself.
    """
    dotted = text.rpartition(':')[2]
    starts_with_zero = '.' in dotted and not dotted.partition('.')[0].strip('0') and bool(dotted.strip('0.'))
    return bool(parse_address(text)) and text.count(':') <= 7 and not starts_with_zero


def read_endpoint(text: str, port_alone: bool) -> Union[Endpoint, Fault]:
    """Read a host with a port.

    Args:
        text: ``[address]:port``, ``host:port``, ``[address]``, ``host``, ``:port`` or ``port``.
        port_alone: whether a text without colon and brackets is a port, as in master.cf, or a host, as in a relay.
    """
    example = LISTENER_EXAMPLE if port_alone else RELAY_EXAMPLE
    host: Optional[str]
    if text.startswith('['):
        inside, bracket, rest = text[1:].partition(']')
        if not bracket:
            return Fault('unclosed-bracket', FATAL, 'has no closing bracket', example)
        if rest and not rest.startswith(':'):
            return Fault('text-after-bracket', FATAL, 'has text other than :PORT after its bracket', example)
        host, port = inside, rest[1:]
        if host.lower().startswith('ipv6:'):
            host = host[len('ipv6:'):]
            if not is_host_address(host) or ':' not in host:
                return Fault('bad-address', FATAL, 'has no IPv6 address after IPv6:', example)
    elif ':' in text:
        host, colon, port = text.rpartition(':')
    else:
        host, port = ('', text) if port_alone else (text, '')
    if port_alone and not port:
        return Fault('no-port', FATAL, 'names no port', example)
    if host or not port_alone or text.startswith('['):
        fault = _fault_of_host(host, text, port_alone)
        if fault:
            return fault
    return _fault_of_port(port, example) or Endpoint(host or None, port or None)


def _fault_of_host(host: str, text: str, port_alone: bool) -> Optional[Fault]:
    example = LISTENER_EXAMPLE if port_alone else RELAY_EXAMPLE
    if not text.startswith('[') and parse_address(text) and ':' in text:
        port = ':smtp' if port_alone else ''
        return Fault('unbracketed-ipv6', OTHER_MEANING, 'has no brackets, Postfix takes what follows the last colon '
                     'for a port', f'write [{text}]{port}')
    if is_host_name(host) or is_host_address(host):
        return None
    if not host.isascii():
        return Fault('not-ascii', OBEYED, 'has characters outside of ASCII, which Postfix takes by its release and by '
                     'smtputf8_enable, and a resolver mostly not', 'write the name as in DNS (xn--...)')
    octets = [octet.lstrip('0') or '0' for octet in host.split('.')]
    if is_host_address('.'.join(octets)) and all(host.split('.')):
        if all(octet in '01234567' for octet, written in zip(octets, host.split('.')) if octet != written):
            return None
        return Fault('leading-zero', OTHER_MEANING, 'has a leading zero, a resolver takes that number for octal',
                     f'write {".".join(octets)}')
    return Fault('bad-host', FATAL, 'has neither a host name nor a numeric address where one belongs', example)


def _fault_of_port(port: str, example: str) -> Optional[Fault]:
    if not NUMBER.match(port) and NUMBER.match(port[:1]):
        return Fault('bad-port', FATAL, 'has text after the number of its port', example)
    if NUMBER.match(port) and not 0 < int(port[:9]) <= HIGHEST_PORT:
        return Fault('port-out-of-range', OTHER_MEANING, f'has a port outside of 1 to {HIGHEST_PORT}, Postfix refuses '
                     'it for a relay and listens on another one in master.cf', f'write a port from 1 to {HIGHEST_PORT}')
    return None
