"""How fast the validator is: values per second by parameter, and how the time grows with the length of mynetworks.

Beside it, in the same run and on the same list: Python's ipaddress.ip_network, which knows nothing of Postfix, and
Postfix's own parser, `postmap cidr:`, in a host of the lab. Run it by `make bench-validate`.
"""

from __future__ import annotations

import ipaddress
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from ansible_collections.inet6.postfix.plugins.module_utils._errors import Problem
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import read_network
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import judge
from lab.__main__ import images
from lab.process import LabError

LENGTHS = (100, 1_000, 10_000, 100_000, 1_000_000)
SECONDS = 0.5
"""How long each parameter is measured."""
VALUES = {
    "inet_protocols": "ipv4, ipv6",
    "inet_interfaces": "127.0.0.1, [::1], 192.0.2.25, [2001:db8::25]",
    "mynetworks": "127.0.0.0/8, [::1]/128, 192.0.2.0/24, [2001:db8::]/32",
    "smtp_bind_address6": "2001:db8::25",
    "smtp_address_preference": "any",
    "smtp_balance_inet_protocols": "yes",
    "smtpd_client_ipv6_prefix_length": "64",
    "smtp_connect_timeout": "30s",
    "relayhost": "[2001:db8::25]:587",
}
POSTMAP = """
import subprocess, sys, tempfile, time
with tempfile.NamedTemporaryFile('w') as table:
    table.writelines(line.rstrip() + ' OK\\n' for line in sys.stdin)
    table.flush()
    start = time.monotonic()
    subprocess.run(['postmap', '-q', '192.0.2.1', 'cidr:' + table.name])
    print(time.monotonic() - start)
"""


def _judged(text: str) -> list[Problem]:
    return list(judge({"mynetworks": text}))


def _read(networks: list[str]) -> list[object]:
    return [ipaddress.ip_network(network) for network in networks]


def main() -> int:
    """Print both tables."""
    try:
        (image,) = images(["bookworm"])
    except LabError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1
    print(f"{'parameter':34}{'values per second':>18}")
    for name, text in VALUES.items():
        print(f"{name:34}{rate({name: text}):18,.0f}")
    print(f"\n{'entries of mynetworks':>22}{'judge':>10}{'us each':>9}{'ip_network':>12}{'postmap cidr:':>15}")
    for length in LENGTHS:
        networks = sample(length)
        text = ", ".join(f"[{network}" .replace("/", "]/") for network in networks)
        read_network.cache_clear()
        ours = seconds(partial(_judged, text))
        theirs = seconds(partial(_read, networks))
        print(f"{length:22,}{ours:9.3f}s{ours / length * 1e6:9.1f}{theirs:11.3f}s{postmap(image, networks):14.3f}s")
    return 0


def rate(values: dict[str, str]) -> float:
    """How many of these values are judged in a second."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _again in range(100):
            list(judge(values))
        count += 100
    return count / (time.perf_counter() - start)


def seconds(work: Callable[[], object]) -> float:
    """How long this takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def sample(length: int) -> list[str]:
    """Different networks, the same in each run."""
    numbers = random.Random(length).sample(range(1 << 32), length)
    return [f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64" for number in numbers]


def postmap(image: str, networks: list[str]) -> float:
    """How long Postfix takes to read the same networks, without the start of the container."""
    done = subprocess.run(
        ["docker", "run", "--rm", "--interactive", "--network=none", "--entrypoint=python3", image, "-c", POSTMAP],
        check=True, capture_output=True, text=True, input="\n".join(networks) + "\n")
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(main())
