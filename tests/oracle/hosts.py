"""Hosts with Postfix, one for each release, and the judges that run in them."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from lab import image
from lab.network import LABEL
from lab.process import output

from oracle import ROOT
from oracle.core import HOST_ADDRESSES

Item = dict[str, Any]
Answer = dict[str, Any]

HERE = Path(__file__).parent
THERE = "/oracle"
"""Where a host has the files of the collection that are needed."""
LONGEST_LIFE = 6 * 3600
"""Seconds after which a host goes away by itself, if nobody is there any more to end it."""

ISOLATED = ("--init", "--network=none", "--cap-add=NET_ADMIN", "--sysctl=net.ipv6.conf.all.disable_ipv6=0",
            "--sysctl=net.ipv6.conf.lo.disable_ipv6=0", "--hostname=mail.example.org",
            "--add-host=mail.example.org:192.0.2.1")
PREPARE = f"""
for address in {' '.join(HOST_ADDRESSES)}; do
    case $address in 127.*|::1) ;; *) ip address add $address dev lo;; esac
done
echo nameserver 127.0.0.1 >/etc/resolv.conf
mkdir -p {THERE}/tests {THERE}/plugins
"""


class Host:
    """A container with one release of Debian and its Postfix."""

    def __init__(self, release: str) -> None:
        """Start it."""
        self.release = release
        self.name = f"inet6-postfix-oracle-{release}-{uuid.uuid4().hex[:8]}"
        output("docker", "run", "--detach", "--rm", f"--name={self.name}", f"--label={LABEL}=oracle", *ISOLATED,
               "--entrypoint=sleep", image.ensure(release), str(LONGEST_LIFE))
        output("docker", "exec", self.name, "sh", "-ec", PREPARE)
        output("docker", "cp", str(HERE), f"{self.name}:{THERE}/tests/oracle")
        output("docker", "cp", str(ROOT / "plugins" / "module_utils"), f"{self.name}:{THERE}/plugins/module_utils")

    def stop(self) -> None:
        """Remove it."""
        output("docker", "rm", "--force", self.name)


class Judge:
    """A conversation with a program in a host that answers batches of JSON lines."""

    def __init__(self, host: str, program: str = "judge.py") -> None:
        """Begin it.

        Args:
            host: name of the container.
            program: judge.py or daemons.py.
        """
        self.process = subprocess.Popen(
            ["docker", "exec", "--interactive", host, "python3", f"{THERE}/tests/oracle/{program}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        greeting = self._line()
        self.version: str = greeting["version"]
        """Of its Postfix, such as 3.7.11."""
        self.release = tuple(int(number) for number in re.findall("[0-9]+", self.version)[:2])

    def ask(self, items: Iterable[Item]) -> None:
        """Send a batch."""
        assert self.process.stdin
        self.process.stdin.write("".join(json.dumps(item) + "\n" for item in items) + "\n")
        self.process.stdin.flush()

    def hear(self, count: int) -> list[Answer]:
        """Wait for the answers to a batch of so many items."""
        return [self._line() for _line in range(count)]

    def _line(self) -> Answer:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The judge is gone: {self.process.args!r}")
        answer: Answer = json.loads(line)
        return answer

    def end(self) -> None:
        """End the conversation."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


class Hosts:
    """Hosts of several releases, which go away at the end of a with statement."""

    def __init__(self, releases: Sequence[str]) -> None:
        """Choose the releases."""
        self.releases = releases
        self.hosts: list[Host] = []

    def __enter__(self) -> list[Host]:
        """Start them."""
        try:
            with ThreadPoolExecutor(max_workers=4) as pool:
                for started in [pool.submit(Host, release) for release in self.releases]:
                    self.hosts.append(started.result())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self.hosts

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove them."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(Host.stop, self.hosts))
