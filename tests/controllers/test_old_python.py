"""A host whose Python is too old hears of it, with the cure: RHEL 8 has 3.6 unless another one is named."""

import json

import pytest
from lab.process import ROOT

from controllers.environments import RELEASES, USUAL, interpreter

OLD = range(6, 8)
RUNS_THERE = [release for release in USUAL if set(OLD) <= set(RELEASES[release].targets)]
"""Modules of newer releases of ansible-core do not come so far on these."""
MODULES = [path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if "def main" in path.read_text()]


@pytest.mark.parametrize("minor", OLD)
@pytest.mark.parametrize("ansible_playbook", RUNS_THERE, indirect=True)
def test_a_python_that_is_too_old(ansible_playbook, tmp_path, minor):
    python = interpreter(f"python3.{minor}")
    if python is None:
        pytest.skip(f"NOT TESTED: Python 3.{minor} is not here")
    tasks = [{f"inet6.postfix.{module}": {}, "ignore_errors": True} for module in MODULES]
    host = {"ansible_connection": "local", "ansible_python_interpreter": python}
    (tmp_path / "play.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": host, "tasks": tasks}]))
    output = ansible_playbook("play.yml")
    told = f"inet6.postfix needs Python 3.8 or newer, and {python} is Python 3.{minor}."
    assert output.count(told) == len(MODULES), output
    assert "Traceback" not in output
