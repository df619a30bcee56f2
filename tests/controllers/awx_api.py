"""A small controller of our own: as much of AWX's REST API as the modules of awx.awx use to set things up.

It keeps what it is given and hands it out again, refuses surveys that AWX would refuse, and what refers to nothing. A
real AWX needs a cluster and images from the Internet; this shows that a playbook converges, not what AWX does then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import web
from awx.rules import QUESTION_RULES, survey_shape

VERSION = "24.6.1"
TOKEN = "a token"
Answer = tuple[int, Any]

KINDS: Mapping[str, frozenset[str]] = {
    "organizations": frozenset(), "inventories": frozenset(), "credentials": frozenset(),
    "execution_environments": frozenset({"organization"}),
    "projects": frozenset({"organization"}),
    "notification_templates": frozenset({"organization"}),
    "job_templates": frozenset({"organization", "project", "inventory", "execution_environment"}),
    "workflow_job_templates": frozenset({"organization", "inventory"}),
    "workflow_job_template_nodes": frozenset({"workflow_job_template", "unified_job_template"}),
    "workflow_approval_templates": frozenset(),
    "schedules": frozenset({"unified_job_template"}),
}
"""What there is, and which of its fields are numbers of other objects."""

UNIFIED = frozenset({"projects", "job_templates", "workflow_job_templates", "workflow_approval_templates"})
ASSOCIATIONS: Mapping[str, str] = {
    "credentials": "credentials", "success_nodes": "workflow_job_template_nodes",
    "failure_nodes": "workflow_job_template_nodes", "always_nodes": "workflow_job_template_nodes",
    **{f"notification_templates_{event}": "notification_templates"
       for event in ("started", "success", "error", "approvals")},
}
"""The lists of other objects that an object has, and what they are."""


class Controller:
    """What the controller knows."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.objects: dict[int, dict[str, Any]] = {}
        self.surveys: dict[int, dict[str, Any]] = {}
        self.associated: dict[tuple[int, str], list[int]] = {}
        self.written: list[str] = []
        """Each request that was not only a question."""
        self._numbers = count(1)

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Add an object of a kind."""
        number = next(self._numbers)
        url = f"/api/v2/{kind}/{number}/"
        self.objects[number] = {
            **fields, "id": number, "url": url, "type": singular(kind), "kind": kind, "scm_revision": "",
            "summary_fields": {}, "related": {"survey_spec": f"{url}survey_spec/"}}
        return self.objects[number]

    def find(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Find objects of a kind by fields of theirs."""
        kinds = UNIFIED if kind == "unified_job_templates" else {kind}
        return [item for item in self.objects.values()
                if item["kind"] in kinds and all(str(item.get(name)) == str(value) for name, value in fields.items())]

    def answer(self, method: str, url: str, body: Mapping[str, Any]) -> Answer:
        """Answer a request with a status and what goes with it.

        Raises:
            KeyError: there is no such thing.
        """
        parts = urlsplit(url)
        found = re.fullmatch(r"/api/v2/(\w+)/(?:(\d+)/)?(?:(\w+)/)?", parts.path)
        if found is None or found[1] not in {*KINDS, "unified_job_templates"}:
            raise KeyError(parts.path)
        kind, number, part = found[1], int(found[2] or 0), found[3]
        if method != "GET":
            self.written.append(f"{method} {url}")
        if not number:
            return self._list(dict(parse_qsl(parts.query)), kind) if method == "GET" else self._write(kind, {}, body)
        item = self.objects[number]
        if part == "survey_spec":
            return (200, self.surveys.get(number, {})) if method == "GET" else self._survey(number, body)
        if part == "create_approval_template":
            status, approval = self._write("workflow_approval_templates", {}, body)
            self._refer(item, approval["id"])
            return status, approval
        if part is not None:
            return self._associate(number, part, body if method == "POST" else {})
        return (200, item) if method == "GET" else self._write(kind, item, body)

    def _list(self, fields: Mapping[str, str], kind: str) -> Answer:
        found = self.find(kind, **fields)
        return 200, {"count": len(found), "next": None, "previous": None, "results": found}

    def _write(self, kind: str, item: dict[str, Any], fields: Mapping[str, Any]) -> Answer:
        """Create an object, or change one that there is."""
        for name in KINDS[kind] & set(fields):
            if fields[name] not in self.objects:
                return 400, {name: [f'Invalid pk "{fields[name]}" - object does not exist.']}
        key = "identifier" if kind == "workflow_job_template_nodes" else "name"
        if not item and self.find(kind, **{name: fields[name] for name in {key, *KINDS[kind]} & set(fields)}):
            return 400, {"__all__": [f"{singular(kind)} with this {key} already exists."]}
        status = 200 if item else 201
        item = item or self.add(kind)
        item.update(fields)
        if "unified_job_template" in fields and kind == "workflow_job_template_nodes":
            self._refer(item, fields["unified_job_template"])
        return status, item

    def _refer(self, node: dict[str, Any], number: int) -> None:
        node["unified_job_template"] = number
        node["related"]["unified_job_template"] = self.objects[number]["url"]

    def _survey(self, number: int, spec: Mapping[str, Any]) -> Answer:
        wrong = [*survey_shape(spec), *(problem for question in spec.get("spec", []) for rule in QUESTION_RULES
                                        for problem in rule(question))]
        if wrong:
            return 400, {"error": "; ".join(wrong)}
        self.surveys[number] = dict(spec)
        return 200, {}

    def _associate(self, number: int, part: str, body: Mapping[str, Any]) -> Answer:
        """Tell which objects belong to another one, or change that."""
        there = self.associated.setdefault((number, part), [])
        if not body:
            found = [self.objects[one] for one in there]
            return 200, {"count": len(found), "next": None, "previous": None, "results": found}
        if self.objects[body["id"]]["kind"] != ASSOCIATIONS[part]:
            return 400, {"detail": f"{body['id']} is none of {ASSOCIATIONS[part]}"}
        if body.get("disassociate"):
            there.remove(body["id"])
        else:
            there.append(body["id"])
        return 204, None


def singular(kind: str) -> str:
    """Give the name of one object of a kind."""
    return "inventory" if kind == "inventories" else kind.removesuffix("s")


@contextmanager
def serve(controller: Controller) -> Iterator[str]:
    """Serve the API on this machine; gives its address."""

    def answer(request: web.Request) -> web.Answer:
        """Answer a request; who has no token learns nothing."""
        status, found = 401, None
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            try:
                status, found = controller.answer(
                    request.method, request.path, json.loads(request.content) if request.content else {})
            except KeyError as error:
                status, found = 404, {"detail": str(error)}
        return web.json_answer(found, status, {"X-API-Product-Name": "AWX", "X-API-Product-Version": VERSION})

    with web.serve(answer) as address:
        yield address
