"""The report of a small fleet with hosts of each verdict, and of one that is not there. It only looks."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from lab.process import ROOT
from mail_host import listeners, master
from testinfra import get_host
from testinfra.host import Host

SCENARIO = "report"
VERDICTS = {
    "ready": "ready", "exposed": "ready", "without_route": "ready with warnings", "nameless": "not ready",
    "without_ipv6": "not ready", "gone": "not ready",
}
ENABLED = {"ready", "exposed"}
FILES = "find /etc /var/spool/postfix/etc /var/spool/postfix/pid -type f -exec sha256sum {} +"


def look(host: Host) -> tuple[object, ...]:
    """All that must stay as it is: the files by their contents, the processes of Postfix, and where it listens."""
    return (sorted(host.run(FILES).stdout.splitlines()), master(host),
            sorted(host.check_output("pgrep -l 'master|qmgr'").splitlines()), listeners(host))


def executions(host: Host) -> list[str]:
    """The modules that were executed on a host, as its journal tells."""
    return re.findall(r" ansible-(\S+)\[\d+\]: Invoked with ", host.check_output("journalctl --no-pager"))


@pytest.fixture(scope="module")
def run(lab_hosts, tmp_path_factory) -> Callable[..., dict[str, Any]]:
    """Write the report, and see that no host has noticed more than two questions."""
    hosts = {name: get_host(lab.connection) for name, lab in lab_hosts.items()}
    directory = tmp_path_factory.mktemp("report")

    def write(*options: str) -> dict[str, Any]:
        before = {name: (look(host), len(executions(host))) for name, host in hosts.items() if name != "dns"}
        inventories = [ROOT / "molecule" / "shared" / "inventory.yml",
                       *(ROOT / "molecule" / SCENARIO / f"{name}.yml" for name in ("inventory", "files/unreachable"))]
        subprocess.run(
            ["ansible-playbook", *(f"--inventory={path}" for path in inventories), "--limit=mail", *options,
             "--extra-vars", json.dumps({"postfix_ipv6_report_directory": str(directory),
                                         "postfix_ipv6_resolvers": [lab_hosts["dns"].ipv4]}),
             "inet6.postfix.report"], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
        for name, (state, count) in before.items():
            assert look(hosts[name]) == state
            assert executions(hosts[name])[count:] == ["inet6.postfix.info", "inet6.postfix.mail_log"]
        data: dict[str, Any] = json.loads((directory / "report.json").read_text(encoding="utf-8"))
        data["directory"] = directory
        return data

    return write


@pytest.mark.parametrize("options", [(), ("--check",)])
def test_what_it_says_of_each_host(run, options):
    data = run(*options)
    found = {host["name"]: host for host in data["hosts"]}
    assert {name: host["verdict"] for name, host in found.items()} == VERDICTS
    codes = {name: {finding["code"] for finding in host["findings"]} for name, host in found.items()}
    assert codes == {
        "ready": set(), "exposed": set(), "without_route": {"no-default-route"}, "nameless": {"no-ptr"},
        "without_ipv6": {"host-without-ipv6"}, "gone": {"unreachable"}}
    (no_ptr,) = found["nameless"]["findings"]
    assert "let the owner of the address publish: " in no_ptr["message"]
    assert ".ip6.arpa. PTR mx.nameless.example.org." in no_ptr["message"].replace(" IN ", " ")
    assert {name for name, host in found.items() if host["exposure"]} == {"exposed"}
    for name, host in found.items():
        mail = host["mail"]
        assert (mail is None) == (name == "gone")
        if mail:
            assert (mail["sent"]["ipv6"] > 0) == (name in ENABLED), name
            assert mail["sent"]["ipv4"] > 0
    assert data["totals"]["verdicts"] == {"not ready": 3, "ready with warnings": 1, "ready": 2}
    assert (data["totals"]["looked_at"], data["totals"]["exposed"]) == (5, 1)


def test_what_has_changed_since_the_last_one(run):
    data = run()
    assert data["changes"]
    assert len(list(data["directory"].glob("report-*.json"))) >= 1


def test_the_table(run, lab_hosts):
    data = run()
    with (data["directory"] / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["host"]: row["verdict"] for row in rows} == VERDICTS
    page = (data["directory"] / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in VERDICTS)
