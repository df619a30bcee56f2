"""docs/performance.md: its text is in page.md beside this file, and its tables are made here."""

from __future__ import annotations

import datetime
import os
import platform
import string
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ansible.release import __version__ as ansible_version
from fleet.figures import COMPARED, PING, Goal, Measured, line, middle
from fleet.hosts import CONFIG, Fleet
from lab.process import ROOT, output

PAGE = ROOT / "docs" / "performance.md"
TEMPLATE = Path(__file__).with_suffix(".md")
HOSTS, SLICES = 10_000, 20


def text(fleet: Fleet, measured: Measured, goals: list[Goal], size: int, rounds: int) -> str:
    """The whole page."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return string.Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        size=size, rounds=rounds, slices=SLICES, slice=HOSTS // SLICES,
        machine=f"{cores} cores, {memory:.0f} GB of memory", cores=cores, date=datetime.date.today().isoformat(),
        controller=controller_versions(), hosts=host_versions(fleet), config=CONFIG.read_text(encoding="utf-8"),
        runs=runs(measured, size), goals=goals_table(goals), growth=growth(measured), projection=projection(measured))


def runs(measured: Measured, size: int) -> str:
    """What each kind of run takes with all hosts, and how many times that of a ping."""
    ping = middle(measured[PING][size])
    rows = []
    for kind, sizes in measured.items():
        one = middle(sizes[size])
        rows.append((kind.name, f"{one.wall:.1f} s", f"{one.wall / ping.wall:.2f}", f"{one.controller:.1f} s",
                     f"{one.controller / ping.controller:.2f}", f"{one.serial:.1f} s", f"{one.hosts * 1000:.0f} ms",
                     f"{one.sent / 1000:.0f} kB"))
    titles = ("run", "by the clock", "to ping", "controller", "to ping", "main process", "a host", "sent")
    return table(titles, rows)


def goals_table(goals: Iterable[Goal]) -> str:
    """The goals, and whether they are met."""
    rows = ((goal.text, f"{goal.limit:g}", f"{goal.measured:.2f}", "yes" if goal.met else "**no**") for goal in goals)
    return table(("goal", "limit", "measured", "met"), rows)


def growth(measured: Measured) -> str:
    """How what a run takes grows with the number of hosts."""
    sizes = list(measured[PING])
    rows = []
    for kind in COMPARED:
        for name, title in (("wall", "by the clock"), ("controller", "controller"), ("serial", "main process")):
            fixed, each = line(measured[kind], name)
            known = (f"{getattr(middle(measured[kind][size]), name):.1f} s" for size in sizes)
            rows.append((kind.name, title, *known, f"{fixed:.1f} s", f"{each * 1000:.0f} ms"))
    titles = ("run", "time", *(f"{size} hosts" for size in sizes), "any number", "each host")
    return table(titles, rows)


def projection(measured: Measured) -> str:
    """What the lines foretell of a large fleet."""
    size = HOSTS // SLICES
    rows = []
    for kind in COMPARED:
        serial, controller = (line(measured[kind], name).at(size) for name in ("serial", "controller"))
        sent = middle(measured[kind][max(measured[kind])]).sent * HOSTS
        rows.append((kind.name, f"{serial:.0f} s", f"{controller:.0f} s", f"{controller * SLICES / 60:.0f} min",
                     f"{sent / 1e9:.1f} GB"))
    return table(("run", "main process, a slice", "controller, a slice", "controller, all", "sent"), rows)


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown, the first column of words, the others of figures."""
    head = list(titles)
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---", *["---:"] * (len(head) - 1)], *rows))


def controller_versions() -> str:
    """What ran on the controller."""
    ssh = subprocess.run(["ssh", "-V"], check=True, capture_output=True, text=True).stderr
    return f"ansible-core {ansible_version}, Python {platform.python_version()}, {ssh.split()[0].rstrip(',')}"


def host_versions(fleet: Fleet) -> str:
    """What ran on the hosts."""
    there = ("docker", "exec", fleet.hosts[0].container)
    system = output(*there, "sh", "-c", ". /etc/os-release; echo $PRETTY_NAME")
    return f"{system}, Postfix {output(*there, 'postconf', '-h', 'mail_version')}, {output(*there, 'python3', '-V')}"
