"""Releases of ansible-core, the interpreters of Python for them, and environments in .build, made at the first time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ansible.release import __version__ as own
from lab.process import ROOT, succeeds


class Pythons(NamedTuple):
    """The minor releases of Python 3 that a release of ansible-core supports."""

    controllers: range
    """It runs under these."""
    targets: range
    """Its modules do."""


RELEASES: Mapping[str, Pythons] = {
    "2.16.19": Pythons(range(10, 13), range(6, 13)),
    "2.17.14": Pythons(range(10, 13), range(7, 13)),
    "2.18.19": Pythons(range(11, 14), range(8, 14)),
    "2.19.14": Pythons(range(11, 14), range(8, 14)),
    "2.20.10": Pythons(range(12, 15), range(9, 15)),
    "2.21.5": Pythons(range(12, 15), range(9, 15)),
}
"""The last one of each series that is in use."""
USUAL = ("2.16.19", "2.18.19", "2.19.14", "2.21.5")
"""Those of them that each run of all tests pays for; the others are much like their neighbours."""

PLACE = ROOT / ".build" / "cores"


class MissingError(Exception):
    """Something cannot be had here; the text says why."""


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
    names = [f"python3.{minor}" for minor in reversed(RELEASES[release].controllers)]
    python = next(filter(None, map(interpreter, names)), None)
    if python is None:
        raise MissingError(f"ansible-core {release} needs one of {', '.join(names)}")
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


@cache
def interpreter(name: str) -> str | None:
    """Give the path of an interpreter, such as python3.12, that can make environments; None where there is none here.

    Version managers put some on PATH that only print an error, so each is run. Of an environment it is the one below.
    """
    code = "import ensurepip, sys, venv; print(sys.base_prefix + '/bin/python%d.%d' % sys.version_info[:2])"
    on_path = (Path(directory, name) for directory in os.get_exec_path())
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/*/bin/{name}")
    for python in (Path(sys.executable).with_name(name), *on_path, *sorted(managed)):
        with suppress(OSError):
            done = subprocess.run([python, "-c", code], check=False, capture_output=True, text=True)
            if Path(done.stdout.strip()).name == name:
                return done.stdout.strip()
    return None
