"""One run of a playbook on the fleet, as a user does it, and what it took."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fleet.hosts import Fleet, seconds_of
from lab.process import ROOT, LabError

RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(?P<changed>\d+) +unreachable=0 +failed=0 .* ignored=0", re.MULTILINE)
PLAYBOOKS = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """What is run again and again."""

    name: str
    playbook: str
    """A file beside this one, or a name such as inet6.postfix.enable."""
    changes: bool = False
    """Whether every host is to change, else none may."""
    options: tuple[str, ...] = ()
    connected: bool = True
    """Whether connections of the run before are still open."""


@dataclass(frozen=True)
class Run:
    """What a run took."""

    wall: float
    """Seconds by the clock."""
    controller: float
    """Seconds of a processor on the controller: ansible-playbook, its workers, and the connections."""
    serial: float
    """Those of them in the main process of ansible-playbook, which more forks or processors make no shorter."""
    hosts: float
    """Seconds of a processor on a host, their mean."""
    sent: float
    """Bytes that have come to a host, their mean."""


def run(kind: Kind, fleet: Fleet, size: int) -> Run:
    """Run a playbook on the first hosts of the fleet, with nothing else of ours at the same time.

    Raises:
        LabError: a host was not reached, failed, or did not change as it should; the end of the output is its text.
    """
    command = ["ansible-playbook", f"--inventory={fleet.inventory(size)}", *kind.options,
               str(PLAYBOOKS / kind.playbook) if kind.playbook.endswith(".yml") else kind.playbook]
    hosts = fleet.hosts[:size]
    if not kind.connected:
        fleet.disconnect()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        masters = fleet.masters()
        bytes_before, hosts_before = [sum(each) for each in zip(*(host.counted() for host in hosts), strict=True)]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   cwd=ROOT, env=fleet.environment)
        try:
            # It has ended, and is not yet gone: what it took is still to be read, without what its children took.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        except BaseException:  # an interrupt above all
            process.terminate()
            raise
        wall = time.perf_counter() - start
        serial = seconds_of(process.pid)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        bytes_after, hosts_after = [sum(each) for each in zip(*(host.counted() for host in hosts), strict=True)]
        open_now = fleet.masters()
        output.seek(0)
        judge(kind, size, process.returncode, output.read())
    connections = sum(seconds - masters.get(process, 0) for process, seconds in open_now.items())
    return Run(wall, usage.ru_utime + usage.ru_stime + connections, serial,
               (hosts_after - hosts_before) / size, (bytes_after - bytes_before) / size)


def judge(kind: Kind, size: int, code: int, text: str) -> None:
    """See that a run did on each host what it is measured for."""
    changed = [int(found["changed"]) > 0 for found in RECAP.finditer(text)]
    if code or changed != [kind.changes] * size:
        raise LabError(f"'{kind.name}' did not do what it is measured for; the end of its output:\n{text[-3000:]}")
