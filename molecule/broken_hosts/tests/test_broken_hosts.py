"""Hosts on which something is wrong before the role comes: it heals them, or says what is wrong and touches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from everywhere import Mail
from lab.play import Play
from mail_host import greeting, listeners, master

BOTH = {"0.0.0.0", "[::]"}
MAIL_HOSTS, NEVER_STARTED = ("debian12", "debian13"), ("never_started",)
GONE = "2001:db8:25::dead"

# Postfix waits for a file that was just written.
WRITTEN_AN_HOUR_AGO = "touch -d '1 hour ago' /etc/postfix/main.cf"
# What chattr(1) does, which not every host has: FS_IOC_SETFLAGS, with FS_IMMUTABLE_FL or with no flag.
CHATTR = """python3 -c '
import fcntl, os, struct
fcntl.ioctl(os.open("/etc/postfix/main.cf", os.O_RDONLY), 0x40086602, struct.pack("l", {}))'"""
# A directory goes into a small file system of its own.
SMALL = "mount -t tmpfs -o size=4m tmpfs /mnt && cp -a {0}/. /mnt && mount --move /mnt {0}"
FILL = "cat /dev/zero >{0}/ballast 2>/dev/null || true"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a host whose Postfix listens on IPv4, and what becomes of it."""

    broken: str
    """The commands that break it."""
    says: str = ""
    """The message of a run that the fault stops; empty where it stops none."""
    wants: str | None = "all"
    """The inet_protocols of that run."""
    in_check: bool = True
    """Whether it stops a run in check mode too, which writes nothing."""
    mended: str = ""
    """The commands that mend it; empty where the role heals it."""
    healed_by: dict[str, Any] = field(default_factory=dict)
    """Variables of the run that ends well, beside inet_protocols."""
    changes: tuple[tuple[str, str, str], ...] = (("inet_protocols", "ipv4", "all"),)
    """What that run says that it changes: the parameter, its text before and after."""
    afterwards: str = ""
    """Commands that succeed on the healed host."""


FAULTS = {
    "an-address-that-is-gone": Fault(
        f"ip address add {GONE}/64 dev eth0 nodad; postconf -e inet_protocols=all 'inet_interfaces=127.0.0.1, {GONE}';"
        f"{WRITTEN_AN_HOUR_AGO}; systemctl restart postfix;"
        f"until ss -Hltn | grep -F '[{GONE}]:25'; do sleep 0.1; done; ip address del {GONE}/64 dev eth0",
        says="every Postfix program dies of the configuration in /etc/postfix: postmap: fatal: parameter"
             f" inet_interfaces: no local interface found for {GONE}; nothing was changed, put that right first",
        healed_by={"inet_interfaces": "all"}, changes=(("inet_interfaces", f"127.0.0.1, {GONE}", "all"),)),
    "no-protocol-at-all": Fault(
        f"postconf -e inet_protocols=; {WRITTEN_AN_HOUR_AGO}; systemctl restart postfix", wants=None,
        says="inet_protocols: '' is empty, Postfix would neither receive nor send anything; write all, ipv4 or ipv6",
        changes=(("inet_protocols", "", "all"),)),
    "a-fatal-error-elsewhere": Fault(
        f"postconf -e message_size_limit=many; {WRITTEN_AN_HOUR_AGO}", wants="ipv4",
        says="postmap: fatal: bad numerical configuration: message_size_limit = many; nothing was changed",
        healed_by={"extra_parameters": {"message_size_limit": 0}},
        changes=(("inet_protocols", "ipv4", "all"), ("message_size_limit", "many", "0"))),
    "a-read-only-file-system": Fault(
        "mount --bind /etc/postfix /etc/postfix && mount -o remount,bind,ro /etc/postfix", in_check=False,
        says="/etc/postfix/main.cf: cannot be written: Read-only file system; nothing was changed",
        mended="umount /etc/postfix"),
    "a-full-file-system": Fault(
        f"{SMALL} && {FILL}".format("/etc/postfix"), in_check=False,
        says="/etc/postfix/main.cf: cannot be written: No space left on device; nothing was changed",
        mended="umount /etc/postfix"),
    "a-full-queue": Fault(
        f"postfix stop; {SMALL}; systemctl restart postfix; until ss -Hltn | grep -F :25; do sleep 0.1; done; {FILL}"
        .format("/var/spool/postfix"), in_check=False,
        says="/var/spool/postfix/pid/inet6.postfix.pending: cannot be written: No space left on device",
        mended="rm /var/spool/postfix/ballast"),
    "an-immutable-file": Fault(
        CHATTR.format("0x10"), in_check=False,
        says="/etc/postfix/main.cf: cannot be written: Operation not permitted (lsattr shows whether it is immutable);"
             " nothing was changed",
        mended=CHATTR.format("0")),
    "the-number-of-another-process-in-master.pid": Fault(
        "cd /var/spool/postfix/pid; kill -KILL $(cat master.pid); while pgrep --exact master; do sleep 0.1; done;"
        "setsid sleep 3600 >/dev/null 2>&1 & echo $! >/var/spool/postfix/pid/master.pid",
        afterwards="pkill --exact sleep"),
    "another-tool-rewrites-inet_interfaces": Fault(
        f"postconf -e inet_protocols=all inet_interfaces=loopback-only; {WRITTEN_AN_HOUR_AGO}",
        healed_by={"inet_interfaces": "all"}, changes=(("inet_interfaces", "loopback-only", "all"),)),
}


@pytest.fixture
def on(everywhere: Callable[[Callable[[Mail], None]], None]) -> Callable[..., None]:
    """Call a function for some of the hosts, all at once."""
    return lambda names, show: everywhere(lambda mail: show(mail) if mail.lab.name in names else None)


def run(mail: Mail, check: bool, **variables: object) -> Play:
    """Run the role, and see that it does not crash, and in check mode touches nothing."""
    play = mail.rehearse(**variables) if check else mail.run(**variables)
    assert not re.search("Traceback .most recent|MODULE FAILURE", play.output)
    return play


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_is_told_or_healed(on, fault):
    def show(mail):
        mail.begin("ipv4", "message_size_limit = 0")
        mail.host.check_output(fault.broken)
        before = mail.look()
        try:
            for check in (True, False) if fault.says else ():
                play = run(mail, check, inet_protocols=fault.wants)
                stopped = fault.in_check or not check
                assert (play.code, fault.says in play.message) == (2 if stopped else 0, stopped), play.message
                assert mail.look() == before
        finally:
            mail.host.check_output(fault.mended)

        for check in (False,) if fault.mended else (True, False):
            play = run(mail, check, inet_protocols="all", **fault.healed_by)
            assert (play.code, play.did) == (0, "restarted"), play.message
            assert tuple((change["name"], change["before"], change["after"])
                         for change in play.config["changes"]) == fault.changes
        assert listeners(mail.host) == BOTH
        assert greeting(mail.host, "::1").startswith("220 ")
        mail.host.check_output(fault.afterwards)

    on(MAIL_HOSTS, show)


def test_a_postfix_that_was_never_started(on):
    def show(mail):
        assert not mail.host.file("/var/spool/postfix/pid").exists
        wanted = {"inet_protocols": "all", "extra_parameters": {"bounce_size_limit": 1000}}
        for check in (True, False):
            play = run(mail, check, **wanted)
            assert (play.code, play.did, play.config["running"]) == (0, "nothing", False)
            assert [change["name"] for change in play.config["changes"]] == ["bounce_size_limit"]
            assert any("does not run on this host and is left stopped" in one for one in play.config["warnings"])
            assert not master(mail.host)

        for check in (True, False):
            play = run(mail, check, start_stopped=True, **wanted)
            assert (play.code, play.did, play.config["changes"]) == (0, "restarted", [])
        assert listeners(mail.host) == BOTH
        assert greeting(mail.host, "::1").startswith("220 ")

    on(NEVER_STARTED, show)


def test_no_postfix_at_all(on):
    """After everything else that is tried on this host."""
    def show(mail):
        mail.host.check_output("postfix stop; dpkg --purge postfix")
        for check in (True, False):
            play = run(mail, check, inet_protocols="all")
            assert (play.code, play.message) == (
                2, "Postfix is not installed on this host: there is no postconf command; install it first")
        assert not mail.host.file("/etc/postfix").exists

    on(NEVER_STARTED, show)
