"""From IPv4 only to dual stack, by `inet6.postfix.enable` without a variable."""

from __future__ import annotations

import json
import time

import pytest
from mail_host import (
    MAIN_CF,
    another_host,
    backups,
    contents,
    cursor,
    executed,
    greeting,
    identity,
    journal,
    listeners,
    master,
    replies,
    wait,
)

BEFORE = "/root/main.cf.before"
ENABLE = "inet6.postfix.enable"
VERSIONS = {"bullseye": (3, 5), "bookworm": (3, 7), "trixie": (3, 10)}
AT_LEAST = {"sid": (3, 11)}
SUPPORTED = (3, 4)


@pytest.fixture(scope="module")
def client(lab_host, lab_hosts):
    """Another host of the scenario."""
    return another_host(lab_host, lab_hosts)


@pytest.fixture(scope="module")
def since_prepare(host):
    """Where the journal ended before the role ran for the first time."""
    return host.check_output("cat /root/cursor.before").removeprefix("-- cursor: ")


def test_postfix_is_the_one_of_this_release(host, lab_host):
    version = tuple(map(int, host.check_output("postconf -hd mail_version").partition("-")[0].split(".")[:2]))
    assert version == VERSIONS.get(lab_host.release, version)
    assert version >= AT_LEAST.get(lab_host.release, SUPPORTED)


def test_the_running_master_listens_on_both_families(host):
    assert master(host)
    assert listeners(host) == {"0.0.0.0", "[::]"}


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_greets_another_host(client, lab_host, family):
    assert greeting(client, getattr(lab_host, family)) == "220 mail.example.org ESMTP, no UBE please"


def test_takes_mail_over_ipv6_from_another_host(host, client, lab_host):
    subject = f"Over IPv6 at {time.time()}"
    start = cursor(host)
    assert replies(client, lab_host.ipv6, "bob@example.net", "alice@example.org", subject)[-1].startswith("250 ")
    wait(lambda: f"Subject: {subject}" in host.run("cat /var/mail/alice").stdout)

    mail = next(mail for mail in host.check_output("cat /var/mail/alice").split("\nFrom ") if subject in mail)
    sender = client.check_output("ip -6 -brief address show dev eth0 scope global").split()[2].partition("/")[0]
    assert f"[IPv6:{sender}])" in mail
    queue_id = mail.partition(" id ")[2].split()[0]
    log = [line for line in journal(host, start) if f" {queue_id}: " in line]
    for stage in (f"[{sender}]", "from=<bob@example.net>", "to=<alice@example.org>", "status=sent", "removed"):
        assert any(stage in line for line in log), stage


def test_one_line_of_main_cf_is_different(host):
    before = contents(host, BEFORE)
    assert before.count(b"\ninet_protocols = ipv4\n") == 1
    assert contents(host) == before.replace(b"\ninet_protocols = ipv4\n", b"\ninet_protocols = all\n")


def test_the_old_file_is_kept_as_it_was_with_the_same_owner_and_mode(host):
    """Its time too: so the run in check mode, which came before, has not written it."""
    (backup,) = backups(host)
    assert contents(host, backup) == contents(host, BEFORE)
    look = "stat --format='%%U %%G %%a' %s"
    assert host.check_output(look, MAIN_CF) == host.check_output(look, BEFORE)
    look = "stat --format='%%U %%G %%a %%y' %s"
    assert host.check_output(look, backup) == host.check_output(look, BEFORE)


def test_postfix_was_started_once(host, since_prepare):
    """Not by the run in check mode before, nor by the second run after."""
    assert sum("daemon started -- version" in line for line in journal(host, since_prepare)) == 1


@pytest.mark.parametrize("command", ["postconf", "postconf -n", "postconf -M", "postfix check"])
def test_postfix_has_nothing_to_complain_of(host, command):
    """Most of Postfix speaks only to a terminal."""
    said = host.run("script --quiet --return --command %s /dev/null", command)
    assert said.succeeded
    assert not [line for line in said.stdout.splitlines() if "warning:" in line or "error:" in line]


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_a_second_run_is_one_module_and_at_most_three_events(host, lab_host, run_role, check):
    before, start = identity(host), cursor(host)
    play = run_role({}, playbook=ENABLE, check=check)
    assert (play.code, play.stats["changed"]) == (0, 0)
    assert executed(host, start) == ["inet6.postfix.config"]
    assert identity(host) == before

    events = events_of(play.output, lab_host.name)
    assert len(events) <= 3, "in the play that comes to the host; scenario rollout counts what is once for all hosts"
    assert [event for event in events if event.startswith("inet6.")] == ["inet6.postfix.config"]
    assert not [event for event in events if event.endswith(("setup", "gather_facts"))]


def events_of(output, name):
    """What each task event of the play with the role was about for one host, skipped ones included."""
    report = json.JSONDecoder().raw_decode(output, output.index("{"))[0]
    found = ([(task["task"], task["hosts"][name]) for task in play["tasks"] if name in task["hosts"]]
             for play in report["plays"])
    events = [[result.get("action", task["name"]) for task, result in play] for play in found]
    return next(play for play in events if "inet6.postfix.config" in play)


def test_check_mode_says_what_would_change_and_touches_nothing(host, run_role):
    before, start, pid = identity(host), cursor(host), master(host)
    play = run_role({"postfix_ipv6_inet_protocols": "ipv4"}, check=True)
    assert [(change["before"], change["after"]) for change in play.config["changes"]] == [("all", "ipv4")]
    assert play.did == "restarted"
    assert play.config["listeners"] == ["0.0.0.0:25"]
    assert (identity(host), master(host), listeners(host)) == (before, pid, {"0.0.0.0", "[::]"})
    assert len(backups(host)) == 1
    assert not [line for line in journal(host, start) if "postfix-script" in line]
