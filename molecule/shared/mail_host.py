"""What the tests of several scenarios ask a mail host, from the host itself or from another one."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path

from lab.pytest_plugin import LabHost
from testinfra import get_host
from testinfra.host import Host

MAIN_CF = "/etc/postfix/main.cf"
REFUSING = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "reject"}
"""Parameters that Postfix takes, starts with, and then greets everybody with 554."""

SQUATTER = """
import socket, time
with socket.create_server(("::", 25), family=socket.AF_INET6):
    time.sleep(3600)
"""
SQUATTED = (f"systemd-run --collect --unit=squatter python3 -c '{SQUATTER}';"
            " until ss -Hltn | grep -F '[::]:25'; do sleep 0.1; done")
LEFT = "systemctl stop squatter"
"""The commands by which another program listens on [::]:25, and does no more."""

STOP = ("systemctl stop postfix;"
        " while systemctl list-jobs --no-legend | grep . || pgrep --exact master; do sleep 0.1; done")
"""Stops Postfix: until Debian 12, the service manager's command ends before it has."""

MAKE_ADMIN = """
useradd --create-home admin
install --directory --owner=admin --mode=700 ~admin/.ssh
echo %s >~admin/.ssh/authorized_keys
echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin
ssh-keygen -A
mkdir --parents /run/sshd
/usr/sbin/sshd
"""

GREETING = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=15) as connection:
        print(connection.makefile("rb").readline().decode("latin-1").strip() or "closed without a greeting")
except OSError as error:
    print(error)
"""
REPLIES = """
import smtplib, sys
address, sender, recipient, subject = sys.argv[1:]
with smtplib.SMTP(address, timeout=15) as smtp:
    smtp.ehlo()
    for code, text in (smtp.mail(sender), smtp.rcpt(recipient)):
        print(code, text.decode())
    if subject and code == 250:
        print(*smtp.data(f"Subject: {subject}\\r\\n\\r\\nHello!\\r\\n".encode()))
"""


def another_host(lab_host: LabHost, lab_hosts: dict[str, LabHost]) -> Host:
    """A host of the same scenario that is not this one: a client from outside."""
    return get_host(next(other for other in lab_hosts.values() if other != lab_host).connection)


def admit(host: Host, key: Path) -> None:
    """Let who has this key, of which the public half is given, in by SSH as a user admin with sudo."""
    host.check_output(MAKE_ADMIN, key.read_text(encoding="ascii"))


def contents(host: Host, path: str = MAIN_CF) -> bytes:
    """The bytes of a file, whatever they are."""
    return base64.b64decode(host.check_output("base64 --wrap=0 %s", path))


def put(host: Host, data: bytes, path: str = MAIN_CF) -> None:
    """Write a file as of an hour ago: Postfix waits two seconds for a main.cf that may still be in the making."""
    host.check_output("echo %s | base64 --decode >%s && touch -d '1 hour ago' %s", base64.b64encode(data).decode(),
                      path, path)


def identity(host: Host, path: str = MAIN_CF) -> str:
    """Changes whenever anybody writes or replaces the file, even with the same bytes."""
    return host.check_output("stat --format='%%i %%y %%z' %s", path)


def backups(host: Host) -> list[str]:
    """The paths of everything beside main.cf, where a symbolic link leads, that may be a copy of it, oldest first."""
    find = "find $(dirname $(realpath /etc/postfix/main.cf)) -name 'main.cf?*' ! -name main.cf.proto"
    return sorted(host.check_output(find).split())


def master(host: Host) -> int:
    """The process id of the running master; 0 where none runs."""
    return int(host.check_output("pgrep --exact --oldest master || echo 0"))


def listeners(host: Host) -> set[str]:
    """The addresses on which the running master listens at port 25."""
    lines = host.check_output("ss -Hltnp 'sport = :25'").splitlines()
    return {line.split()[3].removesuffix(":25") for line in lines if f"pid={master(host)}," in line}


def greeting(host: Host, address: str, port: int = 25) -> str:
    """What an SMTP server says first to a client on this host, or why it says nothing."""
    return host.check_output("python3 -c %s %s %s", GREETING, address, str(port))


def replies(host: Host, address: str, sender: str, recipient: str, subject: str = "") -> list[str]:
    """What an SMTP server answers a client on this host to MAIL and RCPT, and to a mail if it is given a subject."""
    return host.check_output("python3 -c %s %s %s %s %s", REPLIES, address, sender, recipient, subject).splitlines()


def cursor(host: Host) -> str:
    """Where the journal ends now, with all that has been logged."""
    host.check_output("journalctl --sync")
    return host.check_output("journalctl --quiet --lines=0 --show-cursor").removeprefix("-- cursor: ")


def journal(host: Host, after: str) -> list[str]:
    """What all programs have logged since a cursor; on a busy machine the journal may not have all of it yet."""
    host.check_output("journalctl --sync")
    return host.check_output("journalctl --quiet --no-pager --after-cursor=%s", after).splitlines()


def executed(host: Host, after: str) -> list[str]:
    """The modules that Ansible has executed on the host since a cursor: each one logs its invocation."""
    found = (re.search(r" ansible-(\S+)\[\d+\]: Invoked with", line) for line in journal(host, after))
    return [match[1] for match in found if match]


def wait(until: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
