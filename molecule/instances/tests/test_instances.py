"""Two instances of Postfix on one host: what is done to one leaves the other alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from mail_host import contents, greeting, identity

CONVERGE = Path(__file__).parents[1] / "converge.yml"
ADDRESSES = {"postfix": {"192.0.2.1", "[2001:db8:26::1]"}, "postfix-out": {"192.0.2.2", "[2001:db8:26::2]"}}
MAIN_CF = {name: f"/etc/{name}/main.cf" for name in ADDRESSES}
INSTANCES = {"postfix": "-", "postfix-out": "postfix-out"}


def master(host, name):
    """The process id of the master of an instance; 0 where none runs."""
    pid = host.check_output("cat /var/spool/%s/pid/master.pid", name).strip()
    return int(pid) if host.run("kill -0 %s", pid).succeeded else 0


def listeners(host, name):
    """The addresses on which an instance listens at port 25."""
    lines = host.check_output("ss -Hltnp 'sport = :25'").splitlines()
    return {line.split()[3].removesuffix(":25") for line in lines if f"pid={master(host, name)}," in line}


def state(host):
    """Whatever a run could change: each file and each master."""
    return {name: (identity(host, MAIN_CF[name]), master(host, name)) for name in ADDRESSES}


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_instance_has_its_own_addresses(host, name):
    assert listeners(host, name) == ADDRESSES[name]
    for address in ADDRESSES[name]:
        assert greeting(host, address.strip("[]")).startswith("220 ")


def test_another_run_changes_nothing(host, run_role):
    before = state(host)
    assert run_role({}, playbook=CONVERGE).stats["changed"] == 0
    assert state(host) == before


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_other_instance_is_left_alone(host, run_role, name):
    before = state(host)
    play = run_role({"postfix_ipv6_instances": [INSTANCES[name]],
                     "postfix_ipv6_inet_interfaces": sorted(ADDRESSES[name])[:1]})
    assert (play.code, listeners(host, name)) == (0, {sorted(ADDRESSES[name])[0]})
    after = state(host)
    assert {changed for changed in ADDRESSES if after[changed] != before[changed]} == {name}
    assert run_role({}, playbook=CONVERGE).code == 0
    assert listeners(host, name) == ADDRESSES[name]


def test_one_that_fails_goes_back_alone(host, run_role):
    before, text = state(host), contents(host, MAIN_CF["postfix-out"])
    refusing = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "reject"}
    play = run_role({"postfix_ipv6_instances": ["postfix-out"], "postfix_ipv6_timeout": 3,
                     "postfix_ipv6_extra_parameters": refusing})
    assert play.code == 2
    assert "The old configuration was put back, and Postfix runs with it" in play.message
    assert state(host)["postfix"] == before["postfix"]
    assert contents(host, MAIN_CF["postfix-out"]) == text
    assert listeners(host, "postfix-out") == ADDRESSES["postfix-out"]
    assert run_role({}, playbook=CONVERGE).code == 0


def test_all_at_once(host, run_role):
    before = state(host)
    play = run_role({"postfix_ipv6_instances": "all", "postfix_ipv6_smtp_address_preference": "any"})
    assert play.code == 0
    assert {name: one["changed"] for name, one in play.config["instances"].items()} == {"-": True, "postfix-out": True}
    for name in ADDRESSES:
        assert "smtp_address_preference = any" in contents(host, MAIN_CF[name]).decode()
        assert (master(host, name), listeners(host, name)) == (before[name][1], ADDRESSES[name])


def test_none_is_touched_when_one_objects(host, run_role):
    host.check_output("postconf -c /etc/postfix-out -e smtpd_recipient_limit=many")
    before = state(host)
    play = run_role({"postfix_ipv6_instances": "all", "postfix_ipv6_smtp_address_preference": "ipv4"})
    assert play.code == 2
    assert play.message.startswith("instance postfix-out: the installed Postfix")
    assert "smtpd_recipient_limit" in play.message
    assert state(host) == before
    host.check_output("postconf -c /etc/postfix-out -X smtpd_recipient_limit")


def test_an_instance_that_is_not_there(host, run_role):
    play = run_role({"postfix_ipv6_instances": ["nosuch"]})
    assert play.message == "instances: nosuch is no instance of Postfix on this host; there are: -, postfix-out"
