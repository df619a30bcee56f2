"""Others that change the same host at the same time: another run of the role, and `postconf -e`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mail_host import contents, cursor, executed, greeting, identity, listeners, wait

BOTH = {"0.0.0.0", "[::]"}
OTHER = {"inet_protocols": None, "extra_parameters": {"bounce_size_limit": 1000}}
REFUSING = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "reject"}

# Sets one parameter after another until it has seen the change of the role, and twenty more; with pauses, as the role
# waits for who writes. They are few: each command of Postfix warns of each, and the journal takes ten thousand lines of
# a service at a time, then drops those of master too.
WRITER = """
left=200
for i in $(seq 200); do
    postconf -e lab_$i=$i && echo lab_$i = $i >>/root/writing
    if grep --quiet '^inet_protocols = all' /etc/postfix/main.cf && [ $left -gt 20 ]; then left=20; fi
    if [ $((left = left - 1)) = 0 ]; then break; fi
    if [ $((i % 10)) = 0 ]; then sleep 5; else sleep 0.05; fi
done
mv /root/writing /root/written
"""


def at_once(mail, *wanted):
    """Run the role several times with other variables, all at once: each waits for the same turn before it begins."""
    before, start = identity(mail.host), cursor(mail.host)
    turn = mail.host.check_output("flock --no-fork /etc/postfix sleep 600 >/dev/null 2>&1 & echo $!")
    with ThreadPoolExecutor(len(wanted)) as pool:
        runs = [pool.submit(mail.run, **variables) for variables in wanted]
        try:
            wait(lambda: executed(mail.host, start) == ["inet6.postfix.config"] * len(wanted), seconds=120)
            assert identity(mail.host) == before
        finally:
            mail.host.check_output("kill %s", turn)
    return [run.result() for run in runs]


def test_two_runs_at_once_take_turns(everywhere):
    def show(mail):
        mail.begin("ipv4", "bounce_size_limit = 50000")
        plays = at_once(mail, {"inet_protocols": "all"}, OTHER)
        assert [play.code for play in plays] == [0, 0], [play.message for play in plays]
        assert b"\nbounce_size_limit = 1000\n" in contents(mail.host)
        assert listeners(mail.host) == BOTH
        for variables in ({"inet_protocols": "all"}, OTHER):
            assert mail.run(**variables).stats["changed"] == 0

    everywhere(show)


def test_a_run_whose_change_another_one_takes_back_does_not_end_well(everywhere):
    """Whoever comes first."""
    def show(mail):
        mail.begin("ipv4", "bounce_size_limit = 50000")
        refusing, other = at_once(
            mail, {"inet_protocols": "all", "extra_parameters": REFUSING, "timeout": 3}, OTHER)
        assert refusing.code == 2
        assert "The old configuration was put back" in refusing.message
        assert (other.code == 0) == (b"\nbounce_size_limit = 1000\n" in contents(mail.host))
        assert other.code == 0 or "The old configuration was put back" in other.message
        assert b"smtpd_client_restrictions" not in contents(mail.host)
        assert listeners(mail.host) == {"0.0.0.0"}
        assert greeting(mail.host, "127.0.0.1").startswith("220 ")

        assert mail.run(**OTHER).code == 0
        assert b"\nbounce_size_limit = 1000\n" in contents(mail.host)

    everywhere(show)


def test_nothing_is_lost_that_postconf_writes_meanwhile(everywhere):
    def show(mail):
        mail.begin("ipv4")
        mail.host.check_output("rm -f /root/written; setsid sh -c %s >/dev/null 2>&1 &", WRITER)
        wait(lambda: mail.host.file("/root/writing").exists)
        play = mail.run(inet_protocols="all")
        assert (play.code, play.did, listeners(mail.host)) == (0, "restarted", BOTH), play.message
        wait(lambda: mail.host.file("/root/written").exists)
        written = contents(mail.host, "/root/written").splitlines()
        text = contents(mail.host)
        mail.host.check_output("sed -i /^lab_/d /etc/postfix/main.cf")
        assert len(written) > 20
        assert set(text.splitlines()) >= {b"inet_protocols = all", *written}

    everywhere(show)
