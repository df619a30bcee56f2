"""Each rule catches what breaks it: sound data are changed in one place, and the table has what is said of it."""

import copy

import pytest

from awx.rules import Site, artifacts, load, problems, resolved, stats

OPTIONS = {
    "postfix_ipv6_outbound": {"type": "str", "choices": ["both", "ipv4", "ipv6"]},
    "postfix_ipv6_restore": {"type": "str"},
    "postfix_ipv6_verify": {"type": "bool"},
    "postfix_ipv6_smtp_bind_address6": {"type": "raw"},
}
TEXT = {"question_name": "Which?", "variable": "postfix_ipv6_restore", "type": "text", "required": False,
        "default": "newest", "min": 1, "max": 9}
NUMBER = {"question_name": "How many?", "variable": "postfix_ipv6_max_fail_percentage", "type": "integer",
          "required": False, "default": 0, "min": 0, "max": 100}
CHOICE = {"question_name": "By what?", "variable": "postfix_ipv6_outbound", "type": "multiplechoice",
          "required": True, "choices": ["both", "ipv4", "ipv6"]}
QUESTIONS = {"text": TEXT, "number": NUMBER, "choice": CHOICE}

TEMPLATE = {"name": "Enable", "project": "P", "execution_environment": "E", "playbook": "playbooks/enable.yml",
            "forks": 50, "job_slice_count": 1, "become_enabled": True, "use_fact_cache": False,
            "ask_limit_on_launch": True, "extra_vars": {"postfix_ipv6_serial": "100%"},
            "notification_templates_success": ["N"]}
REPORT = {**TEMPLATE, "name": "Report", "playbook": "playbooks/report.yml",
          "extra_vars": {"postfix_ipv6_report_directory": "/srv"}}
FIRST = {"identifier": "a", "unified_job_template": "Report", "success_nodes": ["b"]}
SECOND = {"identifier": "b", "approval_node": {"name": "Go on?", "timeout": 60}, "success_nodes": ["c"]}
THIRD = {"identifier": "c", "unified_job_template": "Enable", "limit": "canary"}
WORKFLOW = {"name": "W", "simplified_workflow_nodes": [FIRST, SECOND, THIRD]}
SCHEDULE = {"name": "S", "unified_job_template": "Enable",
            "rrule": "DTSTART;TZID=UTC:20260101T031400 RRULE:FREQ=DAILY;INTERVAL=1"}
NOTIFICATION = {"name": "N", "messages": {
    "success": {"message": "{  { job.name }}", "body": "{  { (job.artifacts or {}).get('rollout_failed', 0) }}"},
    "workflow_approval": {"running": {"message": "{  { approval_node_name }}"}}}}
DATA = {
    "controller_projects": [{"name": "P"}], "controller_execution_environments": [{"name": "E"}],
    "controller_notifications": [NOTIFICATION], "controller_templates": [TEMPLATE, REPORT],
    "controller_workflows": [WORKFLOW], "controller_schedules": [SCHEDULE],
}
KEYS = {*TEMPLATE, *WORKFLOW, *SCHEDULE, *NOTIFICATION, "survey_enabled", "survey_spec", "ask_variables_on_launch",
        "ask_job_slice_count_on_launch", "ask_job_type_on_launch", "job_slice_count", "limit", "job_type",
        "destroy_current_nodes", "notification_templates_approvals"}
SITE = Site(
    options=OPTIONS, artifacts={"rollout_failed"},
    playbooks={"playbooks/enable.yml": {"postfix_ipv6_serial", "postfix_ipv6_max_fail_percentage"},
               "playbooks/report.yml": {"postfix_ipv6_report_directory"}},
    handed_on={**dict.fromkeys(DATA, KEYS),
               "simplified_workflow_nodes": {*FIRST, *SECOND, *THIRD, "job_slice_count", "job_type", "extra_data",
                                             "always_nodes"}},
)
GONE = object()


def changed(item, **fields):
    """Give an object with other fields, or without some."""
    return {name: value for name, value in {**copy.deepcopy(item), **fields}.items() if value is not GONE}


def said(kind, *items):
    """Give what is wrong where these take the place of all objects of a kind."""
    return problems({**DATA, kind: list(items)}, SITE)


def with_survey(*questions, **fields):
    """Give a template with these questions, that nobody but a user launches."""
    spec = {"name": "", "description": "", "spec": list(questions)}
    return changed(TEMPLATE, name="Asking", survey_enabled=True, survey_spec={**spec, **fields})


def said_of(template):
    return said("controller_templates", TEMPLATE, REPORT, template)


def test_sound_data_follow_all_rules():
    assert problems(DATA, SITE) == []
    assert said_of(with_survey(*QUESTIONS.values())) == []


@pytest.mark.parametrize(("question", "fields", "words"), [
    # what the server refuses
    ("text", {"question_name": True}, "question_name is no text: True"),  # question_name: on
    ("text", {"type": GONE}, "type is no text"),
    ("text", {"type": "boolean"}, "type 'boolean' is none of text, "),
    ("text", {"required": "no"}, "required is neither true nor false: 'no'"),
    ("text", {"required": GONE}, "required is neither true nor false: None"),
    ("text", {"question_description": None}, "question_description is no text"),
    ("text", {"default": None}, "default None is of another type than text"),
    ("text", {"default": 5}, "default 5 is of another type than text"),
    ("number", {"default": "5"}, "default '5' is of another type than integer"),
    ("number", {"min": "0"}, "min is no integer: '0'"),
    ("number", {"max": 0.5}, "max is no integer: 0.5"),
    ("choice", {"required": False, "default": "ipv5"}, "default 'ipv5' is none of the choices"),
    # what it takes without a word
    ("text", {"variable": "a b"}, "the name does not begin with postfix_ipv6_"),
    ("text", {"variable": "postfix_ipv6_a-b"}, "no variable has such a name"),
    ("text", {"variable": "ansible_host"}, "the name does not begin with postfix_ipv6_"),
    ("text", {"min": 9, "max": 1}, "min 9 is more than max 1"),
    ("text", {"max": 5}, "default 'newest' is outside of max 5"),
    ("number", {"default": 101}, "default 101 is outside of max 100"),
    ("number", {"default": -1}, "default -1 is outside of min 0"),
    ("number", {"default": True}, "default True is of another type than integer"),
    ("number", {"min": GONE}, "an integer without both min and max"),
    ("text", {"Default": "newest"}, "Default: AWX knows no such key"),
    ("choice", {"choices": []}, "there are no choices"),
    ("choice", {"choices": ["both", "both"]}, "choice \"'both'\" is there twice"),
    ("choice", {"choices": [True, False]}, "choice True is no text"),
    ("choice", {"choices": "both\nipv4", "default": "bot"}, "in a text, AWX takes any part of it for a choice"),
    ("choice", {"required": False}, "is not required and has no default: a blank answer"),
    ("choice", {"min": 1}, "min: a multiplechoice has none"),
    ("text", {"choices": ["newest"]}, "choices: a text has none"),
    ("text", {"type": "password"}, "a credential keeps secrets"),
    ("choice", {"type": "multiselect"}, "AWX drops its default"),
    # what becomes another value on the way
    ("text", {"default": ""}, "a blank default still beats the inventory"),
    ("text", {"default": "010"}, "default '010' is another value to YAML 1.1"),
    ("text", {"default": "no"}, "default 'no' is another value to YAML 1.1"),
    ("text", {"default": "1:10"}, "default '1:10' is another value to YAML 1.1"),
    ("text", {"default": "a: b"}, "default 'a: b' is another value to YAML 1.1"),
    ("text", {"default": "n"}, "default 'n' is another value to YAML 1.1"),
    ("text", {"default": "{{ x }}"}, "default '{{ x }}' is not rendered"),
    ("choice", {"choices": ["on", "off"]}, "choice 'on' is another value to YAML 1.1"),
    # what the role makes of it
    ("text", {"variable": "postfix_ipv6_nothing"}, "there is no such variable"),
    ("text", {"variable": "postfix_ipv6_smtp_bind_address6"}, "is the inventory's"),
    ("text", {"variable": "postfix_ipv6_verify"}, "is the inventory's"),
    ("text", {"variable": "postfix_ipv6_outbound", "default": GONE}, "takes some values only"),
    ("choice", {"choices": ["both", "ipv5"]}, "'ipv5' is not taken: value of postfix_ipv6_outbound must be one of"),
    ("choice", {"default": "both"}, "has a default, which would beat the inventory"),
    ("number", {"max": 101}, "101 is not taken"),
    ("number", {"min": -1}, "-1 is not taken"),
])
def test_question(question, fields, words):
    found = said_of(with_survey(changed(QUESTIONS[question], **fields)))
    assert [one for one in found if words in one], found


def test_question_that_its_playbook_does_not_read():
    (found,) = said_of(changed(with_survey(NUMBER), playbook="playbooks/report.yml", extra_vars={}))
    assert "question postfix_ipv6_max_fail_percentage: no playbook that is run reads it" in found


@pytest.mark.parametrize(("fields", "words"), [
    ({"name": None}, "survey_spec.name is no text"),
    ({"description": True}, "survey_spec.description is no text"),
    ({"spec": []}, "survey_spec.spec has no questions"),
    ({"spec": None}, "survey_spec.spec has no questions"),
    ({"questions": []}, "survey_spec.questions: AWX knows no such key"),
    ({"spec": [TEXT, TEXT]}, "question postfix_ipv6_restore: is there twice"),
])
def test_survey(fields, words):
    (found,) = said_of(with_survey(TEXT, **fields))
    assert words in found


def test_survey_that_is_switched_off():
    (found,) = said_of(changed(with_survey(TEXT), survey_enabled=False))
    assert "survey_enabled without survey_spec" in found


def test_question_without_an_answer_where_nobody_can_give_one():
    asking = changed(with_survey(CHOICE), name="Enable")
    (found,) = said("controller_templates", REPORT, asking)
    assert "required, but a schedule or workflow launches this template" in found


@pytest.mark.parametrize(("fields", "words"), [
    ({"playbook": "playbooks/nothing.yml", "extra_vars": {}}, "playbook: playbooks/nothing.yml is none of awx/project"),
    ({"forks": 0}, "forks: without a number"),
    ({"forks": GONE}, "forks: without a number"),
    ({"use_fact_cache": True}, "use_fact_cache"),
    ({"become_enabled": False}, "become_enabled"),
    ({"ask_variables_on_launch": True}, "ask_variables_on_launch"),
    ({**REPORT, "name": "Another", "job_slice_count": 2}, "puts all hosts together"),
    ({**REPORT, "name": "Another", "ask_job_slice_count_on_launch": True}, "puts all hosts together"),
    ({"extra_vars": {"postfix_ipv6_report_directory": "/srv"}}, "nothing reads postfix_ipv6_report_directory"),
    ({"extra_vars": {"postfix_ipv6_verify": False}}, "extra_vars: postfix_ipv6_verify is the inventory's"),
    ({"project": "Q"}, "project: there is no Q"),
    ({"execution_environment": "F"}, "execution_environment: there is no F"),
    ({"notification_templates_success": ["M"]}, "notification_templates_success: there is no M"),
    ({"become": True}, "become: playbooks/awx_setup.yml hands on no such key"),
    ({"name": "Report"}, "Report is there twice"),
])
def test_job_template(fields, words):
    (found,) = said_of(changed(TEMPLATE, **{"name": "Another", **fields}))
    assert words in found


@pytest.mark.parametrize("changes", [
    {"controller_workflows": [changed(WORKFLOW, name="Report")]},
    {"controller_projects": [{"name": "P"}, {"name": "W"}]},
    {"controller_workflows": [changed(WORKFLOW, simplified_workflow_nodes=[
        FIRST, changed(SECOND, approval_node={"name": "Report", "timeout": 60}), THIRD])]},
], ids=str)
def test_names_that_several_things_have(changes):
    (found,) = problems({**DATA, **changes}, SITE)
    assert "is the name of several things" in found


@pytest.mark.parametrize(("number", "fields", "words"), [
    (0, {"unified_job_template": "Nothing"}, "node a: there is no template Nothing"),
    (1, {"unified_job_template": "Report"}, "node b: is either unified_job_template or approval_node"),
    (1, {"approval_node": GONE}, "node b: is either unified_job_template or approval_node"),
    (1, {"approval_node": {"name": "Go on?"}}, "node b: approval_node: without a timeout"),
    (1, {"approval_node": {"name": "Go on?", "timeout": 1, "text": ""}}, "approval_node.text: AWX knows no such key"),
    (2, {"success_nodes": ["d"]}, "node c: leads to d, which is not there"),
    (2, {"always_nodes": ["b"]}, "nodes run in a circle: b -> c -> b"),
    (1, {"success_nodes": []}, "node c: does not come after a, so it would run at once"),
    (1, {"always_nodes": ["c"]}, "node b: leads to c by more than one way"),
    (2, {"job_type": "check"}, "node c: job_type: Enable has no ask_job_type_on_launch, so AWX would drop it"),
    (2, {"extra_data": {"postfix_ipv6_serial": "1"}}, "extra_data: Enable does not ask for postfix_ipv6_serial"),
    (2, {"next": "a"}, "node c: next: playbooks/awx_setup.yml hands on no such key"),
])
def test_node(number, fields, words):
    nodes = [FIRST, SECOND, THIRD]
    nodes[number] = changed(nodes[number], **fields)
    (found,) = said("controller_workflows", changed(WORKFLOW, simplified_workflow_nodes=nodes))
    assert words in found


@pytest.mark.parametrize(("fields", "words"), [
    ({"limit": "all"}, "limit: would take the place of that of node c"),
    ({"ask_limit_on_launch": True}, "limit: would take the place of that of node c"),
    ({"destroy_current_nodes": True}, "destroy_current_nodes"),
    ({"notification_templates_approvals": ["M"]}, "notification_templates_approvals: there is no M"),
    ({"simplified_workflow_nodes": [FIRST, SECOND, THIRD, THIRD]}, "node c: is there twice"),
])
def test_workflow(fields, words):
    (found,) = said("controller_workflows", changed(WORKFLOW, **fields))
    assert words in found


def test_a_few_hosts_are_not_sliced():
    sliced = changed(TEMPLATE, job_slice_count=6)
    (found,) = said("controller_templates", sliced, REPORT)
    assert "node c: job_slice_count: 6 slices of canary, and those without a host fail" in found


@pytest.mark.parametrize(("fields", "words"), [
    ({"unified_job_template": "Nothing"}, "there is no template Nothing"),
    ({"job_type": "check"}, "Enable has no ask_job_type_on_launch"),
    ({"rrule": "FREQ=DAILY;INTERVAL=1"}, "begins with no DTSTART"),
    ({"rrule": "DTSTART:20260101T031400Z RRULE:FREQ=DAILY"}, "has no INTERVAL="),
])
def test_schedule(fields, words):
    (found,) = said("controller_schedules", changed(SCHEDULE, **fields))
    assert words in found


@pytest.mark.parametrize(("messages", "words"), [
    ({"failure": {}}, "messages.failure: AWX knows no such event"),
    ({"success": {"text": ""}}, "text: AWX knows no such key"),
    ({"success": {"message": "a\nb"}}, "message: has more than one line"),
    ({"success": {"message": "{  { job.hosts }}"}}, "has no attribute 'hosts'"),
    ({"success": {"message": "{  { secret }}"}}, "'secret' is undefined"),
    ({"success": {"message": "{  { approval_status }}"}}, "'approval_status' is undefined"),
    ({"success": {"message": "{  { job.name }"}}, "unexpected '}'"),
    ({"error": {"body": "{  { job.artifacts.rollout_failed }}"}}, "has no attribute 'rollout_failed'"),
    ({"error": {"body": "{  { job.artifacts.get('rollout_failed', 0) }}"}}, "without counts, 'None' has no attribute"),
    ({"error": {"body": "{  { (job.artifacts or {}).get('rollout_fialed', 0) }}"}}, "no playbook tells rollout_fialed"),
    ({"workflow_approval": {"asked": {}}}, "workflow_approval.asked: AWX knows no such event"),
    ({"workflow_approval": {"running": {"body": "{  { who }}"}}}, "workflow_approval.running.body: 'who' is undefined"),
])
def test_notification(messages, words):
    (found,) = said("controller_notifications", changed(NOTIFICATION, messages=messages))
    assert words in found


@pytest.mark.parametrize(("name", "words"), [
    ("postfix_ipv6_serial", "would set the variable in all jobs that come after"),
    ("postfix_ipv6_failed", "would set the variable in all jobs that come after"),
    ("failed", "has not the prefix of what is told"),
])
def test_artifact(name, words):
    by_name = [{"hosts": "all", "tasks": [{"block": [{"ansible.builtin.set_stats": {"data": {name: 1}}}]}]}]
    by_filter = [{"ansible.builtin.set_stats": {"data": "{{ (hostvars | inet6.postfix.sum([])).stats }}"}}]
    by_template = [{"ansible.builtin.set_stats": {"data": "{{ {'" + name + "': found | length} }}"}}]
    for playbook in (by_name, by_filter, by_template):
        (found,) = artifacts(stats(playbook, {"sum": [name]}), OPTIONS)
        assert found.startswith(name)
        assert words in found


def test_settings_keep_their_type():
    settings = {"slices": 4, "group": "canary", "to": ["a", "b"]}
    assert resolved({"a": ["{{ slices }}", "{{ to }}", "all:!{{ group }}", 5]}, settings) == {
        "a": [4, ["a", "b"], "all:!canary", 5]}


@pytest.mark.parametrize("value", [
    "{{ nothing }}", "{{ slices | int }}", "{% if slices %}1{% endif %}", "{{ job.id }}",
])
def test_data_hold_no_policy(value):
    with pytest.raises(ValueError, match="write the name of a setting"):
        resolved([{"a": value}], {"slices": 4})


def test_no_variable_is_in_two_files(tmp_path):
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("controller_templates: []\n")
    with pytest.raises(ValueError, match=r"b\.yml: controller_templates is in another file too"):
        load(tmp_path)


def test_nothing_merged_is_overridden(tmp_path):
    (tmp_path / "a.yml").write_text("controller_templates:\n- <<: &x {forks: 1}\n  name: a\n- <<: *x\n  forks: 2\n")
    with pytest.raises(ValueError, match=r"a\.yml: forks is in what is merged too"):
        load(tmp_path)
