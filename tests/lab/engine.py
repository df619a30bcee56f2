"""A Docker engine that answers, and the other system programs that the lab needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path

from lab.process import LabError, last_line, lock, logged, new_log, step, tail

BRIDGE = "198.51.100.1/28"
"""Docker's own bridge where we start the engine: in a documentation network, and small, to hide no real machine."""

START_SECONDS = 60


def ensure() -> None:
    """Make sure that a Docker engine answers: the one that is there, else Debian's, installed and started."""
    if answers():
        return
    with lock("engine"):
        if answers():
            return
        if not may_install():
            raise LabError(
                f"No Docker engine answers ({complaint()}): start one that this user may use, or install it"
                " (on Debian and Ubuntu: apt-get install docker.io), or run this as root on Debian or Ubuntu."
            )
        require("dockerd", "docker.io", "iptables")
        require("docker", "docker-cli")  # Debian 13 moved the client out of docker.io
        if not answers():
            with step("Starting the Docker engine"):
                start()


def require(command: str, *packages: str) -> str:
    """The path of a program; where it is missing, its Debian packages are installed first."""
    if path := find(command):
        return path
    if not may_install():
        raise LabError(
            f"The program '{command}' is missing: install it (on Debian and Ubuntu, as root:"
            f" apt-get install {' '.join(packages)})."
        )
    with lock("apt"), step(f"Installing {' '.join(packages)}"):
        update_package_lists()
        logged(new_log(f"apt-{command}"), "apt-get", "install", "--yes", "--no-install-recommends", *packages)
    if path := find(command):
        return path
    raise LabError(f"The program '{command}' is missing although {' '.join(packages)} was installed.")


@cache
def update_package_lists() -> None:
    """Refresh apt's lists once: those of a fresh machine are empty, those of an old one name files that are gone."""
    logged(new_log("apt-update"), "apt-get", "update")


def find(command: str) -> str | None:
    """Where a program is, also in the directories of system programs that not every PATH has."""
    return shutil.which(command, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def may_install() -> bool:
    """Whether this is root on a system with apt."""
    return os.geteuid() == 0 and find("apt-get") is not None


def answers() -> bool:
    """Whether there is a Docker client and its engine talks to it."""
    return complaint() is None


def complaint() -> str | None:
    """Why no engine can be used, in Docker's own words; None when one can."""
    client = find("docker")
    if client is None:
        return "there is no 'docker' command"
    # Not `docker info`: some versions of it return 0 without an engine.
    asked = [client, "version", "--format", "{{.Server.Version}}"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    return None if done.returncode == 0 else last_line(done.stderr)


def start() -> None:
    """Start the engine through systemd where that runs, else as a process of its own that outlives this one."""
    if Path("/run/systemd/system").is_dir():
        logged(new_log("dockerd"), "systemctl", "start", "docker")
        return
    log = new_log("dockerd")
    with log.open("ab") as stream:
        dockerd = subprocess.Popen(
            [require("dockerd", "docker.io"), "--bip", BRIDGE],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if dockerd.poll() is not None or time.monotonic() > deadline:
            raise LabError(f"The Docker engine does not start; the end of {log}:\n{tail(log)}")
        time.sleep(0.2)
