"""The fleet: hosts of the lab with sshd and a Postfix each, reached by SSH as any fleet is, and what they count."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import network
from lab.__main__ import images
from lab.process import ROOT, logged, new_log, output, step, succeeds

RELEASE = "bookworm"
SCENARIO = "fleet"
LABEL = f"label={network.LABEL}={SCENARIO}"
"""What Docker finds the hosts by."""
CONFIG = Path(__file__).with_name("ansible.cfg")
SHARED = ROOT / "molecule" / "shared"
CGROUPS = Path("/sys/fs/cgroup")
MASTER = "ssh: {}/"
"""How the process that keeps a connection open calls itself, with the directory of its socket."""
TICK = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS = 10
"""Ansible's workers outlive an interrupt, and start the hosts that they have begun with."""


@dataclass(frozen=True)
class Host:
    """A host that runs."""

    name: str
    ipv4: str
    ipv6: str
    container: str
    process: int
    """Its first process, as this machine numbers it."""

    @property
    def settings(self) -> dict[str, Any]:
        """What an inventory says of it: every host has values of its own."""
        return {
            "ansible_host": self.ipv4,
            "postfix_ipv6_inet_interfaces": "all",
            "postfix_ipv6_inet_protocols": "all",
            "postfix_ipv6_mynetworks": f"127.0.0.0/8, [::1]/128, [{self.ipv6}]/128",
            "postfix_ipv6_smtp_bind_address": self.ipv4,
            "postfix_ipv6_smtp_bind_address6": self.ipv6,
        }

    def counted(self) -> tuple[int, float]:
        """The bytes that have come to it, and the seconds of a processor that its processes have taken, those that are
        over too; both as the kernel counts them, see proc_pid_net(5) and cgroups(7)."""
        lines = self._proc("net/dev").splitlines()
        received = next(int(line.split()[1]) for line in lines if line.lstrip().startswith("eth0:"))
        groups = {name: path for _number, names, path in (line.split(":", 2) for line in self._proc("cgroup").split())
                  for name in names.split(",")}
        if "cpuacct" in groups:
            usage = Path(f"{CGROUPS}/cpuacct/{groups['cpuacct']}/cpuacct.usage").read_text(encoding="ascii")
            return received, int(usage) / 1e9
        statistics = Path(f"{CGROUPS}/{groups['']}/cpu.stat").read_text(encoding="ascii").split()
        return received, int(statistics[statistics.index("usage_usec") + 1]) / 1e6

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.process}/{name}").read_text(encoding="ascii")


@dataclass(frozen=True)
class Fleet:
    """All hosts, and how Ansible comes to them."""

    hosts: list[Host]
    directory: Path
    """Holds the key, the known hosts, the inventories, and the sockets of open connections."""

    @property
    def environment(self) -> dict[str, str]:
        """What Ansible is given beside its command line."""
        return {**os.environ, "ANSIBLE_CONFIG": str(CONFIG), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.sockets),
                "ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}

    @property
    def sockets(self) -> Path:
        """The directory of the sockets of open connections."""
        return self.directory / "cp"

    def inventory(self, size: int) -> Path:
        """The file of an inventory of its first hosts, so many."""
        path = self.directory / f"{size}.json"
        path.write_text(json.dumps({"all": {
            "hosts": {host.name: host.settings for host in self.hosts[:size]},
            "vars": {
                "ansible_user": "root",
                "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_ssh_private_key_file": str(self.directory / "key"),
                "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.directory}/known_hosts"
                                           " -o StrictHostKeyChecking=accept-new",
                "postfix_ipv6_report_directory": str(self.directory / "report"),
            },
        }}), encoding="utf-8")
        return path

    def masters(self) -> dict[int, float]:
        """The processes that keep connections open, which outlive each run; seconds of a processor that each took."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cmdline").read_text(encoding="utf-8", errors="replace").startswith(
                        MASTER.format(self.sockets)):
                    found[int(process.name)] = seconds_of(int(process.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has ended meanwhile
        return found

    def disconnect(self) -> None:
        """Close all connections."""
        for socket in self.sockets.glob("*"):
            succeeds("ssh", "-o", f"ControlPath={socket}", "-O", "exit", "host")


def seconds_of(process: int) -> float:
    """The seconds of a processor that a process has taken, without its children; proc_pid_stat(5)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


@contextmanager
def fleet(size: int, directory: Path) -> Iterator[Fleet]:
    """Start hosts with a main.cf that people have edited and a running Postfix, and remove them however it ends.

    Args:
        size: how many hosts.
        directory: an empty one, for what is told of in Fleet.
    """
    images([RELEASE])
    log = new_log(SCENARIO)
    names = [f"host{number:03}" for number in range(1, size + 1)]
    inventory = directory / "making.json"
    inventory.write_text(json.dumps({"all": {
        "hosts": {name: {"ansible_host": f"inet6-postfix-{SCENARIO}-{name}"} for name in names},
        "vars": {
            "ansible_connection": "community.docker.docker",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_user": "root",
            "lab_scenario": SCENARIO,
            "lab_release": RELEASE,
            "lab_init": "none",
            "lab_key": f"{directory}/key.pub",
        },
    }}), encoding="utf-8")
    output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / "key"))

    def play(playbook: Path) -> None:
        logged(log, "ansible-playbook", f"--inventory={inventory}", str(playbook))

    made = None
    remove()  # what a killed run has left
    try:
        with step(f"Starting {size} hosts"):
            play(SHARED / "create.yml")
        with step("Giving them sshd, and a Postfix that people have set up"):
            play(SHARED / "ipv4_only.yml")
            play(Path(__file__).with_name("prepare.yml"))
        made = Fleet(running(), directory)
        made.sockets.mkdir()
        yield made
    except BaseException:  # an interrupt above all
        time.sleep(SETTLE_SECONDS)
        raise
    finally:
        if made:
            made.disconnect()
        with step("Removing the hosts"):
            remove()


def remove() -> None:
    """Remove all hosts of a fleet, however many there are."""
    if containers := output("docker", "ps", "--all", "--quiet", f"--filter={LABEL}").split():
        output("docker", "rm", "--force", "--volumes", *containers)


def running() -> list[Host]:
    """The hosts of the fleet that Docker knows of."""
    containers = output("docker", "ps", "--quiet", f"--filter={LABEL}").split()
    found = []
    for entry in json.loads(output("docker", "inspect", *containers)):
        addresses = entry["NetworkSettings"]["Networks"][network.NAME]
        found.append(Host(entry["Config"]["Hostname"], addresses["IPAddress"], addresses["GlobalIPv6Address"],
                          entry["Name"].removeprefix("/"), entry["State"]["Pid"]))
    return sorted(found, key=lambda host: host.name)
