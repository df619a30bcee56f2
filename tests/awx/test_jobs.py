"""What AWX makes of answers, and hands to ansible-runner; molecule/awx runs the jobs."""

import pytest

from awx.jobs import RefusedError, answered, command_line, extra_vars, sliced

TEXT = {"variable": "text", "type": "text", "required": False, "default": "newest", "min": 1, "max": 6}
NUMBER = {"variable": "number", "type": "integer", "required": False, "default": 0, "min": 0, "max": 100}
CHOICE = {"variable": "choice", "type": "multiplechoice", "required": True, "choices": ["ipv4", "ipv6"]}
INVENTORY = {"_meta": {"hostvars": {"a": {"x": 1}, "b": {}, "c": {}}}, "all": {"hosts": ["a", "b", "c"]},
             "canary": {"hosts": ["b"]}}


@pytest.mark.parametrize(("questions", "answers", "variables"), [
    ([TEXT, NUMBER], {}, {"text": "newest", "number": 0}),
    ([TEXT, NUMBER], {"number": 7}, {"text": "newest", "number": 7}),
    ([CHOICE], {"choice": "ipv4"}, {"choice": "ipv4"}),
    ([{**TEXT, "default": ""}], {}, {}),  # too short, so it is dropped
    ([{**TEXT, "default": "", "min": 0}], {}, {"text": ""}),
    ([{**NUMBER, "default": 101}], {}, {}),
])
def test_answers(questions, answers, variables):
    assert answered({"spec": questions}, answers) == variables


@pytest.mark.parametrize(("question", "answers", "words"), [
    (CHOICE, {}, "'choice' value missing"),
    (CHOICE, {"choice": ""}, "Value '' for 'choice'"),
    (CHOICE, {"choice": ["ipv4"]}, "for 'choice' is not taken"),
    (TEXT, {"text": ""}, "Value '' for 'text'"),
    (TEXT, {"text": "too long"}, "Value 'too long'"),
    (TEXT, {"text": 5}, "Value 5"),
    (NUMBER, {"number": "5"}, "Value '5'"),
    (NUMBER, {"number": True}, "Value True"),
    (NUMBER, {"number": -1}, "Value -1"),
    (NUMBER, {"other": 1}, "Variables other are not allowed on launch"),
])
def test_answers_that_are_refused(question, answers, words):
    with pytest.raises(RefusedError, match=words):
        answered({"spec": [question]}, answers)


def test_only_what_a_template_says_itself_is_templated():
    trusted = {"directory": "{{ playbook_dir }}"}
    assert extra_vars({**trusted, "answer": "{{ x }}", "number": 5, "list": ["no"]}, trusted) == (
        "directory: '{{ playbook_dir }}'\n"
        "!unsafe 'answer': !unsafe '{{ x }}'\n"
        "!unsafe 'number': 5\n"
        "!unsafe 'list':\n- !unsafe 'no'\n")
    assert extra_vars({"directory": "{{ other }}"}, trusted) == "!unsafe 'directory': !unsafe '{{ other }}'\n"


def test_a_slice_has_its_hosts_only():
    assert sliced(INVENTORY, ["a", "c"]) == {
        "_meta": {"hostvars": {"a": {"x": 1}, "c": {}}}, "all": {"hosts": ["a", "c"]}, "canary": {"hosts": []}}


@pytest.mark.parametrize(("fields", "arguments"), [
    ({"job_type": "run"}, "-u root"),
    ({"job_type": "check", "become_enabled": True, "diff_mode": True, "forks": 50, "limit": "all:!canary"},
     "--check -u root --become --diff --forks=50 -l all:!canary"),
])
def test_command_line(fields, arguments):
    assert " ".join(command_line(fields)) == arguments
