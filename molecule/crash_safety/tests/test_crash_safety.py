"""The real modules under strace(1): each of their steps made to fail, and the modules killed before each of them.

No step is named here. A run that is only traced shows every system call by which a module changes files or processes;
then one run follows for each of them and for each way in which it can end badly. Where each takes a stop and a start of
Postfix, every step ends badly in one way on each host, in another one on the next; with CRASH_SAFETY=all in the
environment in all ways on all of them, which takes an hour.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from typing import Any, NamedTuple

import pytest
from everywhere import Mail

FORKS = ("fork", "vfork", "clone", "clone3")
# The system calls that change files or processes, and the errors that they are made to give.
ERRORS = {
    **dict.fromkeys(("open", "openat", "mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat", "rename",
                     "renameat", "renameat2", "setxattr", "lsetxattr", "fsetxattr"), ("EACCES", "ENOSPC", "EIO")),
    **dict.fromkeys(("write", "writev", "pwrite64", "sendfile", "copy_file_range", "fallocate", "truncate",
                     "ftruncate", "fsync", "fdatasync"), ("ENOSPC", "EIO")),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir", "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown",
                     "fchownat", "utimensat"), ("EACCES", "EIO")),
    **dict.fromkeys(FORKS, ("EAGAIN",)),
    "flock": ("ENOLCK",),
    "kill": ("EPERM",),
}
KILL, KILLED = "signal=KILL", "137"

# What is called otherwise in each run.
NAMES = {r"\d{8}T\d{6}\.\d{6}Z": "TIME", r"/ansible-moduletmp-[\w.-]+": "/ansible-moduletmp",
         r"/tmp\w{8}\b": "/tmpdir", r"\bpipe:\[\d+\]": "pipe"}

MAIN_CF = "etc/postfix/main.cf"
TIDY = re.compile(rf"{MAIN_CF}(|\.failed|\.TIME\.bak(|\.tmp))")
OLD, NEW, REFUSED, DOWN = "0.0.0.0:25 220", "0.0.0.0:25 [::]:25 220", "0.0.0.0:25 [::]:25 554", ""
"""Where Postfix listens, and the code that it greets with."""
REFUSING = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "reject"}
"""With these, Postfix starts and listens, and then greets with 554."""


class Case(NamedTuple):
    """A module, and what its runs begin with."""

    files: str
    """`old`; `new`, as module config makes them of the old ones; or `refused`, the same with REFUSING."""
    module: str
    cause: str = ""
    """What fails in each run whatever else does."""
    since: str = ""
    """Is in the first step to try. Those before it are the same in another case."""
    until: str = "the end"
    """Is in the first step not to try any more."""
    errors: bool = True
    """Whether the steps fail, too."""
    quick: bool = False
    """Whether a run takes so little that there is time for all ways."""


CASES = {
    "write": Case("old", "new/config", quick=True),
    "write-without-hard-links": Case(
        "old", "new/config", cause="?link,?linkat:error=EPERM", since=".bak.tmp", until="/var/spool/postfix",
        quick=True),
    "stop-and-start": Case("new", "new/control"),
    "way-back-by-reload": Case("new", "new/control", cause="bind:error=EADDRINUSE", since="main.cf.tmp"),
    "way-back-by-restart": Case("refused", "refused/control", since="utimensat", errors=False),
}


class Step(NamedTuple):
    """A system call that changes something."""

    call: str
    path: str
    nth: int
    """Which of the calls with this path."""
    nth_of_all: int
    """Which of the calls with any path."""

    def tampering(self, how: str, case: Case) -> list[str]:
        """Let strace(1) do something to this step and to nothing else."""
        # By its path it is found whatever comes before it more or less often; but then strace(1) leaves the cause out.
        by_path = self.is_lasting and "TIME" not in self.path and not case.cause
        return [*(["-P", self.path] if by_path else []),
                "-e", f"inject={self.call}:{how}:when={self.nth if by_path else self.nth_of_all}"]

    @property
    def is_lasting(self) -> bool:
        """Tell whether it is about a file of Postfix, or about one that is gone after the run."""
        return self.path.startswith(("/etc/", "/var/"))


class Found(NamedTuple):
    """What files/crash.sh shows."""

    output: str
    code: str
    files: list[tuple[str, str]]
    """Each path, with all that can be seen of the file."""
    postfix: str
    trace: list[str]

    @property
    def main_cf(self) -> str | None:
        """All that can be seen of main.cf."""
        return dict(self.files).get(MAIN_CF)


class Known(NamedTuple):
    """What is known of a host."""

    kept: dict[str, Found]
    """How its files are that the runs begin with."""
    converged: set[tuple[object, ...]]
    """What the next run has been tried on."""


@pytest.fixture(scope="module")
def known(everywhere, lab_hosts):
    """Keep the modules and the files that all runs begin with."""
    known = {name: Known({}, set()) for name in lab_hosts}

    def prepare(mail: Mail) -> None:
        kept = known[mail.lab.name].kept
        mail.begin("ipv4")
        mail.host.check_output(
            "cd /etc/postfix && chgrp adm main.cf && chmod 0640 main.cf && setfacl -m u:alice:r main.cf &&"
            "cp --archive main.cf main.cf.20251121T031400.000000Z.bak && echo >>main.cf.20251121T031400.000000Z.bak")
        kept["old"] = crash(mail, "save", "old")
        for name, variables in (("refused", {"extra_parameters": REFUSING, "timeout": 1}), ("new", {})):
            mail.run(backups=1, **variables, python="/usr/local/sbin/keep")
            kept[name] = crash(mail, "made", name)

    everywhere(prepare)
    return known


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_step_leaves_a_broken_host(everywhere, known, case):
    def show(mail: Mail) -> None:
        shift = list(known).index(mail.lab.name)
        faults = [f"{step.call} {step.path} ({step.nth}), {how}: {fault}"
                  for number, step in enumerate(steps(case, run(mail, case).trace), start=shift)
                  for how in ways(case, step, number)
                  for fault in faults_of(mail, case, step, how, known[mail.lab.name])]
        assert not faults, "\n".join(faults)

    everywhere(show)


def run(mail: Mail, case: Case, *options: str) -> Found:
    """Run the module of a case under strace(1)."""
    calls = ",".join(f"?{call}" for call in (*ERRORS, "bind"))
    cause = ["-e", f"inject={case.cause}"] if case.cause else []
    return crash(mail, "run", case.files, case.module, "-e", f"trace={calls}", *cause, *options)


def crash(mail: Mail, *command: str) -> Found:
    """Do something on the host, see files/crash.sh."""
    text = mail.host.run("crash" + " %s" * len(command), *command).stdout
    for pattern, name in NAMES.items():
        text = re.sub(pattern, name, text)
    output, code, files, postfix, trace = text.split("----\n")
    looks = [(path, look) for path, colon, look in (line.partition(": ") for line in files.splitlines())]
    return Found(output, code.strip(), looks, postfix.strip(), trace.splitlines())


def steps(case: Case, trace: list[str]) -> list[Step]:
    """Give the steps of a module, without what Ansible does for it: it begins by asking Postfix for its version."""
    found, count = [], Counter[tuple[str, str]]()
    for line in trace:
        call, path = call_and_path(line)
        count.update([(call, path), (call,)])
        if call in ERRORS and not (call.startswith("open") and not re.search("O_WRONLY|O_RDWR|O_CREAT", line)):
            found.append(Step(call, path, count[call, path], count[call,]))
    own = dropwhile(lambda step: step.call not in FORKS, found)
    own = (step for step in own if not re.search("_payload_|/ansible-moduletmp$", step.path))
    tried = dropwhile(lambda step: case.since not in f"{step.call} {step.path}", own)
    tried = list(takewhile(lambda step: case.until not in f"{step.call} {step.path}", tried))
    assert tried
    return tried


def call_and_path(line: str) -> tuple[str, str]:
    """Read a line of a trace."""
    call, arguments = line.split("(", 1)
    paths = re.findall(r'"(/.*?)"', arguments) or re.findall(r"^\d+<(.*?)>", arguments)
    return call, paths[-1 if call.startswith("symlink") else 0] if paths else ""


def ways(case: Case, step: Step, number: int) -> list[str]:
    """Give what is done to a step: one error is enough for what nobody sees after the run."""
    errors = ERRORS[step.call] if step.is_lasting else ERRORS[step.call][:1]
    found = [KILL, *(f"error={error}" for error in errors if case.errors)]
    return found if case.quick or os.environ.get("CRASH_SAFETY") == "all" else [found[number % len(found)]]


def faults_of(mail: Mail, case: Case, step: Step, how: str, known: Known) -> Iterator[str]:
    """Run a module with something done to a step of it, and give what is wrong then."""
    found = run(mail, case, *step.tampering(how, case))
    hits = found.trace[-1:] if how == KILL else [line for line in found.trace if "(INJECTED)" in line]
    same = [call for call, path in map(call_and_path, hits) if path == step.path or not step.is_lasting]
    if step.call not in same or (found.code == KILLED) != (how == KILL):
        yield f"was not done, but {found.code}, {hits}"
    if found.postfix not in (OLD, NEW, *([REFUSED, DOWN] if how == KILL else [])):
        yield f"Postfix listens and greets: {found.postfix}"
    yield from unsafe(found, known)
    if how != KILL and step.path != "pipe":
        yield from untrue(case, step, how, found, known)
    if (state := (*found.files, found.postfix)) not in known.converged:
        known.converged.add(state)
        yield from map(f"{found.files} {found.postfix}: {{}}".format, unconverged(mail, known))


def unsafe(found: Found, known: Known) -> Iterator[str]:
    """Give what is wrong with the files: each is an old or a new one, and whole, with its owner, mode and all."""
    whole = {look for one in known.kept.values() for path, look in one.files if path.startswith(MAIN_CF)}
    if found.main_cf not in {one.main_cf for one in known.kept.values()}:
        yield f"main.cf is neither the old nor the new one: {found.main_cf}"
    for path, look in found.files:
        if path.endswith((".bak", ".failed")) and look not in whole:
            yield f"{path} is not whole: {look}"


def untrue(case: Case, step: Step, how: str, found: Found, known: Known) -> Iterator[str]:
    """Give what is wrong with the words of a run: a failure names the file and the reason, and nothing else fails."""
    if "Traceback" in found.output or len(results(found)) != 1:
        yield found.output
        return
    [result] = results(found)
    message = result.get("msg", "")
    reason = os.strerror(getattr(errno, how.removeprefix("error=")))
    known_cause = case.cause and "was put back, and Postfix runs with it" in message
    if result.get("failed") and not known_cause and not (reason in message and os.path.dirname(step.path) in message):
        yield f"it says neither what nor why: {message}"
    if "nothing was changed" in message and found.main_cf != known.kept[case.files].main_cf:
        yield f"that is not true: {message}"
    if not result.get("failed") and found.main_cf != known.kept["new"].main_cf:
        yield "it has not failed"


def unconverged(mail: Mail, known: Known) -> Iterator[str]:
    """Give what is wrong after the next run."""
    found = crash(mail, "next")
    if (found.main_cf, found.postfix) != (known.kept["new"].main_cf, NEW):
        yield f"the next run does not converge: {found}"
    if [(result.get("changed"), result.get("action")) for result in results(found)[-1:]] != [(False, "none")]:
        yield f"the next run leaves something to do: {found}"
    if litter := [path for path, look in found.files if not TIDY.fullmatch(path)]:
        yield f"the next run leaves {litter}"


def results(found: Found) -> list[dict[str, Any]]:
    """Give what modules have returned."""
    return [json.loads(line) for line in found.output.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("signal", ["HUP", "TERM"])
def test_a_signal_at_each_start_of_a_program_changes_nothing(everywhere, known, signal):
    def show(mail: Mail) -> None:
        # Every other one: what a signal has interrupted is tried again.
        found = run(mail, CASES["stop-and-start"], "-e", f"inject={','.join(f'?{call}' for call in FORKS)}"
                    f":signal={signal}:when=1+2")
        kept = known[mail.lab.name].kept
        assert (found.code, found.main_cf, found.postfix) == ("0", kept["new"].main_cf, NEW), found

    everywhere(show)
