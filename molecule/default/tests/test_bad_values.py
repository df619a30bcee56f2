"""Values that Postfix would misread stop a run before a host is contacted: here no host can be contacted at all."""

from __future__ import annotations

import json
import os
import subprocess
from typing import NamedTuple

import pytest
from lab.process import ROOT


class Value(NamedTuple):
    """A value as an inventory has it in YAML, and what is said of it."""

    yaml: str
    rule: str
    """With parameter and value."""
    cure: str


class Run(NamedTuple):
    """What a run said of each host."""

    stats: dict[str, dict[str, int]]
    messages: dict[str, str]


BAD = {
    "host-bits": Value(
        "mynetworks: 2001:db8::1/64",
        "mynetworks: [2001:db8::1]/64 has host bits set",
        "write [2001:db8::]/64 or [2001:db8::1]/128"),
    "prefix-over-128": Value(
        "mynetworks: ['[2001:db8::]/129']",
        "mynetworks: [2001:db8::]/129 has a prefix length over 128",
        "write 0 to 128"),
    "prefix-256": Value(
        "mynetworks: '[::]/256'",
        "mynetworks: [::]/256 has a prefix length over 128, which Postfix takes for /0",
        "write the prefix length that is meant"),
    "unknown-protocol": Value(
        "inet_protocols: ipv5",
        "inet_protocols: ipv5 is not a word",
        "write all, ipv4 or ipv6"),
    "wrong-case": Value(
        "inet_protocols: IPv4",
        "inet_protocols: IPv4 is not a word",
        "write ipv4 in lower case"),
    "link-local-interface": Value(
        "inet_interfaces: fe80::1",
        "inet_interfaces: fe80::1 is link-local",
        "name a global or unique local address"),
    "link-local-source": Value(
        "smtp_bind_address6: fe80::1",
        "smtp_bind_address6: fe80::1 is link-local",
        "write one IPv6 address"),
    "network-as-interface": Value(
        "inet_interfaces: ['2001:db8::/32']",
        "inet_interfaces: 2001:db8::/32 is a network",
        "write the address alone"),
    "network-as-source": Value(
        "smtp_bind_address6: 2001:db8::/32",
        "smtp_bind_address6: 2001:db8::/32 is a network",
        "write one IPv6 address"),
    "yaml-integer": Value(
        "smtp_bind_address6: 2001:10:20:30:40:50:1:2",
        "smtp_bind_address6: 5602001869620062 is an integer",
        "put the value in quotes"),
    "yaml-boolean": Value(
        "mynetworks_style: no",
        "mynetworks_style: False is a boolean",
        "put the value in quotes"),
}
GOOD = {"good": Value("inet_protocols: all", "", "")}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a playbook on hosts that nobody has, one for each of some values."""

    def run(playbook, values):
        inventory = tmp_path_factory.mktemp("inventory") / "hosts.yml"
        hosts = (f"    {name}:\n      postfix_ipv6_{value.yaml}\n" for name, value in values.items())
        inventory.write_text(
            "all:\n  vars:\n    ansible_connection: community.docker.docker\n    ansible_host: inet6-postfix-nobody\n"
            f"    ansible_python_interpreter: /usr/bin/python3\n  hosts:\n{''.join(hosts)}")
        done = subprocess.run(
            ["ansible-playbook", f"--inventory={inventory}", str(playbook)],
            check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            # With pipelining, a container that is not there is a failure of the module, not an unreachable host.
            env={**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_PIPELINING": "false"})
        report = json.JSONDecoder().raw_decode(done.stdout, done.stdout.index("{"))[0]
        tasks = [task for play in report["plays"] for task in play["tasks"]]
        messages = {name: result["msg"] for task in tasks for name, result in task["hosts"].items() if "msg" in result}
        return Run(report["stats"], messages)

    return run


@pytest.fixture(scope="module")
def role(run):
    """The role on all of them."""
    return run(ROOT / "molecule" / "shared" / "role.yml", BAD | GOOD)


@pytest.fixture(scope="module")
def enable(run):
    """`inet6.postfix.enable` on all of them."""
    return run("inet6.postfix.enable", BAD | GOOD)


@pytest.mark.parametrize("name", BAD)
def test_role_stops_before_the_host_is_contacted(role, name):
    assert (role.stats[name]["failures"], role.stats[name]["unreachable"]) == (1, 0)
    assert_complete(role.messages[name], name)


@pytest.mark.parametrize("name", BAD)
def test_enable_names_the_value_and_its_host(enable, name):
    (said,) = enable.messages.values()  # the first host speaks for all
    (problem,) = (line for line in said.splitlines() if f"[{name}]" in line)
    assert_complete(problem, name)


def test_enable_contacts_no_host_when_one_has_a_bad_value(enable):
    assert sum(host["failures"] for host in enable.stats.values()) > 0
    assert sum(host["unreachable"] for host in enable.stats.values()) == 0


def test_a_good_value_gets_as_far_as_the_host(run):
    assert run(ROOT / "molecule" / "shared" / "role.yml", GOOD).stats["good"]["unreachable"] == 1
    done = run("inet6.postfix.enable", GOOD)
    assert done.stats["good"]["failures"] == 1
    assert "temporary directory" in done.messages["good"]


def assert_complete(message, name):
    """See parameter, value, rule, cure and manual page."""
    for part in (BAD[name].rule, BAD[name].cure, "YAML 1.1" if name.startswith("yaml") else "(postconf(5) "):
        assert part in message
