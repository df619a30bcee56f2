"""The parameters that are tried: how each is judged, and which values it gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from oracle import values
from oracle.core import MASTER_CF, is_match_list, names_in, written

Item = dict[str, Any]
"""A line for judge.py."""

PROTOCOLS = ["all", "all", "ipv4", "ipv6", "ipv4, ipv6"]


class Subject(NamedTuple):
    """One parameter."""

    judge: str
    """A function of judge.py."""
    value: Callable[[Random], str]
    details: Mapping[str, Any] = MappingProxyType({})
    """What else that function needs."""
    weight: float = 1
    """How often it is tried."""


def _word(*words: str, least: int = 1) -> Subject:
    return Subject("one_word", values.words(*words), {"words": words, "least": least})


def _client(name: str, subject: Subject) -> dict[str, Subject]:
    return {prefix + name: subject for prefix in ("smtp_", "lmtp_")}


_LIST = Subject("match_list", values.match_list, weight=3)
_ADDRESS = Subject("bind_address", values.one_address, weight=2)
_BOOLEAN = Subject("boolean", values.words("yes", "no", "true"))
_RELAYS = Subject("relay_hosts", values.destinations, weight=2)

SUBJECTS: dict[str, Subject] = {
    "mynetworks": _LIST._replace(weight=60),
    "inet_protocols": Subject("inet_protocols", values.words("all", "ipv4", "ipv6", "inet6"), weight=5),
    "inet_interfaces": Subject("inet_interfaces", values.interfaces, weight=5),
    "proxy_interfaces": Subject("proxy_interfaces", values.interfaces, weight=3),
    "mynetworks_style": Subject("mynetworks_style", values.words("host", "subnet", "class"), weight=0.1),
    **_client("bind_address", _ADDRESS),
    **_client("bind_address6", _ADDRESS),
    **_client("bind_address_enforce", _BOOLEAN),
    **_client("balance_inet_protocols", _BOOLEAN),
    **_client("address_preference", _word("any", "ipv4", "ipv6")),
    **_client("dns_support_level", _word("", "disabled", "enabled", "dnssec", least=0)),
    **_client("address_verify_target", _word("rcpt", "data")),
    **_client("host_lookup", Subject("some_words", values.words("dns", "native"), {"words": ["dns", "native"]})),
    **_client("connect_timeout", Subject("duration", values.duration)),
    **_client("fallback_relay", _RELAYS),
    "relayhost": _RELAYS,
    "smtpd_client_ipv4_prefix_length": Subject("integer", values.number, {"limits": [0, 32]}),
    "smtpd_client_ipv6_prefix_length": Subject("integer", values.number, {"limits": [0, 128]}),
    **_client("mx_address_limit", Subject("integer", values.number, {"limits": [0, 0]})),
    "postscreen_access_list": Subject("access_list", values.access_list, weight=2),
    MASTER_CF: Subject("server_endpoint", values.endpoint, weight=3),
    **dict.fromkeys((
        "debug_peer_list", "smtpd_authorized_verp_clients", "smtpd_authorized_xclient_hosts",
        "smtpd_authorized_xforward_hosts", "smtpd_client_event_limit_exceptions",
        "smtpd_forbid_bare_newline_exclusions", "smtpd_sasl_exceptions_networks", "permit_mx_backup_networks",
        "qmqpd_authorized_clients", "postscreen_whitelist_interfaces", "postscreen_allowlist_interfaces"), _LIST),
}


def item(random: Random, parameter: str, value: str, clients: list[values.Client] | None = None) -> Item:
    """Make the line that asks what a value of a parameter does."""
    subject = SUBJECTS[parameter]
    line: Item = {"judge": subject.judge, "parameter": parameter, "value": value, **subject.details}
    if is_match_list(parameter):
        line["clients"] = values.clients(random, value) if clients is None else clients
        line["names"] = names_in(parameter)
    elif subject.judge == "access_list":
        line["clients"] = values.CLIENTS[:2]
    elif subject.judge in ("inet_interfaces", "proxy_interfaces", "bind_address"):
        line["inet_protocols"] = random.choice(PROTOCOLS)
    return line


def any_item(random: Random, parameter: str) -> Item:
    """Make a value and the line that asks about it."""
    value = SUBJECTS[parameter].value(random)
    if random.random() > 0.8:  # as an inventory's value, which is first written as the file needs it
        value = written(parameter, value)[0] or ""
    # Postfix takes off what stands around a value before any parameter sees it.
    return item(random, parameter, value.strip(" \t\r\n\v\f"))
