"""Hosts whose kernel has IPv6 switched off, and what becomes of them when it is switched on, and off again."""

from __future__ import annotations

import pytest
from mail_host import contents, greeting, identity, listeners, master, wait

LOOPBACK = {"127.0.0.1", "[::1]"}


def switch(host, lab_host, on):
    """Switch IPv6 on or off in the kernel, with the address that the host has there."""
    off = "0" if on else "1"
    for interface in ("all", "default", "lo", "eth0"):
        host.check_output("echo %s >/proc/sys/net/ipv6/conf/%s/disable_ipv6", off, interface)
    if on:
        host.check_output("ip -6 address replace %s/64 dev eth0 nodad", lab_host.ipv6 or "2001:db8:25::99")
    wait(lambda: bool(host.check_output("ip -6 address show scope host")) == on)


def hosts_file(host, names_ipv6):
    """Let /etc/hosts name ::1 localhost, or not; it is a mount, and cannot be replaced."""
    line = "::1 localhost\n" if names_ipv6 else ""
    host.check_output("grep -v ^::1 /etc/hosts >/root/hosts; printf %s >>/root/hosts", line)
    host.check_output("cat /root/hosts >/etc/hosts")


@pytest.fixture
def ipv4_only(host, lab_host):
    """A host without IPv6, with a working Postfix that has been told so."""
    switch(host, lab_host, on=False)
    host.check_output("rm -f /var/spool/postfix/pid/inet6.postfix.pending")
    host.check_output("sed -i -e '/^inet_protocols/d' -e '/^inet_interfaces/d' /etc/postfix/main.cf")
    host.check_output("printf 'inet_protocols = ipv4\\ninet_interfaces = all\\n' >>/etc/postfix/main.cf")
    host.check_output("systemctl restart postfix")
    wait(lambda: listeners(host) == {"0.0.0.0"})


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
@pytest.mark.parametrize("names_ipv6", [False, True], ids=["without-localhost", "with-localhost"])
def test_a_clear_message_and_postfix_left_working(ipv4_only, host, run_role, names_ipv6, check):
    hosts_file(host, names_ipv6)
    before = (identity(host), master(host))
    variables = {"postfix_ipv6_inet_interfaces": "localhost"} if names_ipv6 else {}
    play = run_role(variables, check=check)
    assert (play.code, play.stats["failures"], play.stats["changed"]) == (2, 1, 0)
    for part in ("IPv6 is disabled in its kernel", "net.ipv6.conf.all.disable_ipv6 = 0", "inet_protocols = ipv4"):
        assert part in play.message
    assert (identity(host), master(host)) == before
    assert greeting(host, "127.0.0.1").startswith("220 ")


def test_heals_a_host_on_which_every_postfix_program_dies(ipv4_only, host, run_role):
    hosts_file(host, names_ipv6=True)
    host.check_output("postconf -e inet_protocols=all inet_interfaces=localhost")
    host.check_output("sed -i -e '/^mynetworks/,/^# ---/d' /etc/postfix/main.cf")
    assert host.run("postfix status").failed
    assert host.run("postconf -h myhostname").failed
    play = run_role({"postfix_ipv6_inet_protocols": "ipv4"})
    assert (play.code, play.did) == (0, "restarted")
    assert listeners(host) == {"127.0.0.1"}
    assert greeting(host, "127.0.0.1").startswith("220 ")


def test_back_on_again(ipv4_only, host, lab_host, run_role):
    switch(host, lab_host, on=True)
    play = run_role({})
    assert (play.code, play.did) == (0, "restarted")
    assert listeners(host) == {"0.0.0.0", "[::]"}
    assert greeting(host, "::1").startswith("220 ")
    assert run_role({}).stats["changed"] == 0


def test_a_host_that_loses_ipv6_afterwards(ipv4_only, host, lab_host, run_role):
    switch(host, lab_host, on=True)
    hosts_file(host, names_ipv6=True)
    assert run_role({"postfix_ipv6_inet_interfaces": "localhost"}).did == "restarted"
    assert listeners(host) == LOOPBACK
    switch(host, lab_host, on=False)
    written = contents(host)
    play = run_role({})
    assert play.code == 2
    assert "IPv6 is disabled in its kernel" in play.message
    assert contents(host) == written
    assert greeting(host, "127.0.0.1").startswith("220 ")
