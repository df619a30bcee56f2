"""What many runs say together: medians, how they grow with the number of hosts, and whether the goals are met."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import fields
from typing import NamedTuple

from fleet.runs import Kind, Run

PING = Kind("ping", "ping.yml")
ROLE = Kind("the role, nothing to change", "role.yml")
PLAIN_ROLE = Kind("the role under `roles:`, nothing to change", "plain_role.yml")
BY_HAND = Kind("a playbook by hand, nothing to change", "by_hand.yml")
ENABLE = Kind("`inet6.postfix.enable`, nothing to change", "inet6.postfix.enable")
COMPARED = (PING, ROLE, ENABLE, BY_HAND)
"""Run with each number of hosts."""
OFF = Kind("the role, IPv6 off on every host", "role.yml", changes=True, options=("-e", "postfix_ipv6_enabled=false"))
ON = Kind("the role, IPv6 on again on every host", "role.yml", changes=True)
OTHERS = (
    Kind("ping, connections opened anew", "ping.yml", connected=False),
    PLAIN_ROLE,
    Kind("`inet6.postfix.preflight`, without DNS", "inet6.postfix.preflight"),
    Kind("`inet6.postfix.report`", "inet6.postfix.report"),
    OFF, ON,
)
"""Run with all hosts, in this order: in the end they are as they were."""

WORST_WALL, WORST_CONTROLLER = 1.3, 1.5
"""How many times what a ping takes the role may take with nothing to change."""
LEAST_GAIN = 5.0
"""How many times less than the playbook written by hand it has to take."""
WORST_BEND = 0.1
"""How far what it takes may be from a straight line: of that line, in the middle."""

Measured = dict[Kind, dict[int, list[Run]]]
"""The runs of each kind with each number of hosts."""


class Line(NamedTuple):
    """What a run takes: a part that is the same for any number of hosts, and a part for each host."""

    fixed: float
    each: float

    def at(self, size: int) -> float:
        """What a run with so many hosts takes."""
        return self.fixed + self.each * size


class Goal(NamedTuple):
    """What has to hold."""

    text: str
    limit: float
    measured: float
    met: bool


def middle(runs: Sequence[Run]) -> Run:
    """The median of each figure."""
    return Run(**{field.name: statistics.median(getattr(run, field.name) for run in runs) for field in fields(Run)})


def line(runs: dict[int, list[Run]], name: str) -> Line:
    """The straight line that fits a figure best, by least squares over all runs."""
    points = [(size, getattr(run, name)) for size, each in runs.items() for run in each]
    each, fixed = statistics.linear_regression(*zip(*points, strict=True))
    return Line(fixed, each)


def bend(runs: dict[int, list[Run]], name: str) -> float:
    """How far the median of a figure is from the line between the smallest and the largest number of hosts, where it is
    farthest, as a share of that line: 0 for what grows by the same for each host."""
    known: dict[int, float] = {size: getattr(middle(each), name) for size, each in runs.items()}
    first, last = min(known), max(known)
    slope = (known[last] - known[first]) / (last - first)
    return max(abs(value / (known[first] + slope * (size - first)) - 1) for size, value in known.items())


def goals(measured: Measured, size: int) -> list[Goal]:
    """All goals, with this number of hosts."""
    ping, role, by_hand = (middle(measured[kind][size]) for kind in (PING, ROLE, BY_HAND))
    wall, controller, gain = role.wall / ping.wall, role.controller / ping.controller, by_hand.wall / role.wall
    bends = {name: bend(measured[ROLE], name) for name in ("wall", "controller")}
    return [
        Goal("time of the role with nothing to change, to that of a ping: at most", WORST_WALL, wall,
             wall <= WORST_WALL),
        Goal("its processor time on the controller, to that of a ping: at most", WORST_CONTROLLER, controller,
             controller <= WORST_CONTROLLER),
        Goal("time of the playbook by hand, to that of the role: at least", LEAST_GAIN, gain, gain >= LEAST_GAIN),
        Goal("how far the role's time is from a straight line, of that line: at most", WORST_BEND, bends["wall"],
             bends["wall"] <= WORST_BEND),
        Goal("the same for its processor time on the controller: at most", WORST_BEND, bends["controller"],
             bends["controller"] <= WORST_BEND),
    ]
