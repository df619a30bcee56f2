# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Services of type inet that listen on some addresses only: a line of master.cf for each, all alike (master(5))."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import bracketed, parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, OTHER_MEANING, Fault, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import Entry, Key, MasterCf, Wanted
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_words

ALL = 'all'
"""Says that a service listens where inet_interfaces says it."""
VARIABLE = 'listeners'
REFERENCE = 'module config'


def bound_services(listeners: Mapping[str, Any], master_cf: MasterCf) -> Dict[Key, Optional[Wanted]]:
    """Say which lines a service needs to listen on some addresses, and which it does not need any more.

    Args:
        listeners: for each port, as master.cf has it, addresses in any form of a list, or ``all``.
        master_cf: with the services that there are.

    Raises:
        Rejected: YAML has mangled an address.
    """
    found: Dict[Key, Optional[Wanted]] = {}
    for port, value in listeners.items():
        there = _of_port(master_cf, port)
        found.update(dict.fromkeys(entry.key for entry in there))
        if not there:
            continue  # judged
        like = there[0]
        wanted = Wanted({name: word.text for name, word in like.fields.items()}, like.command,
                        {option.name: option.value for option in like.options})
        for name in _names(port, value):
            found[name, 'inet'] = wanted
    return found


def _of_port(master_cf: MasterCf, port: str) -> List[Entry]:
    return [entry for entry in master_cf.entries
            if entry.key[1] == 'inet' and entry.key[0].rpartition(':')[2] == port]


def _names(port: str, value: Any) -> List[str]:
    """Give the names of services, as they stand in master.cf."""
    items = as_words(VARIABLE, value) or []
    if items == [ALL]:
        return [port]
    addresses = (parse_address(without_brackets(item)) for item in items)
    return [f'{bracketed(address)}:{port}' for address in addresses if address]


def judge_listeners(listeners: Mapping[str, Any], master_cf: MasterCf) -> Iterator[Problem]:
    """Find what cannot be an address to listen on, and services that are not there."""
    for port, value in listeners.items():
        items = as_words(VARIABLE, value) or []
        if not _of_port(master_cf, port):
            yield Fault('no-such-service', OTHER_MEANING, 'is no service of type inet in master.cf',
                        'name it as master.cf does, or add it first').of(VARIABLE, port, reference=REFERENCE)
        if not items:
            yield Fault('no-address', FATAL, 'has no address to listen on', 'name addresses, or all').of(
                VARIABLE, port, reference=REFERENCE)
        for item in items if items != [ALL] else ():
            if parse_address(without_brackets(item)) is None:
                yield Fault('bad-address', OTHER_MEANING, 'is no address, and names are not looked up here',
                            'write addresses as in 192.0.2.25 2001:db8::25').of(
                    VARIABLE, item, reference=REFERENCE)
