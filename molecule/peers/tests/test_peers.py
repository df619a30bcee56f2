"""What goes wrong with other ways to configure Postfix by Ansible, each row of that table shown not to go wrong here.

The rows of a host run one after the other, those of several hosts at the same time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from lab.play import SHARED, Play, play
from lab.pytest_plugin import LabHost
from mail_host import (
    backups,
    contents,
    cursor,
    executed,
    greeting,
    identity,
    journal,
    listeners,
    master,
    put,
    replies,
    wait,
)
from testinfra import get_host
from testinfra.host import Host

HOSTS = ("debian12", "debian13")
BOTH, IPV4_ONLY = {"0.0.0.0", "[::]"}, {"0.0.0.0"}
LEAVE_PROTOCOLS = {"postfix_ipv6_inet_protocols": None}

PUT_BACK = """
sysctl --quiet net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0
ip -6 address show dev eth0 | grep -q ' {ipv6}/' || ip -6 address add {ipv6}/64 dev eth0 nodad
rm -f /etc/postfix/main.cf.*.bak /var/spool/postfix/pid/inet6.postfix.pending
if cmp -s /root/main.cf /etc/postfix/main.cf && cmp -s /root/master.cf /etc/postfix/master.cf &&
    [ "$(ss -Hltn 'sport = :25' | awk '{{print $4}}')" = 0.0.0.0:25 ]; then exit; fi
cp --preserve /root/main.cf /root/master.cf /etc/postfix/
systemctl stop postfix@- postfix
timeout 20 sh -c 'while pgrep --exact master; do sleep 0.1; done'
systemctl reset-failed
systemctl start postfix
timeout 20 sh -c 'until ss -Hltn sport = :25 | grep -q 25; do sleep 0.1; done'
"""
WATCH = """
import time
seen = None
while True:
    with open("/etc/postfix/main.cf", "rb") as main_cf, open("/root/seen", "ab") as log:
        if (now := main_cf.read()) != seen:
            log.write(now + b"\\0")
            seen = now
    time.sleep(0.001)
"""


@dataclass
class MailHost:
    """A host with an IPv4-only Postfix, and another one from which it is looked at."""

    lab: LabHost
    client: Host
    client_ipv6: str

    @property
    def host(self) -> Host:
        """The access to it."""
        return get_host(self.lab.connection)

    def role(self, variables: dict[str, Any], *, check: bool = False) -> Play:
        """Run the role; the variables go by Postfix's names, or by their own."""
        named = {name if name.startswith("postfix_ipv6_") else f"postfix_ipv6_{name}": value
                 for name, value in variables.items()}
        return play(os.environ["MOLECULE_SCENARIO_NAME"], self.lab.name, named, check=check)

    def module(self, *contents: str, **variables: Any) -> list[dict[str, Any]]:
        """Use the module main_cf without the role, once for each of some contents; its results."""
        run = play(os.environ["MOLECULE_SCENARIO_NAME"], self.lab.name, {"contents": contents, **variables},
                   playbook=SHARED / "main_cf.yml")
        return run.config["results"]

    def edit(self, old: bytes, new: bytes) -> bytes:
        """Edit main.cf by hand, without telling Postfix."""
        text = contents(self.host)
        assert text.count(old) == 1
        put(self.host, text.replace(old, new))
        return text.replace(old, new)

    def greets(self) -> set[str]:
        """The families over which it greets the client."""
        return {family for family in ("ipv4", "ipv6")
                if greeting(self.client, getattr(self.lab, family)).startswith("220 ")}

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """See that neither main.cf nor the running Postfix is touched meanwhile."""
        def look() -> tuple[Any, ...]:
            return identity(self.host), backups(self.host), master(self.host), listeners(self.host)

        before = look()
        yield
        assert look() == before


Row = Callable[[MailHost], None]
ROWS = []


def row(function: Row) -> Row:
    """A row of the table."""
    ROWS.append(pytest.param(function, id=function.__name__, marks=getattr(function, "pytestmark", ())))
    return function


@row
def inet_protocols_ipv7(on: MailHost) -> None:
    """G O R: green on Debian 12, and Postfix is down."""
    with on.untouched():
        run, rerun = on.role({"inet_protocols": "ipv7"}), on.role({"inet_protocols": "ipv7"})
        (result,) = on.module("inet_protocols = ipv7")
    assert run.code != 0
    assert rerun.code != 0
    for message in (run.message, rerun.message, result["msg"]):
        assert "inet_protocols: ipv7 is not a word that Postfix knows here" in message
    assert on.greets() == {"ipv4"}


@row
def rerun_after_that_failure_heals_a_dead_postfix(on: MailHost) -> None:
    """All: `ok`, changed=0, over the same broken file, with the daemon down."""
    on.edit(b"inet_protocols = ipv4\n", b"inet_protocols = ipv7\n")
    on.host.run("systemctl restart postfix")
    wait(lambda: not master(on.host))
    run = on.role({})
    assert (run.code, run.did) == (0, "restarted")
    assert run.config["restart_owed"]
    assert on.greets() == {"ipv4", "ipv6"}


@row
def rerun_after_that_failure_heals_a_file_beside_an_old_postfix(on: MailHost) -> None:
    """All: `ok`, changed=0, over the same broken file, with the daemon as it was."""
    on.edit(b"inet_protocols = ipv4\n", b"inet_protocols = ipv7\n")
    run = on.role({})
    assert (run.code, run.did) == (0, "restarted")
    assert on.greets() == {"ipv4", "ipv6"}


@row
def rerun_over_a_broken_file_is_not_green(on: MailHost) -> None:
    """All: `ok`, changed=0. Without a word on inet_protocols it cannot be healed; the old Postfix has to go on."""
    on.edit(b"inet_protocols = ipv4\n", b"inet_protocols = ipv7\n")
    with on.untouched():
        run = on.role({**LEAVE_PROTOCOLS, "extra_parameters": {"bounce_size_limit": 1000}})
    assert run.code != 0
    assert "ipv7" in run.message


@row
def rerun_over_a_broken_file_that_nothing_is_wanted_of(on: MailHost) -> None:
    """All: `ok`, changed=0."""
    on.edit(b"inet_protocols = ipv4\n", b"inet_protocols = ipv7\n")
    with on.untouched():
        run = on.role(LEAVE_PROTOCOLS)
    assert run.code != 0
    assert "ipv7" in run.message


@row
def handler_only_reloads_after_inet_protocols(on: MailHost) -> None:
    """D F: the old listeners stay, and Postfix logs that it ignores the change."""
    start, pid = cursor(on.host), master(on.host)
    run = on.role({})
    assert (run.code, run.did) == (0, "restarted")
    assert master(on.host) not in (pid, 0)
    assert listeners(on.host) == BOTH
    assert not [line for line in journal(on.host, start) if "ignoring inet_protocols" in line]


@row
def handler_only_reloads_after_inet_interfaces(on: MailHost) -> None:
    """D F: the same for inet_interfaces."""
    start = cursor(on.host)
    run = on.role({"inet_protocols": "ipv4", "inet_interfaces": ["127.0.0.1", on.lab.ipv4]})
    assert (run.code, run.did) == (0, "restarted")
    assert listeners(on.host) == {"127.0.0.1", on.lab.ipv4}
    assert not [line for line in journal(on.host, start) if "ignoring inet_interfaces" in line]


@row
def reload_handler_asks_postfix_service(on: MailHost) -> None:
    """F on Debian 12: the unit says "stopped", so even the reload is left out."""
    greeting(on.host, "127.0.0.1")  # the smtpd of this one would greet the next client too, with the old banner
    start, pid = cursor(on.host), master(on.host)
    run = on.role({**LEAVE_PROTOCOLS, "extra_parameters": {"smtpd_banner": "$myhostname ESMTP since the reload"}})
    assert (run.code, run.did) == (0, "reloaded")
    assert master(on.host) == pid
    assert [line for line in journal(on.host, start) if "reload -- version" in line]
    assert greeting(on.host, "127.0.0.1") == "220 mail.example.org ESMTP since the reload"


@row
def unbracketed_network_in_mynetworks(on: MailHost) -> None:
    """O R B F L: `postfix check` passes, and clients of both families get 451."""
    run = on.role({"mynetworks": ["127.0.0.0/8", "2001:db8::/32"]})
    assert run.code == 0
    assert b"\nmynetworks = 127.0.0.0/8, [2001:db8::]/32\n" in contents(on.host)
    for address, recipient, answer in (
        (on.lab.ipv4, "alice@example.org", "250 2.1.5 Ok"),
        (on.lab.ipv6, "alice@example.org", "250 2.1.5 Ok"),
        (on.lab.ipv4, "someone@example.com", "454 4.7.1 <someone@example.com>: Relay access denied"),  # a stranger
        (on.lab.ipv6, "someone@example.com", "250 2.1.5 Ok"),  # one of mynetworks
    ):
        assert replies(on.client, address, "bob@example.net", recipient)[1] == answer
    with on.untouched():
        (result,) = on.module("mynetworks = 127.0.0.0/8, 2001:db8::/32")
    assert result["failed"]
    assert "mynetworks: 2001:db8::/32 has no brackets" in result["msg"]
    assert "write [2001:db8::]/32" in result["msg"]


@row
def host_bits_in_mynetworks(on: MailHost) -> None:
    """O R B F L: IPv4 clients 250, IPv6 clients 451."""
    with on.untouched():
        run = on.role({"mynetworks": "127.0.0.0/8, [2001:db8::1]/64"})
        (result,) = on.module("mynetworks = 127.0.0.0/8, [2001:db8::1]/64")
    assert run.code != 0
    for message in (run.message, result["msg"]):
        assert "mynetworks: [2001:db8::1]/64 has host bits set" in message
        assert "write [2001:db8::]/64 or [2001:db8::1]/128" in message


@row
def host_without_ipv6_names_localhost_in_etc_hosts(on: MailHost) -> None:
    """G R: green, Postfix is down, and postconf dies too. L: fails, and leaves the broken file."""
    assert "::1" in on.host.check_output("grep localhost /etc/hosts")
    on.host.check_output("sysctl --quiet net.ipv6.conf.all.disable_ipv6=1")
    with on.untouched():
        for interfaces in ("all", "localhost", ["127.0.0.1", "::1"]):
            run = on.role({"inet_interfaces": interfaces})
            assert run.code != 0
            assert "this host has no IPv6 address at all: IPv6 is disabled in its kernel" in run.message
            assert "set inet_protocols = ipv4 for this host" in run.message
    run = on.role({"inet_protocols": "ipv4", "inet_interfaces": "localhost"})  # the cure
    assert (run.code, run.did) == (0, "restarted")
    assert listeners(on.host) == {"127.0.0.1"}


@row
def ipv6_switched_off_by_sysctl(on: MailHost) -> None:
    """All: `[::]:25` still listens, so a socket proves nothing."""
    assert on.role({}).code == 0
    on.host.check_output("sysctl --quiet net.ipv6.conf.all.disable_ipv6=1")
    assert listeners(on.host) == BOTH
    with on.untouched():
        run = on.role({})
    assert run.code != 0
    assert "this host has no IPv6 address at all" in run.message
    assert greeting(on.client, on.lab.ipv4).startswith("220 ")


@row
def main_cf_rewritten_whole(on: MailHost) -> None:
    """O: the distribution's settings are lost, port 25 is open, and every smtpd dies at once."""
    before = contents(on.host)
    run = on.role({})
    assert run.code == 0
    assert contents(on.host) == before.replace(b"\ninet_protocols = ipv4\n", b"\ninet_protocols = all\n")
    banner = "220 mail.example.org ESMTP, no UBE please"
    assert run.control["greetings"] == {"0.0.0.0:25": banner, "[::]:25": banner}


@row
def open_port_with_a_dying_smtpd(on: MailHost) -> None:
    """O: nobody reads the banner."""
    on.host.check_output("sed -i '/^smtp  *inet/s/$/ -o smtpd_recipient_limit=many/' /etc/postfix/master.cf")
    run = on.role({"timeout": 3})
    assert run.code != 0
    assert listeners(on.host) == {"0.0.0.0"}
    assert "does not greet with 220" in run.message
    assert "The old configuration was put back, and Postfix does not work with it either" in run.message
    assert "smtpd_recipient_limit" in run.message


@row
def smtp_bind_address6_in_brackets(on: MailHost) -> None:
    """D: before Postfix 3.7 the SMTP client dies of the brackets. Bare is right for all releases."""
    sink, port = f"sink-{on.lab.name}", 2500 + HOSTS.index(on.lab.name)
    source = f"2001:db8:25::{port}"  # not the address that it would take by itself
    on.host.check_output(f"ip -6 address add {source}/64 dev eth0 nodad")
    on.client.check_output(
        f"systemd-run --quiet --unit={sink} smtp-sink -u postfix -R /var/tmp -D {sink} [::]:{port} 10")
    try:
        run = on.role({"smtp_bind_address6": f"[{source}]",
                       "extra_parameters": {"relayhost": f"[{on.client_ipv6}]:{port}"}})
        assert run.code == 0, run.message
        assert f"\nsmtp_bind_address6 = {source}\n".encode() in contents(on.host)
        on.host.check_output("echo 'Subject: out' | sendmail -f alice@example.org bob@example.net")
        wait(lambda: "X-Client-Addr" in on.client.run(f"cat /var/tmp/{sink}").stdout)
        assert f"X-Client-Addr: ipv6:{source}\n" in on.client.check_output(f"cat /var/tmp/{sink}")
    finally:
        on.client.run(f"systemctl stop {sink}; rm /var/tmp/{sink}")
        on.host.run(f"ip -6 address del {source}/64 dev eth0")


@row
def validation_never_reads_the_file(on: MailHost) -> None:
    """R: `postconf -d -c FILE` passes on garbage."""
    with on.untouched():
        run = on.role({"extra_parameters": {"smtpd_recipient_limit": "many"}})
    assert run.code != 0
    assert "bad numerical configuration: smtpd_recipient_limit = many" in run.message
    on.edit(b"\nbiff = no\n", b"\nbiff no\n")
    with on.untouched():
        run = on.role({})
    assert run.code != 0
    assert "missing '=' after attribute name: \"biff no\"" in run.message


@row
def lineinfile_on_main_cf(on: MailHost) -> None:
    """G: continued lines are left without their beginning, and `name=value` becomes a duplicate."""
    before = on.edit(b"\ninet_protocols = ipv4\n", b"\ninet_protocols=ipv4\n")
    run = on.role({"mynetworks": ["127.0.0.0/8", "::1/128"]})
    assert run.code == 0
    after = before.replace(b"\ninet_protocols=ipv4\n", b"\ninet_protocols = all\n")
    after = after.replace(b"mynetworks =\n    127.0.0.0/8\n", b"mynetworks = 127.0.0.0/8, [::1]/128\n")
    assert contents(on.host) == after.replace(b"    192.0.2.0/28,\n    [::1]/128\n", b"")


@row
def one_postconf_e_for_each_parameter(on: MailHost) -> None:
    """F L: 42 rewrites when nothing changes, and half of the changes are there while the other half is not."""
    variables = {
        "mynetworks": "127.0.0.0/8 ::1",
        "smtp_address_preference": "any",
        "smtp_balance_inet_protocols": True,
        "smtp_bind_address6": on.lab.ipv6,
        "extra_parameters": {"bounce_size_limit": 1000, "smtpd_timeout": "200s"},
    }
    old, start = contents(on.host), cursor(on.host)
    on.host.check_output("rm -f /root/seen; systemd-run --quiet --unit=watch python3 -c %s", WATCH)
    wait(lambda: on.host.file("/root/seen").exists)
    run = on.role(variables)
    on.host.check_output("systemctl stop watch")
    assert run.code == 0, run.message
    assert len(run.config["changes"]) == 7
    assert contents(on.host, "/root/seen").split(b"\0") == [old, contents(on.host), b""]
    assert executed(on.host, start) == ["inet6.postfix.config", "inet6.postfix.control"]
    with on.untouched():
        assert on.role(variables).stats["changed"] == 0


@row
def check_mode_says_changed_exactly_when_something_would_change(on: MailHost) -> None:
    """L F: changed when nothing is, unchanged when something is."""
    variables = {"mynetworks": ["127.0.0.0/8", "2001:db8:25::/64"]}
    with on.untouched():
        promised = on.role(variables, check=True)
    done = on.role(variables)
    assert promised.code == done.code == 0
    for what in ("changed", "changes", "diff", "reason", "restart_owed"):
        assert promised.config[what] == done.config[what]
    assert promised.did == done.did == "restarted"
    assert promised.stats["changed"] == done.stats["changed"] == 2
    with on.untouched():
        assert on.role(variables, check=True).stats["changed"] == 0


@row
def backups_are_never_pruned(on: MailHost) -> None:
    """L B: they pile up. Here is the newest one, and the one that leads back to what Postfix runs with."""
    results = on.module(*(f"bounce_size_limit = {limit}" for limit in (1000, 2000, 3000)), backups=1)
    assert [result["changed"] for result in results] == [True, True, True]
    there = [path for path in backups(on.host) if path.endswith(".bak")]
    assert there == results[0]["backup_files"] + results[-1]["backup_files"]
    assert b"\nbounce_size_limit = 2000\n" in contents(on.host, results[-1]["backup_files"][0])


@row
def regexp_on_names(on: MailHost) -> None:
    """L: a change of smtp_bind_address6 is taken for one of smtp_bind_address."""
    lines = {"smtp_bind_address": f"smtp_bind_address = {on.lab.ipv4}\n",
             "smtp_bind_address6": f"smtp_bind_address6 = {on.lab.ipv6}\n"}
    on.edit(b"\ninet_protocols = ipv4\n", b"\ninet_protocols = all\n")
    for there, wanted, address in (
        ("smtp_bind_address", "smtp_bind_address6", on.lab.ipv6),
        ("smtp_bind_address6", "smtp_bind_address", on.lab.ipv4),
    ):
        text = on.edit(b"\nbiff = no\n", f"\nbiff = no\n{lines[there]}".encode())
        run = on.role({**LEAVE_PROTOCOLS, wanted: address}, check=True)
        assert [change["name"] for change in run.config["changes"]] == [wanted]
        assert run.config["diff"][0]["after"] == text.decode() + lines[wanted]
        run = on.role({**LEAVE_PROTOCOLS, "absent": [wanted]}, check=True)
        assert "diff" not in run.config
        on.edit(lines[there].encode(), b"")


@row
def invalid_value_is_dropped_silently(on: MailHost) -> None:
    """B: nobody learns that smtp_address_preference was not set."""
    with on.untouched():
        run = on.role({"smtp_address_preference": "ipv5"})
    assert run.code != 0
    assert "smtp_address_preference: ipv5 is not a word that Postfix knows here" in run.message
    assert "write any, ipv4 or ipv6" in run.message


@pytest.fixture(scope="module")
def outcomes(request, lab_hosts) -> Iterator[dict[tuple[str, str], Future[None]]]:
    """The rows that are wanted, on their way: the hosts work at the same time."""
    client = lab_hosts["client"]
    hosts = {name: MailHost(lab_hosts[name], get_host(client.connection), client.ipv6) for name in HOSTS}
    pools = {name: ThreadPoolExecutor(1) for name in HOSTS}
    wanted = [item.callspec.params for item in request.session.items]
    yield {(each["row"], each["name"]): pools[each["name"]].submit(shown, each["row"], hosts[each["name"]])
           for each in wanted}
    for pool in pools.values():
        pool.shutdown(cancel_futures=True)


def shown(row: Row, on: MailHost) -> None:
    """See a row on a host that is IPv4 only before and after."""
    put_back = PUT_BACK.format(ipv6=on.lab.ipv6)
    on.host.check_output("sh -c %s", put_back)
    try:
        assert (listeners(on.host), on.greets()) == (IPV4_ONLY, {"ipv4"})
        row(on)
    finally:
        on.host.check_output("sh -c %s", put_back)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("row", ROWS)
def test_row(outcomes, row, name):
    outcomes[row, name].result()
