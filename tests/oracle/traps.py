"""Make docs/traps.md: what this collection says of each value of cases.py that is not what it seems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR

from oracle import ROOT, cases, core

PAGE = Path(ROOT, "docs", "traps.md")
OPENING = """\
# How Postfix reads addresses, and what we say of it

An address is not the same everywhere in Postfix. How it has to be written depends on what a parameter is for:

| it names | such as | IPv6 there | is read |
|---|---|---|---|
| clients | `mynetworks` | in brackets, then the prefix length: `[2001:db8::]/32` | when a client connects |
| addresses of the host | `inet_interfaces` | bare or in brackets, no networks: `2001:db8::25` | at the start |
| an address to send from | `smtp_bind_address6` | bare: `2001:db8::25` | when mail leaves |
| a host with a port | `relayhost` | in brackets, then the port: `[2001:db8::25]:587` | when mail leaves |

Lists are separated by commas or white space. In a list of clients an item may also be a host name, a `/file` with more
items, or a table, `type:name`. That is why brackets matter there: without them, `2001:db8::/32` is the table `db8::/32`
of type `2001`. An exclamation mark before an item leaves its clients out. The first item that matches counts. A network
has no bits set behind its prefix: `[2001:db8::1]/32` is none. As such a list is read only when a client connects,
neither `postfix check` nor a reload says that something is wrong with it.

In variables for such lists and addresses, such as `postfix_ipv6_mynetworks`, brackets are optional: the role writes
what Postfix needs.

The tables below have values that are not what they seem. Every one is tried on the real Postfix releases of Debian 11,
12, 13 and unstable by the tests (`make test`), and the page is made from the same table (`make traps`). *Postfix* says
what becomes of the value there:

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
