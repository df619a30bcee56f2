"""Tests that act on all hosts of a scenario at once: most of the time of a run is waiting."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab.play import ROLE, Play, play
from lab.pytest_plugin import LabHost
from mail_host import listeners, master, wait
from testinfra import get_host
from testinfra.host import Host


@dataclass(frozen=True)
class Mail:
    """A mail host, and another one of the scenario that can be its client."""

    lab: LabHost
    host: Host
    client_lab: LabHost
    client: Host

    def run(
        self, playbook: Path | str = ROLE, check: bool = False, python: str = "/usr/bin/python3", **variables: object,
    ) -> Play:
        """Run the role, with variables named without their `postfix_ipv6_`."""
        return play(os.environ["MOLECULE_SCENARIO_NAME"], self.lab.name, check=check, playbook=playbook,
                    variables={"ansible_python_interpreter": python,
                               **{f"postfix_ipv6_{name}": value for name, value in variables.items()}})

    def look(self, times: str = "%T@") -> tuple[object, ...]:
        """All that a run may touch: the files, with times as find(1) has them, the note, and the running Postfix."""
        find = f"find /etc/postfix /etc/systemd /var/spool/postfix/pid/inet6* ! -type d -printf '%p %i {times}\\n'"
        return self.host.run(f"{find} | sort").stdout, master(self.host), listeners(self.host)

    def rehearse(self, **variables: object) -> Play:
        """Run the role in check mode, and see that it touches nothing."""
        before = self.look("%T@ %C@")
        play = self.run(check=True, **variables)
        assert self.look("%T@ %C@") == before
        return play

    def write(self, *settings: str) -> None:
        """Set parameters as an administrator does, an hour ago: Postfix waits for a main.cf that was just written."""
        self.host.check_output("postconf -e" + " %s" * len(settings) + " && touch -d '1 hour ago' /etc/postfix/main.cf",
                               *settings)

    def begin(self, inet_protocols: str, *settings: str) -> None:
        """Start Postfix in a known state without the role, whatever was there."""
        self.write("inet_interfaces = all", f"inet_protocols = {inet_protocols}", *settings)
        self.host.run("postfix stop; systemctl reset-failed; systemctl restart postfix")
        wait(lambda: listeners(self.host))


@pytest.fixture(scope="session")
def everywhere(lab_hosts: dict[str, LabHost]) -> Callable[[Callable[[Mail], None]], None]:
    """Call a function for each host, all at once."""
    labs = [(lab, get_host(lab.connection)) for lab in lab_hosts.values()]
    mails = [Mail(*one, *other) for one, other in zip(labs, labs[1:] + labs[:1], strict=True)]

    def everywhere(show: Callable[[Mail], None]) -> None:
        def failure(mail: Mail) -> Exception | None:
            try:
                show(mail)
            except Exception as error:
                error.add_note(f"on {mail.lab.name}")
                return error
            return None

        with ThreadPoolExecutor(len(mails)) as pool:
            failures = [error for error in pool.map(failure, mails) if error]
        if failures:
            raise ExceptionGroup(f"on {len(failures)} of {len(mails)} hosts", failures)

    return everywhere
