"""Looks for values on which this collection and Postfix disagree."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from queue import Empty
from random import Random
from typing import Any, NamedTuple

from oracle import compare, core, subjects
from oracle.hosts import Judge

Item = dict[str, Any]

BATCH = 2000


class Disagreement(NamedTuple):
    """One value, and two opinions of it."""

    item: Item
    version: str
    """Of Postfix."""
    sentence: str

    def __str__(self) -> str:
        """Show everything that is needed to repeat it."""
        beside = {key: self.item[key] for key in ("inet_protocols", "clients") if key in self.item}
        value = f"{self.item['parameter']} = {shown(self.item['value'])}"
        return f"{value}   {beside or ''}\n    Postfix {self.version}: {self.sentence}"

    @property
    def kind(self) -> str:
        """Tell what disagreements have in common that differ only in their value."""
        particulars = r"for \S+ \[.*?\]|takes it for.*|says .*|found.*|[0-9]+"
        return f"{self.item['judge']} {re.sub(particulars, '', self.sentence)}"


def shown(value: str) -> str:
    """Give a value so that nothing in it is hidden."""
    return value if value.isascii() and value.isprintable() and value else ascii(value)


def together(found: Iterable[Disagreement]) -> list[str]:
    """Describe disagreements, each once for all the releases that say the same."""
    releases: dict[str, list[Disagreement]] = {}
    for one in found:
        releases.setdefault(str(one._replace(version="")), []).append(one)
    return [str(same[0]._replace(version=", ".join(one.version for one in same))) for same in releases.values()]


class Court:
    """The judges of all releases, in conversation."""

    def __init__(self, hosts: Sequence[str], program: str = "judge.py") -> None:
        """Call them together.

        Args:
            hosts: names of containers.
            program: the judge that runs in each.
        """
        self.judges = [Judge(host, program) for host in hosts]

    def hear(self, items: Sequence[Item]) -> list[list[dict[str, Any]]]:
        """Give what each judge says of each item."""
        for judge in self.judges:
            judge.ask(items)
        return [judge.hear(len(items)) for judge in self.judges]

    def disagreements(self, items: Sequence[Item]) -> list[Disagreement]:
        """Give those of our opinions that a judge does not share."""
        for judge in self.judges:
            judge.ask(items)
        opinions = [our_opinion(item) for item in items]  # while they think
        found = []
        for judge in self.judges:
            for item, opinion, answer in zip(items, opinions, judge.hear(len(items)), strict=True):
                if core.since(item["parameter"]) <= judge.release:
                    sentence = compare.disagreement(item, opinion, answer, judge.release)
                    if sentence:
                        found.append(Disagreement(item, judge.version, sentence))
        return found

    def end(self) -> None:
        """Dismiss them."""
        for judge in self.judges:
            judge.end()


def our_opinion(item: Item) -> core.Opinion:
    """Give what this collection says of an item."""
    on_host = item["judge"] in ("inet_interfaces", "proxy_interfaces", "bind_address")
    return core.opinion(item["parameter"], item["value"], item.get("clients", ()), item.get("inet_protocols"), on_host)


def shrunk(court: Court, found: Disagreement) -> Disagreement:
    """Make a disagreement as small as possible: as few characters, and as few clients."""
    while True:
        better = court.disagreements(list(smaller(found.item)))
        if not better:
            return found
        found = min(better, key=size)


def simplest(found: Iterable[Disagreement]) -> list[Disagreement]:
    """Choose the shortest of each kind."""
    best: dict[str, Disagreement] = {}
    for one in found:
        best[one.kind] = min(best.get(one.kind, one), one, key=size)
    return list(best.values())


def size(found: Disagreement) -> tuple[int, int]:
    """Tell how much there is to read."""
    return len(found.item["value"]), len(found.item.get("clients", ()))


def smaller(item: Item) -> Iterator[Item]:
    """Give items that are smaller: without some part of the value, or of what is beside it."""
    value = item["value"]
    length = len(value)
    while length:
        for start in range(0, len(value), length):
            rest = (value[:start] + value[start + length:]).strip(" \t\r\n\v\f")
            yield {**item, "value": rest}
        length //= 2
    if item.get("inet_protocols", "all") != "all":
        yield {**item, "inet_protocols": "all"}
    if len(item.get("clients", ())) > 1:
        yield from ({**item, "clients": [client]} for client in item["clients"])


def choose(random: Random, count: int) -> list[Item]:
    """Make a batch of items, by the weights of the parameters."""
    parameters = list(subjects.SUBJECTS)
    weights = [subjects.SUBJECTS[parameter].weight for parameter in parameters]
    return [subjects.any_item(random, parameter) for parameter in random.choices(parameters, weights, k=count)]


class Progress(NamedTuple):
    """What a worker has done since it last said something."""

    counts: Counter[str]
    """Values by parameter."""
    found: list[Disagreement]


def work(hosts: Sequence[str], seed: int, batches: Iterable[int], survey: bool, queue: Any) -> None:
    """Try batches of values in a process of its own, and report after each."""
    court = Court(hosts)
    for number in batches:
        # The seed of each batch depends on nothing but its number: any number of workers tries the same values.
        items = choose(Random(f"{seed}-{number}"), BATCH)
        found = court.disagreements(items)
        if not survey:
            found = [shrunk(court, one) for one in found[:1]]
        queue.put(Progress(Counter(item["parameter"] for item in items), found))
        if found and not survey:
            return
    court.end()
    queue.put(None)


def run(hosts: Sequence[str], values: int, seed: int, workers: int, survey: bool = False) -> Iterator[Progress]:
    """Try a number of values, and tell from time to time what has been done.

    Args:
        hosts: names of containers.
        values: how many to try, on each of them.
        seed: of the choice of values.
        workers: how many processes share the work.
        survey: whether to go on after a disagreement.
    """
    queue: Any = multiprocessing.Queue()
    batches = range((values + BATCH - 1) // BATCH)
    processes = [
        multiprocessing.Process(target=work, args=(hosts, seed, batches[number::workers], survey, queue), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        busy = len(processes)
        while busy:
            try:
                progress = queue.get(timeout=5)
            except Empty:
                if any(process.exitcode for process in processes):
                    raise RuntimeError("a worker is gone") from None
                continue
            if progress is None:
                busy -= 1
            else:
                yield progress
    finally:
        for process in processes:
            process.terminate()
            process.join()


def throughput(count: int, since: float) -> str:
    """Say how fast it goes."""
    return f"{count / max(time.monotonic() - since, 0.001):,.0f} values/s"
