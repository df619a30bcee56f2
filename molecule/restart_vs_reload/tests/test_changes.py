"""What each kind of change does to the running Postfix: a full stop and start, a reload, or nothing."""

from __future__ import annotations

import json

import pytest
from mail_host import cursor, greeting, identity, journal, listeners, master, replies, wait

BOTH = {"0.0.0.0", "[::]"}

# Variables that say what is there already.
SAME = {
    "again": {},
    "in-other-words": {"inet_protocols": "ipv4, ipv6", "mynetworks": ["127.0.0.0/8", "192.0.2.0/28", "::1/128"]},
    "with-other-separators": {"inet_protocols": ["ipv6", "ipv4"], "mynetworks": "127.0.0.0/8\n192.0.2.0/28\t[::1]/128,",
                              "extra_parameters": {"mailbox_size_limit": 0, "disable_vrfy_command": True}},
}

# Name: (variables, the addresses listened on afterwards). Each row begins where the one before ends. OWN is the host's
# IPv6 address.
RESTARTS = {
    "inet_protocols-ipv4": ({"inet_protocols": "ipv4"}, {"0.0.0.0"}),
    "inet_protocols-all": ({"inet_protocols": "all"}, BOTH),
    "inet_interfaces-addresses": ({"inet_interfaces": ["127.0.0.1", "::1", "OWN"]}, {"127.0.0.1", "[::1]", "[OWN]"}),
    "inet_interfaces-all": ({"inet_interfaces": "all"}, BOTH),
}


def relay(mail):
    """What another host gets that wants to send mail through this one to a third."""
    return "refused" if "denied" in replies(mail.client, mail.lab.ipv6, "", "bob@example.net")[-1] else "accepted"


def banner(mail):
    """What this host says to itself."""
    return greeting(mail.host, "::1")


def source(mail):
    """Which address a mail comes from at another host that has an address of each family."""
    start = cursor(mail.client)
    names = {mail.lab.ipv4: "IPv4", mail.lab.ipv6: "IPv6", second(mail): "second IPv6"}

    def found():
        log = "\n".join(journal(mail.client, start))
        return [name for address, name in names.items() if f"connect from unknown[{address}]" in log]

    mail.host.check_output("echo Hello | sendmail -f alice@example.org bob@example.net")
    wait(found)
    return found()[0]


def second(mail):
    """The second IPv6 address of a host."""
    return f"{mail.lab.ipv6}:25"


# Name: (variables, who shows the effect, what that is before and afterwards). Each row begins where the last one ends.
# The process of Postfix that shows `before` would live on with the old value for 100 seconds. SECOND is the host's
# second IPv6 address.
RELOADS = {
    "mynetworks": ({"mynetworks": "127.0.0.0/8, 192.0.2.0/28, ::1/128, 2001:db8:25::/64"},
                   relay, "refused", "accepted"),
    "extra_parameters": ({"extra_parameters": {"smtpd_banner": "$myhostname ESMTP at last"}},
                         banner, "220 mail.example.org ESMTP, no UBE please", "220 mail.example.org ESMTP at last"),
    "smtp_address_preference": ({"smtp_address_preference": "ipv4"}, source, "IPv6", "IPv4"),
    "smtp_bind_address6": ({"smtp_address_preference": "ipv6", "smtp_bind_address6": "SECOND"},
                           source, "IPv4", "second IPv6"),
    "absent": ({"absent": ["smtp_bind_address6"]}, source, "second IPv6", "IPv6"),
}


@pytest.fixture(scope="module", autouse=True)
def begin(everywhere):
    """Everything on; all mail goes to another host by its name, which has an address of each family."""
    def prepare(mail):
        # New sessions do not choose a deprecated address by themselves.
        mail.host.check_output("ip -6 address replace %s/128 dev eth0 nodad preferred_lft 0", second(mail))
        for file in ("/etc/hosts", "/var/spool/postfix/etc/hosts"):  # the latter is for programs in the chroot
            mail.host.check_output("printf '%%s relay\\n' %s %s >>%s", mail.client_lab.ipv4, mail.client_lab.ipv6, file)
        mail.begin("all", "relayhost = [relay]", "smtp_host_lookup = native", "smtp_address_preference = ipv6",
                   "smtpd_banner = $myhostname ESMTP, no UBE please",
                   "mynetworks = 127.0.0.0/8, 192.0.2.0/28, [::1]/128")

    everywhere(prepare)


@pytest.mark.parametrize("variables", SAME.values(), ids=SAME)
def test_the_same_value_does_nothing(everywhere, variables):
    def show(mail):
        before, start = (identity(mail.host), master(mail.host)), cursor(mail.host)
        play = mail.run(**variables)
        assert (play.code, play.stats["changed"], play.did) == (0, 0, "nothing")
        assert not play.config["restart_owed"]
        assert (identity(mail.host), master(mail.host)) == before
        assert not logged(mail.host, start)

    everywhere(show)


@pytest.mark.parametrize(("variables", "expected"), RESTARTS.values(), ids=RESTARTS)
def test_stops_and_starts(everywhere, variables, expected):
    def show(mail):
        before, start = master(mail.host), cursor(mail.host)
        play = mail.run(**json.loads(json.dumps(variables).replace("OWN", mail.lab.ipv6)))
        assert (play.code, play.did) == (0, "restarted")
        assert not play.config["restart_owed"]
        assert master(mail.host) not in (0, before)
        assert listeners(mail.host) == {address.replace("OWN", mail.lab.ipv6) for address in expected}
        assert logged(mail.host, start) == ["terminating on signal 15", "daemon started"]

    everywhere(show)


@pytest.mark.parametrize(("variables", "effect", "before", "after"), RELOADS.values(), ids=RELOADS)
def test_only_reloads(everywhere, variables, effect, before, after):
    def show(mail):
        assert effect(mail) == before
        pid, start = master(mail.host), cursor(mail.host)
        play = mail.run(**json.loads(json.dumps(variables).replace("SECOND", second(mail))))
        assert (play.code, play.did) == (0, "reloaded")
        assert (master(mail.host), listeners(mail.host)) == (pid, BOTH)
        assert logged(mail.host, start) == ["reload"]
        assert effect(mail) == after

    everywhere(show)


def logged(host, start):
    """What master has logged since."""
    lines = (line.partition("postfix/master[")[2].partition(": ")[2] for line in journal(host, start))
    return [line.partition(" -- ")[0] for line in lines if line]
