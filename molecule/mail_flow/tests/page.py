"""docs/mail-flow.md: people write its text, `make mail-flow` its tables, each below a heading of its own."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from lab.process import ROOT

PAGE = ROOT / "docs" / "mail-flow.md"
WRITES = "MAIL_FLOW_WRITES"
"""The variable of the environment by which a run writes the tables instead of comparing them."""
NOTHING = "none"
SECTION = re.compile(r"^## (?P<heading>.*)\n(?P<text>(?:(?!## ).*\n)*)", re.MULTILINE)
TABLE = re.compile(r"(?:\|.*\n)+")

told: list[str] = []
"""The headings of which this run has told."""


class Row(NamedTuple):
    """A mail, or several that went the same way."""

    setting: str
    destination: str
    protocol: str
    source: str
    delay: str
    result: str

    @property
    def without_delay(self) -> Row:
        """What is the same in each run."""
        return self._replace(delay="")

    @property
    def seconds(self) -> float:
        """The delay as a number."""
        return 0 if self.delay == NOTHING else float(self.delay.removesuffix(" s"))


TITLES = Row("setting", "destination", "protocol", "source address", "delay", "result")


def headings() -> list[str]:
    """The headings that have a table below them."""
    return [one["heading"] for one in SECTION.finditer(_page()) if TABLE.search(one["text"])]


def tell(heading: str, rows: list[Row]) -> None:
    """See that the page has these rows below a heading, whatever the delays are; or write them there."""
    told.append(heading)
    section = next(one for one in SECTION.finditer(_page()) if one["heading"] == heading)
    found = TABLE.search(section["text"])
    assert found, f"docs/mail-flow.md has no table below {heading}"
    if os.environ.get(WRITES):
        lines = [TITLES, Row(*["---"] * len(TITLES)), *rows]
        table = "".join(f"| {' | '.join(row)} |\n" for row in lines)
        start = section.start("text")
        PAGE.write_text(_page()[:start + found.start()] + table + _page()[start + found.end():], encoding="utf-8")
        return
    there = [Row(*line.strip("| ").split(" | ")) for line in found[0].splitlines()[2:]]
    assert [row.without_delay for row in there] == [row.without_delay for row in rows], "make mail-flow writes the page"


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")
