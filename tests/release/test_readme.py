"""What Galaxy and Automation Hub show of the collection, away from the repository, leads to what there is."""

import re

import pytest
from lab.process import ROOT

from release.test_documentation import NAMES

HEADINGS = ["Description", "Requirements", "Installation", "Use Cases", "Testing", "Contributing", "Support",
            "Release Notes and Roadmap", "Related Information", "License Information"]
"""Of Automation Hub's template."""
HERE = "https://github.com/inet6/postfix/blob/main/"
DEFINED = re.compile(r"^\[([^]]+)]: (\S+)$", re.MULTILINE)
LINK = re.compile(r"]\(([^)]+)\)")
USED = re.compile(r"]\[([^]]+)]")
README = (ROOT / "README.md").read_text()


def headings(text):
    """Give the headings, without their signs."""
    return [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]


def slug(heading):
    """Give the anchor that forges make of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", ["README.md", "roles/postfix_ipv6/README.md"])
def test_its_links(name):
    text = (ROOT / name).read_text()
    defined = dict(DEFINED.findall(text))
    assert set(USED.findall(text)) == set(defined)
    for link in [*defined.values(), *LINK.findall(text)]:
        assert link.startswith("https://"), f"{link}: the page is shown elsewhere too"
        if link.startswith(HERE):
            path, _sign, anchor = link.removeprefix(HERE).partition("#")
            assert (ROOT / path).exists(), link
            assert not anchor or anchor in map(slug, headings((ROOT / path).read_text())), link


def test_its_headings_are_those_of_the_template():
    assert [heading for heading in headings(README) if heading in HEADINGS] == HEADINGS


def test_it_names_all_that_there_is():
    pages = [f"{HERE}docs/reference/{name}_{kind}.rst" for kind, name in NAMES]
    assert [page for page in pages if page not in README] == []
    playbooks = [f"`inet6.postfix.{path.stem}`" for path in ROOT.glob("playbooks/*.yml")]
    assert [playbook for playbook in playbooks if playbook not in README] == []
