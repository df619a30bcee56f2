"""Real mail between real hosts: by which protocol it leaves, from which address, when it arrives and when not.

Each test is a section of docs/mail-flow.md. Debian 12 and 13 send at the same time, and have to do the same.
"""

from __future__ import annotations

import pytest
from flow import Sender, bound_address, by_all, dropped
from mail_host import contents, greeting, put
from page import NOTHING, Row, headings, tell, told

DUAL, OTHER, IPV4, IPV6 = "dual.example.com", "dual.example.net", "ipv4.example.com", "ipv6.example.com"
STRICT, LISTS, CLUB = "strict.example.net", "lists.strict.example.net", "club.example.com"
FAMILIES = {DUAL: ["IPv4", "IPv6"], IPV4: ["IPv4"], IPV6: ["IPv6"]}
"""Of the addresses that DNS has of the host that takes the mail of a domain."""
NO_PTR = "message does not meet IPv6 sending guidelines regarding PTR records"
MASTER_CF, MAIN_CF = "/etc/postfix/master.cf", "/etc/postfix/main.cf"


@pytest.fixture(scope="module")
def senders(lab_hosts):
    """The hosts that send mail."""
    return [Sender(lab_hosts[f"debian{number}"], lab_hosts, f"2001:db8:25::25:{number}") for number in (12, 13)]


@pytest.fixture(scope="module")
def outside(lab_hosts):
    """A host that sends mail to them, over IPv6."""
    return Sender(lab_hosts["dual"], lab_hosts)


def inbound(outside, sender, **setting):
    """See that mail to a sender still comes over IPv6."""
    (outcome,) = outside.send(sender.domain)
    assert (outcome.protocol, outcome.status) == ("IPv6", "sent")
    return outside.row(f"to the host itself, from {DUAL}", outcome)._replace(setting=sender.shown(setting))


def expected(inet_protocols, preference, destination):
    """The protocols by which a mail may leave."""
    usable = [family for family in FAMILIES[destination] if inet_protocols in ("all", family.lower())]
    preferred = [family for family in usable if family.lower() == preference]
    return preferred or usable or [NOTHING]


def test_every_setting_and_destination(senders):
    def show(sender):
        rows = []
        for inet_protocols in ("all", "ipv4", "ipv6"):
            for preference in ("any", "ipv4", "ipv6"):
                setting = {"inet_protocols": inet_protocols, "smtp_address_preference": preference}
                sender.set(**setting)
                mails = [[outcome] for outcome in sender.send(*FAMILIES)]
                if (inet_protocols, preference) == ("all", "any"):
                    mails[0] = sender.until_both(DUAL)
                for destination, outcomes in zip(FAMILIES, mails, strict=True):
                    protocols = expected(inet_protocols, preference, destination)
                    assert [outcome.protocol for outcome in outcomes] == protocols
                    assert {outcome.status for outcome in outcomes} == {"bounced" if NOTHING in protocols else "sent"}
                    rows.append(sender.row(destination, *outcomes, **setting))
        return rows

    tell("Every setting, every kind of destination", by_all(senders, show))


def test_ipv6_that_leads_nowhere(senders, lab_hosts):
    def show(sender):
        rows = []
        for setting in ({"smtp_address_preference": "ipv6"},
                        {"extra_parameters": {"smtp_connect_timeout": "5s"}},
                        {"destinations": {DUAL: "prefer_ipv4"}}):
            sender.set(**setting)
            with dropped(sender, lab_hosts["dual"]):
                (outcome,) = sender.send(DUAL)
            assert (outcome.protocol, outcome.status) == ("IPv4", "sent")
            first = "IPv4" if "ipv4" in str(setting) else "IPv6"
            assert outcome.failed == (set() if first == "IPv4" else {"IPv6"})
            rows.append(sender.row(DUAL, outcome, **setting))
        return rows

    tell("IPv6 that leads nowhere", by_all(senders, show))


def test_it_is_foreseen_before_any_mail_is_sent(senders, lab_hosts):
    def show(sender):
        with bound_address(sender):
            for setting, verdict in (({}, "not ready"), ({"smtp_bind_address6": sender.bound}, "ready with warnings"),
                                     ({"outbound": "ipv4"}, "ready")):
                said = sender.preflight(lab_hosts["dns"].ipv4, **setting)
                assert sender.lab.name in said[verdict], said
                found = f"{sender.lab.ipv6} has no PTR record" in str(said)
                assert found == (verdict == "not ready")
        return []

    by_all(senders, show)


def test_from_bounced_to_delivered_by_one_variable(senders, outside):
    def show(sender):
        rows = []
        for setting, protocol in (({}, "IPv6"), ({"destinations": {STRICT: "ipv4"}}, "IPv4")):
            run = sender.set(**setting)
            assert not setting or run.did == "reloaded"
            strict, lists, dual = sender.send(STRICT, LISTS, DUAL)
            for destination, outcome in ((STRICT, strict), (LISTS, lists)):
                assert outcome.protocol == protocol
                assert outcome.status == ("bounced" if protocol == "IPv6" else "sent")
                assert (NO_PTR in outcome.text) == (protocol == "IPv6")
                rows.append(sender.row(destination, outcome, **setting))
            assert (dual.protocol, dual.status) == ("IPv6", "sent")
            rows += [sender.row(DUAL, dual, **setting), inbound(outside, sender, **setting)]
        return rows

    tell("A receiver that wants reverse DNS", by_all(senders, show))


def test_a_receiver_of_many_domains(senders, outside):
    def show(sender):
        rows = []
        for setting, protocols in (({"destinations": {STRICT: "ipv4"}}, ["IPv4", "IPv6"]),
                                   ({"mx_hosts": {f"mx.{STRICT}": "ipv4"}}, ["IPv4", "IPv4"])):
            sender.set(**setting)
            outcomes = sender.send(STRICT, CLUB)
            assert [outcome.protocol for outcome in outcomes] == protocols
            assert [outcome.status for outcome in outcomes] == [
                "sent" if protocol == "IPv4" else "bounced" for protocol in protocols]
            rows += [sender.row(domain, outcome, **setting)
                     for domain, outcome in zip((STRICT, CLUB), outcomes, strict=True)]
        (dual,) = sender.send(DUAL)
        assert (dual.protocol, dual.status) == ("IPv6", "sent")
        return [*rows, sender.row(DUAL, dual, **setting), inbound(outside, sender, **setting)]

    tell("A receiver of many domains", by_all(senders, show))


def test_all_mail_by_one_protocol(senders, outside):
    def show(sender):
        rows = []
        literal = ["127.0.0.1", "::1", sender.lab.ipv4, sender.lab.ipv6]
        for setting in ({"outbound": "ipv4"}, {"outbound": "ipv4", "inet_interfaces": literal}):
            sender.set(**setting)
            dual, strict, ipv6 = sender.send(DUAL, STRICT, IPV6)
            assert [one.protocol for one in (dual, strict, ipv6)] == ["IPv4", "IPv4", NOTHING]
            assert [one.status for one in (dual, strict, ipv6)] == ["sent", "sent", "bounced"]
            rows += [*(sender.row(domain, outcome, **setting)
                       for domain, outcome in ((DUAL, dual), (STRICT, strict), (IPV6, ipv6))),
                     inbound(outside, sender, **setting)]
        sender.set(outbound="ipv6")
        dual, ipv4 = sender.send(DUAL, IPV4)
        assert (dual.protocol, dual.status, ipv4.protocol, ipv4.status) == ("IPv6", "sent", NOTHING, "bounced")
        rows += [sender.row(DUAL, dual, outbound="ipv6"), sender.row(IPV4, ipv4, outbound="ipv6")]
        return rows

    tell("All mail by one protocol", by_all(senders, show))


def test_a_policy_for_each_destination(senders):
    def show(sender):
        rows = []
        for others, destinations, protocols in (
            ("ipv6", {DUAL: "prefer_ipv4", OTHER: "ipv4", IPV6: "prefer_ipv4"}, ["IPv4", "IPv4", "IPv6"]),
            ("ipv4", {DUAL: "prefer_ipv6", OTHER: "ipv6", IPV4: "ipv6"}, ["IPv6", "IPv6", NOTHING]),
        ):
            sender.set(smtp_address_preference=others, destinations=destinations)
            outcomes = sender.send(*destinations)
            assert [outcome.protocol for outcome in outcomes] == protocols
            assert [outcome.status for outcome in outcomes] == [
                "bounced" if protocol == NOTHING else "sent" for protocol in protocols]
            rows += [sender.row(domain, outcome, smtp_address_preference=others,
                                destinations={domain: destinations[domain]})
                     for domain, outcome in zip(destinations, outcomes, strict=True)]
        own = {"destinations": {"example.org": "ipv4"}}
        sender.set(**own)
        (outcome,) = sender.send(sender.domain)
        assert (outcome.protocol, outcome.status, outcome.service) == (NOTHING, "sent", "postfix")
        return [*rows, sender.row("a subdomain whose mail ends on the host itself", outcome, **own)]

    tell("A policy for each destination", by_all(senders, show))


def test_transport_maps_made_by_hand(senders):
    def show(sender):
        host = sender.host
        sender.set()
        kept = contents(host, MAIN_CF), contents(host, MASTER_CF)
        host.check_output(
            "echo '%s slow:' >/etc/postfix/transport && postmap /etc/postfix/transport && "
            "postconf -e 'transport_maps = hash:/etc/postfix/transport' && "
            "printf 'slow unix - - y - 1 smtp\\n  -o syslog_name=postfix/slow\\n' >>/etc/postfix/master.cf && "
            "touch -d '1 hour ago' /etc/postfix/main.cf && postfix reload", DUAL)
        by_hand = contents(host, MAIN_CF), contents(host, MASTER_CF)
        rows = []
        policies = {STRICT: "ipv4", DUAL: "ipv4"}
        for destinations, protocol, setting in (({}, "IPv6", "no policy yet"), (policies, "IPv4", ""),
                                                ({}, "IPv6", "policies taken out again")):
            sender.set(destinations=destinations)
            dual, strict = sender.send(DUAL, STRICT)
            assert (dual.service, dual.protocol, dual.status) == ("postfix/slow", "IPv6", "sent")
            assert strict.protocol == protocol
            assert strict.service == ("postfix/inet6-ipv4" if destinations else "postfix")
            for domain, outcome in ((DUAL, dual), (STRICT, strict)):
                service = outcome.service.removeprefix("postfix/")
                rows.append(sender.row(domain, outcome)._replace(
                    setting=setting or sender.shown({"destinations": destinations}),
                    result=f"{outcome.result}, by `{service}`" if service != "postfix" else outcome.result))
            now = contents(host, MAIN_CF), contents(host, MASTER_CF)
            assert now[1].startswith(by_hand[1])
            assert (now == by_hand) == (not destinations)
        host.check_output("rm /etc/postfix/transport*")
        for path, data in zip((MAIN_CF, MASTER_CF), kept, strict=True):
            put(host, data, path)
        host.check_output("postfix reload")
        return rows

    tell("Transport maps of your own", by_all(senders, show))


def test_the_address_that_mail_leaves_from(senders):
    def show(sender):
        rows = []

        def see(protocol, source, status, *domains, **setting):
            for domain, outcome in zip(domains, sender.send(*domains), strict=True):
                assert (outcome.protocol, outcome.source, outcome.status) == (protocol, source, status)
                rows.append(sender.row(domain, outcome, **setting))

        bound = {"smtp_bind_address6": sender.bound}
        enforced = {**bound, "smtp_bind_address_enforce": True}
        sender.set()
        with bound_address(sender, temporary=True):
            see("IPv6", "its temporary address", "sent", DUAL)
            see("IPv6", "its temporary address", "bounced", STRICT)
            sender.set(**bound)
            see("IPv6", "its bound address", "sent", DUAL, STRICT, **bound)
            one = {"services": [{"name": "inet6-ipv6", "type": "unix", "options": bound}]}
            sender.set(destinations={STRICT: "ipv6"}, **one)
            see("IPv6", "its temporary address", "sent", DUAL, destinations={STRICT: "ipv6"}, **one)
            see("IPv6", "its bound address", "sent", STRICT, destinations={STRICT: "ipv6"}, **one)
            sender.set(**enforced)
        # The address is gone, and main.cf still names it.
        see(NOTHING, NOTHING, "deferred", IPV6, **enforced)
        sender.host.check_output("postsuper -d ALL deferred")
        with bound_address(sender):
            sender.set(**bound)
        see("IPv6", "its IPv6 address", "sent", IPV6, **bound)
        return rows

    tell("The address that mail leaves from", by_all(senders, show))


def test_a_host_without_ipv4(senders, lab_hosts):
    alone = Sender(lab_hosts["ipv6only"], lab_hosts)

    def show(sender):
        sender.set()
        (outcome,) = sender.send(IPV6)
        assert (outcome.protocol, outcome.source, outcome.status) == ("IPv6", "its IPv6 address", "sent")
        return [sender.row("from a dual-stack host to it", outcome)]

    rows = by_all(senders, show)
    dual, ipv4 = alone.send(DUAL, IPV4)
    assert (dual.protocol, dual.status) == ("IPv6", "sent")
    assert (ipv4.protocol, ipv4.status, ipv4.failed) == (NOTHING, "deferred", {"IPv4"})
    queue = alone.host.check_output("postqueue -p")
    assert f"connect to mx.{IPV4}[{lab_hosts['ipv4only'].ipv4}]:25: Network is unreachable" in queue
    assert f"@{IPV4}" in queue
    alone.host.check_output("postsuper -d ALL")
    tell("A host without IPv4", [*rows, alone.row(f"from it to {DUAL}", dual), alone.row(f"from it to {IPV4}", ipv4)])


def test_a_service_on_some_addresses(senders, outside):
    def lines(host):
        return contents(host, MASTER_CF).decode().splitlines(keepends=True)

    def show(sender):
        host = sender.host
        sender.set()
        debian = contents(host, MASTER_CF)
        host.check_output("sed -i 's/^#submission inet/submission inet/; s/^#  -o syslog_name=postfix.submission$/"
                          "  -o syslog_name=postfix\\/submission/' /etc/postfix/master.cf && postfix reload")
        before = lines(host)
        assert len(set(before) - set(debian.decode().splitlines(keepends=True))) == 2
        rows = []
        with bound_address(sender):
            for addresses, refused in (("all", []), ([sender.lab.ipv4, sender.bound], [sender.lab.ipv6]), ("all", [])):
                setting = {"listeners": {"submission": addresses}}
                sender.set(**setting)
                now = lines(host)
                touched = ("submission ", f"{sender.lab.ipv4}:", f"[{sender.bound}]:", "  -o syslog_name=postfix/sub")
                assert [line for line in now if not line.startswith(touched)] == [
                    line for line in before if not line.startswith(touched)]
                for address in (sender.lab.ipv4, sender.lab.ipv6, sender.bound):
                    said = greeting(outside.host, address, 587)
                    assert said.startswith("220 ") == (address not in refused)
                    assert address not in refused or "Connection refused" in said
                    assert greeting(outside.host, address).startswith("220 "), "port 25 is not touched"
                    rows.append(Row(sender.shown(setting), f"port 587 of {sender.named(address)}",
                                    "IPv6" if ":" in address else "IPv4", NOTHING, NOTHING,
                                    "refused" if address in refused else "greeted"))
        put(host, debian, MASTER_CF)
        host.check_output("postfix reload")
        return rows

    tell("A service on some addresses", by_all(senders, show))


def test_each_table_of_the_page_is_shown_here():
    assert told == headings()
