"""Environments of several releases of ansible-core, in .build, made at the first time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible.release import __version__ as own
from lab.process import ROOT, succeeds

RELEASES: Mapping[str, range] = {
    "2.16.19": range(10, 13), "2.18.19": range(11, 14), "2.19.14": range(11, 14), "2.21.5": range(12, 15),
}
"""Of each series that is in use the last one, with the minor releases of Python 3 that it runs under."""

PLACE = ROOT / ".build" / "cores"


class MissingError(Exception):
    """A release cannot be had here; the text says why."""


def playbook_command(release: str) -> Path:
    """Give ansible-playbook of a release.

    Raises:
        MissingError: there is no Python for it, or pip cannot install it.
    """
    if release == own:
        return Path(sys.executable).with_name("ansible-playbook")
    place = PLACE / release
    command = place / "bin" / "ansible-playbook"
    if command.is_file() and succeeds(str(command), "--version"):
        return command
    shutil.rmtree(place, ignore_errors=True)
    python = next(pythons(RELEASES[release]), None)
    if python is None:
        raise MissingError(f"ansible-core {release} needs one of {', '.join(names(RELEASES[release]))}")
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile("w+") as log:
        for step in ([python, "-m", "venv", str(place)],
                     [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", "--retries=1",
                      "--disable-pip-version-check", f"ansible-core=={release}"]):
            if subprocess.run(step, check=False, stdout=log, stderr=log, stdin=subprocess.DEVNULL).returncode:
                shutil.rmtree(place, ignore_errors=True)
                log.seek(0)
                raise MissingError(f"ansible-core {release}: {(log.read().strip().splitlines() or ['no word'])[-1]}")
    return command


def names(minors: range) -> list[str]:
    """Give what releases of Python 3 are called."""
    return [f"python3.{minor}" for minor in minors]


def pythons(minors: range) -> Iterator[str]:
    """Give interpreters that run: version managers put some on PATH that only print an error."""
    for name in reversed(names(minors)):
        version = name.removeprefix("python")
        managed = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin"))
        for python in (shutil.which(name), *(str(directory / "python3") for directory in managed)):
            if python and succeeds(python, "-c", "import ensurepip, venv"):
                yield python
