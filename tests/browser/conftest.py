"""A browser for all tests, and a function that shows it the report of a fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_page import to_html

from browser.chromium import Page, chromium
from browser.fleet import BEFORE, MADE, fleet


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    """Start it once."""
    with chromium() as page:
        yield page


@pytest.fixture(scope="session")
def data() -> dict[str, Any]:
    """Give the report of some hosts, and of what has changed since the one before."""
    return report(fleet(240), "A fleet", MADE, report(fleet(239, week=0), "A fleet", BEFORE))


@pytest.fixture
def show(browser: Page, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Show the page of a report, and see afterwards that the browser had nothing to complain of and nobody to ask."""
    file = tmp_path / "report.html"

    def do(data: Mapping[str, Any], fragment: str = "") -> Page:
        file.write_text(to_html(data), encoding="utf-8")
        browser.open(file, fragment)
        return browser

    browser.complaints.clear()
    browser.requests.clear()
    browser.size(1280, 900)
    browser.scheme("light")
    yield do
    assert browser.complaints == []
    assert {request.partition("#")[0] for request in browser.requests} <= {file.as_uri(), "about:blank"}


@pytest.fixture
def page(show: Callable[..., Page], data: Mapping[str, Any]) -> Page:
    """Give the page of the report of some hosts."""
    return show(data)


@pytest.fixture(scope="session")
def hostile() -> dict[str, Any]:
    """Give the report of hosts whose names, and those who talk to them, wish us ill."""
    texts = [
        '"><script>alert(1)</script>', "</script><script>alert(1)</script>", "<!--<script>",
        "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "' onfocus='alert(1)' autofocus='",
        "a\u2028b", "a\u202egnp.exe", "a\0b", "${alert(1)}",
        "javascript:alert(1)", "__proto__", "constructor", "&host=x#q=y%00", "x" * 1500,
    ]
    return report({text: hostile_host(text) for text in texts}, texts[0], MADE)


def hostile_host(text: str) -> Found:
    """Give the results of the tasks of a host where all that somebody can choose is this text."""
    some = fleet(1)["mx1.ams.example.org"]
    answer = {"family": "ipv6", "words": text, "example": text, "count": 1}
    finding = {"code": text, "severity": "error", "message": text}
    return Found(
        {**some.info, "verdict": "not ready", "findings": [finding], "version": text,
         "mynetworks": {"now": {"all": [text, "[::]/0"]}}},
        {}, {**some.mail, "refused": {**some.mail["refused"], "groups": [answer]}})
