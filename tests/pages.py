"""What stands in pages of Markdown: blocks of code, links, and the anchors that links lead to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

IN_HTML = re.compile(r'(?:src|href)="([^"]*)"')


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    page: Path
    line: int
    language: str
    text: str
    file: str
    """What the paragraph before it names last as code, such as the file that it belongs into; may be empty."""


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in their order."""
    found, named = [], ""
    for token in _tokens(page):
        if token.type == "inline":
            named = ([child.content for child in token.children or () if child.type == "code_inline"] or [""])[-1]
        elif token.type == "fence" and token.map:
            found.append(Block(page, token.map[0] + 1, token.info, token.content, named))
    return found


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead to."""
    return [target for token in _tokens(page) for target in _targets(token)]


def anchors(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them of its headings."""
    tokens, seen, found = _tokens(page), Counter[str](), set()
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            anchor = re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-")
            found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
            seen[anchor] += 1
    return found


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))


def _targets(token: Token) -> Iterator[str]:
    if token.type in ("html_block", "html_inline"):
        yield from IN_HTML.findall(token.content)
    for child in token.children or ():
        yield from (str(child.attrs[name]) for name in ("href", "src") if name in child.attrs)
        yield from _targets(child)
