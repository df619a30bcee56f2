"""Hosts that are ready for IPv6, and for each reason that the playbook knows one that is not. It only looks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from everywhere import Mail
from lab.play import Play, play
from mail_host import LEFT, SQUATTED, STOP

PREFLIGHT = "inet6.postfix.preflight"
READY, WARNED, NOT_READY = "ready", "ready with warnings", "not ready"
MAIL_HOSTS, WITHOUT_POSTFIX = ("debian12", "debian13"), ("without_postfix",)
IN_CHECK_MODE = "debian12"
GONE, OTHER = "2001:db8:25::dead", "2001:db8:25::beef"
OWN = "OWN"
"""Stands in commands and variables for the IPv6 address of the host."""

ADD_SERVICE = "cp -p /etc/postfix/master.cf /root; echo '{} inet n - y - - smtpd' >>/etc/postfix/master.cf"
TAKE_SERVICE = "mv /root/master.cf /etc/postfix"
DISABLE = "for one in all default lo eth0; do echo {} >/proc/sys/net/ipv6/conf/$one/disable_ipv6; done"


@dataclass(frozen=True)
class Reason:
    """Something that is so on a host whose Postfix listens on IPv4, and works."""

    verdict: str
    says: str = ""
    """A part of the only message."""
    made: str = ":"
    """The commands that make it so."""
    wanted: dict[str, Any] = field(default_factory=dict)
    """Variables, if these do."""
    undone: str = ":"


REASONS = {
    "nothing": Reason(READY),
    "a-value-that-postfix-would-misread": Reason(
        NOT_READY, "inet_protocols: ipv7 is", wanted={"inet_protocols": "ipv7"}),
    "a-network-of-strangers": Reason(
        NOT_READY, "[2000::]/3 is wider than /16 and trusts strangers", wanted={"mynetworks": ["2000::/3"]}),
    "a-policy-that-there-is-not": Reason(
        NOT_READY, "'example.org: v4' is no policy", wanted={"destinations": {"example.org": "v4"}}),
    "an-address-that-is-not-here": Reason(
        NOT_READY, f"{GONE} is no address of this host", wanted={"inet_interfaces": ["127.0.0.1", GONE]}),
    "a-source-address-that-is-not-here": Reason(
        NOT_READY, f"{GONE} is no address of this host", wanted={"smtp_bind_address6": GONE}),
    "an-address-that-may-be-somebody-else's": Reason(
        NOT_READY, f"{OTHER} is not proven unique",
        f"echo 600 >/proc/sys/net/ipv6/conf/eth0/dad_transmits; ip address add {OTHER}/64 dev eth0",
        {"smtp_bind_address6": OTHER}, f"ip address delete {OTHER}/64 dev eth0"),
    "an-address-that-will-go": Reason(
        WARNED, f"{OTHER} is deprecated", f"ip address add {OTHER}/64 dev eth0 nodad preferred_lft 0",
        {"smtp_bind_address6": OTHER}, f"ip address delete {OTHER}/64 dev eth0"),
    "a-name-that-nobody-knows": Reason(
        NOT_READY, "mail.example.com is a host name that this host cannot look up",
        wanted={"inet_interfaces": "mail.example.com"}),
    "a-table-with-a-line-that-postfix-ignores": Reason(
        NOT_READY, "clients", "echo '2001:db8::/32' >/etc/postfix/clients",
        {"mynetworks": ["127.0.0.0/8", "::1/128", "/etc/postfix/clients"]}),
    "a-service-that-master-does-not-know": Reason(
        NOT_READY, "port nosuch that services(5) does not name", ADD_SERVICE.format("nosuch"), undone=TAKE_SERVICE),
    "a-service-on-a-protocol-that-is-off": Reason(
        NOT_READY, "which inet_protocols turns off", ADD_SERVICE.format("[::1]:2525"), {"enabled": False},
        TAKE_SERVICE),
    "no-ipv6-in-the-kernel": Reason(
        NOT_READY, "this host has no IPv6 address at all: IPv6 is disabled in its kernel", DISABLE.format(1),
        undone=DISABLE.format(0)),
    "a-postfix-that-dies-of-its-configuration": Reason(
        NOT_READY, "bad numerical configuration: message_size_limit = many", "postconf -e message_size_limit=many"),
    "another-program-on-the-port": Reason(
        NOT_READY, "Postfix could not listen on [::]:25: Address already in use", SQUATTED, undone=LEFT),
    "a-postfix-that-does-not-run": Reason(
        WARNED, "Postfix does not run on this host; start it", STOP),
    "a-postfix-that-does-not-start-at-boot": Reason(
        WARNED, "Postfix is not started when this host boots", "systemctl disable postfix",
        undone="systemctl enable postfix"),
    "no-address-that-others-reach": Reason(
        WARNED, "no IPv6 address that other networks can reach", f"ip address delete {OWN}/64 dev eth0"),
    "networks-that-postfix-would-trust-by-itself": Reason(
        WARNED, "[2001:db8:25::]/64, [fe80::]/64' may relay mail through this host from now on",
        "postconf -X mynetworks; postconf -e mynetworks_style=subnet"),
    "mail-that-would-leave-from-another-address": Reason(
        WARNED, "changes where mail over IPv6 leaves from", wanted={"inet_interfaces": ["127.0.0.1", "::1", OWN]}),
    "no-way-out": Reason(
        WARNED, "this host has no default route for IPv6", "ip -6 route flush default"),
    "a-loopback-that-is-not-trusted": Reason(
        WARNED, "mynetworks trusts 127.0.0.1 and not ::1", wanted={"mynetworks": "127.0.0.0/8"}),
    "a-list-that-postfix-misreads-already": Reason(
        WARNED, "debug_peer_list: 2001:db8::1", "postconf -e debug_peer_list=2001:db8::1"),
    "a-family-that-nobody-wants": Reason(READY, wanted={"enabled": False}, made=DISABLE.format(1),
                                         undone=DISABLE.format(0)),
}


@pytest.fixture
def on(everywhere: Callable[[Callable[[Mail], None]], None]) -> Callable[..., None]:
    """Call a function for some of the hosts, all at once."""
    return lambda names, show: everywhere(lambda mail: show(mail) if mail.lab.name in names else None)


def preflight(mail: Mail, check: bool, **variables: Any) -> Play:
    """Run the playbook, and see that it touches nothing and costs one module execution on the host."""
    before = mail.look("%T@ %C@")
    run = mail.run(playbook=PREFLIGHT, check=check, **variables)
    assert mail.look("%T@ %C@") == before
    assert (run.code, run.stats["changed"]) == (0, 0), run.output
    assert set(run.results) == {"inet6.postfix.info", "inet6.postfix.dns_check", "ansible.builtin.debug",
                                "ansible.builtin.set_stats"}
    assert run.results["inet6.postfix.dns_check"].get("skipped"), "mail goes to a relay"
    return run


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
def test_verdict(on, reason):
    def show(mail):
        mail.begin("ipv4", "relayhost = [192.0.2.25]", "message_size_limit = 0", "debug_peer_list =",
                   "mynetworks = 127.0.0.0/8 [::1]/128")
        mail.host.check_output(f"ip -6 address replace {mail.lab.ipv6}/64 dev eth0 nodad")
        mail.host.check_output("ip -6 route replace default dev eth0")
        mail.host.check_output(reason.made.replace(OWN, mail.lab.ipv6) + "; touch -d '1 hour ago' /etc/postfix/main.cf")
        wanted = json.loads(json.dumps(reason.wanted).replace(OWN, mail.lab.ipv6))
        try:
            said = preflight(mail, mail.lab.name == IN_CHECK_MODE, **wanted).results["ansible.builtin.debug"]["msg"]
        finally:
            mail.host.check_output(reason.undone)
        found = {verdict: said[verdict] for verdict in (READY, WARNED, NOT_READY) if said[verdict]}
        assert list(found) == [reason.verdict], said
        if reason.verdict == READY:
            assert found[READY] == [mail.lab.name]
        else:
            (message,) = found[reason.verdict][mail.lab.name]
            assert reason.says in message

    on(MAIL_HOSTS, show)


def test_no_postfix(on):
    def show(mail):
        run = mail.run(playbook=PREFLIGHT)
        assert (run.code, run.results["ansible.builtin.debug"]["msg"][NOT_READY]) == (0, {mail.lab.name: [
            "Postfix is not installed on this host: there is no postconf command; install it first"]})

    on(WITHOUT_POSTFIX, show)


def test_no_host():
    name = WITHOUT_POSTFIX[0]
    nobody = {"ansible_connection": "community.docker.docker_api", "ansible_host": "nobody"}
    run = play("preflight", name, nobody, playbook=PREFLIGHT)
    (message,) = run.results["ansible.builtin.debug"]["msg"][NOT_READY][name]
    assert "nobody" in message
    assert run.code == 0
