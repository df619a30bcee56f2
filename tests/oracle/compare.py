"""When this collection and Postfix agree on a value.

Each check returns a sentence that says how they disagree, or None. The rules, for all parameters:

* what we accept, Postfix takes, for what it looks like;
* what we refuse, Postfix does with it what our verdict says: it dies, answers 451, is silent, means something else.
  Where our verdict is that it obeys, the refusal is a policy of ours, and may be.
"""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address, ip_interface
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
)

from oracle.core import HOST_ADDRESSES, Opinion
from oracle.values import meant

Item = dict[str, Any]
Answer = dict[str, Any]
Version = tuple[int, ...]

SERVICE = "[A-Za-z][A-Za-z0-9.+/_-]*"
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


def dies_later(item: Item, code: str) -> bool:
    """Tell whether Postfix takes a value with this fault, and a daemon then dies of it."""
    return code in FATAL_LATER and item["judge"] not in ("relay_hosts", "server_endpoint")


def _of_accepted(item: Item, answer: Answer) -> str | None:
    if re.fullmatch(f"unknown service: {SERVICE}", answer.get("reason", "")):
        return None  # services(5) of the host decides
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
        fine = answer["verdict"] == "fatal" or dies_later(item, code)
    elif verdict == TEMPFAIL:
        fine = "error" in _fates(item) and answer.get("meaning") == _access_list(item)
    elif verdict == DEAD:
        fine = answer["verdict"] == "ignored"
    else:
        expected = MEANINGS[item["judge"]](item)
        fine = answer["verdict"] != "ok" or expected is None or answer["meaning"] != expected
    return None if fine else f"we refuse it ({code}: {verdict}), Postfix {said}"


# --- What a value looks like to a person, by other code than that which is tested; None where nothing can be compared


NOTHING = "nothing that has a meaning"


def _items(value: str) -> list[str]:
    return [word for word in re.split("[, \t\r\n]+", value) if word]


def _shown_address(text: str) -> str:
    """Give an address in one spelling; NOTHING for what is none."""
    network = None if "/" in text or "%" in text else meant(text)
    if network is None:
        return NOTHING
    family = socket.AF_INET6 if network.version == 6 else socket.AF_INET
    return socket.inet_ntop(family, network.network_address.packed)


def _protocols(item: Item) -> Any:
    found = set(re.findall("all|ipv4|ipv6", item["value"]))
    return [family for family in (4, 6) if f"ipv{family}" in found or "all" in found]


def _own_addresses(item: Item) -> Any:
    if item["value"] == "loopback-only" or (item["value"] == "all" and item["judge"] == "inet_interfaces"):
        return None
    found = {word if "%" in word else _shown_address(word) for word in _items(item["value"])}
    return None if NOTHING in found else sorted(found)


def _bind_address(item: Item) -> Any:
    return _shown_address(item["value"]) if item["value"] else None


def _style(item: Item) -> Any:
    """Work out the networks of the hosts' addresses, which stand alone but for 127.0.0.1."""
    (style,) = set(_items(item["value"])) or {""}
    found = set()
    for address in HOST_ADDRESSES:
        length: int = 8 if address == "127.0.0.1" and style != "host" else ip_address(address).max_prefixlen
        if style == "class" and ":" not in address:
            length = 8 if address < "128" else 16 if address < "192" else 24
        network = ip_interface(f"{address}/{length}").network
        found.add(f"[{network.network_address}]/{length}" if ":" in address else str(network))
    return sorted(found)


def _boolean(item: Item) -> Any:
    return item["value"].lower() == "yes"


def _integer(item: Item) -> Any:
    return int(item["value"]) if re.fullmatch("[+-]?[0-9]+", item["value"]) else None


def _duration(item: Item) -> Any:
    parts = re.fullmatch("([+-]?[0-9]+)([smhdw]?)", item["value"])
    return int(parts[1]) * SECONDS[parts[2]] if parts else None


def _word(item: Item) -> Any:
    return item["value"].lower()


def _words(item: Item) -> Any:
    return [word for word in item["words"] if word in _items(item["value"])]


def _fates(item: Item, of_others: bool = False) -> list[str]:
    """Say what each word of an access list does with a client of mynetworks, or with others: decide, or fail."""
    words = [word.lower() if word.isascii() else word for word in _items(item["value"])]
    return [ACTIONS.get(word, "error") for word in words if not of_others or word != "permit_mynetworks"]


def _access_list(item: Item) -> Any:
    """Give what becomes of a client of mynetworks, and of another: the first word that does anything decides."""
    return [(fates or ["dunno"])[0] for fates in (_fates(item), _fates(item, of_others=True))]


ACTIONS = {"permit": "permit", "reject": "reject", "dunno": "dunno", "permit_mynetworks": "permit"}
ENDPOINT = re.compile(r"(?:\[(?:ipv6:)?([^][]*)\]|([^][:]*))(?::([^][:]*))?", re.IGNORECASE)
"""What stands in brackets, or before the colon; and after it."""


def _endpoint(text: str, default_port: str = "", port_alone: bool = False) -> list[str]:
    """Read a host with a port."""
    parts = ENDPOINT.fullmatch(text)
    if parts is None:  # an IPv6 address without brackets, where it is no other with something that looks like a port
        host, colon, port = (text, "", "") if meant(text) else text.rpartition(":")
        return [_shown_address(host), _port(port or default_port)]
    inside, host, port = parts.groups()
    if port_alone and port is None and inside is None:
        host, port = "", host
    return [_host(inside or host or ""), _port(port or default_port)]


def _host(text: str) -> str:
    if re.fullmatch(r"([0-9]+\.){3}[0-9]+", text):
        return ".".join(number.lstrip("0") or "0" for number in text.split("."))
    return text if re.fullmatch("|[A-Za-z0-9._-]*[A-Za-z_-][A-Za-z0-9._-]*", text) else _shown_address(text)


def _port(text: str) -> str:
    if re.fullmatch("[0-9]+", text):
        return text.lstrip("0") or "0"
    return text if re.fullmatch(f"|{SERVICE}", text) else NOTHING


def _server_endpoint(item: Item) -> Any:
    return _endpoint(item["value"], port_alone=True)


def _relay_hosts(item: Item) -> Any:
    return [_endpoint(word, "smtp") for word in _items(item["value"])]


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
    words = _items(item["value"])
    return None if words[1:] else _of_one_pattern("".join(words), opinion, clients, found)


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
