"""Judge values of Postfix's parameters: JSON lines in, JSON lines out.

    {"parameter": "mynetworks", "value": "[2001:db8::]/32 10.0.0.1/8", "clients": [["unknown", "2001:db8::1"]]}

Each line comes back with

    verdict   ok, warning or error
    codes     names of the rules that are broken, in the order of the value
    messages  the same for people
    matches   for match lists: what becomes of each client, [name, address]: "match", "no match", "451" (temporary
              lookup failure), "fatal" (the daemon does not start), or "unknown" where a table or a file decides

A value that is text is judged as the text of main.cf, where IPv6 needs brackets in a list. A value of another type is
first written as the role would write it, and comes with "text". "inet_protocols" may stand beside it in the line.
Needs nothing but Python 3.8 and the files of this collection.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def load_core() -> Any:
    """Import core.py from beside this file, wherever that is."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    return import_module("oracle.core")


def judged(core: Any, line: dict[str, Any]) -> dict[str, Any]:
    """Add the verdict to one line."""
    parameter, text, problems = line["parameter"], line["value"], []
    clients = [tuple(client) for client in line.get("clients", ())]
    if not isinstance(text, str):
        text, problems = core.written(parameter, text)
        line = {**line, "text": text}
    opinion = core.Opinion(problems, [])
    if text is not None:
        opinion = core.opinion(parameter, text, clients, line.get("inet_protocols"), line.get("on_host", False))
    answer = {**line, "verdict": opinion.verdict, "codes": [problem.code for problem in opinion.problems],
              "messages": [str(problem) for problem in opinion.problems]}
    if core.is_match_list(parameter):
        answer["matches"] = opinion.outcomes
    return answer


def main() -> int:
    """Answer line by line, so that a partner in conversation gets its answer at once."""
    if len(sys.argv) > 1:
        print(__doc__)
        return 0
    core = load_core()
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            try:
                print(json.dumps(judged(core, json.loads(line))), flush=True)
            except (ValueError, KeyError, TypeError) as error:
                print(f"verdicts: line {number}: {type(error).__name__}: {error}", file=sys.stderr)
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
