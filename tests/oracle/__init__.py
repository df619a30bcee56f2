"""The real Postfix as judge of this collection's validator.

judge.py     inside a host: what the installed Postfix makes of values, by its own libraries, fast
daemons.py   inside a host: the same from the real daemons and commands, slow: they judge judge.py
hosts.py     one host for each release, and conversations with the judges in it
core.py      what this collection makes of the same values
subjects.py  the parameters: which judge each has, and which values are tried
values.py    makes values: valid, nearly valid and hostile
cases.py     values that are always tried: Postfix's own examples, known traps, disagreements of the past
compare.py   when two opinions agree
search.py    looks for a disagreement, and shrinks it
quick.py     everything that is tried beside many values
traps.py     makes docs/traps.md from cases.py
verdicts.py  the opinions of core.py for anybody else, as JSON lines
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def make_importable() -> None:
    """Make the collection importable by the name that Ansible gives it, wherever the checkout is."""
    package = ""
    for part, path in (("ansible_collections", []), ("inet6", []), ("postfix", [str(ROOT)])):
        package = f"{package}.{part}" if package else part
        module = sys.modules.setdefault(package, ModuleType(package))
        module.__path__ = getattr(module, "__path__", path)


make_importable()
