"""Run molecule's scenarios, two at a time: python tests/scenarios.py [SCENARIO ...]."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / ".build" / "logs"

AT_ONCE = 2
SECONDS = 30 * 60
"""How long one scenario may take."""
LOG_TAIL = 60
"""How many of a log's last lines a failure shows."""

running: set[subprocess.Popen[bytes]] = set()


def main(names: list[str]) -> int:
    """Run these scenarios, or all: a line for each when it is over, the end of its log when it failed."""
    names = names or [path.parent.name for path in ROOT.glob("molecule/*/molecule.yml")]
    LOGS.mkdir(parents=True, exist_ok=True)
    # The longest first: what starts last should not be what all the rest waits for.
    names.sort(key=lambda name: (-last_time(name), name))
    print(f"Scenarios, {AT_ONCE} at a time: {', '.join(names)}; logs in {LOGS.relative_to(ROOT)}", flush=True)
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = {pool.submit(run, name): name for name in names}
        try:
            for job in as_completed(jobs):
                name, (problem, seconds) = jobs[job], job.result()
                print(f"{'FAILED' if problem else 'passed'}  {name}  {seconds:.0f} s", flush=True)
                if problem:
                    failed += 1
                    print(f"{tail(name)}\n    {name}: {problem}; all of it is in {log_of(name)}", flush=True)
        except BaseException:  # an interrupt above all: leave no scenario running on its own
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                kill(process)
            raise
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run(name: str) -> tuple[str, float]:
    """Run one scenario; what went wrong ("" when nothing did) and the seconds it took."""
    start = time.monotonic()
    with log_of(name).open("wb") as log:
        problem = molecule("test", name, log, SECONDS)
        seconds = time.monotonic() - start
        if problem:
            # Hosts of a failed scenario would be in the way of the others.
            molecule("destroy", name, log, 120)
        else:
            time_of(name).write_text(f"{seconds:.0f}\n", encoding="ascii")
    return problem, seconds


def molecule(command: str, name: str, log: BinaryIO, seconds: float) -> str:
    """Let molecule do something with a scenario; what went wrong, or ""."""
    process = subprocess.Popen(
        ["molecule", command, "--scenario-name", name],
        cwd=ROOT,
        env={**os.environ, "MOLECULE_GLOB": "molecule/*/molecule.yml", "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # its Ansible and their connections are stopped with it
    )
    running.add(process)
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return f"not done after {seconds:.0f} s"
    finally:
        running.discard(process)
    return f"molecule {command} returned {code}" if code else ""


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a scenario's processes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def log_of(name: str) -> Path:
    """The log of a scenario."""
    return LOGS / f"{name}.log"


def time_of(name: str) -> Path:
    """Where the seconds that a scenario took are kept."""
    return LOGS / f"{name}.seconds"


def last_time(name: str) -> float:
    """The seconds that a scenario took last time; one never run yet counts as the longest."""
    try:
        return float(time_of(name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return float("inf")


def tail(name: str) -> str:
    """The end of a scenario's log, indented."""
    lines = log_of(name).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-LOG_TAIL:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
