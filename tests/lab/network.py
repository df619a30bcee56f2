"""The one network that all hosts of the lab share."""

from __future__ import annotations

from lab.process import lock, output, succeeds

NAME = "inet6-postfix"
LABEL = "inet6-postfix"
SUBNETS = ("198.51.100.128/25", "2001:db8:25::/64")
"""Documentation networks. Small ones: a route of ours must not hide a machine that others numbered from them too."""


def ensure() -> None:
    """Make the network unless it is there.

    It is internal: its hosts reach one another and this machine, and no test mail can ever leave.
    """
    if exists():
        return
    with lock("network"):
        if not exists():
            subnets = (f"--subnet={subnet}" for subnet in SUBNETS)
            output("docker", "network", "create", "--internal", "--ipv6", *subnets, f"--label={LABEL}", NAME)


def exists() -> bool:
    """Whether the network is there."""
    return succeeds("docker", "network", "inspect", NAME)
