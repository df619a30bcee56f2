# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Rules that only the host can judge: whether it has IPv6, and the addresses that the values name."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    ERROR,
    FATAL,
    OBEYED,
    WARNING,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import BindAddress, Interfaces, protocol_families
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of
from ansible_collections.inet6.postfix.plugins.module_utils._values import words


def judge_on_host(values: Mapping[str, str], own: Sequence[HostAddress], ipv6_disabled: bool) -> Iterator[Problem]:
    """Find what this host cannot carry out.

    Args:
        values: text of the parameters that are wanted.
        own: every address of the host.
        ipv6_disabled: whether the kernel has no IPv6, or has it switched off.
    """
    if 6 in protocol_families(values.get('inet_protocols', '')):
        yield from _judge_ipv6(values['inet_protocols'], own, ipv6_disabled)
    states = {entry.address: entry for entry in own}
    for name, text in values.items():
        must_listen = name == 'inet_interfaces'
        if not must_listen and not isinstance(kind_of(name), BindAddress):
            continue
        for position, item in enumerate(words(text), start=1):
            address = parse_address(without_brackets(item))
            if address and not address.is_unspecified:
                yield from _judge_address(name, item, position if must_listen else 0, states.get(address))


def _judge_ipv6(text: str, own: Sequence[HostAddress], ipv6_disabled: bool) -> Iterator[Problem]:
    addresses = [entry.address for entry in own if entry.address.family == 6]
    if not addresses:
        yield Problem(
            'host-without-ipv6', 'inet_protocols', text, 0, DEAD, 'turns IPv6 on, and this host has no IPv6 address at all'
            + (': IPv6 is disabled in its kernel' if ipv6_disabled else ''),
            'enable IPv6 on the host first (net.ipv6.conf.all.disable_ipv6 = 0, sysctl.conf(5)), or set inet_protocols = '
            'ipv4 for this host', 'postconf(5) inet_protocols')
    elif all(address.is_loopback or address.is_link_local for address in addresses):
        yield Problem(
            'no-global-ipv6', 'inet_protocols', text, 0, OBEYED, 'turns IPv6 on, and this host has no IPv6 address that '
            'other networks can reach', 'give the host a global address', 'postconf(5) inet_protocols', WARNING)


def _judge_address(name: str, item: str, position: int, state: Optional[HostAddress]) -> Iterator[Problem]:
    dies = isinstance(kind_of(name), Interfaces)

    def problem(code: str, rule: str, cure: str, severity: str = ERROR) -> Problem:
        return Problem(code, name, item, position, FATAL if dies else DEAD, rule, cure, f'postconf(5) {name}', severity)

    if state is None:
        yield problem('address-not-here', 'is no address of this host, ' + (
            'every Postfix program would die' if dies else 'mail would leave from another address'),
            'name one that the host has (ip address show)')
    elif state.tentative:
        yield problem('address-tentative', 'is not proven unique on its link yet (duplicate address detection), nothing '
                      'can be bound to it', 'wait until the address is usable, or resolve the conflict')
    elif state.temporary:
        yield problem('address-temporary', 'is a temporary privacy address, the host will lose it',
                      'name a permanent address', WARNING)
    elif state.deprecated:
        yield problem('address-deprecated', 'is deprecated, the host is about to lose it', 'name another address', WARNING)
