"""What AWX and the collection ask of the data in the folder awx, each rule a function that gives what is wrong.

The rules are those of AWX 24.6 (awx/api/views, awx/main/models/mixins.py), and those that its server does not know but
a job dies of, or does something else by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Item = Mapping[str, Any]
Problems = Iterator[str]

PREFIX = "postfix_ipv6_"
ESCAPED = "{  {"
"""What the controller-configuration collections write for the two braces that are AWX's and not Ansible's."""

RUN_CONTROLS: Mapping[str, Item] = {
    "postfix_ipv6_serial": {"type": "str"},
    "postfix_ipv6_max_fail_percentage": {"type": "int", "choices": range(101)},
}
"""Variables of playbooks that say how to run, as options of an argument spec."""

ASKED = frozenset({"postfix_ipv6_outbound", "postfix_ipv6_restore"})
"""Variables of the role that a survey may ask for. An answer holds for all hosts, so all others are the inventory's."""

INVENTORYS = ASKED - {"postfix_ipv6_restore"}
"""Of these, those that the inventory may have too: a default would beat it on every host, asked for or not."""

TOLD = re.compile(r"\b(?:preflight|rollout)_\w+")
"""The names that playbooks hand counts on by, in set_stats."""

FOR_ALL_HOSTS = frozenset({"preflight", "report"})
"""Playbooks that put something together of all hosts: of a slice each would be wrong."""

TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,), "textarea": (str,), "password": (str,), "multiplechoice": (str,), "multiselect": (str,),
    "integer": (int,), "float": (int, float),
}
"""The types of survey questions, and those of their default."""

NEVER: Mapping[str, str] = {
    "password": "a credential keeps secrets",
    "multiselect": "AWX drops its default at every launch; ask for a text or a multiplechoice",
}
TEXTS = ("text", "textarea")
QUESTION_KEYS = frozenset({"question_name", "question_description", "variable", "type", "required", "default", "min",
                           "max", "choices"})
SURVEY_KEYS = frozenset({"name", "description", "spec"})
SPELLINGS_OF_TRUTH = frozenset({"y", "Y", "n", "N"})
"""Booleans of YAML 1.1 that PyYAML does not know, but others do."""

EDGES = ("success_nodes", "failure_nodes", "always_nodes")
PROMPTS = ("limit", "job_type", "job_slice_count", "diff_mode", "inventory", "credentials", "forks", "scm_branch",
           "verbosity", "timeout", "job_tags", "skip_tags")
"""What a node or schedule may set, where the template asks for it."""

PROMPT_OF = {"job_tags": "tags", "credentials": "credential"}
OF_WORKFLOW = ("limit", "job_tags", "skip_tags", "scm_branch")
"""What a workflow hands on to all of its nodes."""

EVENTS = {"started", "success", "error", "workflow_approval"}
APPROVAL_EVENTS = {"running", "approved", "denied", "timed_out"}

COUNTS = dict.fromkeys(("ok", "changed", "failures", "dark", "processed", "rescued", "skipped", "ignored"), 0)
CONTEXT: Item = {
    "job": {
        "id": 1, "name": "n", "status": "successful", "limit": "", "job_type": "run", "elapsed": 1.0, "artifacts": {},
        "host_status_counts": COUNTS, "scm_revision": "", "summary_fields": {
            "inventory": {"id": 1, "name": "n", "description": ""}, "project": {"id": 1, "name": "n"},
            "job_template": {"id": 1, "name": "n"}, "created_by": {"id": 1, "username": "u"},
        },
    },
    "url": "u", "job_friendly_name": "Job", "job_metadata": "{}",
}
"""The names that a message may use (JobNotificationMixin.JOB_FIELDS_ALLOWED_LIST)."""

APPROVAL_CONTEXT: Item = {"approval_status": "approved", "approval_node_name": "n", "workflow_url": "u"}


@dataclass(frozen=True)
class Site:
    """What the rest of the checkout has, which the data names."""

    options: Mapping[str, Item]
    """The options of the role's argument spec."""
    playbooks: Mapping[str, Collection[str]]
    """The variables that each playbook reads beside those of the role, by its path in the example project."""
    artifacts: Collection[str]
    """The names that playbooks hand counts on by, in set_stats."""
    handed_on: Mapping[str, Collection[str]]
    """The keys that playbooks/awx_setup.yml hands on, by the kind of object."""


def load(directory: Path, given: Item = MappingProxyType({})) -> dict[str, Any]:
    """Give what the data files say, with the settings in their places, as include_vars and Ansible would.

    Args:
        directory: the folder awx.
        given: settings of a user, which take the place of those in settings.yml.

    Raises:
        ValueError: there is Jinja that is not the name of a setting, or a name is there twice.
    """
    settings: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for file in sorted(directory.glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if merged := overridden(yaml.compose(text)):
            raise ValueError(f"{file.name}: {merged[0]} is in what is merged too, of which Ansible warns each time")
        for name, value in yaml.safe_load(text).items():
            place = settings if file.name == "settings.yml" else data
            if name in place:
                raise ValueError(f"{file.name}: {name} is in another file too")
            place[name] = value
    return {name: resolved(value, {**settings, **given}) for name, value in data.items()}


def overridden(node: Any) -> list[str]:
    """Give the keys beside a ``<<`` that are also in what it merges, in all of a document."""
    if isinstance(node, yaml.SequenceNode):
        return [key for part in node.value for key in overridden(part)]
    if not isinstance(node, yaml.MappingNode):
        return []
    merged = {key.value for name, part in node.value if name.value == "<<" for key, _value in part.value}
    return [*(name.value for name, _part in node.value if name.value in merged),
            *(key for _name, part in node.value for key in overridden(part))]


def resolved(value: Any, settings: Item) -> Any:
    """Put settings in the place of their names.

    Raises:
        ValueError: there is other Jinja, which would be policy among the data.
    """
    if isinstance(value, Mapping):
        return {name: resolved(part, settings) for name, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, settings) for part in value]
    if not isinstance(value, str):
        return value
    if (whole := re.fullmatch(r"{{ (\w+) }}", value)) and whole[1] in settings:
        return settings[whole[1]]
    text = re.sub(r"{{ (\w+) }}", lambda name: str(settings.get(name[1], name[0])), value)
    if re.search(r"{[{%#]", text):
        raise ValueError(f"{value}: write the name of a setting, or {ESCAPED} for AWX's own braces")
    return text


def problems(data: Item, site: Site) -> list[str]:
    """Give all that is wrong, each as one line that begins with the object.

    Args:
        data: as :func:`load` gives it.
        site: what it is held against.
    """
    found = []
    for kind, rules in RULES.items():
        for item in data.get(kind, []):
            where = f"{kind.removeprefix('controller_')}: {item.get('name')}"
            found += [f"{where}: {problem}" for rule in rules for problem in rule(item, data, site)]
            found += [f"{where}: {problem}" for problem in keys(item, site.handed_on.get(kind, ()))]
    return [*names(data), *found]


# --- all objects


def names(data: Item) -> Problems:
    """Each name is there once among its kind, and all that is referenced is there."""
    for kind, items in data.items():
        yield from (f"{kind}: {name} is there twice" for name in twice(item["name"] for item in items))
    nodes = [node for item in data.get("controller_workflows", []) for node in item["simplified_workflow_nodes"]]
    launched = [*(name for kind in LAUNCHED for name in by_name(data, kind)),
                *(node["approval_node"].get("name") for node in nodes if "approval_node" in node)]
    yield from (f"{name} is the name of several things that a node or schedule may mean" for name in twice(launched))
    for kind in ("controller_templates", "controller_workflows"):
        for item in data.get(kind, []):
            for field, of_kind in REFERENCES.items():
                value = item.get(field, [])
                for name in [value] if isinstance(value, str) else value:
                    if name not in by_name(data, of_kind):
                        yield f"{kind.removeprefix('controller_')}: {item['name']}: {field}: there is no {name}"


def keys(item: Item, known: Collection[str]) -> Problems:
    """No key is there that playbooks/awx_setup.yml would drop."""
    yield from (f"{key}: playbooks/awx_setup.yml hands on no such key" for key in item if key not in known)


# --- surveys


def survey(item: Item, data: Item, site: Site) -> Problems:
    """All rules of a survey, of a job template or a workflow."""
    spec = item.get("survey_spec")
    if bool(item.get("survey_enabled")) != (spec is not None):
        yield "survey_enabled without survey_spec, or the other way round"
    if spec is None:
        return
    yield from survey_shape(spec)
    questions = spec.get("spec") or []
    for question in questions:
        name = question.get("variable")
        yield from (f"question {name}: {problem}" for rule in QUESTION_RULES for problem in rule(question))
        yield from (f"question {name}: {problem}" for problem in meaning(question, site.options))
        if name in RUN_CONTROLS and not any(name in site.playbooks.get(one, ()) for one in runs(item, data)):
            yield f"question {name}: no playbook that is run reads it"
    yield from (f"question {name}: is there twice" for name in twice(one.get("variable") for one in questions))
    for question in questions:
        if question.get("required") is True and item.get("name") in launched_by_others(data):
            yield (f"question {question.get('variable')}: required, but a schedule or workflow launches this template,"
                   " which gives no answer; give a default instead")


def survey_shape(spec: Item) -> Problems:
    """A survey has a name, a description and questions, and nothing else."""
    for key in ("name", "description"):
        if not isinstance(spec.get(key), str):
            yield f"survey_spec.{key} is no text"
    if not isinstance(spec.get("spec"), list) or not spec["spec"]:
        yield "survey_spec.spec has no questions"
    yield from (f"survey_spec.{key}: AWX knows no such key" for key in spec if key not in SURVEY_KEYS)


def question_shape(question: Item) -> Problems:
    """A question has all keys, of the right type, and no others; AWX takes any others without a word."""
    for key in ("type", "question_name", "variable"):
        if not isinstance(question.get(key), str):
            yield f"{key} is no text: {question.get(key)!r}"
    if not isinstance(question.get("required"), bool):
        yield f"required is neither true nor false: {question.get('required')!r}"
    if not isinstance(question.get("question_description", ""), str):
        yield "question_description is no text"
    kind = str(question.get("type"))
    if kind not in TYPES:
        yield f"type {kind!r} is none of {', '.join(TYPES)}"
    if kind in NEVER:
        yield f"type {kind}: {NEVER[kind]}"
    yield from (f"{key}: AWX knows no such key" for key in question if key not in QUESTION_KEYS)


def variable_name(question: Item) -> Problems:
    """AWX takes ``a b``, ``a-b`` and ``ansible_host`` for names of variables."""
    name = question.get("variable")
    if isinstance(name, str) and not re.fullmatch(PREFIX + "[a-z0-9_]+", name):
        yield f"the name does not begin with {PREFIX}, or no variable has such a name"


def bounds(question: Item) -> Problems:
    """Bounds are integers, the right way round, and only where they mean anything."""
    given = {key: question[key] for key in ("min", "max") if question.get(key) is not None}
    for key, value in given.items():
        if not is_integer(value):
            yield f"{key} is no integer: {value!r}"
    kind = question.get("type")
    if given and kind in ("multiplechoice", "multiselect"):
        yield f"{' and '.join(given)}: a {kind} has none"
    if kind == "integer" and len(given) < 2:
        yield "an integer without both min and max"
    if all(map(is_integer, given.values())) and given.get("min", 0) > given.get("max", float("inf")):
        yield f"min {given['min']} is more than max {given['max']}"


def default(question: Item) -> Problems:
    """A default is one that an answer could be: AWX drops one that is outside of the bounds."""
    if "default" not in question:
        return
    value, kind = question["default"], question.get("type")
    if isinstance(value, bool) or not isinstance(value, TYPES.get(str(kind), object)):
        yield f"default {value!r} is of another type than {kind}"
        return
    if value == "":
        yield "a blank default still beats the inventory, and is null to ansible-core from 2.19 on; leave it out"
        return
    size: Any = len(value) if isinstance(value, str) else value
    for key, sign in (("min", 1), ("max", -1)):
        if is_integer(question.get(key)) and sign * size < sign * question[key]:
            yield f"default {value!r} is outside of {key} {question[key]}"
    if kind == "multiplechoice" and isinstance(question.get("choices"), list) and value not in question["choices"]:
        yield f"default {value!r} is none of the choices"
    if isinstance(value, str):
        yield from (f"default {problem}" for problem in as_text(value))


def choices(question: Item) -> Problems:
    """Choices are a list of different words that stay words whichever ansible-core reads them."""
    given, kind = question.get("choices"), question.get("type")
    if kind not in ("multiplechoice", "multiselect"):
        if given is not None:
            yield f"choices: a {kind} has none"
        return
    if not isinstance(given, list):
        yield "choices is no list: in a text, AWX takes any part of it for a choice"
        return
    if not given:
        yield "there are no choices"
    yield from (f"choice {value!r} is there twice" for value in twice(map(repr, given)))
    for value in given:
        if isinstance(value, str):
            yield from (f"choice {problem}" for problem in as_text(value))
        else:
            yield f"choice {value!r} is no text"


def meaning(question: Item, options: Mapping[str, Item]) -> Problems:
    """The variable is one that a run has and not a host, and all answers are such that it takes them."""
    name = str(question.get("variable"))
    if name in RUN_CONTROLS:
        option = RUN_CONTROLS[name]
    elif name not in options:
        yield "there is no such variable of the role or of a run"
        return
    elif name not in ASKED:
        yield "is the inventory's: an answer would hold for all hosts"
        return
    else:
        option = options[name]
    if name in INVENTORYS and "default" in question:
        yield "has a default, which would beat the inventory on every host"
    validator = ArgumentSpecValidator({name: {"type": option.get("type"), "choices": option.get("choices")}})
    answers = [*(question.get("choices") or [])] if isinstance(question.get("choices"), list) else []
    answers += [question["default"]] if "default" in question else []
    if question.get("type") == "integer":
        answers += [question[key] for key in ("min", "max") if question.get(key) is not None]
    for answer in answers:
        for error in validator.validate({name: answer}).error_messages:
            yield f"{answer!r} is not taken: {error}"
    if option.get("choices") is not None and not question.get("required") and "default" not in question:
        yield "is not required and has no default: a blank answer is none that is taken"
    if question.get("type") in TEXTS and option.get("choices") is not None:
        yield "takes some values only: ask for a multiplechoice, or for an integer"


def as_text(value: str) -> Problems:
    """An answer stays the text that it is: ansible-core from 2.19 on reads what AWX hands on as YAML 1.1 once more."""
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        read = None
    if read != value or value in SPELLINGS_OF_TRUTH:
        yield f"{value!r} is another value to YAML 1.1"
    if re.search(r"{[{%#]", value):
        yield f"{value!r} is not rendered: AWX marks answers as unsafe"


# --- job templates


def job_template(item: Item, data: Item, site: Site) -> Problems:
    """What a template needs to run our playbooks on many hosts."""
    playbook = item.get("playbook", "")
    if playbook not in site.playbooks:
        yield f"playbook: {playbook} is none of awx/project"
    if item.get("forks", 0) < 1:
        yield "forks: without a number, Ansible's 5"
    if item.get("use_fact_cache"):
        yield "use_fact_cache: AWX stores no facts with ansible-core from 2.19 on, nor with slices"
    if not item.get("become_enabled"):
        yield "become_enabled: Postfix is root's"
    if item.get("ask_variables_on_launch"):
        yield "ask_variables_on_launch: whoever may launch it could set anything on all hosts; ask in the survey"
    if Path(playbook).stem in FOR_ALL_HOSTS and (
            item.get("job_slice_count") != 1 or item.get("ask_job_slice_count_on_launch")):
        yield f"job_slice_count: {playbook} puts all hosts together, so there is one slice"
    for name in item.get("extra_vars", {}):
        if name not in site.options and name not in site.playbooks.get(playbook, ()):
            yield f"extra_vars: nothing reads {name}"
        elif name in site.options and name not in ASKED:
            yield f"extra_vars: {name} is the inventory's"


# --- workflows


def workflow(item: Item, data: Item, site: Site) -> Problems:
    """The nodes are a graph that AWX takes, and that runs all of them."""
    nodes = {node.get("identifier"): node for node in item.get("simplified_workflow_nodes", [])}
    yield from (f"node {name}: is there twice"
                for name in twice(node.get("identifier") for node in item.get("simplified_workflow_nodes", [])))
    for name, node in nodes.items():
        yield from (f"node {name}: {problem}" for rule in (node_runs, node_prompts, node_slices)
                    for problem in rule(node, data))
        yield from (f"node {name}: {key}: playbooks/awx_setup.yml hands on no such key"
                    for key in node if key not in site.handed_on.get("simplified_workflow_nodes", ()))
        yield from (f"node {name}: leads to {child}, which is not there" for child in after(node)
                    if child not in nodes)
        yield from (f"node {name}: leads to {child} by more than one way" for child in twice(after(node)))
    if nodes:
        yield from graph(nodes)
    for key in OF_WORKFLOW:
        for name, node in nodes.items():
            if node.get(key) and (item.get(key) or item.get(f"ask_{PROMPT_OF.get(key, key)}_on_launch")):
                yield f"{key}: would take the place of that of node {name}"
    if item.get("destroy_current_nodes"):
        yield "destroy_current_nodes: makes a change of every run"


def graph(nodes: Mapping[str, Item]) -> Problems:
    """No node comes after itself, and all come after the first."""
    first, *_rest = nodes
    reached: set[str] = set()
    path: list[str] = []
    loops: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            loops.append(" -> ".join([*path[path.index(name):], name]))
        elif name in nodes and name not in reached:
            reached.add(name)
            path.append(name)
            for child in after(nodes[name]):
                visit(child)
            path.pop()

    visit(first)
    yield from (f"nodes run in a circle: {loop}" for loop in loops)
    yield from (f"node {name}: does not come after {first}, so it would run at once"
                for name in nodes if name not in reached)


def node_runs(node: Item, data: Item) -> Problems:
    """A node is a template that there is, or an approval that ends."""
    name, approval = node.get("unified_job_template"), node.get("approval_node")
    if (name is None) == (approval is None):
        yield "is either unified_job_template or approval_node"
    if name is not None and name not in by_name(data, "controller_templates"):
        yield f"there is no template {name}"
    if approval is not None and not approval.get("timeout"):
        yield "approval_node: without a timeout it waits for ever"
    if approval is not None:
        yield from (f"approval_node.{key}: AWX knows no such key" for key in approval
                    if key not in ("name", "description", "timeout"))


def node_prompts(node: Item, data: Item) -> Problems:
    """AWX drops what a node sets and its template does not ask for; it only logs that."""
    template = by_name(data, "controller_templates").get(node.get("unified_job_template"))
    if template is None:
        return
    for key in PROMPTS:
        asks = f"ask_{PROMPT_OF.get(key, key)}_on_launch"
        if node.get(key) is not None and not template.get(asks):
            yield f"{key}: {template['name']} has no {asks}, so AWX would drop it"
    asked = {question.get("variable") for question in template.get("survey_spec", {}).get("spec", [])}
    yield from (f"extra_data: {template['name']} does not ask for {name}" for name in node.get("extra_data", {})
                if name not in asked)


def node_slices(node: Item, data: Item) -> Problems:
    """A few hosts come in one slice: a slice without a host fails, and the node with it."""
    template = by_name(data, "controller_templates").get(node.get("unified_job_template"), {})
    slices = node.get("job_slice_count", template.get("job_slice_count", 1))
    limit = node.get("limit", "")
    if limit and not limit.startswith("all:") and slices != 1:
        yield f"job_slice_count: {slices} slices of {limit}, and those without a host fail"


# --- schedules


def schedule(item: Item, data: Item, site: Site) -> Problems:
    """A schedule runs a template that there is, at times that AWX can read."""
    name = item.get("unified_job_template")
    if name not in {**by_name(data, "controller_templates"), **by_name(data, "controller_workflows")}:
        yield f"there is no template {name}"
    yield from node_prompts(item, data)
    rule = item.get("rrule", "")
    if not re.match(r"DTSTART(;TZID=[\w/]+:\d{8}T\d{6}|:\d{8}T\d{6}Z) RRULE:", rule):
        yield f"rrule: begins with no DTSTART and RRULE: {rule}"
    yield from (f"rrule: has no {part}" for part in ("FREQ=", "INTERVAL=") if part not in rule)


# --- notifications


def notification(item: Item, data: Item, site: Site) -> Problems:
    """Messages use the names that AWX lets them use, and work for a job without counts."""
    for event, message in item.get("messages", {}).items():
        if event not in EVENTS:
            yield f"messages.{event}: AWX knows no such event"
        elif event == "workflow_approval":
            for state, of_state in message.items():
                if state not in APPROVAL_EVENTS:
                    yield f"messages.{event}.{state}: AWX knows no such event"
                yield from (f"messages.{event}.{state}.{one}" for one in texts(of_state, APPROVAL_CONTEXT, site))
        else:
            yield from (f"messages.{event}.{problem}" for problem in texts(message, {}, site))


def texts(message: Item, more: Item, site: Site) -> Problems:
    """The texts of one message; an error of one would leave it empty."""
    for key, text in message.items():
        if key not in ("message", "body"):
            yield f"{key}: AWX knows no such key"
        if key == "message" and "\n" in text:
            yield f"{key}: has more than one line"
        template = text.replace(ESCAPED, "{{")
        counts: Item | None
        for counts in ({}, None):  # AWX tries it with none before it takes it; a workflow has null
            try:
                ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(
                    {**CONTEXT, **more, "job": {**CONTEXT["job"], "artifacts": counts}})
            except (TemplateError, TypeError) as error:
                yield f"{key}: {'without counts, ' if counts is None else ''}{error}"
                break
        yield from (f"{key}: no playbook tells {name}" for name in TOLD.findall(template)
                    if name not in site.artifacts)


# --- what playbooks hand on


def artifacts(told: Iterable[str], options: Collection[str]) -> Problems:
    """AWX makes variables of what a job tells, for all jobs that come after it: none may be one of ours.

    Args:
        told: the names in set_stats of all playbooks.
        options: the names of the role's variables.
    """
    for name in told:
        if name in options or name in RUN_CONTROLS or name.startswith(PREFIX):
            yield f"{name}: would set the variable in all jobs that come after"
        elif not TOLD.fullmatch(name):
            yield f"{name}: has not the prefix of what is told"


def stats(playbook: Sequence[Item], filters: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Give the names that a playbook hands on by set_stats.

    Args:
        playbook: its plays, or tasks.
        filters: the names that a filter of the collection gives, by the filter's.
    """
    for task in playbook:
        if (given := task.get("ansible.builtin.set_stats")) is not None:
            data = given["data"]
            if isinstance(data, Mapping):
                yield from data
            elif found := re.search(r"inet6\.postfix\.(\w+)", data):
                yield from filters[found[1]]
            else:
                yield from re.findall(r"'(\w+)':", data)
        for part in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from stats(task.get(part, []), filters)


# --- small things


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer; to Python, true and false are some too."""
    return isinstance(value, int) and not isinstance(value, bool)


def by_name(data: Item, kind: str) -> dict[Any, Item]:
    """Give the objects of a kind by their names."""
    return {item.get("name"): item for item in data.get(kind, [])}


def after(node: Item) -> list[str]:
    """Give the identifiers of the nodes that a node leads to."""
    return [child for edge in EDGES for child in node.get(edge, [])]


def twice(values: Iterable[Any]) -> list[Any]:
    """Give what is there more than once."""
    return [value for value, times in Counter(values).items() if times > 1]


def runs(item: Item, data: Item) -> list[str]:
    """Give the playbooks that a job template or workflow runs."""
    templates = by_name(data, "controller_templates")
    nodes = item.get("simplified_workflow_nodes", [{"unified_job_template": item.get("name")}])
    return [templates.get(node.get("unified_job_template"), {}).get("playbook", "") for node in nodes]


def launched_by_others(data: Item) -> set[str]:
    """Give the names of all that a workflow or a schedule launches."""
    nodes = [node for item in data.get("controller_workflows", []) for node in item["simplified_workflow_nodes"]]
    return {one.get("unified_job_template", "") for one in [*nodes, *data.get("controller_schedules", [])]}


QUESTION_RULES: tuple[Callable[[Item], Problems], ...] = (question_shape, variable_name, bounds, default, choices)
RULES: Mapping[str, tuple[Callable[[Item, Item, Site], Problems], ...]] = {
    "controller_execution_environments": (),
    "controller_projects": (),
    "controller_notifications": (notification,),
    "controller_templates": (survey, job_template),
    "controller_workflows": (survey, workflow),
    "controller_schedules": (schedule,),
}
LAUNCHED = ("controller_projects", "controller_templates", "controller_workflows")
"""What nodes and schedules find by its name alone, approvals beside."""

REFERENCES = {
    "project": "controller_projects", "execution_environment": "controller_execution_environments",
    "notification_templates_success": "controller_notifications",
    "notification_templates_error": "controller_notifications",
    "notification_templates_started": "controller_notifications",
    "notification_templates_approvals": "controller_notifications",
}
