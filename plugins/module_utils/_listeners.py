# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Where Postfix listens: what its configuration asks for, what the running master has, and how the two differ."""

from __future__ import annotations

import socket
from typing import Callable, Collection, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    Address,
    bracketed,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import LISTENER, numeric_port, read_endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, WARNING, Fault, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import Service
from ansible_collections.inet6.postfix.plugins.module_utils._values import Release, words

KNOWN_PORTS = {'lmtp': 24, 'smtp': 25, 'smtps': 465, 'submissions': 465, 'submission': 587}
"""What Postfix knows without services(5) (known_tcp_ports)."""
KNOWS_PORTS_SINCE = (3, 6)
WILDCARD = {4: Address(4, bytes(4)), 6: Address(6, bytes(16))}

Resolver = Callable[[str, int], List[Address]]
"""Gives the addresses of a host name or numeric address in one family, 4 or 6."""


class Endpoint(NamedTuple):
    """A TCP address that master listens on."""

    address: Address
    port: int

    def __str__(self) -> str:
        """Give the spelling of ss(8)."""
        return f'{bracketed(self.address)}:{self.port}'


class Expected(NamedTuple):
    """What a configuration asks master to listen on."""

    endpoints: FrozenSet[Endpoint]
    greeting: FrozenSet[Endpoint]
    """Those of them that greet with 220 in plain text."""


class Sockets(NamedTuple):
    """What a running master listens on."""

    endpoints: FrozenSet[Endpoint]
    exact: bool
    """Whether these are its own; else they are those of every process, where the host does not show whose is which."""


def expected(
    services: Iterable[Service],
    families: Collection[int],
    inet_interfaces: str,
    own: Iterable[Address],
    resolve: Resolver,
    release: Release,
) -> Expected:
    """Work out where master listens (master(8), postconf(5) inet_interfaces).

    Args:
        services: of type inet, from master.cf.
        families: those that inet_protocols turns on and the kernel has.
        inet_interfaces: its effective text, with every $name expanded.
        own: the addresses of the host's interfaces.
        resolve: the host's resolver.
        release: of the installed Postfix.
    """
    named = {'all': list(WILDCARD.values()), 'loopback-only': [address for address in own if address.is_loopback]}
    endpoints: Set[Endpoint] = set()
    greeting: Set[Endpoint] = set()
    for service in services:
        port = _port_number(service.port, release)
        if port is None:
            continue
        hosts = words(inet_interfaces) if service.host is None else [service.host]
        found = {Endpoint(address, port) for host in hosts for family in families
                 for address in (named.get(host) or resolve(without_brackets(host), family))
                 if address.family == family}
        endpoints |= found
        if service.greets:
            greeting |= found
    return Expected(frozenset(endpoints), frozenset(greeting))


def judge_services(
    services: Iterable[Service], families: Collection[int], resolve: Resolver, release: Release,
) -> Iterator[Problem]:
    """Find the names of inet services (master(5)) of which master would die when it starts or reloads.

    Args:
        services: of type inet, from master.cf.
        families: those that inet_protocols turns on and the kernel has; without any, master skips these services.
        resolve: the host's resolver.
        release: of the installed Postfix.
    """
    for service in services if families else ():
        read = read_endpoint(service.name, LISTENER)
        fault = read if isinstance(read, Fault) else _fault_of_service(service, families, resolve, release)
        if fault and fault.verdict != FATAL:
            fault = fault._replace(severity=WARNING)
        if fault:
            yield fault.of('master.cf', service.name, reference='master(5)')


def _fault_of_service(
    service: Service, families: Collection[int], resolve: Resolver, release: Release,
) -> Optional[Fault]:
    if _port_number(service.port, release) is None:
        return Fault('unknown-port', FATAL, f'has a port {service.port} that services(5) does not name, master would '
                     'die of it', 'write the number of the port')
    if service.host is None or any(resolve(service.host, family) for family in families):
        return None
    address = parse_address(service.host)
    if address and address.family not in families:
        return Fault('protocol-off', FATAL, f'is for IPv{address.family}, which inet_protocols turns off, master would '
                     'die of it', 'set inet_protocols = all, or take the service out')
    return Fault('unknown-host', FATAL, f'is for the host {service.host}, which this host cannot look up, master would '
                 'die of it', 'write an address instead')


def _port_number(port: str, release: Release) -> Optional[int]:
    """Read a port as master does: a number, or a name of services(5); None where the name is not known."""
    number = numeric_port(port)
    if number is not None:
        return number
    try:
        return socket.getservbyname(port, 'tcp')
    except (OSError, ValueError):
        return KNOWN_PORTS.get(port) if release >= KNOWS_PORTS_SINCE else None


def difference(wanted: FrozenSet[Endpoint], running: Sockets) -> Tuple[List[Endpoint], List[Endpoint]]:
    """Say what master should listen on and does not, and what it should not and does.

    A port on which only one side has anything is a service added to or taken from master.cf that nobody has loaded yet:
    a reload does that, and it is not for us to do.  A master with no listener at all was started without any protocol.
    """
    if not running.endpoints:
        return sorted(wanted), []
    ports = {endpoint.port for endpoint in wanted} & {endpoint.port for endpoint in running.endpoints}
    lacking, surplus = wanted - running.endpoints, running.endpoints - wanted if running.exact else frozenset()
    return ([endpoint for endpoint in sorted(lacking) if endpoint.port in ports],
            [endpoint for endpoint in sorted(surplus) if endpoint.port in ports])


def listed(endpoints: Iterable[Endpoint]) -> str:
    """Give endpoints as a message shows them."""
    return ', '.join(str(endpoint) for endpoint in sorted(endpoints)) or 'nothing'


def reachable_at(endpoint: Endpoint, own: Iterable[Address]) -> Optional[Tuple[str, int]]:
    """Say where this host itself can connect to an endpoint.

    For a wildcard that is the loopback address of its family, else any address of that family that the host has; None
    where it has none: nobody can connect then, so nothing can be proven.

    Args:
        endpoint: what master listens on.
        own: the addresses of this host.
    """
    if not endpoint.address.is_unspecified:
        return str(endpoint.address), endpoint.port
    usable = sorted((address for address in own
                     if address.family == endpoint.address.family and not address.is_link_local),
                    key=lambda address: not address.is_loopback)
    return (str(usable[0]), endpoint.port) if usable else None
