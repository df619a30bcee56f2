"""From IPv4 only to dual stack and back, step by step, by modules under the Python that was asked for."""

from pathlib import Path

from mail_host import greeting, identity, listeners

IPV4, DUAL_STACK = {"0.0.0.0"}, {"0.0.0.0", "[::]"}


def test_check_mode_touches_nothing(host, run_role):
    before = identity(host)
    play = run_role(check=True)
    assert (play.code, play.config["changed"], play.did) == (0, True, "restarted")
    assert (identity(host), listeners(host)) == (before, IPV4)


def test_change(host, run_role):
    play = run_role()
    assert (play.code, play.did, listeners(host)) == (0, "restarted", DUAL_STACK)
    assert greeting(host, "::1").startswith("220 ")


def test_nothing_to_change(host, run_role):
    before = identity(host)
    play = run_role()
    assert (play.code, play.stats["changed"], identity(host)) == (0, 0, before)


def test_disable_and_rollback(host, run_role):
    for playbook, found in (("disable", IPV4), ("rollback", DUAL_STACK)):
        play = run_role(playbook=f"inet6.postfix.{playbook}")
        assert (play.code, play.did, listeners(host)) == (0, "restarted", found)


def test_info(run_role, python, pytestconfig):
    play = run_role(playbook=Path(__file__).with_name("look.yml"))
    assert play.results["ansible.builtin.setup"]["ansible_facts"]["ansible_python"]["executable"] == python
    info = play.results["inet6.postfix.info"]
    assert (info["verdict"], info["listeners"]["ipv6"]) == ("ready", ["[::]:25"])
