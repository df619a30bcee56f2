"""Make docs/traps.md: what this collection says of each value of cases.py that is not what it seems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR

from oracle import ROOT, cases, core

PAGE = Path(ROOT, "docs", "traps.md")
OPENING = """\
# How Postfix reads addresses, and what we say of it

Every value here is tried on the real Postfix releases of Debian 11, 12, 13 and unstable by the tests (`make test`); the
page is made from the same table (`make traps`). *Postfix* says what becomes of the value there:

- **fatal at start**: a program that reads it ends, at its start or at the first use. For `inet_protocols` and
  `inet_interfaces` that is every program, `postfix stop` included.
- **451 to clients**: mail is refused for now, to the clients of one address family or to all, from that item on.
- **silently dead**: it is read, matches or does nothing, and nobody is told.
- **means something else**: Postfix does another thing than what stands there.
- **obeyed**: Postfix does what it says, and somebody would regret that.

A problem that is only a warning is marked so; all others are errors, and nothing is touched on the host.
"""
MOST_PROBLEMS = 2
"""Shown of one value: a list of many bad items makes the same point again and again."""


def page() -> str:
    """Give the whole page."""
    parts = [OPENING]
    seen = []
    for parameter, values in _by_parameter().items():
        rows = [row for value in values for row in _rows(parameter, value)]
        if rows in seen:
            continue  # a parameter of the same kind
        seen.append(rows)
        parts.append(f"\n## {parameter}\n\n| value | Postfix | what we say |\n|---|---|---|\n" + "".join(rows))
        fine = [_shown(value) for value in values if not core.opinion(parameter, value).problems]
        parts.append(f"\nWithout a look at the host, nothing is wrong with {', '.join(fine)}.\n")
    return "".join(parts)


def _by_parameter() -> dict[str, list[str]]:
    values: dict[str, list[str]] = {"mynetworks": [value for value, outcomes in cases.match_lists()]}
    for parameter, value in cases.others():
        values.setdefault(parameter, []).append(value)
    return values


def _rows(parameter: str, value: str) -> Iterator[str]:
    for problem in core.opinion(parameter, value).problems[:MOST_PROBLEMS]:
        kind = "" if problem.severity == ERROR else " (warning)"
        text = str(problem).rpartition(" (")[0].removeprefix(f"{parameter}: ").replace("|", "\\|").replace("<", "&lt;")
        yield f"| {_shown(value)} | {problem.verdict}{kind} | {text.replace('*', chr(92) + '*')} |\n"


def _shown(value: str) -> str:
    return f"`{value}`" if value else "the empty value"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
