"""Job templates and workflows run as AWX runs them, by its executor ansible-runner, without AWX.

What AWX lays out for a job is laid out here in the same way (awx/main/tasks/jobs.py, awx/main/models/workflow.py): the
project, an inventory of the slice's hosts, answers as text that Ansible does not template, and the command line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import ansible_runner
import yaml
from ansible_runner.utils import args2cmdline
from lab.process import ROOT

from awx.rules import EDGES, TYPES, by_name

Item = Mapping[str, Any]

PROJECT = ROOT / "awx" / "project"
COLLECTIONS = ROOT / ".build" / "collections"
"""What AWX would have installed as collections/requirements.yml says."""

SUCCESSFUL, FAILED = "successful", "failed"
NOTHING: Item = MappingProxyType({})


class RefusedError(Exception):
    """AWX refuses to launch a template with these answers; the text says what it says."""


@dataclass(frozen=True)
class Job:
    """What AWX keeps of a job, and shows."""

    template: str
    status: str
    variables: dict[str, Any]
    """All that was handed to it as extra variables."""
    artifacts: dict[str, Any]
    """What its playbook has handed on by set_stats."""
    hosts: dict[str, dict[str, int]]
    """The events of each host, by their kind: ok, changed, failures, dark (unreachable), skipped, ..."""
    messages: dict[str, str]
    """The message of the last task that failed, by its host."""
    output: str = field(repr=False)

    def count(self, kind: str) -> list[str]:
        """Give the hosts that have events of a kind."""
        return sorted(name for name, counts in self.hosts.items() if counts.get(kind))


class SafeText(yaml.SafeDumper):
    """Marks each text as one that Ansible does not template, as AWX does with all that a user may answer."""

    def represent_data(self, data: Any) -> yaml.Node:
        """Represent a text with the tag, and all else as usual."""
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def extra_vars(variables: Item, trusted: Item = NOTHING) -> str:
    """Give the file that AWX hands to Ansible.

    Args:
        variables: names and values.
        trusted: those of the job template, which may be templates.
    """
    return "".join(
        yaml.dump({name: value}, Dumper=yaml.SafeDumper if (name, value) in trusted.items() else SafeText)
        for name, value in variables.items())


def answered(survey: Item, answers: Item) -> dict[str, Any]:
    """Give the variables that come of the answers to a survey, with its defaults.

    Raises:
        RefusedError: an answer is none that AWX takes, or is to no question.
    """
    questions = {question["variable"]: question for question in survey.get("spec", [])}
    for name in answers:
        if name not in questions:
            raise RefusedError(f"Variables {name} are not allowed on launch")
    defaults = {name: question["default"] for name, question in questions.items()
                if "default" in question and _taken(question, question["default"])}
    for name, question in questions.items():
        if name not in answers and question["required"]:
            raise RefusedError(f"'{name}' value missing")
        if name in answers and not _taken(question, answers[name]):
            raise RefusedError(f"Value {answers[name]!r} for '{name}' is not taken")
    return {**defaults, **answers}


def _taken(question: Item, answer: Any) -> bool:
    """Tell whether AWX takes an answer (awx/main/models/mixins.py, _survey_element_validation)."""
    if type(answer) not in TYPES[question["type"]] or ("choices" in question and answer not in question["choices"]):
        return False
    size: Any = len(answer) if isinstance(answer, str) else answer
    return bool(question.get("min", size) <= size <= question.get("max", size))


@dataclass
class Controller:
    """What there is in an AWX: the objects of the folder awx, and hosts."""

    data: Item
    """As :func:`awx.rules.load` gives it."""
    inventory: Item
    """What an inventory script says: groups, and the variables of hosts below ``_meta``."""
    directory: Path
    """Where jobs have their private data."""
    jobs: list[Job] = field(default_factory=list)
    """All that have run."""
    numbers: Iterator[int] = field(default_factory=count)

    def launch(self, template: str, answers: Item = NOTHING, **prompts: Any) -> list[Job]:
        """Launch a job template: one job for each slice.

        Args:
            template: its name.
            answers: to its survey.
            prompts: what it asks for at launch, such as ``limit``.

        Raises:
            RefusedError: AWX does not launch it like this.
        """
        item = by_name(self.data, "controller_templates")[template]
        for name in prompts:
            if not item.get(f"ask_{name}_on_launch"):
                raise RefusedError(f"Field {name} is not configured to prompt on launch")
        return self._run(item, answered(item.get("survey_spec", NOTHING), answers), prompts)

    def start(self, workflow: str, answers: Item, approve: Callable[[str], bool]) -> dict[str, str]:
        """Start a workflow, and run it to its end.

        Args:
            workflow: its name.
            answers: to its survey.
            approve: says whether an approval node, by its identifier, is approved.

        Returns:
            The status of each node that has run, in this order.
        """
        item = by_name(self.data, "controller_workflows")[workflow]
        variables = answered(item["survey_spec"], answers)
        nodes = {node["identifier"]: node for node in item["simplified_workflow_nodes"]}
        children = {child for node in nodes.values() for edge in EDGES for child in node.get(edge, ())}
        handed: dict[str, dict[str, Any]] = {name: {} for name in nodes}
        waiting, statuses = [name for name in nodes if name not in children], {}
        while waiting:
            name = waiting.pop(0)
            statuses[name], told = self._node(nodes[name], {**handed[name], **variables}, approve)
            ways = ("always_nodes", "success_nodes" if statuses[name] == SUCCESSFUL else "failure_nodes")
            for child in (child for way in ways for child in nodes[name].get(way, ())):
                handed[child].update(handed[name], **told)
                if child not in statuses and child not in waiting:
                    waiting.append(child)
        return statuses

    def _node(self, node: Item, variables: Item, approve: Callable[[str], bool]) -> tuple[str, dict[str, Any]]:
        """Run a node: its status, and what it hands on to all that come after it."""
        if "approval_node" in node:
            return SUCCESSFUL if approve(node["identifier"]) else FAILED, {}
        item = by_name(self.data, "controller_templates")[node["unified_job_template"]]
        prompts = {name: node[name] for name in ("limit", "job_type", "job_slice_count")
                   if name in node and item.get(f"ask_{name}_on_launch")}
        jobs = self._run(item, {**answered(item.get("survey_spec", NOTHING), {}), **variables}, prompts)
        told = {name: value for job in jobs for name, value in job.artifacts.items()}  # of slices, the last one wins
        return SUCCESSFUL if all(job.status == SUCCESSFUL for job in jobs) else FAILED, told

    def _run(self, item: Item, variables: Item, prompts: Item) -> list[Job]:
        """Run the jobs of a template, one for each slice."""
        item = {**item, **prompts}
        hosts = sorted(self.inventory["_meta"]["hostvars"])
        slices = min(item["job_slice_count"], len(hosts))
        jobs = [self._job(item, variables, hosts[number::slices]) for number in range(slices)]
        self.jobs += jobs
        return jobs

    def _job(self, item: Item, variables: Item, hosts: Sequence[str]) -> Job:
        """Run a job on some of the hosts."""
        number = next(self.numbers)
        place = self.directory / f"awx_{number}"
        shutil.copytree(PROJECT, place / "project")
        trusted = item.get("extra_vars", NOTHING)
        meta = {f"{prefix}_{name}": value for prefix in ("tower", "awx") for name, value in (
            ("job_id", number), ("job_launch_type", "manual"), ("job_template_name", item["name"]))}
        given = {**trusted, **variables, **meta}
        _write(place / "env" / "extravars", extra_vars(given, trusted))
        _write(place / "env" / "cmdline", args2cmdline(*command_line(item)))
        script = place / "inventory" / "hosts"
        _write(script, f"#!/usr/bin/env python3\nprint({json.dumps(sliced(self.inventory, hosts))!r})\n")
        script.chmod(0o700)
        done = ansible_runner.run(
            private_data_dir=str(place), ident=str(number), playbook=item["playbook"], inventory=str(script),
            envvars={"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
                     "ANSIBLE_CONFIG": str(place / "project" / "ansible.cfg")}, quiet=True)
        return _job(item["name"], given, done)


def command_line(item: Item) -> Iterator[str]:
    """Give what AWX makes of a job template for ansible-playbook."""
    if item["job_type"] == "check":
        yield "--check"
    yield from ("-u", "root")
    if item.get("become_enabled"):
        yield "--become"
    if item.get("diff_mode"):
        yield "--diff"
    if item.get("forks"):
        yield f"--forks={item['forks']}"
    if item.get("limit"):
        yield from ("-l", item["limit"])


def sliced(inventory: Item, hosts: Sequence[str]) -> dict[str, Any]:
    """Give an inventory of some of its hosts."""
    return {
        "_meta": {"hostvars": {name: inventory["_meta"]["hostvars"][name] for name in hosts}},
        **{group: {**item, "hosts": [name for name in item["hosts"] if name in hosts]}
           for group, item in inventory.items() if group != "_meta"},
    }


def _write(path: Path, text: str) -> None:
    """Write a file, and make its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _job(template: str, variables: dict[str, Any], done: ansible_runner.Runner) -> Job:
    """Read what ansible-runner has written of a run."""
    hosts: dict[str, dict[str, int]] = {}
    artifacts: dict[str, Any] = {}
    messages: dict[str, str] = {}
    for event in done.events:
        data = event.get("event_data", {})
        if event["event"] == "playbook_on_stats":
            artifacts = data.get("artifact_data", {})
            for kind in ("ok", "changed", "failures", "dark", "skipped", "ignored", "rescued"):
                for host, number in data.get(kind, {}).items():
                    hosts.setdefault(host, {})[kind] = number
        elif event["event"] in ("runner_on_failed", "runner_on_unreachable"):
            messages[data["host"]] = str(data.get("res", {}).get("msg", ""))
    output = Path(done.config.artifact_dir, "stdout").read_text(encoding="utf-8")
    return Job(template, done.status, variables, artifacts, hosts, messages, output)
