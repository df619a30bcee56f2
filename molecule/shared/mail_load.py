"""A load on a mail host, what the role does under it, and what became of the mail.

From outside, over both families, Postfix's own smtp-source sends mail after mail through the mail host to Postfix's own
smtp-sink. What counts is what the client was told: a mail whose data was answered by 250 has to arrive exactly once
(RFC 5321, 6.1). One that was refused, or whose answer never came, is the client's to send again: it may have arrived
(RFC 1047), but not more than once.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lab.play import Play, play
from lab.pytest_plugin import LabHost
from mail_host import REFUSING, wait
from testinfra import get_host

SECONDS = 60
"""How long a load may take to end."""

SENDER = """
import asyncio, sys, time

async def send(address):
    subject = f"{address} {time.time_ns()}"
    source = await asyncio.create_subprocess_exec(
        "smtp-source", "-S", subject, "-f", "bob@example.net", "-t", "carol@example.com", address,
        stderr=asyncio.subprocess.DEVNULL)
    return await source.wait(), subject

async def main(*addresses):
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    mails = []
    while not ended.done():
        mails += [asyncio.create_task(send(address)) for address in addresses]
        await asyncio.sleep(0.25)  # most of the machine is left to Postfix
    for code, subject in await asyncio.gather(*mails):
        print(code, subject)

asyncio.run(main(*sys.argv[1:]))
"""


@dataclass
class Outcome:
    """What became of the mail of a load; known when the load has ended."""

    accepted: dict[str, bool] = field(default_factory=dict)
    """Whether each mail was, by its subject: the address that it was sent to, and a number."""
    arrived: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> list[str]:
        """The mails that were accepted and did not arrive."""
        return [mail for mail, accepted in self.accepted.items() if accepted and not self.arrived[mail]]

    @property
    def repeated(self) -> list[str]:
        """The mails that arrived more than once, accepted or not."""
        return [mail for mail in self.accepted if self.arrived[mail] > 1]

    def __str__(self) -> str:
        """Tell the numbers."""
        accepted = [mail for mail, accepted in self.accepted.items() if accepted]
        by_ipv6 = sum(mail.startswith("[") for mail in accepted)
        return (f"{len(accepted) - by_ipv6} mails accepted by IPv4, {by_ipv6} by IPv6,"
                f" {len(self.accepted) - len(accepted)} refused or not answered;"
                f" {len(self.lost)} lost, {len(self.repeated)} arrived more than once")


@contextmanager
def load(mail: LabHost, outside: LabHost, outcome: Outcome) -> Iterator[None]:
    """Keep mail coming through a host, and see at the end what became of it."""
    sender = start(outside, SENDER, f"{mail.ipv4}:25", f"[{mail.ipv6}]:25")
    yield
    for line in sender.communicate(timeout=SECONDS)[0].splitlines():
        code, blank, subject = line.partition(" ")
        outcome.accepted[subject] = code == "0"
    host = get_host(mail.connection)
    host.check_output("postqueue -f")
    wait(lambda: host.check_output("postqueue -p") == "Mail queue is empty", SECONDS)
    arrived = get_host(outside.connection).check_output("grep --recursive --no-filename ^Subject: /var/tmp/sink")
    outcome.arrived = Counter(line.removeprefix("Subject: ") for line in arrived.splitlines())


def start(host: LabHost, program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a program on a host that goes on until its input ends."""
    return subprocess.Popen(["docker", "exec", "--interactive", host.container, "python3", "-c", program, *arguments],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def turn(mail: LabHost, inet_protocols: str) -> None:
    """Turn IPv6 on or off by the role."""
    run = role(mail, inet_protocols=inet_protocols)
    assert (run.code, run.did) == (0, "restarted"), run.output


def roll_back(mail: LabHost) -> None:
    """Let the role try to turn IPv6 on with settings that it has to take back."""
    run = role(mail, inet_protocols="all", extra_parameters=REFUSING, timeout=3)
    assert "The old configuration was put back, and Postfix runs with it" in run.message, run.output


def role(mail: LabHost, **variables: object) -> Play:
    """Run the role, with variables named without their `postfix_ipv6_`."""
    return play("load", mail.name, {f"postfix_ipv6_{name}": value for name, value in variables.items()})
