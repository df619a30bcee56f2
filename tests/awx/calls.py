"""What playbooks/awx_setup.yml asks of which module, for data that is given, without any controller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from ansible.plugins.filter.core import FilterModule
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lab.process import ROOT

PLAYBOOK = ROOT / "playbooks" / "awx_setup.yml"
MODULE = re.compile(r"awx\.awx\.(\w+)")
LOOP = re.compile(r"^{{ (\w+)(?: \| subelements\('(\w+)'\))? }}$")
OMIT = object()
"""What an argument is that is not given."""

JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
JINJA.filters.update({name: FilterModule().filters()[name] for name in ("from_json", "subelements", "to_json")})


def calls(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each module that is called, by its short name, with its arguments as Ansible would hand them on.

    Args:
        data: all that the data files say.
    """
    for module, task in tasks():
        for item in value(task["loop"], data):
            texts = task[f"awx.awx.{module}"].items()
            given = {name: value(text, {"item": item, "omit": OMIT}) for name, text in texts}
            yield module, {name: one for name, one in given.items() if one is not OMIT}


def handed_on() -> dict[str, set[str]]:
    """Give the keys that the playbook hands on, by the variable that it loops over, or the part of it."""
    known: dict[str, set[str]] = {}
    for module, task in tasks():
        ((kind, part),) = LOOP.findall(task["loop"])
        text = str(task[f"awx.awx.{module}"])
        known.setdefault(kind, set()).update(re.findall(r"item(?:\.0)?\.([a-z_]+)", text), [part] if part else [])
        if part:
            known.setdefault(part, set()).update(re.findall(r"item\.1\.([a-z_]+)", text))
    return known


def tasks() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the tasks that call a module of awx.awx, and which."""
    for play in yaml.safe_load(PLAYBOOK.read_text(encoding="utf-8")):
        for task in play["tasks"]:
            for key in task:
                if found := MODULE.fullmatch(key):
                    yield found[1], task


def value(text: str, variables: Mapping[str, Any]) -> Any:
    """Give the value of ``{{ an expression }}``, which may be a list or a number."""
    return JINJA.compile_expression(text.removeprefix("{{").removesuffix("}}"), undefined_to_none=False)(**variables)
