"""What runs of the role cost on a fleet, beside a ping and beside a playbook that people write by hand.

All kinds of runs take turns, on real hosts that Ansible reaches by SSH. Each must do what it is measured for: a run
that changes a host where it should not, or does not where it should, is no result. Run it by `make bench-fleet`.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from fleet import page
from fleet.figures import COMPARED, ON, OTHERS, Measured, goals
from fleet.hosts import Fleet, fleet
from fleet.runs import run
from lab.process import LabError, step

ROUNDS = 5
LEAST = 8
WRITES = "FLEET_WRITES"
"""The variable of the environment by which a run writes docs/performance.md."""


def main(size: int) -> int:
    """Measure, and print the page; fail where a goal is missed."""
    if size < LEAST:
        print(f"benchmark: how it grows shows with {LEAST} hosts or more", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # then too, the hosts are removed
    # A short path: those of the sockets have a limit of a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="fleet-", dir="/tmp") as directory:
        try:
            with fleet(size, Path(directory)) as hosts:
                measured = measure(hosts, size)
                reached = goals(measured, size)
                text = page.text(hosts, measured, reached, size, ROUNDS)
        except LabError as error:
            print(f"benchmark: {error}", file=sys.stderr)
            return 1
    print(text)
    if os.environ.get(WRITES):
        page.PAGE.write_text(text, encoding="utf-8")
    missed = [goal for goal in reached if not goal.met]
    for goal in missed:
        print(f"benchmark: missed: {goal.text} {goal.limit:g}, but it is {goal.measured:.2f}", file=sys.stderr)
    return 1 if missed else 0


def measure(hosts: Fleet, size: int) -> Measured:
    """Do all runs in turn, after one that is not counted: it opens the connections, and makes the hosts alike."""
    few = size // 4
    kinds = dict.fromkeys(COMPARED, (few, (few + size) // 2, size)) | dict.fromkeys(OTHERS, (size,))
    measured: Measured = defaultdict(lambda: defaultdict(list))
    with step("Opening the connections, and turning IPv6 on"):
        run(ON, hosts, size)
    for number in range(ROUNDS):
        with step(f"Round {number + 1} of {ROUNDS}"):
            for kind, sizes in kinds.items():
                for each in sizes:
                    measured[kind][each].append(run(kind, hosts, each))
    return measured


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
