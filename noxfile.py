"""What a release is tried under: each ansible-core on each Python, and hosts with each Python (make matrix)."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator

import nox
from controllers.environments import RELEASES, MissingError, interpreter, playbook_command
from lab.__main__ import images
from lab.process import LabError

ALL = ["tests/unit/plugins", "tests/unit/roles"]
"""The tests of what users install; others need more packages."""
UNDER_ANSIBLE = [f"tests/unit/{part}" for part in (
    "plugins/action", "plugins/filter", "plugins/plugin_utils", "plugins/test", "roles")]
"""Those of what Ansible itself loads, or has in its hands; all else is the same under each ansible-core."""

TARGETS = range(8, 14)
"""The minor releases of Python 3 on hosts."""

nox.options.envdir = ".build/nox"
nox.options.default_venv_backend = "venv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False


def series(release: str) -> str:
    """Give the series that a release of ansible-core belongs to."""
    return release.rpartition(".")[0]


def controllers() -> Iterator[nox.param]:
    """Give each release with each Python that it runs under: all unit tests on the newest that is here."""
    for release, pythons in RELEASES.items():
        names = [f"python3.{minor}" for minor in pythons.controllers]
        here = [name for name in names if interpreter(name)]
        for name in names:
            tests = ALL if name in here[-1:] else UNDER_ANSIBLE
            yield nox.param(interpreter(name) or name, release, tests, id=f"{series(release)}, {name}")


def targets() -> Iterator[nox.param]:
    """Give each Python of hosts with the oldest and the newest release that has modules for it."""
    for minor in TARGETS:
        able = [release for release, pythons in RELEASES.items() if minor in pythons.targets]
        for release in dict.fromkeys((able[0], able[-1])):
            yield nox.param(f"python3.{minor}", release, id=f"{series(release)}, python3.{minor}")


@nox.session
@nox.parametrize("python, release, tests", list(controllers()))
def controller(session: nox.Session, release: str, tests: list[str]) -> None:
    """Run unit tests under the newest ansible-core of a series."""
    session.install(f"ansible-core~={release}", "dnspython", "hypothesis", "pytest")
    # The callback by which tests hear of results is no part of ansible-core; it is in the collections beside this one.
    session.run("python", "-m", "pytest", *tests, env={"ANSIBLE_COLLECTIONS_PATH": sysconfig.get_path("purelib")})


@nox.session(venv_backend="none")
@nox.parametrize("target, release", list(targets()))
def target(session: nox.Session, target: str, release: str) -> None:
    """Run the role on a host of the lab whose modules run under a Python of this machine."""
    python = interpreter(target)
    if python is None or python.startswith("/usr/"):
        session.skip(f"{target} is not here, or cannot be mounted into a host as it is the system's own")
    try:
        playbook_command(release)
        images(["bookworm"])
    except (MissingError, LabError) as missing:
        session.skip(str(missing))
    session.run(sys.executable, "-m", "pytest", "tests/targets", f"--target={target}", f"--core={release}",
                env={"PYTHONPATH": "tests:molecule/shared"})
