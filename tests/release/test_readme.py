"""What Galaxy and Automation Hub show of the collection, away from the repository, leads to what there is."""

import re

import pages
import pytest
from lab.process import ROOT

from release.test_documentation import NAMES

HEADINGS = ["Description", "Requirements", "Installation", "Use Cases", "Testing", "Contributing", "Support",
            "Release Notes and Roadmap", "Related Information", "License Information"]
"""Of Automation Hub's template."""
HERE = "https://github.com/inet6/postfix/blob/main/"
DEFINED = re.compile(r"^\[([^]]+)]: ", re.MULTILINE)
USED = re.compile(r"]\[([^]]+)]")
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", ["README.md", "roles/postfix_ipv6/README.md"])
def test_its_links(name):
    text = (ROOT / name).read_text()
    assert set(USED.findall(text)) == set(DEFINED.findall(text))
    for link in pages.links(ROOT / name):
        assert link.startswith("https://"), f"{link}: the page is shown elsewhere too"
        if link.startswith(HERE):
            path, _sign, anchor = link.removeprefix(HERE).partition("#")
            assert (ROOT / path).exists(), link
            assert not anchor or anchor in pages.anchors(ROOT / path), link


def test_its_headings_are_those_of_the_template():
    headings = [line.lstrip("# ") for line in README.splitlines() if line.startswith("#")]
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


def test_it_names_all_that_there_is():
    references = [f"{HERE}docs/reference/{name}_{kind}.rst" for kind, name in NAMES]
    assert [page for page in references if page not in README] == []
    playbooks = [f"`inet6.postfix.{path.stem}`" for path in ROOT.glob("playbooks/*.yml")]
    assert [playbook for playbook in playbooks if playbook not in README] == []
