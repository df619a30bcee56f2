"""A master.cf that people have edited: what the module changes there, and what stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.play import SHARED
from mail_host import MAIN_CF, contents, greeting, identity, master, put

MASTER_CF = "/etc/postfix/master.cf"
ADDITIONS = (Path(__file__).parents[1] / "files" / "additions.cf").read_bytes()
GONE = "2001:db8:25::dead"
NEW = "[::1]:2525"
RESTARTED = "systemctl reset-failed; systemctl restart postfix"
"""The command for that, as often as one likes: systemd starts no unit more than five times in ten seconds."""


@pytest.fixture
def master_cf(host):
    """Debian's master.cf with what amavis, Dovecot and an administrator have added."""
    debian = contents(host, MASTER_CF)
    host.check_output(f"rm -f {MASTER_CF}.*; postconf -e inet_protocols=all inet_interfaces=all")
    host.check_output("touch -d '1 hour ago' %s", MAIN_CF)
    put(host, debian + ADDITIONS, MASTER_CF)
    host.check_output(RESTARTED)
    yield debian + ADDITIONS
    put(host, debian, MASTER_CF)
    host.check_output(RESTARTED)


@pytest.fixture
def play(run_role):
    """Run the modules."""
    return lambda check=False, **variables: run_role(variables, check=check, playbook=SHARED / "master_cf.yml")


def services(play):
    """The services that a run has changed, with what they need."""
    return [(change["name"], change["needs"]) for change in play.results["inet6.postfix.master_cf"]["changes"]]


def test_a_service_comes_changes_and_goes(host, play, master_cf):
    pid = master(host)
    wanted = {"name": NEW, "command": "smtpd", "options": {"smtpd_banner": "first here", "syslog_name": "postfix/new"}}
    before = identity(host, MASTER_CF)
    run = play(check=True, services=[wanted])
    assert (run.code, services(run), identity(host, MASTER_CF)) == (0, [(f"{NEW}/inet", "reload")], before)

    run = play(services=[wanted])
    assert (run.code, services(run), run.did) == (0, [(f"{NEW}/inet", "reload")], "reloaded"), run.output
    assert contents(host, MASTER_CF).startswith(master_cf)
    assert b"  -o { smtpd_banner = first here }\n" in contents(host, MASTER_CF)
    assert greeting(host, "::1", 2525) == "220 first here"
    assert play(services=[wanted]).stats["changed"] == 0

    run = play(services=[{"name": NEW, "options": {"smtpd_banner": "second"}}])
    assert (services(run), greeting(host, "::1", 2525)) == ([(f"{NEW}/inet", "reload")], "220 second")
    run = play(services=[{"name": NEW, "state": "absent"}])
    assert (run.did, contents(host, MASTER_CF)) == ("reloaded", master_cf)
    assert "refused" in greeting(host, "::1", 2525)
    assert master(host) == pid


def test_options_of_a_service_that_is_there(host, play, master_cf):
    expected = master_cf
    for name, options, before, after in (
        ("submission", {"smtpd_tls_wrappermode": False, "syslog_name": "postfix/new"},
         b"syslog_name=postfix/submission -o smtpd_tls_wrappermode=no\n",
         b"syslog_name=postfix/new -o smtpd_tls_wrappermode=no\n"),
        ("127.0.0.1:10025", {"smtpd_recipient_restrictions": "reject", "smtpd_delay_reject": None},
         b"{ smtpd_recipient_restrictions = permit_mynetworks, reject }\n    -o smtpd_delay_reject=no\n",
         b"smtpd_recipient_restrictions=reject\n"),
    ):
        run = play(services=[{"name": name, "options": options}])
        assert (run.code, run.did) == (0, "reloaded"), run.output
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
        assert contents(host, MASTER_CF) == expected
    play(restore="newest")
    play(restore=host.check_output(f"ls {MASTER_CF}.*.bak | head -1"))
    assert contents(host, MASTER_CF) == master_cf


@pytest.mark.parametrize(("name", "said"), [
    ("2001:db8::1:25", "master.cf: 2001:db8::1:25 has no brackets"),
    ("[::1]:nosuch", "master.cf: [::1]:nosuch has a port nosuch that services(5) does not name"),
    ("[::1]:0", "master.cf: [::1]:0 has a port outside of 1 to 65535"),
])
def test_what_master_would_misread_or_die_of_is_not_written(host, play, master_cf, name, said):
    before, pid = identity(host, MASTER_CF), master(host)
    for check in (True, False):
        run = play(check=check, services=[{"name": name, "command": "smtpd"}])
        assert (run.code, said in run.message) == (2, True), run.message
    assert (identity(host, MASTER_CF), master(host)) == (before, pid)


def test_what_cannot_be_listened_on_is_taken_back_before_master_dies_of_it(host, play, master_cf):
    """postfix reload would return 0, and master end a second later."""
    pid = master(host)
    run = play(services=[{"name": f"[{GONE}]:2525", "command": "smtpd"}])
    assert run.code == 2
    assert f"could not listen on [{GONE}]:2525, as its configuration asks for: Cannot assign requested" in run.message
    assert "The old configuration was put back, and Postfix runs with it" in run.message
    assert (contents(host, MASTER_CF), master(host)) == (master_cf, pid)
    assert greeting(host, "::1").startswith("220 ")


def test_policies_come_and_go_without_a_trace(host, run_role, master_cf):
    main_cf = contents(host)
    policies = {"outbound": "ipv4", "destinations": {"example.com": "ipv6", "example.net": "prefer_ipv4"},
                "mx_hosts": {"example.com": "ipv4"}, "listeners": {"submission": ["127.0.0.1", "::1"]}}
    run = run_role({f"postfix_ipv6_{name}": value for name, value in policies.items()})
    assert run.code == 0, run.output
    assert run_role({f"postfix_ipv6_{name}": value for name, value in policies.items()}).stats["changed"] == 0
    touched = (b"submission inet", b"127.0.0.1:submission", b"[::1]:submission", b"inet6-", b"smtp      unix",
               b"  -o inet_protocols=", b"  -o smtp_address_preference=", b"  -o syslog_name=postfix/",
               b"  -o smtpd_tls_wrappermode=")
    now = contents(host, MASTER_CF)
    assert [line for line in now.splitlines() if not line.startswith(touched)] == [
        line for line in master_cf.splitlines() if not line.startswith(touched)]
    run = run_role({"postfix_ipv6_outbound": "both", "postfix_ipv6_listeners": {"submission": "all"}})
    assert run.code == 0, run.output
    assert contents(host) == main_cf
    assert [line for line in contents(host, MASTER_CF).splitlines() if not line.startswith(touched)] == [
        line for line in master_cf.splitlines() if not line.startswith(touched)]
    assert b"inet6-" not in contents(host, MASTER_CF)
