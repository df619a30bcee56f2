"""A fleet as tasks find it: results of the modules info, dns_check and mail_log for so many hosts, always the same."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Mapping
from typing import Any

from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found

MADE = "2026-11-21T18:13:52+00:00"
BEFORE = "2026-11-14T18:10:05+00:00"
VERSIONS = ("3.5.25", "3.7.11", "3.7.11", "3.10.13", "3.11.7")
SITES = ("ams", "ber", "lis", "osl")
Finding = dict[str, str]

WARNINGS = {
    "no-default-route":
        "this host has no default route for IPv6, so other networks can neither reach it nor be reached over it; "
        "give it one, or set postfix_ipv6_outbound: ipv4",
    "loopback-not-trusted":
        "mynetworks trusts 127.0.0.1 and not ::1, and programs on this host that connect to localhost come from ::1 "
        "from now on; add ::1/128",
    "not-at-boot": "Postfix is not started when this host boots; systemctl enable postfix",
    "not-running":
        "Postfix does not run on this host; start it, or set postfix_ipv6_start_stopped, if it should",
}
ERRORS = {
    "host-without-ipv6":
        "inet_protocols: all turns IPv6 on, and this host has no IPv6 address at all: IPv6 is disabled in its kernel; "
        "enable IPv6 on it first (postconf(5) inet_protocols)",
    "host-bits":
        "mynetworks: [2001:db8::1]/64 has host bits set, Postfix would refuse every IPv6 client with 451, from this "
        "item on; write [2001:db8::]/64 or [2001:db8::1]/128 (postconf(5) mynetworks)",
    "address-taken":
        "Postfix could not listen on [::]:25: Address already in use; free this address for Postfix, or take it out "
        "of inet_interfaces, inet_protocols or master.cf",
}
NO_PTR = "{0} has no PTR record, Gmail and others refuse its mail; publish one: {1} PTR {2}. (RFC 8501)"
EVERYBODY = (
    "mynetworks: [::]/0 trusts the whole Internet: this is an open relay; name the networks of your own clients, or "
    "insist by naming it in allowed_networks (postconf(5) mynetworks)")


def fleet(size: int, week: int = 1) -> dict[str, Found]:
    """Give what is found of these hosts; in the next week it is a little better."""
    hosts = {}
    for index in range(size):
        chance = random.Random(index)
        name = f"mx{index // len(SITES) + 1}.{SITES[index % len(SITES)]}.example.org"
        hosts[name] = _host(name, index, chance, week)
    return hosts


def _host(name: str, index: int, chance: random.Random, week: int) -> Found:
    fate = chance.random() + 0.06 * week
    if index % 40 == 17:
        return Found({"unreachable": True, "msg": f"Failed to connect to the host via ssh: ssh: connect to host {name}"
                      " port 22: No route to host"}, {}, {})
    if index % 100 == 60:
        return Found({"verdict": "not ready", "findings": [_finding("host", "error", (
            "Postfix is not installed on this host: there is no postconf command; install it first"))]}, {},
            {"failed": True, "msg": "no log: /var/log/mail.log and /var/log/maillog are not there, and no journal"})
    findings = []
    if fate < 0.12:
        findings.append(_one_of(ERRORS, "error", index))
    if fate < 0.3:
        findings.append(_one_of(WARNINGS, "warning", index))
    exposed = index % 90 == 5
    if exposed:
        findings.append(_finding("trusts-everybody", "error", EVERYBODY))
    dual = fate > 0.45
    address = f"2001:db8:{index // 4 + 1:x}:{index % 4 + 1}::25"
    problems = []
    if 0.3 < fate < 0.36:
        pointer = ipaddress.ip_address(address).reverse_pointer
        problems.append(_finding("no-ptr", "error", NO_PTR.format(address, f"{pointer}.", name)))
    severities = {finding["severity"] for finding in findings}
    return Found(
        {
            "verdict": "not ready" if "error" in severities else "ready with warnings" if severities else "ready",
            "findings": findings,
            "version": VERSIONS[index % len(VERSIONS)],
            "parameters": [{"name": "inet_protocols", "value": "all" if dual else "ipv4"}],
            "running": True,
            "listeners": {"ipv4": ["0.0.0.0:25", "0.0.0.0:587"], "ipv6": ["[::]:25", "[::]:587"] if dual else []},
            "mynetworks": {"now": {"all": ["127.0.0.0/8", "[::1]/128", *(["[::]/0"] if exposed else [])]}},
            "changes": [] if dual else [{"name": "inet_protocols"}],
            "action": "none" if dual else "restart",
        },
        {"addresses": [{"address": address, "problems": problems}]},
        _mail(chance, dual),
    )


def _finding(code: str, severity: str, message: str) -> Finding:
    return {"code": code, "severity": severity, "message": message}


def _one_of(messages: Mapping[str, str], severity: str, number: int) -> Finding:
    code = list(messages)[number % len(messages)]
    return _finding(code, severity, messages[code])


def _mail(chance: random.Random, dual: bool) -> dict[str, Any]:
    mails = int(chance.lognormvariate(6.5, 1.2))
    part = chance.uniform(0.15, 0.65) if dual else 0.0

    def counts(total: int) -> dict[str, Any]:
        ipv6 = int(total * part)
        return {"ipv4": total - ipv6, "ipv6": ipv6}

    def delay(of: int, slower: float) -> dict[str, float] | None:
        middle = round(chance.lognormvariate(-0.2, 0.4) * slower, 2)
        longer = {"p90": round(middle * 4.1, 2), "p99": round(middle * 63, 1), "max": 86012.0}
        return {"p50": middle, **longer} if of else None

    def answer(family: str, words: str, example: str) -> dict[str, Any]:
        return {"family": family, "count": max(1, int(mails * 0.02)), "words": words, "example": example}

    sent = counts(int(mails * 0.8))
    refused, deferred, bounced = (counts(int(mails * factor)) for factor in (0.11, 0.04, 0.01))
    return {
        "since": "2026-11-20T18:13:40+00:00", "until": "2026-11-21T18:13:40+00:00",
        "received": {**counts(mails), "loopback": {"ipv4": 0, "ipv6": 0}},
        "sent": {**sent, "loopback": {"ipv4": 0, "ipv6": 0},
                 "delay": {"ipv4": delay(sent["ipv4"], 1.0), "ipv6": delay(sent["ipv6"], 0.8)}},
        "refused": {**refused, "groups": [answer(
            "ipv4", "554 5.7.1 <MAIL>: Relay access denied", "554 5.7.1 <user@example.net>: Relay access denied")]},
        "deferred": {**deferred, "groups": [answer(
            "none", "connect to HOST[IPv6]:25: Network is unreachable",
            "connect to mx.example.net[2001:db8::25]:25: Network is unreachable")]},
        "bounced": {**bounced, "groups": []},
    }
