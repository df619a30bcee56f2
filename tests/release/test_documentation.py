"""All that users meet is documented, as ansible-doc reads it out of the tarball, and docs/reference says the same."""

import json
import os
import re
import subprocess

import pytest
from docutils.core import publish_doctree
from lab.process import ROOT

from release import reference

KINDS = {"module": "modules", "filter": "filter", "test": "test"}
NAMES = [(kind, path.stem) for kind, folder in KINDS.items() for path in sorted(ROOT.glob(f"plugins/{folder}/*.py"))]


@pytest.fixture(scope="module")
def documented(collections):
    """Give what ansible-doc knows of the collection."""
    done = subprocess.run(["ansible-doc", "--metadata-dump", "inet6.postfix"], check=True, capture_output=True,
                          text=True, env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)})
    assert done.stderr == ""
    return json.loads(done.stdout)["all"]


def test_it_names_all_that_there_is(documented):
    for kind in KINDS:
        assert sorted(documented[kind]) == [f"inet6.postfix.{name}" for other, name in NAMES if other == kind]
    assert list(documented["role"]) == ["inet6.postfix.postfix_ipv6"]


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_a_plugin(documented, kind, name):
    found = documented[kind][f"inet6.postfix.{name}"]
    assert found["doc"]["short_description"]
    assert found["doc"]["description"]
    assert found["doc"]["version_added"]
    assert f"inet6.postfix.{name}" in found["examples"]
    assert list(lacking(found["doc"].get("options", {}), "options")) == []
    assert found["return"]
    assert list(lacking(found["return"], "return")) == []
    if kind == "module":
        assert {"check_mode", "diff_mode", "platform"} <= set(found["doc"]["attributes"])
        assert [value for value, told in found["return"].items() if not told.get("returned")] == []


def test_the_role(documented):
    (points,) = documented["role"].values()
    main = points["entry_points"]["main"]
    assert main["short_description"]
    assert main["description"]
    assert list(lacking(main["options"], "options")) == []


def lacking(described, where):
    """Give the paths of what lacks its description or its type, whatever it is in."""
    for name, told in described.items():
        path = f"{where}.{name}"
        if not told.get("description") or not told.get("type"):
            yield path
        if told.get("type") == "list" and not told.get("elements"):
            yield f"{path}: elements"
        for below in ("options", "suboptions", "contains"):
            yield from lacking(told.get(below) or {}, path)


def test_the_reference_says_the_same(tmp_path):
    reference.write(tmp_path)
    made, kept = ({page.name: page.read_text() for page in place.iterdir()} for place in (tmp_path, reference.PAGES))
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    assert stale == [], "run make reference, and read what has changed"


@pytest.mark.parametrize("page", sorted(reference.PAGES.iterdir()), ids=lambda page: page.stem)
def test_a_page_can_be_read_and_leads_to_others(page):
    text = page.read_text()
    publish_doctree(text, settings_overrides={"halt_level": 2})
    for one, other in re.findall(r"href=['\"]([^'\"#]+)|<(\w+\.rst)>", text):
        assert one.startswith("https://") or (reference.PAGES / (one or other)).exists(), one or other
