"""What this collection makes of a value. Needs nothing but Python 3.8 and the files of the collection."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import SOCKET_FAMILY, Address, parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import (
    LISTENER,
    read_endpoint,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    ERROR,
    Fault,
    Problem,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import MatchList, protocol_families
from ansible_collections.inet6.postfix.plugins.module_utils._host_rules import judge_on_host
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import NO_NAMES, PARENT_DOMAINS
from ansible_collections.inet6.postfix.plugins.module_utils._matching import outcome
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, judge, kind_of

MASTER_CF = "master.cf"
"""Stands for the parameter where a value is the address of an inet service."""
HOST_NAMES: dict[str, dict[int, tuple[str, ...]]] = {
    "localhost": {4: ("127.0.0.1",), 6: ("::1",)},
    "mail.example.org": {4: ("192.0.2.1",)},
}
HOST_ADDRESSES = ("127.0.0.1", "192.0.2.1", "192.0.2.25", "::1", "2001:db8::1", "2001:db8::25")
"""What the hosts of hosts.py have."""


class Opinion(NamedTuple):
    """What is wrong with a value, and what it does."""

    problems: list[Problem]
    outcomes: list[str]
    """For match lists: what becomes of each client."""

    @property
    def errors(self) -> list[Problem]:
        """The problems that are no warnings."""
        return [problem for problem in self.problems if problem.severity == ERROR]

    @property
    def verdict(self) -> str:
        """One word: ok, warning or error."""
        return "error" if self.errors else "warning" if self.problems else "ok"


def opinion(parameter: str, text: str, clients: Iterable[Sequence[str]] = (), protocols: str | None = None,
            on_host: bool = False) -> Opinion:
    """Judge the text that a parameter has in main.cf.

    Args:
        parameter: its name.
        text: its value, without white space around it.
        clients: names and addresses to try on a match list.
        protocols: value of inet_protocols beside it.
        on_host: whether to judge it as on a host with HOST_ADDRESSES and HOST_NAMES.
    """
    if parameter == MASTER_CF:
        found = read_endpoint(text, LISTENER)
        return Opinion([found.of(parameter, text)] if isinstance(found, Fault) else [], [])
    values = {parameter: text} if protocols is None else {parameter: text, "inet_protocols": protocols}
    problems = [problem for problem in judge(values) if problem.parameter == parameter]
    if on_host:
        families = protocol_families(protocols or 'all')
        problems += judge_on_host(values, families, OWN, ipv6_disabled=False, resolve=resolve)
    kind = kind_of(parameter)
    outcomes = []
    if isinstance(kind, MatchList):
        parents, nameless = kind.names == PARENT_DOMAINS, kind.names == NO_NAMES
        outcomes = [outcome(text, "" if nameless else name, address, parents) for name, address in clients]
    return Opinion(problems, outcomes)


def written(parameter: str, value: Any) -> tuple[str | None, list[Problem]]:
    """Give the text that a value from an inventory has in main.cf, or what is wrong with it."""
    try:
        return kind_of(parameter).read(parameter, value), []
    except Rejected as refused:
        return None, refused.problems


def resolve(name: str, family: int) -> list[Address]:
    """Look a name up as the hosts of hosts.py do."""
    found = HOST_NAMES.get(name.lower(), {}).get(family, ())
    if not found:
        try:  # as inet_aton(3) does, without asking anybody
            numeric = socket.getaddrinfo(name, None, SOCKET_FAMILY[family], 0, 0, socket.AI_NUMERICHOST)
            found = (str(numeric[0][4][0]),)
        except (OSError, UnicodeError):
            pass
    return [address for address in map(parse_address, found) if address]


def own_addresses() -> list[HostAddress]:
    """Give what the hosts of hosts.py would tell of their addresses."""
    fields: dict[str, Any] = dict.fromkeys(HostAddress._fields, False)
    return [HostAddress(**{**fields, "address": parse_address(address)}) for address in HOST_ADDRESSES]


OWN = own_addresses()


def since(parameter: str) -> tuple[int, int]:
    """Give the first release of Postfix that has a parameter."""
    return PARAMETERS[parameter].since if parameter in PARAMETERS else (0, 0)


def names_in(parameter: str) -> str:
    """Tell how a list of clients treats names; nothing for what is no such list."""
    kind = kind_of(parameter)
    return kind.names if isinstance(kind, MatchList) else ""


def is_match_list(parameter: str) -> bool:
    """Tell whether a parameter is a list of clients."""
    return isinstance(kind_of(parameter), MatchList)
