"""Run targets of the Makefile and molecule's scenarios, two at a time: python tests/jobs.py [NAME ...]."""

from __future__ import annotations

import os
import re
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

SCENARIOS = "molecule"
"""Stands for all of them."""
LONGEST = ("restart_vs_reload", "crash_safety", "mail_flow", "peers", "preflight", "rollout")
"""These begin first: what begins last should not be what all the rest waits for."""
AT_ONCE = 2
SECONDS = 30 * 60
"""How long one job may take."""
TELLING = re.compile(r"(FAILED|ERROR) \S+::|(fatal|failed): \[|E {3}|ERROR: ")
"""Begins a line of pytest, Ansible or its sanity tests that says what failed."""
LOG_TELLING, LOG_TAIL, LOG_WIDTH = 20, 20, 400
"""How many of these lines a failure shows, how many of a log's last ones, and how much of each."""
SKIPPED = "SKIPPED "
"""Begins a line of pytest that says what it has not tested, and why."""

running: set[subprocess.Popen[bytes]] = set()


def main(names: list[str]) -> int:
    """Run these jobs, or all scenarios: a line for each when it is over, the end of its log when it failed."""
    scenarios = sorted(path.parent.name for path in ROOT.glob("molecule/*/molecule.yml"))
    jobs = [job for name in names or [SCENARIOS] for job in (scenarios if name == SCENARIOS else [name])]
    jobs.sort(key=lambda job: LONGEST.index(job) if job in LONGEST else len(LONGEST))
    LOGS.mkdir(parents=True, exist_ok=True)
    print(f"{AT_ONCE} at a time: {', '.join(jobs)}; logs in {LOGS.relative_to(ROOT)}", flush=True)
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {pool.submit(run, job, job in scenarios): job for job in jobs}
        try:
            for future in as_completed(futures):
                job, (problem, seconds) = futures[future], future.result()
                lines = log_of(job).read_text(encoding="utf-8", errors="replace").splitlines()
                print(f"{'FAILED' if problem else 'passed'}  {job}  {seconds:.0f} s", flush=True)
                shown = of_a_failure(lines) if problem else [line for line in lines if line.startswith(SKIPPED)]
                print(*(f"    {line[:LOG_WIDTH]}\n" for line in shown), sep="", end="", flush=True)
                if problem:
                    failed.append(job)
                    print(f"    {job}: {problem}; all of it is in {log_of(job)}", flush=True)
        except BaseException:  # an interrupt above all: leave no job running on its own
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                kill(process)
            raise
    print(f"{len(jobs) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def of_a_failure(lines: list[str]) -> list[str]:
    """The lines of a log that say what failed, and its last ones."""
    telling = [line for line in lines[:-LOG_TAIL] if TELLING.match(line)]
    return [*telling[-LOG_TELLING:], "...", *lines[-LOG_TAIL:]]


def run(job: str, is_scenario: bool) -> tuple[str, float]:
    """Run one job; what went wrong ("" when nothing did) and the seconds it took."""
    start = time.monotonic()
    with log_of(job).open("wb") as log:
        command = molecule("test", job) if is_scenario else ["make", "--no-print-directory", job]
        problem = carried_out(command, log, SECONDS)
        seconds = time.monotonic() - start
        if problem and is_scenario:
            # Hosts of a failed scenario would be in the way of the others.
            carried_out(molecule("destroy", job), log, 120)
    return problem, seconds


def molecule(command: str, scenario: str) -> list[str]:
    """What lets molecule do something with a scenario."""
    return ["molecule", command, "--scenario-name", scenario]


def carried_out(command: list[str], log: BinaryIO, seconds: float) -> str:
    """Run a command; what went wrong, or ""."""
    process = subprocess.Popen(
        command,
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
    return f"{' '.join(command)} returned {code}" if code else ""


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a job's processes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def log_of(job: str) -> Path:
    """The log of a job."""
    return LOGS / f"{job}.log"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
