"""Let the real Postfix judge the validator: python -m oracle quick | run."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter

from lab import engine, image
from lab.process import LabError

from oracle import quick, search
from oracle.hosts import Hosts

SHOWN_EVERY = 10
"""Seconds between two lines of progress, where nobody watches."""


def main() -> int:
    """Do what the command line asks; 1 says that there is a disagreement, 2 that nothing could be compared."""
    parser = argparse.ArgumentParser(prog="oracle", description=__doc__)
    parser.add_argument("command", choices=("quick", "run"), help="quick: a look at everything, for each change;"
                        " run: as many values as asked for, until the first disagreement")
    parser.add_argument("--values", type=int, help="how many (default: quick 30,000, run 1,000,000)")
    parser.add_argument("--survey", action="store_true", help="go on after a disagreement, and show one of each kind")
    parser.add_argument("--seed", type=int, help="repeats a run (default: quick 0, run another one each time)")
    parser.add_argument("--release", nargs="+", default=None, choices=(*image.RELEASES, image.UNSTABLE),
                        help="of Debian (default: all, and sid if it can be built)")
    args = parser.parse_args()
    is_quick = args.command == "quick"
    seed = args.seed if args.seed is not None else 0 if is_quick else random.randrange(10 ** 6)
    values = args.values or (30_000 if is_quick else 1_000_000)
    try:
        engine.ensure()
        with Hosts(args.release or available()) as hosts:
            if not quick.looks_good(hosts, judges_only=not is_quick):
                return 1
            return run([host.name for host in hosts], values, seed, args.survey)
    except (LabError, RuntimeError) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 2


def available() -> list[str]:
    """The releases that can be had. Sid changes daily, and some days cannot be installed."""
    try:
        image.ensure(image.UNSTABLE)
    except LabError as error:
        print(f"oracle: going on without {image.UNSTABLE}: {error}", file=sys.stderr)
        return [*image.RELEASES]
    return [*image.RELEASES, image.UNSTABLE]


def run(hosts: list[str], values: int, seed: int, survey: bool) -> int:
    """Try values, and tell how it goes."""
    court = search.Court(hosts)
    versions = ", ".join(judge.version for judge in court.judges)
    court.end()
    print(f"Postfix {versions}; {values:,} values, seed {seed}", flush=True)
    since = shown = time.monotonic()
    counts: Counter[str] = Counter()
    found: list[search.Disagreement] = []
    for progress in search.run(hosts, values, seed, os.cpu_count() or 1, survey):
        counts += progress.counts
        known = {one.kind for one in found}
        for one in search.simplest(progress.found):
            if survey and one.kind not in known:
                print(f"\n{one}", flush=True)
        found = search.simplest(found + progress.found)
        if found and not survey:
            break
        if sys.stderr.isatty() or time.monotonic() - shown > SHOWN_EVERY:
            shown = time.monotonic()
            print(f"\r{counts.total():>12,} values, {search.throughput(counts.total(), since)} ",
                  end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
    print()
    for parameter, count in sorted(counts.items()):
        print(f"{count:>12,} {parameter}")
    print(f"{counts.total():>12,} values on each of {len(hosts)} releases in {time.monotonic() - since:.0f} s,"
          f" {search.throughput(counts.total(), since)}: {len(found) or 'no'} disagreement{'s' * (len(found) > 1)}")
    court = search.Court(hosts)
    for one in found:
        print(search.shrunk(court, one))
    court.end()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
