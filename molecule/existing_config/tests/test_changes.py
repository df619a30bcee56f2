"""What goes out of main.cf, what is kept beside it, and what does not get in."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.play import SHARED
from mail_host import backups, contents, identity, master, put

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
    texts = [f"bounce_size_limit = {limit}" for limit in (1000, 2000, 3000, 4000)]
    play = run_role({"contents": texts, "backups": 2}, playbook=SHARED / "main_cf.yml")
    assert play.code == 0, play.message
    assert [contents(host, path) for path in backups(host)] == [
        ISP.replace(b"\nbounce_size_limit = 50000\n", setting)
        for setting in (b"\nbounce_size_limit = 2000\n", b"\nbounce_size_limit = 3000\n")]


def test_a_file_that_postfix_cannot_work_with_is_not_written(host, run_role):
    """An empty main.cf becomes none that works by setting inet_protocols: Postfix's smtpd says why."""
    put(host, b"")
    before, pid = identity(host), master(host)
    play = run_role({})
    assert play.code != 0
    assert "smtpd_relay_restrictions or smtpd_recipient_restrictions" in play.message
    assert (identity(host), master(host), backups(host)) == (before, pid, [])
