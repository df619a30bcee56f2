"""Mail hosts as their clients see them: one as it should be, and two that relay for strangers, but over IPv6 only.

The module runs by a play, as it does for a user. What it finds is held against what Postfix logs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from lab.play import play
from mail_host import cursor, journal, wait
from testinfra import get_host

PLAYBOOK = Path(__file__).parents[1] / "probe.yml"
MAIL_HOSTS = "sane", "wide", "proxied"
FAMILIES = "ipv4", "ipv6"
FORMS = 8
RELAYED = {"proxied": "ipv6", "wide": "ipv6"}
"""Over which family each host relays."""


def probe(on: str, *probes: dict[str, Any], check: bool = False, **variables: Any) -> list[dict[str, Any]]:
    """Talk to servers from a host; a result for each of them."""
    run = play(os.environ["MOLECULE_SCENARIO_NAME"], on, {"probes": probes, **variables}, check=check,
               playbook=PLAYBOOK)
    assert (run.code, run.stats["changed"]) == (0, 0), run.output
    return run.results["inet6.postfix.smtp_probe"]["results"]


@pytest.fixture(scope="module")
def asked(lab_hosts):
    """What a stranger gets from each host over each family, and what the host has logged of that."""
    hosts = {name: get_host(lab_hosts[name].connection) for name in MAIL_HOSTS}
    before = {name: cursor(host) for name, host in hosts.items()}
    targets = [(name, family) for name in MAIL_HOSTS for family in FAMILIES]
    results = probe("outside", *({"host": getattr(lab_hosts[name], family), "relay_test": True}
                                 for name, family in targets))

    def log(name: str) -> list[str]:
        return [line for line in journal(hosts[name], before[name]) if "postfix/" in line]

    for name in MAIL_HOSTS:
        wait(lambda name=name: len(sessions_in(log(name))) == len(FAMILIES))
    return dict(zip(targets, results, strict=True)), {name: log(name) for name in MAIL_HOSTS}


def sessions_in(log: list[str]) -> list[str]:
    """What smtpd counts when a session ends, such as mail=8 rcpt=0/8 rset=8 quit=1."""
    return [line.partition(" ehlo=")[2] for line in log if ": disconnect from " in line]


def verdicts(result: dict[str, Any], family: str) -> set[str]:
    """The verdicts on the forms of a relay test."""
    attempts = result["sessions"][family]["relay"]["attempts"]
    assert len(attempts) == FORMS
    return {attempt["verdict"] for attempt in attempts}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", MAIL_HOSTS)
def test_what_a_stranger_gets(asked, lab_hosts, name, family):
    result = asked[0][name, family]
    session = result["sessions"][family]
    assert (session["verdict"], session["greeting"][:4], session["name"]) == ("works", "220 ", "mail.example.org")
    assert session["source"] == getattr(lab_hosts["outside"], family)
    expected = "accepted" if RELAYED.get(name) == family else "refused"
    assert (result["relay"], verdicts(result, family)) == (expected, {expected})
    assert [" is an open relay" in problem for problem in result["problems"]] == [True] * (expected == "accepted")


@pytest.mark.parametrize("name", MAIL_HOSTS)
def test_each_recipient_is_taken_back_and_no_mail_is_sent(asked, lab_hosts, name):
    log = asked[1][name]
    refused, other = f"1 mail={FORMS} rcpt=0/{FORMS} rset={FORMS} quit=1 commands=18/26", (
        f"1 mail={FORMS} rcpt={FORMS} rset={FORMS} quit=1 commands=26" if name in RELAYED else "")
    assert sessions_in(log) == [refused, other or refused]
    assert not [line for line in log if "/qmgr[" in line or "status=" in line or "lost connection" in line]
    queue = get_host(lab_hosts[name].connection).check_output(
        "cd /var/spool/postfix && find maildrop incoming active deferred hold -type f")
    assert queue == ""


def test_behind_the_proxy_nobody_is_a_stranger(asked, lab_hosts):
    log = "\n".join(asked[1]["proxied"])
    assert "client=localhost[127.0.0.1]" in log
    assert lab_hosts["outside"].ipv4 in log
    assert lab_hosts["outside"].ipv6 not in log


def test_other_ways_to_a_server(lab_hosts):
    sane = lab_hosts["sane"]
    starttls, wrapped, late, closed, nobody, unknown = probe(
        "outside",
        {"host": sane.ipv6, "starttls": True},
        {"host": sane.ipv6, "port": 465},
        {"host": sane.ipv6, "port": 2525, "relay_test": True},
        {"host": sane.ipv6, "port": 26},
        {"host": "2001:db8:25:0:ffff::1"},
        {"host": "mail.example.com", "family": "ipv6"},
    )
    for one, offered in ((starttls, True), (wrapped, False)):
        session = one["sessions"]["ipv6"]
        assert (session["verdict"], session["starttls"], session["tls"]["protocol"]) == ("works", offered, "TLSv1.3")
        assert session["tls"]["certificate"] == {
            "subject": "CN=mail.example.org", "issuer": "CN=mail.example.org", "names": ["mail.example.org"],
            "valid_from": "2025-01-01T00:00:00Z", "valid_until": "2025-04-01T00:00:00Z"}
    session = late["sessions"]["ipv6"]
    assert session["greeting"] == "220 mail.example.org ESMTP, no UBE please"
    assert session["seconds"]["greeting"] > 5, "postscreen has let it wait"
    assert late["relay"] == "refused"
    assert [one["sessions"]["ipv6"]["verdict"] for one in (closed, nobody, unknown)] == [
        "refused", "unreachable", "no address"]
    assert [len(one["problems"]) for one in (starttls, wrapped, late, closed, nobody, unknown)] == [0, 0, 0, 1, 1, 1]


def test_a_host_asks_itself(lab_hosts):
    mynetworks = get_host(lab_hosts["sane"].connection).check_output("postconf -hx mynetworks")
    trusted, stranger = probe(
        "sane",
        {"host": "localhost", "relay_test": True, "mynetworks": mynetworks},
        {"host": lab_hosts["sane"].ipv6, "relay_test": True, "mynetworks": mynetworks})
    for family, address in (("ipv4", "127.0.0.1"), ("ipv6", "::1")):
        session = trusted["sessions"][family]
        assert (session["source"], session["relay"]["stranger"], verdicts(trusted, family)) == (
            address, False, {"accepted"})
    assert ["ask from an address that is a stranger" in problem for problem in trusted["problems"]] == [True, True]
    relay = stranger["sessions"]["ipv6"]["relay"]
    assert (relay["stranger"], relay["verdict"], stranger["problems"]) == (True, "refused", [])


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", MAIL_HOSTS)
def test_verify(lab_hosts, name, check):
    run = play(os.environ["MOLECULE_SCENARIO_NAME"], name, {}, check=check, playbook="inet6.postfix.verify")
    assert run.stats["changed"] == 0
    mail = run.results["inet6.postfix.test_mail"]
    if name in RELAYED:
        assert run.code == 2
        assert f"{lab_hosts[name].ipv6} port 25: is an open relay" in run.message
        assert mail.get("skipped")
    else:
        assert (run.code, run.message) == (0, ""), run.output
        assert mail["status"] == ("" if check else "sent")


def test_what_lets_strangers_relay_is_taken_back(lab_hosts):
    surprise = lab_hosts["surprise"]
    host = get_host(surprise.connection)
    before = host.file("/etc/postfix/main.cf").content_string
    run = play(os.environ["MOLECULE_SCENARIO_NAME"], "surprise", {}, playbook="inet6.postfix.enable")
    assert run.code == 2
    assert f"{surprise.ipv6} port 25: is an open relay" in run.message
    assert "The configuration from before this run is back." in run.message
    assert host.file("/etc/postfix/main.cf").content_string == before
    (ipv4,), (ipv6,) = (probe("outside", {"host": address}) for address in (surprise.ipv4, surprise.ipv6))
    assert (ipv4["works"], ipv6["sessions"]["ipv6"]["verdict"]) == (True, "refused")
    run = play(os.environ["MOLECULE_SCENARIO_NAME"], "surprise", {"postfix_ipv6_verify": False},
               playbook="inet6.postfix.enable")
    assert (run.code, run.did) == (0, "restarted")


def test_the_controller_asks_in_check_mode(lab_hosts):
    targets = [{"host": lab_hosts[name].ipv6, "relay_test": True} for name in MAIL_HOSTS]
    results = probe("sane", *targets, check=True, asked_from="localhost")
    assert [one["relay"] for one in results] == ["refused", "accepted", "accepted"]
