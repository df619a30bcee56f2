"""Playbook awx_setup, with the real modules of awx.awx, makes what the folder awx describes and then nothing more."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from awx.rules import EDGES, load
from lab.process import ROOT

from awx import argument_specs
from controllers.awx_api import TOKEN, Controller, serve

AWX = ROOT / "awx"
SETTINGS = {"postfix_ipv6_awx_slices": 4, "postfix_ipv6_awx_canary": "first", "postfix_ipv6_awx_inventory": "Hosts"}
DATA = load(AWX, SETTINGS)


@pytest.fixture(scope="module")
def collections():
    """Where Ansible finds awx.awx."""
    try:
        argument_specs.fetch()
    except argument_specs.UnreachableError as unreachable:
        pytest.skip(f"the modules of awx.awx are not in .build, and PyPI cannot be reached: {unreachable}")
    return argument_specs.COLLECTIONS


@pytest.fixture(scope="module")
def controller():
    """A controller with what README.md says has to be there before."""
    made = Controller()
    made.add("organizations", name="Default")
    made.add("inventories", name="Hosts")
    made.add("credentials", name="Mail hosts")
    return made


@pytest.fixture(scope="module")
def set_up(controller, collections):
    """Give a function that runs the playbook; it gives the names of what has changed."""
    def set_up(**settings):
        done = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), ROOT / "playbooks" / "awx_setup.yml",
             f"--extra-vars={json.dumps({**SETTINGS, **settings})}"],
            check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, "CONTROLLER_HOST": address, "CONTROLLER_OAUTH_TOKEN": TOKEN, "NO_COLOR": "1",
                 "ANSIBLE_COLLECTIONS_PATH": f"{ROOT}/.build/collections:{collections}",
                 "ANSIBLE_HOME": str(ROOT / ".build" / "ansible"), "ANSIBLE_PIPELINING": "1",
                 "ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0"})
        assert done.returncode == 0, done.stdout + done.stderr
        changed = "changed: [localhost] => (item="
        return [line.removeprefix(changed).removesuffix(")") for line in done.stdout.splitlines()
                if line.startswith(changed)]

    with serve(controller) as address:
        yield set_up


def state(controller):
    """What the controller has, without what it was asked."""
    return copy.deepcopy((controller.objects, controller.surveys, controller.associated))


def one(controller, kind, **fields):
    (found,) = controller.find(kind, **fields)
    return found


def names(controller, item, part, field="name"):
    """Give the names of what belongs to an object."""
    return [controller.objects[number][field] for number in controller.associated.get((item["id"], part), [])]


def test_it_makes_all_there_is(controller, set_up):
    set_up()
    for template in DATA["controller_templates"]:
        made = one(controller, "job_templates", name=template["name"])
        for field in ("playbook", "job_type", "forks", "job_slice_count", "become_enabled", "ask_limit_on_launch"):
            assert made[field] == template[field], (template["name"], field)
        assert json.loads(made["extra_vars"]) == template.get("extra_vars", {})
        assert controller.surveys.get(made["id"]) == template.get("survey_spec")
        assert names(controller, made, "credentials") == template["credentials"]
        assert names(controller, made, "notification_templates_error") == template["notification_templates_error"]
        assert controller.objects[made["inventory"]]["name"] == "Hosts"
    for item in DATA["controller_notifications"]:
        messages = one(controller, "notification_templates", name=item["name"])["messages"]
        assert messages == json.loads(json.dumps(item["messages"]).replace("{  {", "{{"))
    schedule = one(controller, "schedules", name="Postfix IPv6 drift")
    assert controller.objects[schedule["unified_job_template"]]["name"] == "Postfix IPv6 drift"


def test_the_nodes_lead_where_they_should(controller, set_up):
    (workflow,) = DATA["controller_workflows"]
    made = one(controller, "workflow_job_templates", name=workflow["name"])
    assert controller.surveys[made["id"]] == workflow["survey_spec"]
    for node in workflow["simplified_workflow_nodes"]:
        found = one(controller, "workflow_job_template_nodes", identifier=node["identifier"],
                    workflow_job_template=made["id"])
        runs = controller.objects[found["unified_job_template"]]
        assert runs["name"] == node.get("unified_job_template", node.get("approval_node", {}).get("name"))
        assert runs.get("timeout") == node.get("approval_node", {}).get("timeout")
        assert (found.get("limit"), found.get("job_slice_count")) == (node.get("limit"), node.get("job_slice_count"))
        for edge in EDGES:
            assert names(controller, found, edge, "identifier") == node.get(edge, [])


def test_a_second_time_it_changes_nothing(controller, set_up):
    before = state(controller)
    controller.written.clear()
    assert set_up() == []
    assert controller.written == []
    assert state(controller) == before


def test_what_somebody_has_edited_is_set_right_again(controller, set_up):
    before = state(controller)
    enable = one(controller, "job_templates", name="Postfix IPv6 enable")
    enable["forks"] = 5
    drift = one(controller, "job_templates", name="Postfix IPv6 drift")
    controller.associated[drift["id"], "notification_templates_error"].clear()
    rollback = one(controller, "job_templates", name="Postfix IPv6 rollback")
    controller.surveys[rollback["id"]]["spec"][0]["default"] = "main.cf.20260101T000000.000000Z.bak"
    canary = one(controller, "workflow_job_template_nodes", identifier="canary")
    controller.associated[canary["id"], "failure_nodes"].clear()
    one(controller, "workflow_approval_templates", name="Turn IPv6 on, the canary first?")["timeout"] = 0
    one(controller, "schedules")["enabled"] = False
    assert set_up() == [
        "Postfix IPv6 enable", "Postfix IPv6 rollback", "Postfix IPv6 drift", "Postfix IPv6 rollout: approve",
        "Postfix IPv6 rollout: canary", "Postfix IPv6 drift"]
    assert state(controller) == before


def test_a_survey_that_awx_refuses_is_refused(controller):
    enable = one(controller, "job_templates", name="Postfix IPv6 enable")
    spec = copy.deepcopy(controller.surveys[enable["id"]])
    spec["spec"][1]["min"] = "0"
    status, said = controller.answer("POST", enable["related"]["survey_spec"], spec)
    assert (status, said) == (400, {"error": "min is no integer: '0'"})
