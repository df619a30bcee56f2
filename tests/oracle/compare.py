"""When this collection and Postfix agree on a value.

Each check returns a sentence that says how they disagree, or None. The rules, for all parameters:

* what we accept, Postfix takes, for what it looks like;
* what we refuse, Postfix does with it what our verdict says: it dies, answers 451, is silent, means something else.
  Where our verdict is that it obeys, the refusal is a policy of ours, and may be.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import LISTENER, RELAY, read_endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
    Fault,
)

from oracle.core import Opinion
from oracle.values import meant

Item = dict[str, Any]
Answer = dict[str, Any]
Version = tuple[int, ...]

FATAL_LATER = {"link-local", "zone", "no-interface", "no-protocol", "number-too-low"}
"""Codes of what the functions that read a parameter take, and a daemon then dies of when it uses it."""
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def disagreement(item: Item, opinion: Opinion, answer: Answer, version: Version) -> str | None:
    """Say how we disagree with Postfix about one value; None where we do not.

    Args:
        item: what was asked.
        opinion: ours.
        answer: Postfix's.
        version: of Postfix.
    """
    if answer["verdict"] == "crash":
        return "Postfix crashes"
    if item["judge"] == "match_list":
        return _of_match_list(item, opinion, answer)
    if "$" in item["value"] or (item["judge"] == "access_list" and ":" in item["value"]):
        return None  # it depends on other parameters, or on a table
    if not opinion.errors:
        return _of_accepted(item, answer)
    for problem in opinion.errors:
        found = _of_refused(item, problem.code, problem.verdict, answer, version)
        if found is None:
            return None  # one good reason is enough
    return found


def _of_accepted(item: Item, answer: Answer) -> str | None:
    if item["judge"] == "access_list" and "error" in answer.get("meaning", ()):
        return "we accept it, Postfix ignores the rest of the list"
    if answer["verdict"] != "ok":
        return f"we accept it, Postfix does not: {answer['verdict']}, {answer['reason']}"
    meaning, expected = answer["meaning"], MEANINGS[item["judge"]](item)
    if expected is not None and meaning != expected:
        return f"we accept it, and Postfix takes it for {meaning}, not {expected}"
    return None


def _of_refused(item: Item, code: str, verdict: str, answer: Answer, version: Version) -> str | None:
    said = answer["verdict"] if answer["verdict"] != "ok" else f"takes it for {answer['meaning']}"
    if verdict == OBEYED or (code == "bracketed-bind-address" and version >= (3, 7)):
        return None
    if verdict == FATAL:
        fine = answer["verdict"] == "fatal" or code in FATAL_LATER
    elif verdict == TEMPFAIL:
        unread = re.search("(^|[, \t\r\n])(permit|reject|dunno)([, \t\r\n]|$)", item["value"], re.IGNORECASE)
        fine = answer["verdict"] == "fatal" or "error" in answer["meaning"] or unread is not None
    elif verdict == DEAD:
        fine = answer["verdict"] == "ignored"
    else:
        expected = MEANINGS[item["judge"]](item)
        fine = answer["verdict"] != "ok" or expected is None or answer["meaning"] != expected
    return None if fine else f"we refuse it ({code}: {verdict}), Postfix {said}"


# --- What a value looks like, by other code than that which is tested; None where it looks like nothing


def _protocols(item: Item) -> Any:
    found = set(re.findall("all|ipv4|ipv6", item["value"]))
    return [family for family in (4, 6) if f"ipv{family}" in found or "all" in found]


def _own_addresses(item: Item) -> Any:
    if item["value"] == "loopback-only" or (item["value"] == "all" and item["judge"] == "inet_interfaces"):
        return None
    found = {meant(word) for word in re.split("[, \t]+", item["value"]) if word}
    if None in found:
        return None
    return sorted({str(parse_address(str(network.network_address))) for network in found if network})


def _bind_address(item: Item) -> Any:
    network = meant(item["value"]) if item["value"] else None
    return str(parse_address(str(network.network_address))) if network else None


def _style(item: Item) -> Any:
    return None


def _boolean(item: Item) -> Any:
    return item["value"].lower() == "yes"


def _integer(item: Item) -> Any:
    return int(item["value"]) if re.fullmatch("[0-9]+", item["value"]) else None


def _duration(item: Item) -> Any:
    parts = re.fullmatch("([0-9]+)([smhdw]?)", item["value"])
    return int(parts[1]) * SECONDS[parts[2]] if parts else None


def _word(item: Item) -> Any:
    return item["value"].lower()


def _words(item: Item) -> Any:
    return [word for word in item["words"] if word in re.split("[, \t\r\n]+", item["value"])]


def _access_list(item: Item) -> Any:
    return None


def _server_endpoint(item: Item) -> Any:
    found = read_endpoint(item["value"], LISTENER)
    return None if isinstance(found, Fault) else [found.host or "", found.port or ""]


def _relay_hosts(item: Item) -> Any:
    found = []
    for word in re.split("[, \t\r\n]+", item["value"]):
        one = read_endpoint(word, RELAY) if word else None
        if isinstance(one, Fault):
            return None
        if one:
            found.append([one.host or "", one.port or "smtp"])
    return found


MEANINGS = {
    "inet_protocols": _protocols, "inet_interfaces": _own_addresses, "proxy_interfaces": _own_addresses,
    "mynetworks_style": _style, "bind_address": _bind_address, "boolean": _boolean, "integer": _integer,
    "duration": _duration, "one_word": _word, "some_words": _words, "access_list": _access_list,
    "server_endpoint": _server_endpoint, "relay_hosts": _relay_hosts,
}


# --- Match lists


def _of_match_list(item: Item, opinion: Opinion, answer: Answer) -> str | None:
    clients = item["clients"]
    dies = answer["verdict"] == "fatal"
    found = ["fatal"] * len(clients) if dies else answer["meaning"]
    if dies and re.search("read (file|error)|Is a directory", answer["reason"]):
        return None  # of a file or table, which only the host can tell
    for client, ours, theirs in zip(clients, opinion.outcomes, found, strict=True):
        if ours not in (theirs, "unknown"):
            return f"we say '{ours}' for {_shown(client)}, Postfix '{theirs}' {answer.get('reason', '')}"
    if "$" in item["value"] or "unknown" in opinion.outcomes:
        return None
    if not opinion.errors and (dies or "451" in found):
        return f"we accept it, Postfix says {sorted(set(found))} {answer.get('reason', '')}"
    words = re.split("[, \t\r\n]+", item["value"])
    return _of_one_pattern(words[0], opinion, clients, found) if len(words) == 1 else None


def _of_one_pattern(pattern: str, opinion: Opinion, clients: Any, found: list[str]) -> str | None:
    """Compare a list of one item with what this looks like, and with what we say of it."""
    network = None if pattern.startswith("!") else meant(pattern)
    looks = [network is not None and ip_address(address) in network for name, address in clients]
    same = network is not None and [outcome == "match" for outcome in found] == looks
    for problem in opinion.errors:
        fine = {
            FATAL: "fatal" in found,
            TEMPFAIL: "451" in found,
            DEAD: set(found) == {"no match"},
            OTHER_MEANING: not same,
            OBEYED: True,
        }[problem.verdict]
        if not fine:
            return f"we refuse it ({problem.code}: {problem.verdict}), Postfix says {sorted(set(found))}"
    if not opinion.errors and network is not None and not same:
        told = list(zip(clients, found, strict=True))
        return f"we accept it, it looks like {network}, Postfix matches others: {told}"
    return None


def _shown(client: Any) -> str:
    return f"{client[0]} [{client[1]}]"
