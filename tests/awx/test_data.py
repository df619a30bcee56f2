"""What the folder awx says follows the rules, and is what playbooks/awx_setup.yml and README.md speak of."""

import re

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import POLICY_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.plugin_utils._rollout import rollout
from lab.process import ROOT

from awx import argument_specs
from awx.calls import calls, handed_on
from awx.rules import ESCAPED, PREFIX, RUN_CONTROLS, Site, artifacts, load, problems, stats

AWX = ROOT / "awx"
PROJECT = AWX / "project"
README = (AWX / "README.md").read_text()
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
OPTIONS = yaml.safe_load((ROOT / "roles/postfix_ipv6/meta/argument_specs.yml").read_text())["argument_specs"]["main"][
    "options"]
# The role takes a blank for it too, which is no answer: those are the module's.
OPTIONS["postfix_ipv6_outbound"] = POLICY_ARGUMENTS["outbound"]
DATA = load(AWX)
SETTINGS = yaml.safe_load((AWX / "settings.yml").read_text())
TOLD = {name for file in PLAYBOOKS for name in stats(
    yaml.safe_load(file.read_text()), {"rollout": rollout({}, [])["stats"]})}
SITE = Site(
    options=OPTIONS,
    playbooks={f"playbooks/{file.name}": set(re.findall(rf"\b{PREFIX}\w+", file.read_text())) - set(OPTIONS)
               for file in PLAYBOOKS if PROJECT.joinpath("playbooks", file.name).exists()},
    artifacts=TOLD,
    handed_on=handed_on(),
)


def test_data_follow_all_rules():
    assert problems(DATA, SITE) == []


def test_what_playbooks_tell_sets_no_variable():
    assert list(artifacts(TOLD, OPTIONS)) == []
    assert {name for item in DATA["controller_notifications"] for name in re.findall(
        r"get\('(\w+)'", str(item["messages"]))} == {name for name in TOLD if not name.endswith("_names")}, (
            "mails tell all counts, and no names")


def test_each_playbook_for_hosts_has_a_job_template():
    there = {file.stem for file in PLAYBOOKS} - {"awx_setup"}
    assert {file.stem for file in PROJECT.glob("playbooks/*.yml")} == there
    assert {template["playbook"] for template in DATA["controller_templates"]} == set(SITE.playbooks)


@pytest.mark.parametrize("file", sorted(PROJECT.glob("playbooks/*.yml")), ids=lambda file: file.stem)
def test_playbook_of_the_project_is_ours(file):
    (play,) = yaml.safe_load(file.read_text())
    assert play["ansible.builtin.import_playbook"] == f"inet6.postfix.{file.stem}"


def test_settings_are_used_and_described():
    raw = "".join(file.read_text() for file in AWX.glob("*.yml") if file.name != "settings.yml")
    for name in SETTINGS:
        assert f"{{{{ {name} }}}}" in raw, f"nothing uses {name}"
        assert f"`{name}`" in README, f"README.md does not say what {name} is"


def test_what_has_to_be_there_before_is_described():
    needed = {name for item in (*DATA["controller_templates"], *DATA["controller_workflows"])
              for name in (item["organization"], item["inventory"], *item.get("credentials", []))}
    assert needed
    assert [name for name in needed if f"`{name}`" not in README] == []


def test_a_setting_of_the_user_reaches_what_it_is_for():
    assert {template["forks"] for template in DATA["controller_templates"]} == {50}
    assert {template["organization"] for template in DATA["controller_templates"]} == {
        SETTINGS["postfix_ipv6_awx_organization"]}


def test_no_node_of_the_workflow_turns_ipv6_on_before_somebody_approves():
    (rollout,) = DATA["controller_workflows"]
    nodes = {node["identifier"]: node for node in rollout["simplified_workflow_nodes"]}
    before = ["preflight"]
    for name in before:
        node = nodes[name]
        if "approval_node" not in node:
            assert node["unified_job_template"] in ("Postfix IPv6 preflight", "Postfix IPv6 report")
            before += node["success_nodes"]
    assert before == ["preflight", "report-before", "approve"]


def test_messages_reach_awx_with_its_own_braces():
    sent = [arguments["messages"] for module, arguments in calls(DATA) if module == "notification_template"]
    assert len(sent) == len(DATA["controller_notifications"])
    for messages in sent:
        assert ESCAPED not in str(messages)
        assert "{{ " in messages["success"]["message"]


def test_linter_knows_the_modules():
    mocks = yaml.safe_load((ROOT / ".ansible-lint").read_text())["mock_modules"]
    assert mocks == sorted({f"awx.awx.{module}" for module, _arguments in calls(DATA)})


def test_calls_are_taken_by_the_modules():
    try:
        argument_specs.fetch()
    except argument_specs.UnreachableError as unreachable:
        pytest.skip(f"the modules of awx.awx are not in .build, and PyPI cannot be reached: {unreachable}")
    for module, arguments in calls(DATA):
        name = arguments.get("name", arguments.get("identifier"))
        validator = ArgumentSpecValidator(argument_specs.specification(module))
        assert validator.validate(arguments).error_messages == [], f"{module} {name}"


def test_run_controls_are_read_by_playbooks_and_not_by_the_role():
    assert not set(RUN_CONTROLS) & set(OPTIONS)
    assert set(RUN_CONTROLS) <= set().union(*SITE.playbooks.values())
