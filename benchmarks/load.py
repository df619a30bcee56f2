"""How long clients are refused while the role turns IPv6 on and off under load, and whether mail is lost or repeated.

Beside it, in the same run and under the same load: Postfix stopped and started without the role. What the load is, and
what of it counts, is in molecule/shared/mail_load.py. Run it by `make load`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import jobs
from lab.process import step
from lab.pytest_plugin import LabHost, running
from mail_load import SECONDS, Outcome, load, roll_back, start, turn
from testinfra import get_host

BY_HAND = "postfix stop && postfix start"
WORST_RATIO = 1.2
"""Of the outage by the role to that by hand."""

PROBER = """
import asyncio, sys, time

greeted, refused = [(0, 0)], [0]

async def probe(address):
    start = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection(address, 25)
        greeting = await reader.readline()
        writer.close()
    except OSError:
        greeting = b""
    if greeting.startswith(b"220 "):
        greeted.append((start, time.monotonic()))
    else:
        refused.append(start)

async def main(address):
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    probes = []
    while not ended.done() or greeted[-1][0] <= max(refused):
        probes.append(asyncio.create_task(probe(address)))
        await asyncio.sleep(0.01)
    await asyncio.gather(*probes)
    print(min(end for start, end in greeted if start > max(refused)) - min(refused[1:]))

asyncio.run(main(sys.argv[1]))
"""


def outage(mail: LabHost, outside: LabHost, act: Callable[[], object]) -> float:
    """Do something, and give the seconds from the first client that is not greeted to the next one that is."""
    prober = start(outside, PROBER, mail.ipv4)
    time.sleep(1)
    act()
    return float(prober.communicate(timeout=SECONDS)[0])


def measure(mail: LabHost, outside: LabHost, cycles: int) -> bool:
    """Print what came of a mail host's cycles; whether nothing is wrong with it."""
    host = get_host(mail.connection)
    unit = "postfix@-" if mail.release == "bookworm" else "postfix"
    by_systemd = f"systemctl stop {unit} && systemctl start {unit}"
    on, off, back = "the role turns IPv6 on", "the role turns IPv6 off", "the role rolls back"
    with_role = {on: partial(turn, mail, "all"), off: partial(turn, mail, "ipv4"), back: partial(roll_back, mail)}
    # Now and then a start by hand finds the old master still there, and has to be repeated.
    again = "{} || for attempt in 1 2 3; do sleep 0.2; {} && break; done; true".format
    without = {name: partial(host.check_output, again(name, name.rpartition("&& ")[2]))
               for name in (by_systemd, BY_HAND)}
    ours, theirs = Outcome(), Outcome()
    seconds = defaultdict(list)
    with step(f"{mail.name}: {cycles} cycles under load"):
        for _cycle in range(cycles):
            for acts, outcome in ((with_role, ours), (without, theirs)):
                with load(mail, outside, outcome):
                    for name, act in acts.items():
                        seconds[name].append(outage(mail, outside, act))
            # What was started by hand does not belong to its unit on Debian 12.
            host.check_output("postfix stop; systemctl reset-failed; systemctl restart postfix")
    print(f"\n{mail.name}\nwith the role: {ours}\nwithout it: {theirs}\n"
          f"{'seconds without a greeting':54}{'median':>8}{'min':>8}{'max':>8}")
    for name, each in seconds.items():
        print(f"{name:54}{statistics.median(each):8.2f}{min(each):8.2f}{max(each):8.2f}")
    ratio = statistics.median(seconds[on] + seconds[off]) / statistics.median(seconds[BY_HAND])
    print(f"on and off by the role to {BY_HAND}: {ratio:.2f}, at most {WORST_RATIO}\n", flush=True)
    return not ours.lost and not ours.repeated and ratio <= WORST_RATIO


def main(cycles: int) -> int:
    """Make the hosts, measure on one mail host after the other, and remove them."""
    jobs.LOGS.mkdir(parents=True, exist_ok=True)
    log_file = jobs.log_of("load")
    with log_file.open("wb") as log:
        def molecule(command: str) -> str:
            return jobs.carried_out(jobs.molecule(command, "load"), log, jobs.SECONDS)

        try:
            with step("Starting the hosts"):
                problem = molecule("destroy") or molecule("create")
            if problem:
                print(f"benchmark: {problem}; all of it is in {log_file}", file=sys.stderr)
                return 1
            mails = running("load")
            outside = mails.pop("outside")
            good = [measure(mail, outside, cycles) for mail in mails.values()]
            return 0 if all(good) else 1
        finally:
            molecule("destroy")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
