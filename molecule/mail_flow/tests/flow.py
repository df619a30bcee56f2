"""Mail from one host of this scenario to another, and what proves the way that it went.

The protocol and the source address are what the receiver says: in the Received: header of a mail that it took, in its
log of one that it refused. The rest is from the sender's log.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from lab.play import Play, play
from lab.pytest_plugin import LabHost
from mail_host import cursor, journal, wait
from page import NOTHING, Row
from testinfra import get_host
from testinfra.host import Host

SCENARIO = "mail_flow"
USUAL = {"inet_protocols": "all", "inet_interfaces": "all", "smtp_address_preference": "ipv6", "outbound": "both"}
"""What a sender does where a test says nothing else: mail tries IPv6 first, so that nothing here depends on chance."""
REMOVED = ("smtp_bind_address6", "smtp_bind_address_enforce", "smtp_connect_timeout")
"""Parameters that are taken out of main.cf where a test does not set them."""
SECONDS = 90
"""How long a mail may take: longer than Postfix waits for a connection (smtp_connect_timeout, 30 s)."""
PROTOCOLS = {4: "IPv4", 6: "IPv6"}

numbers = itertools.count(time.time_ns())
"""Of the mails; those of an earlier run lie in the same mailboxes."""


def domains() -> dict[str, list[str]]:
    """The domains that each host takes mail for."""
    groups = yaml.safe_load(Path(__file__).parents[1].joinpath("inventory.yml").read_text(encoding="utf-8"))
    mail = groups["all"]["children"]["mail"]
    hosts = {**mail["hosts"], **mail["children"]["senders"]["hosts"]}
    return {name: values["domains"] for name, values in hosts.items()}


@dataclass(frozen=True)
class Outcome:
    """What became of a mail."""

    protocol: str
    """IPv4, IPv6, or none where no connection came about, or none was needed."""
    source: str
    """The sender's address, as the receiver saw it."""
    seconds: float
    """From the arrival of the mail at the sender to the end of the attempt, by the sender's log."""
    status: str
    """Postfix's word: sent, bounced, deferred."""
    text: str
    """What Postfix or the receiver said of it."""
    service: str
    """The name under which the delivering service logs, such as postfix/inet6-ipv4."""
    failed: frozenset[str]
    """The protocols of connections that were tried meanwhile and did not come about, however often."""

    @property
    def result(self) -> str:
        """For people; without addresses, which are others in each run."""
        if self.status == "sent":
            return "delivered"
        words = re.sub(r"\[[0-9a-f.:]+\](:25)?|^host .* said: |^Host or .* found\. | \(in reply to .*", "", self.text)
        return f"{'bounced' if self.status == 'bounced' else 'in the queue'}: `{words}`"


@dataclass(frozen=True)
class Sender:
    """A host that sends mail."""

    lab: LabHost
    lab_hosts: Mapping[str, LabHost]
    bound: str = ""
    """An address with reverse DNS, which it does not have yet."""

    @cached_property
    def host(self) -> Host:
        """The access to it."""
        return get_host(self.lab.connection)

    @property
    def domain(self) -> str:
        """The domain that it takes mail for."""
        return domains()[self.lab.name][0]

    def set(self, **variables: Any) -> Play:
        """Run the role, with the usual settings beside some variables without their `postfix_ipv6_`."""
        given = {**variables, **variables.get("extra_parameters", {})}
        wanted = {**USUAL, "absent": [name for name in REMOVED if name not in given], **variables}
        run = play(SCENARIO, self.lab.name, {f"postfix_ipv6_{name}": value for name, value in wanted.items()})
        assert run.code == 0, run.output
        return run

    def preflight(self, resolver: str, **variables: Any) -> dict[str, Any]:
        """Ask the playbook which hosts are ready for some variables without their `postfix_ipv6_`."""
        wanted = {**USUAL, "smtp_address_preference": "any", "resolvers": [resolver], **variables}
        run = play(SCENARIO, self.lab.name, {f"postfix_ipv6_{name}": value for name, value in wanted.items()},
                   playbook="inet6.postfix.preflight")
        assert (run.code, run.stats["changed"]) == (0, 0), run.output
        said: dict[str, Any] = run.results["ansible.builtin.debug"]["msg"]
        return said

    def send(self, *wanted: str) -> list[Outcome]:
        """Send a mail to each of some domains, all at once, and see what becomes of them."""
        start = cursor(self.host)
        mails = {f"alice+{next(numbers)}@{domain}": domain for domain in wanted}
        for recipient in mails:
            self.host.check_output("printf 'Subject: Hello\\n\\nHello!\\n' | sendmail -f %s %s", f"alice@{self.domain}",
                                   recipient)
        outcomes = []
        for recipient, domain in mails.items():
            wait(lambda recipient=recipient: self._logged(recipient, start), SECONDS)
            outcomes.append(self._outcome(recipient, domain, start))
        return outcomes

    def until_both(self, domain: str) -> list[Outcome]:
        """Send mail after mail until both protocols were used: the first one is a matter of chance.

        That thirty mails take the same one happens once in half a billion times.
        """
        outcomes: dict[str, Outcome] = {}
        for _attempt in range(30):
            (outcome,) = self.send(domain)
            outcomes[outcome.protocol] = outcome
            if len(outcomes) == len(PROTOCOLS):
                break
        return [outcomes[protocol] for protocol in sorted(outcomes)]

    def named(self, address: str) -> str:
        """Say which of its addresses one is: Docker hands out others in each run."""
        temporary = json.loads(self.host.check_output("ip -json -6 address show temporary"))
        names = {self.lab.ipv4: "its IPv4 address", self.lab.ipv6: "its IPv6 address", self.bound: "its bound address",
                 **{one["local"]: "its temporary address" for link in temporary for one in link.get("addr_info", ())
                    if "local" in one}}
        return names.get(address, address)

    def shown(self, setting: Mapping[str, Any]) -> str:
        """Write a setting as in an inventory, with names in the place of its addresses."""
        parts = []
        for name, value in setting.items():
            words = json.dumps(value).replace('"', "")
            for address in filter(None, (self.bound, self.lab.ipv4, self.lab.ipv6)):
                words = words.replace(address, self.named(address).removeprefix("its "))
            parts.append(f"`{name}: {words}`")
        return ", ".join(parts) or "as usual"

    def row(self, destination: str, *outcomes: Outcome, **setting: Any) -> Row:
        """Tell what became of mail under a setting; of several mails, what they have in common, and what not."""
        return Row(self.shown(setting), destination,
                   " or ".join(outcome.protocol for outcome in outcomes),
                   " or ".join(outcome.source for outcome in outcomes),
                   f"{max(outcome.seconds for outcome in outcomes):.2f} s",
                   " or ".join(dict.fromkeys(outcome.result for outcome in outcomes)))

    def _logged(self, recipient: str, start: str) -> str:
        lines = journal(self.host, start)
        return next((line for line in lines if f"to=<{recipient}>, " in line and " status=" in line), "")

    def _outcome(self, recipient: str, domain: str, start: str) -> Outcome:
        line = self._logged(recipient, start)
        found = re.search(r" (?P<service>postfix\S*)/\w+\[\d+\]: \w+: .*relay=(?P<relay>[^ ,]+),.* "
                          r"delay=(?P<delay>[0-9.]+),.* status=(?P<status>\w+) \((?P<text>.*)\)$", line)
        assert found, line
        source = self._source(recipient, domain, found["status"]) if "[" in found["relay"] else ""
        if source:
            assert _protocol(source) == _protocol(found["relay"].partition("[")[2].partition("]")[0])
        failed = re.findall(rf"{found['service']}/smtp\[\d+\]: connect to [^\[ ]*\[(\S+)\]:25: ",
                            "\n".join(journal(self.host, start)))
        return Outcome(_protocol(source) if source else NOTHING, self.named(source) if source else NOTHING,
                       float(found["delay"]), found["status"], found["text"], found["service"],
                       frozenset(map(_protocol, failed)))

    def _source(self, recipient: str, domain: str, status: str) -> str:
        """The address that the receiver saw, by the mail that it took, or by its log."""
        name = next(name for name, all_domains in domains().items() if domain in all_domains)
        receiver = get_host(self.lab_hosts[name].connection)
        if status == "sent":
            path = "grep --files-with-matches --recursive '^X-Original-To: %s$' /home/alice/Maildir/new"
            wait(lambda: receiver.run(path, recipient).rc == 0)
            text = receiver.check_output(f"cat $({path})", recipient)
            found = re.search(r"^Received: from \S+ \(\S+ \[(?:IPv6:)?(\S+)\]\)$", text, re.MULTILINE)
        else:
            log = receiver.check_output("journalctl --quiet --no-pager --grep=%s", f"to=<{re.escape(recipient)}>")
            found = re.search(r"reject: RCPT from \S+\[(\S+)\]: ", log)
        assert found, f"{name} says nothing of {recipient}"
        return found[1]


def _protocol(address: str) -> str:
    return PROTOCOLS[6 if ":" in address else 4]


def by_all(senders: list[Sender], show: Callable[[Sender], list[Row]]) -> list[Row]:
    """See something on several senders at the same time: it is the same, and takes as long as on the slowest."""
    with ThreadPoolExecutor(len(senders)) as pool:
        first, *others = pool.map(show, senders)
    for rows in zip(first, *others, strict=True):
        assert len({row.without_delay for row in rows}) == 1, rows
    return [max(rows, key=lambda row: row.seconds) for rows in zip(first, *others, strict=True)]


@contextmanager
def dropped(sender: Sender, receiver: LabHost) -> Iterator[None]:
    """Let a receiver's firewall drop what a sender's IPv6 address sends to its port 25, without an answer."""
    host, table = get_host(receiver.connection), f"from_{sender.lab.name}"
    host.check_output("nft %s", f"table inet {table} {{ chain input {{ type filter hook input priority 0;"
                      f" ip6 saddr {sender.lab.ipv6} tcp dport 25 drop; }}; }}")
    try:
        yield
    finally:
        host.check_output(f"nft delete table inet {table}")


@contextmanager
def bound_address(sender: Sender, *, temporary: bool = False) -> Iterator[None]:
    """Give a sender its address with reverse DNS, and by the kernel (RFC 8981) a temporary one that it prefers."""
    host = sender.host
    flags = "mngtmpaddr" if temporary else "preferred_lft 0"  # the latter is used only by who asks for it
    host.check_output(f"sysctl --quiet net.ipv6.conf.eth0.use_tempaddr={2 if temporary else 0}")
    host.check_output(f"ip -6 address add {sender.bound}/64 dev eth0 {flags}")
    try:
        wait(lambda: not host.check_output("ip -6 address show tentative"))
        assert bool(host.check_output("ip -6 address show temporary")) == temporary
        yield
    finally:
        host.run(f"ip -6 address del {sender.bound}/64 dev eth0")
