"""Run `ansible-test sanity` on a copy of the checkout, without Docker: python tests/sanity.py [ARGUMENT ...].

ansible-test insists on a path that ends in ansible_collections/inet6/postfix; a symbolic link is not enough. It keeps
virtual environments in the home folder, so it gets one in .build, and a second run takes seconds.
"""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import checkout
from ansible_test._internal.python_requirements import get_venv_packages
from ansible_test._util.target.common.constants import CONTROLLER_PYTHON_VERSIONS, REMOTE_ONLY_PYTHON_VERSIONS
from controllers.environments import interpreter
from lab.process import ROOT

SANITY = ROOT / ".build" / "sanity"
COPY = SANITY / "ansible_collections" / "inet6" / "postfix"
HOME = SANITY / "home"
PYTHONS = SANITY / "pythons"

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

GET_PIP = """\
# Stands in for the script that ansible-test would download to put pip into its environments.
import subprocess, sys
packages = [argument for argument in sys.argv[1:] if not argument.startswith('-')]
command = [{python!r}, '-m', 'pip', '--python', sys.executable, 'install', *packages]
sys.exit(subprocess.run(command, check=False).returncode)
"""


def main(arguments: list[str]) -> int:
    """Run ansible-test with these further arguments; its exit code."""
    checkout.copy(COPY)
    # ansible-test asks git for the files, and the repository around this copy ignores all of it.
    subprocess.run(["git", "init", "--quiet"], check=True, cwd=COPY)
    write_pip_configuration()
    write_get_pip()
    print("ansible-test sanity for Python", ", ".join(link_pythons()), flush=True)
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-test")), "sanity", "--local", "--color", "no", *arguments],
        check=False,
        cwd=COPY,
        stdin=subprocess.DEVNULL,
        # The system's folders and not the user's PATH, where shims may promise a Python that is not there.
        env={**os.environ, "HOME": str(HOME), "PATH": f"{PYTHONS}:{Path(sys.executable).parent}:{SYSTEM_PATH}"},
    ).returncode


def write_pip_configuration() -> None:
    """Keep pip's settings: ansible-test hands on neither PIP_* variables nor, here, the user's home."""
    settings = configparser.RawConfigParser()
    settings["global"] = {}
    command = [sys.executable, "-m", "pip", "config", "list"]
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        section = "global" if section == ":env:" else section
        if not settings.has_section(section):
            settings.add_section(section)
        settings[section][option] = str(ast.literal_eval(value))
    settings["global"]["quiet"] = "2"
    file = HOME / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        settings.write(stream)


def write_get_pip() -> None:
    """Put the stand-in where ansible-test keeps what it has downloaded."""
    version = get_venv_packages(SimpleNamespace(version=CONTROLLER_PYTHON_VERSIONS[0]))["pip"]
    file = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(GET_PIP.format(python=sys.executable), encoding="utf-8")


def link_pythons() -> Iterator[str]:
    """Gather, under the names that ansible-test looks for, the interpreters that work; their versions."""
    shutil.rmtree(PYTHONS, ignore_errors=True)
    PYTHONS.mkdir(parents=True)
    for version in (*REMOTE_ONLY_PYTHON_VERSIONS, *CONTROLLER_PYTHON_VERSIONS):
        name = f"python{version}"
        if python := interpreter(name):
            (PYTHONS / name).symlink_to(python)
            yield version


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
