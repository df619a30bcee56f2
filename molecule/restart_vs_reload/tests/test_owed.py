"""A Postfix that does not do what its main.cf says: the run says so and repairs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from mail_host import (
    LEFT,
    REFUSING,
    SQUATTED,
    STOP,
    backups,
    contents,
    cursor,
    greeting,
    identity,
    journal,
    listeners,
    master,
    put,
    wait,
)

LISTENERS = {"ipv4": {"0.0.0.0"}, "all": {"0.0.0.0", "[::]"}}
KILLED = Path(__file__).parents[1] / "killed.yml"

# Name: (inet_protocols before, variables of the run that is killed, what the next run does, and why).
UNFINISHED = {
    "restart": ("all", {"inet_protocols": "ipv4"}, "restarted", "the running Postfix still listens on [::]:25"),
    "reload": ("ipv4", {"inet_protocols": "ipv4", "extra_parameters": {"smtpd_banner": "$myhostname ESMTP unfinished"}},
               "reloaded", "changed the configuration and ended before Postfix used it"),
}

# As soon as a process in a container is gone, the connection that Ansible has to it is lost.
WHEN_DOWN = """
while docker exec "$1" kill -0 "$2" 2>/dev/null; do :; done
pkill --full "docker exec .*-i $1"
"""

# Name: (why Postfix cannot start, when this is over, what the message says, where Postfix listens meanwhile, whether it
# needs a restart afterwards whatever changes).
FAILURES = {
    "before-the-stop": (
        SQUATTED,
        LEFT,
        ("could not listen on \\[::]:25.*: Address already in use. Nothing was stopped or started.*"
         " The old configuration was put back, and Postfix runs with it"),
        {"0.0.0.0"}, False),
    "at-the-start": (
        "rm /var/spool/postfix/private/retry; mkdir /var/spool/postfix/private/retry",
        "rmdir /var/spool/postfix/private/retry",
        ("Postfix does not run: .* The old configuration was put back, and Postfix does not work with it either: .*"
         " Postfix logged: .*/master.*: fatal: remove private/retry: Is a directory"),
        set(), True),
}

# Name: how the daemon ends without a word to systemd.
DEATHS = {
    "killed": "kill -KILL $(cat /var/spool/postfix/pid/master.pid)",
    "bad-value": "postconf -e inet_protocols=ipv7; touch -d '1 hour ago' /etc/postfix/main.cf;"
                 "systemctl restart postfix; true",
    "postfix-stop": "postfix stop",
}


def test_heals_what_a_reload_by_hand_left(everywhere):
    def show(mail):
        mail.begin("ipv4")
        mail.write("inet_protocols = all")
        mail.host.check_output("postfix reload")
        before = identity(mail.host), master(mail.host), backups(mail.host)

        for check in (True, False):
            assert (master(mail.host), listeners(mail.host)) == (before[1], LISTENERS["ipv4"])
            play = mail.run(check=check, inet_protocols="all")
            assert (play.code, play.did) == (0, "restarted")
            assert play.config["restart_owed"]
            assert play.config["reason"] == "the running Postfix does not listen on [::]:25"
            assert play.config["changes"] == []
            assert (identity(mail.host), backups(mail.host)) == (before[0], before[2])

        assert master(mail.host) not in (0, before[1])
        assert listeners(mail.host) == LISTENERS["all"]
        assert_nothing_is_owed(mail, inet_protocols="all")

    everywhere(show)


@pytest.mark.parametrize(("before", "variables", "did", "why"), UNFINISHED.values(), ids=UNFINISHED)
def test_finishes_what_a_killed_run_left(everywhere, before, variables, did, why):
    def show(mail):
        mail.begin(before, "smtpd_banner = $myhostname ESMTP")
        pid, start = master(mail.host), cursor(mail.host)
        assert mail.run(KILLED, **variables).code < 0
        assert (master(mail.host), listeners(mail.host)) == (pid, LISTENERS[before])
        assert not [line for line in journal(mail.host, start) if "postfix/master[" in line]

        assert mail.rehearse(**variables).did == did
        play = mail.run(**variables)
        assert (play.code, play.did) == (0, did)
        assert why in play.config["reason"]
        assert play.config["restart_owed"] == (did == "restarted")
        assert play.config["changes"] == []
        assert listeners(mail.host) == LISTENERS[variables["inet_protocols"]]
        assert_nothing_is_owed(mail, **variables)

    everywhere(show)


def test_starts_what_a_run_killed_between_stop_and_start_left(everywhere):
    def show(mail):
        mail.begin("ipv4")
        unit = "postfix" if mail.lab.release == "trixie" else "postfix@-"
        killing = f"/run/systemd/system/{unit}.service.d"
        mail.host.check_output(f"mkdir {killing}")
        put(mail.host, b"[Service]\nExecStopPost=pkill -KILL python3\n", f"{killing}/killing.conf")
        mail.host.check_output("systemctl daemon-reload")
        assert mail.run(inet_protocols="all").code == 2
        mail.host.check_output(f"rm --recursive {killing}; systemctl daemon-reload")
        wait(lambda: not master(mail.host))

        assert mail.rehearse(inet_protocols="all").did == "restarted"
        play = mail.run(inet_protocols="all")
        assert (play.code, play.did) == (0, "restarted")
        assert play.config["reason"] == "Postfix does not run although it should"
        assert listeners(mail.host) == LISTENERS["all"]

    everywhere(show)


@pytest.mark.parametrize(("cause", "end", "why", "meanwhile", "owed"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_repeated_until_its_cause_is_gone(everywhere, cause, end, why, meanwhile, owed):
    def show(mail):
        mail.begin("ipv4")
        pid, before = master(mail.host), contents(mail.host)
        mail.host.check_output(cause)
        try:
            for _attempt in range(2):
                mail.rehearse(inet_protocols="all")
                play = mail.run(inet_protocols="all")
                assert play.code == 2
                assert re.search(why, play.message), play.message
                assert (master(mail.host), listeners(mail.host)) == (pid if meanwhile else 0, meanwhile)
                assert contents(mail.host) == before
        finally:
            mail.host.check_output(end)
        play = mail.run(inet_protocols="all")
        assert (play.code, play.did, play.config["restart_owed"]) == (0, "restarted", owed)
        assert listeners(mail.host) == LISTENERS["all"]
        assert_nothing_is_owed(mail, inet_protocols="all")

    everywhere(show)


# Name: what inet_protocols is to be, while it is ipv4.
ROLLBACKS = {"restart": "all", "reload": "ipv4"}


@pytest.mark.parametrize("protocols", ROLLBACKS.values(), ids=ROLLBACKS)
def test_rolls_back_what_postfix_starts_with_and_does_not_greet_with(everywhere, protocols):
    """Every trial passes, every return code is 0, every socket is there; only who connects hears 554."""
    def show(mail):
        mail.begin("ipv4")
        before = contents(mail.host)
        mail.rehearse(inet_protocols=protocols, extra_parameters=REFUSING)
        play = mail.run(inet_protocols=protocols, extra_parameters=REFUSING, timeout=3)
        assert play.code == 2
        for part in (
            "does not greet with 220 there: 554",
            "The old configuration was put back, and Postfix runs with it, listens on 0.0.0.0:25",
            "/etc/postfix/main.cf is again what it was in /etc/postfix/main.cf.",
            "What was tried, with whatever anybody else has changed there since, is in /etc/postfix/main.cf.failed",
        ):
            assert part in play.message
        assert (contents(mail.host), listeners(mail.host)) == (before, LISTENERS["ipv4"])
        assert greeting(mail.host, "127.0.0.1").startswith("220 ")
        assert b"smtpd_client_restrictions = reject\n" in contents(mail.host, "/etc/postfix/main.cf.failed")

        for play in (mail.rehearse(inet_protocols="ipv4"), mail.run(inet_protocols="ipv4")):
            assert (play.code, play.did, play.config["restart_owed"]) == (0, "nothing", False)
            assert any("The old configuration was put back" in warning for warning in play.config["warnings"])
        assert "warnings" not in mail.run(inet_protocols="ipv4").config

    everywhere(show)


def test_goes_on_to_a_good_state_when_the_connection_is_lost(everywhere):
    """It is lost while Postfix is down: the run rolls back all the same, and the next one tells."""
    def show(mail):
        mail.begin("ipv4")
        before = contents(mail.host)
        killing = subprocess.Popen(["sh", "-c", WHEN_DOWN, "sh", mail.lab.container, str(master(mail.host))])
        play = mail.run(inet_protocols="all", extra_parameters=REFUSING, timeout=3)
        assert killing.wait() == 0
        assert play.code != 0
        assert "The old configuration" not in play.message
        wait(lambda: contents(mail.host) == before and listeners(mail.host) == LISTENERS["ipv4"], seconds=30)
        wait(lambda: greeting(mail.host, "127.0.0.1").startswith("220 "))

        play = mail.run(inet_protocols="ipv4")
        assert (play.code, play.did) == (0, "nothing")
        assert any("The old configuration was put back" in warning for warning in play.config["warnings"])

    everywhere(show)


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_starts_a_dead_postfix(everywhere, death):
    def show(mail):
        mail.begin("all")
        mail.host.check_output(death)
        wait(lambda: not master(mail.host))
        # The unit of Debian 12 and older, and what asks it, believes that it still runs.
        state = "failed" if mail.lab.release == "trixie" else "active"
        wait(lambda: mail.host.run("systemctl is-active postfix").stdout.strip() == state)
        assert mail.rehearse(inet_protocols="all").did == "restarted"
        play = mail.run(inet_protocols="all")
        assert (play.code, play.did) == (0, "restarted")
        assert (play.config["restart_owed"], play.config["reason"]) == (
            True, "Postfix does not run although it should")
        assert listeners(mail.host) == LISTENERS["all"]

    everywhere(show)


def test_leaves_a_postfix_stopped_that_was_stopped_on_purpose(everywhere):
    def show(mail):
        mail.begin("ipv4")
        mail.host.check_output(STOP)
        for run, changed in ((mail.rehearse, 1), (mail.run, 1), (mail.run, 0)):
            play = run(inet_protocols="all")
            assert (play.code, play.stats["changed"], play.did) == (0, changed, "nothing")
            assert (play.config["running"], play.config["restart_owed"]) == (False, False)
            assert master(mail.host) == 0
            assert any("left stopped" in warning for warning in play.config["warnings"])
        mail.host.check_output("systemctl restart postfix")
        wait(lambda: listeners(mail.host) == LISTENERS["all"])

    everywhere(show)


def test_a_master_that_was_started_by_hand_belongs_to_the_service_manager_afterwards(everywhere):
    def show(mail):
        mail.begin("ipv4")
        mail.host.check_output(STOP)
        # Debian 13 would hand it over to systemd, unless it seems to come from there.
        mail.host.check_output("INVOCATION_ID=none postfix start")
        before = master(mail.host)
        assert "postfix" not in group(mail.host)
        play = mail.run(inet_protocols="all", timeout=6)
        assert (play.code, play.did) == (0, "restarted")
        assert master(mail.host) not in (0, before)
        assert listeners(mail.host) == LISTENERS["all"]
        assert "postfix" in group(mail.host)

    everywhere(show)


def group(host):
    """The unit that the master belongs to."""
    return host.check_output("cat /proc/%s/cgroup", str(master(host)))


def test_no_mail_is_lost_that_is_submitted_meanwhile(everywhere):
    def show(mail):
        mail.begin("ipv4")
        mail.host.check_output("rm -f /var/mail/alice /root/*sent; nohup sh -c 'for i in $(seq 200); do"
                               "  echo Hello | sendmail alice@example.org && echo $i >>/root/sent; sleep 0.05;"
                               "done; touch /root/all-sent' >/dev/null 2>&1 &")
        assert mail.run(inet_protocols="all").did == "restarted"
        wait(lambda: mail.host.file("/root/all-sent").exists)
        sent = int(mail.host.check_output("wc -l </root/sent"))
        wait(lambda: int(mail.host.check_output("grep --count ^From: /var/mail/alice")) == sent)

    everywhere(show)


def assert_nothing_is_owed(mail, **variables):
    """See that one more run does nothing."""
    play = mail.run(**variables)
    assert (play.code, play.stats["changed"], play.did) == (0, 0, "nothing")
    assert not play.config["restart_owed"]
