"""What a quick run looks at beside many values: known cases, the true judges, other Pythons, and Hypothesis."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from random import Random
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sanity import PYTHONS, link_pythons

from oracle import ROOT, cases, compare, core, search, subjects, values
from oracle.hosts import THERE, Host

Item = dict[str, Any]

EXAMPLES = 100
"""How many Hypothesis tries of each judge."""
TRUE_SAMPLE = 120
"""How many values the daemons judge in each release."""
CIDR_SAMPLE = 5000
"""How many patterns postmap judges."""
PYTHON_SAMPLE = 3000
TRULY_JUDGED = {"match_list", "inet_protocols", "inet_interfaces", "mynetworks_style", "boolean", "integer", "duration",
                "one_word", "some_words", "bind_address"}
SINKS = ("192.0.2.25", "2001:db8::25")
"""Where daemons.py lets mail go to."""
HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
NOT_FOR_DAEMONS = ("$", "\n", "\r", "{", "\udcff", "\udcc3")
"""What a value on a command line means something else with."""


def looks_good(hosts: Sequence[Host], judges_only: bool) -> bool:
    """Do all these checks, or only that of the judges; each says how long it took, or what it found."""
    names = [host.name for host in hosts]
    court, daemons = search.Court(names), search.Court(names, "daemons.py")
    checks: list[tuple[str, Callable[[], list[str]]]] = [
        ("fast judges against daemons", lambda: true_judges(court, daemons)),
        ("what master does", lambda: master_judges(court, daemons)),
        ("known cases", lambda: known_cases(court)),
        ("files that lists name", lambda: named_files(court, names)),
        ("our opinion under other Pythons", lambda: other_pythons(names)),
        ("hypothesis", lambda: hypothesis_tries(court)),
    ]
    good = True
    for title, check in checks[:1] if judges_only else checks:
        since = time.monotonic()
        found = check()
        print(f"{title}: {len(found) or 'no'} disagreement{'s' if len(found) != 1 else ''}"
              f" ({time.monotonic() - since:.1f} s)", flush=True)
        for line in found:
            print(f"  {line}")
        good = good and not found
    court.end()
    daemons.end()
    return good


def known_cases(court: search.Court) -> list[str]:
    """Try every row of cases.py, and every value of which the unit tests say something."""
    items, expected = [], []
    for value, outcomes in cases.match_lists():
        items.append(subjects.item(Random(0), "mynetworks", value, list(cases.CLIENTS)))
        expected.append(outcomes)
    for parameter, value in [*cases.others(), *of_unit_tests()]:
        item = subjects.item(Random(0), parameter, value)
        items.append({**item, "inet_protocols": "all"} if "inet_protocols" in item else item)
    found = search.together(court.disagreements(items))
    for item, outcomes in zip(items, expected, strict=False):
        ours = search.our_opinion(item).outcomes
        if outcomes is not None and ours != outcomes:
            found.append(f"mynetworks = {item['value']}\n    cases.py says {outcomes}, we say {ours}")
    return found


def of_unit_tests() -> Iterator[tuple[str, str]]:
    """Give the parameters and values in the tables of the validator's unit tests."""
    sys.path.append(str(ROOT / "tests/unit/plugins/module_utils"))
    lists, kinds, endpoints = (import_module(f"test_{name}") for name in ("match_lists", "grammar", "endpoints"))
    yield from (("mynetworks", row[0]) for row in lists.ACCEPTED + lists.REFUSED + lists.LISTS)
    yield from (("relayhost", row[0]) for row in endpoints.RELAYS)
    yield from ((core.MASTER_CF, row[0]) for row in endpoints.LISTENERS)
    yield from (row[:2] for row in kinds.REFUSED)
    yield from ((name, text) for name, texts in kinds.ACCEPTED.items() if name in subjects.SUBJECTS for text in texts)


def named_files(court: search.Court, hosts: Sequence[str]) -> list[str]:
    """Let Postfix read the files of cases.py; what we say of them is a unit test."""
    items, found = [], []
    for number, (prefix, text, *_outcomes) in enumerate(cases.FILES):
        path = f"{THERE}/patterns{number}"
        for host in hosts:
            subprocess.run(["docker", "exec", "--interactive", host, "tee", path], input=text, check=True, text=True,
                           stdout=subprocess.DEVNULL)
        items.append(subjects.item(Random(0), "mynetworks", prefix + path, list(cases.CLIENTS)))
    for judge, answers in zip(court.judges, court.hear(items), strict=True):
        for (prefix, text, before, since, *_codes), answer in zip(cases.FILES, answers, strict=True):
            expected = cases.spelled_out(since if judge.release >= (3, 8) else before)
            if answer != {"verdict": "ok", "meaning": expected}:
                found.append(f"Postfix {judge.version}: {prefix} {text!r}: {answer}, not {expected}")
    return found


def true_judges(court: search.Court, daemons: search.Court) -> list[str]:
    """Compare judge.py with the programs of Postfix, on one sample."""
    random = Random(1)
    items: list[Item] = []
    while len(items) < TRUE_SAMPLE:
        items += [item for item in search.choose(random, 50)
                  if item["judge"] in TRULY_JUDGED and not any(odd in item["value"] for odd in NOT_FOR_DAEMONS)
                  and (item["judge"] != "match_list" or item["parameter"] == "mynetworks")]
    found = []
    for judge, fast, true in zip(court.judges, court.hear(items), daemons.hear(items), strict=True):
        for item, one, other in zip(items, fast, true, strict=True):
            if core.since(item["parameter"]) <= judge.release and not same(item, one, other):
                found.append(f"Postfix {judge.version}: {item}: judge.py {one}, daemons.py {other}")
    patterns, clients = network_patterns(Random(3))
    items = [subjects.item(random, "mynetworks", *pair) for pair in zip(patterns, clients, strict=True)]
    tables = daemons.hear([{"judge": "cidr", "patterns": patterns}])
    for judge, fast, (table,) in zip(court.judges, court.hear(items), tables, strict=True):
        bad = [line for line, answer in enumerate(fast, start=1) if answer["meaning"] == ["451"]]
        found += [f"Postfix {judge.version}: {patterns[line - 1]}: judge.py and postmap cidr: disagree"
                  for line in set(bad) ^ set(table["meaning"])]
    return found


def master_judges(court: search.Court, daemons: search.Court) -> list[str]:
    """Start master with the services of cases.py, and with the values of which we say that something dies later."""
    items = []
    for parameter, value in cases.others():
        item = subjects.item(Random(0), parameter, value)
        codes = [problem.code for problem in search.our_opinion(item).errors if problem.verdict == FATAL]
        if parameter == core.MASTER_CF or any(compare.dies_later(item, code) for code in codes):
            items.append(item)
    found = []
    answers = daemons.hear([{**item, "judge": "at_master"} for item in items])
    for judge, fast, true in zip(court.judges, court.hear(items), answers, strict=True):
        for item, one, other in zip(items, fast, true, strict=True):
            if core.since(item["parameter"]) <= judge.release and not same_at_master(item, one, other):
                found.append(f"Postfix {judge.version}: {item}: judge.py {one}, master {other}")
    return found


def same_at_master(item: Item, fast: dict[str, Any], true: dict[str, Any]) -> bool:
    """Tell whether master does what we say of other parameters, and what judge.py says of services."""
    if item["parameter"] != core.MASTER_CF or fast["verdict"] != "ok":
        return bool(true["verdict"] == "fatal")
    host, port = fast["meaning"]
    if host not in ("", *core.HOST_ADDRESSES):
        return True  # no host of ours has it
    listens = true.get("meaning", ["nowhere", ""])
    return listens[0] == (host or "0.0.0.0") and (not port.isdecimal() or listens[1] == port)


def network_patterns(random: Random) -> tuple[list[str], list[list[values.Client]]]:
    """Make patterns that a match list and a cidr: table read alike, each with a client of its family."""
    found = [values.network(random) for _sample in range(CIDR_SAMPLE)]
    found = [pattern for pattern in found if re.fullmatch(r"[0-9./]+|\[[][0-9a-fA-F.:/]+", pattern) and "/" in pattern]
    return found, [[values.CLIENTS[":" in pattern]] for pattern in found]


def same(item: Item, fast: dict[str, Any], true: dict[str, Any]) -> bool:
    """Tell whether judge.py and daemons.py say the same, which says less."""
    if item["judge"] == "bind_address":
        if item["inet_protocols"] == ("ipv4" if item["parameter"].endswith("6") else "ipv6"):
            return True  # there is no mail to look at
        if fast["verdict"] == "ok" and fast["meaning"] in (None, "::", "0.0.0.0", *SINKS):
            return bool(true["verdict"] == "ignored")  # mail comes from where it comes from anyway
    return all(fast.get(key) == true[key] for key in true)


def other_pythons(hosts: Sequence[str]) -> list[str]:
    """Compare our opinions with those under the hosts' own Pythons, and under all that there are here."""
    items = search.choose(Random(2), PYTHON_SAMPLE)
    lines = "".join(json.dumps(item) + "\n" for item in items)
    program = "tests/oracle/verdicts.py"
    ours = told([sys.executable, str(ROOT / program)], lines)
    others = {f"Python {version}": [str(PYTHONS / f"python{version}"), str(ROOT / program)]
              for version in link_pythons()}
    for host in hosts:
        others[host] = ["docker", "exec", "--interactive", host, "python3", f"{THERE}/{program}"]
    found = []
    for name, command in others.items():
        theirs = told(command, lines)
        found += [f"{name}: {one}\n    {other}" for one, other in zip(ours, theirs, strict=True) if one != other]
    return found


def told(command: list[str], lines: str) -> list[str]:
    """Give the lines that a program answers."""
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.splitlines()


def hypothesis_tries(court: search.Court) -> list[str]:
    """Let Hypothesis look for disagreements, parameter by parameter, and shrink what it finds."""
    judges = {subject.judge: parameter for parameter, subject in reversed(subjects.SUBJECTS.items())}
    return [found for parameter in judges.values() for found in [hypothesis_try(court, parameter)] if found]


def hypothesis_try(court: search.Court, parameter: str) -> str | None:
    """Look for one disagreement on a parameter."""
    made = st.randoms(use_true_random=False).map(lambda random: subjects.any_item(random, parameter))
    hostile = HOSTILE.map(lambda value: subjects.item(Random(0), parameter, value.strip()))
    smallest: list[search.Disagreement] = []

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink))
    @given(made | hostile)
    def agree(item: Item) -> None:
        found = court.disagreements([item])
        smallest[:] = found or smallest
        assert not found

    try:
        agree()
    except AssertionError:
        return str(search.shrunk(court, smallest[0]))
    return None
