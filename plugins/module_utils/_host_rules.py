# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Rules that only the host can judge: whether it has IPv6, and the addresses that the values name."""

from __future__ import annotations

import re
from typing import Collection, Container, Iterator, Mapping, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address, parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OBEYED,
    WARNING,
    Fault,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import (
    KEYWORDS,
    BindAddress,
    Interfaces,
    protocol_families,
)
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Resolver
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

GENERATOR, GENERATOR_SETTINGS = 'config.postfix', '/etc/sysconfig/mail'
"""By which SUSE writes main.cf, up to Leap 15, and what says whether it does."""
GENERATES = r'(?im)^\s*MAIL_CREATE_CONFIG=["\']?yes\b'


def judge_generator(settings: str) -> Iterator[Problem]:
    """Warn of a program that writes main.cf anew.

    Args:
        settings: the text of GENERATOR_SETTINGS.
    """
    if re.search(GENERATES, settings):
        yield Fault('generated', OBEYED, f'lets {GENERATOR} write main.cf anew, when Postfix starts for the first time '
                    'or YaST wants it, and what is changed there now would be lost', 'set it to "no"', WARNING).of(
                        'main.cf', 'MAIL_CREATE_CONFIG', reference=GENERATOR_SETTINGS)


def judge_on_host(
    values: Mapping[str, str],
    families: Collection[int],
    own: Sequence[HostAddress],
    ipv6_disabled: bool,
    resolve: Resolver,
) -> Iterator[Problem]:
    """Find what this host cannot carry out.

    Args:
        values: text of the parameters that are wanted.
        families: those that inet_protocols turns on, 4 and 6.
        own: every address of the host.
        ipv6_disabled: whether the kernel has no IPv6, or has it switched off.
        resolve: the host's resolver.
    """
    if 6 in protocol_families(values.get('inet_protocols', '')):
        yield from _judge_ipv6(values['inet_protocols'], own, ipv6_disabled)
    states = {entry.address: entry for entry in own}
    for name, text in values.items():
        kind = kind_of(name)
        if not isinstance(kind, (BindAddress, Interfaces)) or text in KEYWORDS:
            continue
        for position, item in enumerate(words(text), start=1):
            address = parse_address(without_brackets(item))
            fault = None
            if address is None and isinstance(kind, Interfaces) and '$' not in item:
                found = [one for family in families for one in resolve(without_brackets(item), family)]
                fault = _fault_of_name(found, states if name == 'inet_interfaces' else found)
            elif address and name != 'proxy_interfaces' and not address.is_unspecified:
                listens = name == 'inet_interfaces'
                # The kernel lets programs bind to all of 127.0.0.0/8; only Postfix looks for the address itself.
                if listens or not (address.family == 4 and address.is_loopback):
                    fault = _fault_of_address(states.get(address), listens)
            if fault:
                yield fault.of(name, item, position if isinstance(kind, Interfaces) else 0)


def _fault_of_name(found: Sequence[Address], usable: Container[Address]) -> Optional[Fault]:
    """Judge a host name by the addresses that it has in the families that are on."""
    if not found:
        return Fault('unknown-host', FATAL, 'is a host name that this host cannot look up, Postfix would die of it',
                     'write the addresses instead')
    for address in found:
        if address not in usable:
            return Fault('address-not-here', FATAL, f'is a host name with the address {address}, which this host does '
                         'not have, every Postfix program would die', 'write the addresses that are meant')
    return None


def _judge_ipv6(text: str, own: Sequence[HostAddress], ipv6_disabled: bool) -> Iterator[Problem]:
    addresses = [entry.address for entry in own if entry.address.family == 6]
    if not addresses:
        why = ': IPv6 is disabled in its kernel' if ipv6_disabled else ''
        yield Fault('host-without-ipv6', DEAD, f'turns IPv6 on, and this host has no IPv6 address at all{why}',
                    'enable IPv6 on the host first (net.ipv6.conf.all.disable_ipv6 = 0, sysctl.conf(5)), or set '
                    'inet_protocols = ipv4 for this host').of('inet_protocols', text)
    elif all(address.is_loopback or address.is_link_local for address in addresses):
        yield Fault('no-global-ipv6', OBEYED, 'turns IPv6 on, and this host has no IPv6 address that other networks '
                    'can reach', 'give the host a global address', WARNING).of('inet_protocols', text)


def _fault_of_address(state: Optional[HostAddress], listens: bool) -> Optional[Fault]:
    """Judge an address that Postfix shall listen on, or that mail shall leave from, by its state on the host."""
    if state is None:
        consequence = 'every Postfix program would die' if listens else 'mail would leave from another address'
        return Fault('address-not-here', FATAL if listens else DEAD, f'is no address of this host, {consequence}',
                     'name one that the host has (ip address show)')
    if state.tentative:
        return Fault('address-tentative', FATAL if listens else DEAD, 'is not proven unique on its link yet (duplicate '
                     'address detection), nothing can be bound to it', 'wait until it is, or resolve the conflict')
    if state.temporary:
        return Fault('address-temporary', OBEYED, 'is a temporary privacy address, the host will lose it',
                     'name a permanent address', WARNING)
    if state.deprecated:
        return Fault('address-deprecated', OBEYED, 'is deprecated, the host is about to lose it',
                     'name another address', WARNING)
    return None
