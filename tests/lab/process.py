"""Running commands, telling how long they take, and letting one process at a time do a job."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "lab"

LOG_TAIL = 15
"""How many of a log's last lines a failure shows."""


class LabError(Exception):
    """Something the user can act on: its text is the whole message."""


def succeeds(*command: str) -> bool:
    """Whether a command ends well, for questions such as "does this image exist?"."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def output(*command: str) -> str:
    """What a quick command prints; its own last words when it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(f"'{' '.join(command)}' failed: {last_line(done.stderr)}")
    return done.stdout.strip()


def logged(log: Path, *command: str) -> None:
    """Run a command that talks a lot: its output goes to a log, of which a failure shows the end."""
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n$ {' '.join(command)}\n")
        stream.flush()
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        )
    if done.returncode != 0:
        raise LabError(f"'{' '.join(command[:3])} ...' failed; the end of {log}:\n{tail(log)}")


def new_log(name: str) -> Path:
    """An empty log file of this name."""
    BUILD.mkdir(parents=True, exist_ok=True)
    log = BUILD / f"{name}.log"
    log.write_text("", encoding="utf-8")
    return log


def tail(log: Path) -> str:
    """The end of a log, indented to stand out below the message."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-LOG_TAIL:])


def last_line(text: str) -> str:
    """The last line of what a program wrote, where programs put their reason."""
    return (text.strip().splitlines() or ["no reason given"])[-1]


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step that takes a while, and say when it is over how long it took."""
    print(f"lab: {text} ...", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"lab: {text}: failed", file=sys.stderr, flush=True)
        raise
    print(f"lab: {text}: {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold a machine-wide job: whoever comes second waits, and finds the job done."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{name}.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
