"""`inet6.postfix.disable` and `inet6.postfix.rollback`, from dual stack to IPv4 only and back."""

from __future__ import annotations

import pytest
from mail_host import MAIN_CF, backups, contents, greeting, identity, listeners

DISABLE, ROLLBACK = "inet6.postfix.disable", "inet6.postfix.rollback"


@pytest.mark.parametrize("playbook", [DISABLE, ROLLBACK])
def test_check_mode_touches_nothing(host, run_role, playbook):
    before = identity(host), backups(host), listeners(host)
    play = run_role({}, playbook=playbook, check=True)
    assert (play.code, play.config["changed"], play.did) == (0, True, "restarted")
    assert (identity(host), backups(host), listeners(host)) == before


def test_ipv6_off_and_everything_as_it_was_before_that(host, run_role):
    dual_stack = contents(host)
    play = run_role({}, playbook=DISABLE)
    assert (play.code, play.did, listeners(host)) == (0, "restarted", {"0.0.0.0"})
    assert greeting(host, "127.0.0.1").startswith("220 ")
    ipv4_only = contents(host)
    assert run_role({}, playbook=DISABLE).stats["changed"] == 0

    play = run_role({}, playbook=ROLLBACK)
    assert (play.code, play.did, listeners(host)) == (0, "restarted", {"0.0.0.0", "[::]"})
    assert greeting(host, "::1").startswith("220 ")
    assert (contents(host), contents(host, f"{MAIN_CF}.failed")) == (dual_stack, ipv4_only)
    assert run_role({}, playbook=ROLLBACK).stats["changed"] == 0


def test_a_named_backup(host, run_role):
    oldest = backups(host)[0]
    dual_stack, ipv4_only = contents(host), contents(host, oldest)
    play = run_role({"postfix_ipv6_restore": oldest.rpartition("/")[2]}, playbook=ROLLBACK)
    assert (play.code, contents(host), listeners(host)) == (0, ipv4_only, {"0.0.0.0"})
    assert oldest in play.config["backups"]
    play = run_role({"postfix_ipv6_restore": "main.cf.nosuch"}, playbook=ROLLBACK)
    assert play.message.startswith(f"restore: main.cf.nosuch is no backup that there is; there are: {oldest}")

    assert run_role({}, playbook="inet6.postfix.enable").code == 0
    assert (contents(host), listeners(host)) == (dual_stack, {"0.0.0.0", "[::]"})
