# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What a change of main.cf brings with it that nobody has asked for: who is trusted, and where mail leaves from."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OBEYED, WARNING, Fault, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

BIND_ADDRESS = {4: 'smtp_bind_address', 6: 'smtp_bind_address6'}


def newly_trusted(before: str, after: str) -> Iterator[Problem]:
    """Find networks that Postfix begins to trust by itself, because mynetworks is not set (mynetworks_style).

    Args:
        before: mynetworks as Postfix works it out now.
        after: the same once the change is made.
    """
    more = [network for network in words(after) if network not in words(before)]
    if more:
        yield Fault('newly-trusted', OBEYED, 'may relay mail through this host from now on: mynetworks is not set, and '
                    'mynetworks_style stands for the networks of all interfaces', 'set mynetworks to say who may relay',
                    WARNING).of('mynetworks_style', ', '.join(more))


def source_address(values: Mapping[str, str], family: int) -> Optional[str]:
    """Give the source address of outbound mail that main.cf determines (smtp_connect.c); None where the kernel chooses.

    Without a bind address, that is the only address of a family in inet_interfaces, loopback aside.
    """
    if values.get(BIND_ADDRESS[family]):
        return values[BIND_ADDRESS[family]]
    found = []
    for item in words(values.get('inet_interfaces', '')):
        address = parse_address(without_brackets(item))
        if address and address.family == family and not address.is_loopback:
            found.append(without_brackets(item))
    return found[0] if len(found) == 1 else None


def moved_sources(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Problem]:
    """Find source addresses of outbound mail that change although no bind address does.

    Args:
        before: the parameters of main.cf now.
        after: the same once the change is made.
    """
    for family, name in BIND_ADDRESS.items():
        old, new = source_address(before, family), source_address(after, family)
        if old != new and before.get(name) == after.get(name):
            yield Fault(
                'source-address-moves', OBEYED,
                f'changes where mail over IPv{family} leaves from: {old or "what the kernel chooses"} before, '
                f'{new or "what the kernel chooses"} after, because a lone address is the source of outbound mail too',
                f'set {name} to keep one', WARNING).of('inet_interfaces', after.get('inet_interfaces', ''))
