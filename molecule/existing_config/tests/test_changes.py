"""What goes out of main.cf, what is kept beside it, and what does not get in."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.play import SHARED
from mail_host import backups, contents, identity, master, put

MASTER_CF = "/etc/postfix/master.cf"
ISP = (Path(__file__).parents[1] / "files" / "isp.cf").read_bytes()


@pytest.fixture(autouse=True)
def isp(host):
    """The host has the main.cf of an Internet provider, and no backups."""
    host.check_output("rm -f /etc/postfix/main.cf /etc/postfix/main.cf.*.bak")
    put(host, ISP)


def test_absent_parameters_go_back_to_their_defaults(host, run_role):
    absent = ["message_size_limit", "smtp_connect_timeout", "smtp_mail_timeout"]
    play = run_role({"postfix_ipv6_absent": absent, "postfix_ipv6_inet_protocols": None})
    assert play.code == 0, play.message
    after = ISP
    for setting in (
        b"message_size_limit = 52428800\n", b"smtp_connect_timeout = 20s\n", b"smtp_connect_timeout   =   15s   \n",
        b"smtp_mail_timeout    =    300s\n",
    ):
        assert after.count(b"\n" + setting) == 1
        after = after.replace(b"\n" + setting, b"\n")
    assert contents(host) == after
    for name in absent:
        assert host.check_output("postconf -h %s", name) == host.check_output("postconf -dh %s", name)


def test_no_more_backups_than_asked_for_are_kept(host, run_role):
    """One of them leads back to what Postfix runs with: nobody has told it to use any of the others."""
    texts = [f"bounce_size_limit = {limit}" for limit in (1000, 2000, 3000, 4000)]
    play = run_role({"contents": texts, "backups": 2}, playbook=SHARED / "main_cf.yml")
    assert play.code == 0, play.message
    assert [contents(host, path) for path in backups(host)] == [
        ISP, ISP.replace(b"\nbounce_size_limit = 50000\n", b"\nbounce_size_limit = 3000\n")]


def test_a_file_that_postfix_cannot_work_with_is_not_written(host, run_role):
    """An empty main.cf becomes none that works by setting inet_protocols: Postfix's smtpd says why."""
    put(host, b"")
    before, pid = identity(host), master(host)
    play = run_role({})
    assert play.code != 0
    assert "smtpd_relay_restrictions or smtpd_recipient_restrictions" in play.message
    assert (identity(host), master(host), backups(host)) == (before, pid, [])


@pytest.mark.parametrize(("name", "text", "said"), [
    ("/etc/postfix/networks", b"192.0.2.0/24\n[2001:db8::1]/64\n",
     "mynetworks: [2001:db8::1]/64 in line 2 of /etc/postfix/networks has host bits set, Postfix would refuse"),
    ("cidr:/etc/postfix/networks.cidr", b"0.0.0.0/0 OK\n",
     "mynetworks: 0.0.0.0/0 in line 1 of /etc/postfix/networks.cidr trusts the whole Internet"),
])
def test_files_that_a_list_names_are_judged_on_the_host(host, run_role, name, text, said):
    put(host, text, name.removeprefix("cidr:"))
    before, pid = identity(host), master(host)
    play = run_role({"postfix_ipv6_mynetworks": ["127.0.0.0/8", name]})
    assert play.code != 0
    assert said in play.message
    assert (identity(host), master(host), backups(host)) == (before, pid, [])


@pytest.mark.parametrize(("service", "protocols", "said"), [
    ("[::1]:nosuch", "all", "master.cf: [::1]:nosuch has a port nosuch that services(5) does not name"),
    ("[::1]:10025", "ipv4", "master.cf: [::1]:10025 is for IPv6, which inet_protocols turns off"),
])
def test_a_service_of_which_master_would_die_is_found_before_anything_is_stopped(
    host, run_role, request, service, protocols, said,
):
    master_cf = contents(host, MASTER_CF)
    request.addfinalizer(lambda: put(host, master_cf, MASTER_CF))
    put(host, master_cf + f"{service} inet n - y - - smtpd\n".encode(), MASTER_CF)
    before, pid = identity(host), master(host)
    play = run_role({"postfix_ipv6_inet_protocols": protocols})
    assert play.code != 0
    assert said in play.message
    assert (identity(host), master(host), backups(host)) == (before, pid, [])
