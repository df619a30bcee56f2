"""A pytest plugin: testinfra on the hosts that a molecule scenario has started, by `docker exec`.

testinfra's own way, its Ansible backend, starts Ansible for each command: about a second instead of 60 ms.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from testinfra.host import Host

from lab.network import LABEL, NAME
from lab.play import Play, play
from lab.process import output


@dataclass(frozen=True)
class LabHost:
    """A running host of the lab."""

    name: str
    """Its name in the inventory."""
    container: str
    release: str
    ipv4: str
    ipv6: str

    @property
    def connection(self) -> str:
        """What `testinfra.get_host` takes."""
        return f"docker://{self.container}"


hosts_key = pytest.StashKey[dict[str, LabHost]]()


def pytest_configure(config: pytest.Config) -> None:
    """Let testinfra's `host` fixture go over the hosts of the scenario."""
    scenario = os.environ["MOLECULE_SCENARIO_NAME"]
    config.stash[hosts_key] = running(scenario)
    if not config.stash[hosts_key]:
        raise pytest.UsageError(f"The scenario {scenario} has no hosts: run 'molecule create -s {scenario}'.")
    config.option.hosts = ",".join(host.connection for host in config.stash[hosts_key].values())


def running(scenario: str) -> dict[str, LabHost]:
    """The hosts of a scenario by name, as Docker knows them."""
    containers = output("docker", "ps", "--quiet", f"--filter=label={LABEL}={scenario}").split()
    found = json.loads(output("docker", "inspect", *containers)) if containers else []
    hosts = (
        LabHost(
            name=entry["Config"]["Hostname"],
            container=entry["Name"].removeprefix("/"),
            release=entry["Config"]["Labels"][f"{LABEL}.release"],
            ipv4=entry["NetworkSettings"]["Networks"][NAME]["IPAddress"],
            ipv6=entry["NetworkSettings"]["Networks"][NAME]["GlobalIPv6Address"],
        )
        for entry in found
    )
    return {host.name: host for host in sorted(hosts, key=lambda host: host.name)}


@pytest.fixture(scope="session")
def lab_hosts(request: pytest.FixtureRequest) -> dict[str, LabHost]:
    """All hosts of the scenario by name, for tests that go from one to another."""
    return request.config.stash[hosts_key]


@pytest.fixture(scope="module")
def lab_host(host: Host, lab_hosts: dict[str, LabHost]) -> LabHost:
    """The host that `host` gives access to: its name, release and addresses."""
    return next(known for known in lab_hosts.values() if known.container == host.backend.name)


@pytest.fixture(scope="module")
def run_role(lab_host: LabHost) -> Callable[..., Play]:
    """Run the role, or another playbook, on the host: `run_role({"postfix_ipv6_inet_protocols": "ipv4"})`."""
    return partial(play, os.environ["MOLECULE_SCENARIO_NAME"], lab_host.name)
