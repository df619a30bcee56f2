"""Hosts that really boot, by a restart of their container, and get the addresses that Postfix listens on late."""

from __future__ import annotations

import pytest
from lab.play import play
from lab.process import output
from mail_host import contents, greeting, identity, listeners, master, wait

UNITS = {"bookworm": "postfix@-.service", "trixie": "postfix.service"}

# Postfix starts with this, and does not greet.
REFUSING = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "reject"}


@pytest.fixture
def late(lab_host):
    """Give the addresses that come late, of each family one."""
    number = lab_host.name.removeprefix("debian")
    return f"192.0.2.{number}", f"2001:db8:6::{number}"


@pytest.fixture
def drop_in(lab_host):
    return f"/etc/systemd/system/{UNITS[lab_host.release]}.d/inet6-postfix.conf"


def boot(host, lab_host):
    """Boot, and wait until that is over and the addresses are there."""
    output("docker", "restart", "--time=60", lab_host.container)
    wait(lambda: host.run("systemctl is-system-running").stdout.strip() in ("running", "degraded"), seconds=120)


def is_ordered(lab_host):
    """What the playbook preflight finds: whether Postfix waits at boot for what it listens on."""
    found = play("late_address", lab_host.name, {}, playbook="inet6.postfix.preflight").results["inet6.postfix.info"]
    return found["boot"]["ordered"]


def test_without_the_drop_in_postfix_dies_at_boot(host, lab_host, run_role, drop_in):
    run = run_role({"postfix_ipv6_wait_at_boot": False})
    assert (run.code, run.config["changed"], run.did) == (0, True, "nothing")
    assert not host.file(drop_in).exists
    assert not is_ordered(lab_host)
    boot(host, lab_host)
    assert master(host) == 0
    assert run_role({"postfix_ipv6_wait_at_boot": False}).did == "restarted", "the addresses are there by now"


def test_with_the_drop_in_postfix_greets_after_boot(host, lab_host, run_role, late):
    run = run_role({})
    assert (run.code, run.config["changed"], run.did) == (0, True, "nothing")
    assert is_ordered(lab_host)
    boot(host, lab_host)
    assert listeners(host) == {"127.0.0.1", late[0], f"[{late[1]}]"}
    for address in late:
        assert greeting(host, address).startswith("220 ")


def test_check_mode_tells_and_touches_nothing(host, run_role, drop_in):
    before = identity(host, drop_in), contents(host, drop_in)
    run = run_role({"postfix_ipv6_inet_interfaces": "all"}, check=True)
    assert run.config["boot"] == [{"path": drop_in, "before": before[1].decode(), "after": None}]
    assert [diff["before_header"] for diff in run.config["diff"]] == ["/etc/postfix/main.cf", drop_in]
    assert (identity(host, drop_in), contents(host, drop_in)) == before


def test_a_rollback_brings_it_back(host, lab_host, run_role, late, drop_in):
    before = contents(host, drop_in)
    run = run_role({"postfix_ipv6_inet_interfaces": "all", "postfix_ipv6_extra_parameters": REFUSING,
                    "postfix_ipv6_timeout": 3})
    assert f"{drop_in} is again what it was" in run.message
    assert f"{drop_in}.failed" not in run.message
    assert contents(host, drop_in) == before
    assert host.check_output("systemctl show --property=NeedDaemonReload --value %s", UNITS[lab_host.release]) == "no"
    assert greeting(host, late[1]).startswith("220 ")


def test_goes_when_nothing_needs_it(host, lab_host, run_role, drop_in):
    assert run_role({"postfix_ipv6_inet_interfaces": "all"}).did == "restarted"
    assert not host.file(drop_in).exists
    assert "inet6" not in host.check_output("systemctl cat %s", UNITS[lab_host.release])


def test_comes_for_an_address_in_master_cf(host, run_role, late, drop_in):
    host.check_output("echo %s >>/etc/postfix/master.cf", f"[{late[1]}]:587 inet n - y - - smtpd")
    run = run_role({"postfix_ipv6_inet_interfaces": "all"}, check=True)
    (change,) = run.config["boot"]
    assert (change["path"], change["before"]) == (drop_in, None)
    assert f"# Wait for {late[1]}\n" in change["after"]
