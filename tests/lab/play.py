"""Running a play as a user does, with its result as data: what scenarios do more than once, and expect to fail."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lab.process import ROOT

SHARED = ROOT / "molecule" / "shared"
ROLE = SHARED / "role.yml"


@dataclass(frozen=True)
class Play:
    """What a run of ansible-playbook did on one host."""

    code: int
    """The return code of ansible-playbook."""
    results: dict[str, dict[str, Any]]
    """The result of each task and handler by its module, such as inet6.postfix.config."""
    stats: dict[str, int]
    output: str = field(repr=False)

    @property
    def config(self) -> dict[str, Any]:
        """The result of the module that changes files; the callback puts a name of its own in the place of `action`."""
        return self.results.get("inet6.postfix.config", self.results.get("inet6.postfix.main_cf", {}))

    @property
    def control(self) -> dict[str, Any]:
        """The result of the module control; empty where it did not run, or was skipped."""
        result = self.results.get("inet6.postfix.control", {})
        return {} if result.get("skipped") else result

    @property
    def did(self) -> str:
        """What was done to the running Postfix: restarted, reloaded, or nothing."""
        return str(self.control.get("state", "nothing"))

    @property
    def message(self) -> str:
        """The message of what failed; empty where nothing did."""
        failed = [result for result in self.results.values() if result.get("failed")]
        return str(failed[0].get("msg", "")) if failed else ""


@dataclass(frozen=True)
class Run:
    """What a run of ansible-playbook did."""

    code: int
    """The return code of ansible-playbook."""
    report: dict[str, Any]
    """What the callback ansible.posix.json says."""
    output: str = field(repr=False)

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        """The recap, by host."""
        return dict(self.report.get("stats", {}))


def play(
    scenario: Path | str, host: str, variables: dict[str, Any], *, check: bool = False, playbook: Path | str = ROLE,
) -> Play:
    """Run a playbook on one host of a scenario, by default one that has nothing but the role.

    Args:
        scenario: whose inventory is used; a path where it is no folder of molecule.
        host: its name there.
        variables: given as `-e`, so as JSON: lists and booleans keep their types.
        check: whether to run in check mode.
        playbook: a path, or a name such as inet6.postfix.enable.
    """
    done = run(scenario, host, variables, check=check, playbook=playbook)
    results = {}
    for task in (task for one in done.report.get("plays", []) for task in one["tasks"]):
        for result in task["hosts"].values():
            results[result.get("action", task["task"]["name"])] = result
    return Play(done.code, results, done.stats.get(host, {}), done.output)


def run(
    scenario: Path | str, limit: str, variables: dict[str, Any], *, check: bool = False, playbook: Path | str = ROLE,
    inventories: Iterable[Path] = (), environment: Mapping[str, str] = MappingProxyType({}),
) -> Run:
    """Run a playbook on hosts of a scenario.

    Args:
        scenario: whose inventory is used; a path where it is no folder of molecule.
        limit: which hosts, as Ansible's `--limit` takes it.
        variables: given as `-e`, so as JSON: lists and booleans keep their types.
        check: whether to run in check mode.
        playbook: a path, or a name such as inet6.postfix.enable.
        inventories: more of them.
        environment: variables of it, such as ANSIBLE_STRATEGY.
    """
    usual = [SHARED / "inventory.yml", ROOT / "molecule" / scenario / "inventory.yml"]
    done = subprocess.run(
        ["ansible-playbook", *(f"--inventory={path}" for path in (*usual, *inventories)), f"--limit={limit}", "--diff",
         "--extra-vars", json.dumps(variables), *(["--check"] if check else []), str(playbook)],
        check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**os.environ, "MOLECULE_SCENARIO_NAME": Path(scenario).name, "ANSIBLE_SHOW_CUSTOM_STATS": "true",
             "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", **environment},
    )
    text = done.stdout[done.stdout.index("{"):] if "{" in done.stdout else "{}"
    return Run(done.returncode, json.loads(text), done.stdout + done.stderr)
