# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What a mail log says of IPv4 and IPv6: who came and went by which, how fast, and what the others said.

The log is read once, from its beginning to its end, and memory does not grow with it. Its lines may hold anything, as
remote hosts choose much of their text. What Postfix writes before that text is all that is believed, and a line that
Postfix would not write counts for nothing.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._delays import Delays
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._frequent import Frequent
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host
from ansible_collections.inet6.postfix.plugins.module_utils._log_sources import (
    DAMAGED,
    blocks,
    journal_blocks,
    sources,
)
from ansible_collections.inet6.postfix.plugins.module_utils._log_times import Clock
from ansible_collections.inet6.postfix.plugins.module_utils._programs import run
from ansible_collections.inet6.postfix.plugins.module_utils._remote_words import common_words, example, readable

CLIENTS = ('ipv4', 'ipv6', 'unknown')
RELAYS = ('ipv4', 'ipv6', 'unix', 'none')
STATUSES = ('sent', 'deferred', 'bounced')
OTHER_AGENTS = ('local', 'virtual', 'pipe', 'error', 'discard')
"""Postfix's delivery agents beside smtp(8) and lmtp(8); they connect to nobody."""
DEFERRED = (b'deferred', b'SOFTBOUNCE')
"""The second one where a bounce was softened (postconf(5) soft_bounce)."""
PROBES = (b'deliverable', b'undeliverable')
"""What address verification finds out (postconf(5) address_verify_...); no mail is sent then."""
MOST_TOP = 100
GROUPS = 500
DESTINATIONS = 2000
LONGEST_DOMAIN = 80
LONGEST_HEAD = 400
"""Bytes before the process id, of any time, host and name that there may be."""

OFFSET = b'Z+-'
"""What follows the time in RFC 3339, as rsyslog writes it."""

# What follows the first bracket of a line, that of the process id, by program.
CLIENT = re.compile(rb'[0-9]+\]: ([0-9A-Za-z]+): client=[^\[]*\[([^\]]{1,128})\]')
ORIGIN = re.compile(rb'orig_client=[^\[]*\[([^\]]{1,128})\]')
PICKUP = re.compile(rb'[0-9]+\]: [0-9A-Za-z]+: uid=[0-9]')
REFUSAL = re.compile(
    rb'[0-9]+\]: [0-9A-Za-z]+: (?:milter-)?reject: [A-Z][A-Z-]* from [^ \[]*\[([^\]]{1,128})\](?::[0-9]+)?: ')
RECIPIENT = re.compile(rb'[0-9]+\]: [0-9A-Za-z]+: to=<("(?:[^"\\]|\\.)*")?')
OUTCOME = re.compile(
    rb'>, relay=[^,\[]*(?:\[([^\]]{1,128})\](?::[0-9]+)?)?, (?:conn_use=[0-9]+, )?'
    rb'delay=([0-9]{1,9}(?:\.[0-9]{1,6})?), (?:delays=[0-9./]+, )?(?:dsn=[0-9.]+, )?status=([A-Za-z]+) ?\(?')


Count = Callable[[bytes], None]
"""Counts a line, by what stands behind its first bracket."""


class Peer(NamedTuple):
    """Who is at the other end of a connection, as far as its address tells."""

    family: str
    """ipv4 (also for an IPv4-mapped address) or ipv6; unix for a socket in the file system; else empty."""
    is_loopback: bool


@lru_cache(maxsize=4096)
def peer(address: bytes) -> Peer:
    """Judge what stands in brackets behind the name of a client or relay."""
    found = parse_address(address.decode('ascii', 'replace'))
    if not found:
        return Peer('unix' if b'/' in address else '', False)
    if found.is_ipv4_mapped:
        found = found.unmapped
    return Peer(f'ipv{found.family}', found.is_loopback)


class Tally:
    """What was counted of the lines of one or more logs."""

    def __init__(self, since: float, until: float, syslog_name: Optional[str] = None) -> None:
        """Begin with nothing.

        Args:
            since: seconds since 1970; earlier lines do not count.
            until: likewise; lines of this moment and later ones do not count.
            syslog_name: of the Postfix that counts, also with more behind a slash as services have it; None for any.
        """
        self._since, self._until = since, until
        self._syslog_name = syslog_name
        self._received = dict.fromkeys((*CLIENTS, 'local', 'returned'), 0)
        self._received_here = dict.fromkeys(CLIENTS, 0)
        self._sent_here = dict.fromkeys(RELAYS, 0)
        self._refused, self._deferred, self._bounced = Answers(CLIENTS), Answers(RELAYS), Answers(RELAYS)
        self._delays = {family: Delays() for family in RELAYS}
        self._destinations = Frequent(DESTINATIONS)
        self._probes = 0
        self._elsewhere = {agent: dict.fromkeys(STATUSES, 0) for agent in OTHER_AGENTS}
        delivery_agents = {agent.encode(): self._elsewhere_of(agent) for agent in OTHER_AGENTS}
        self._kinds: List[Tuple[bytes, Dict[bytes, Count]]] = [
            (b': client=', {b'smtpd': self._arrival}),
            (b': uid=', {b'pickup': self._pickup}),
            (b'reject: ', dict.fromkeys((b'smtpd', b'postscreen', b'cleanup'), self._refusal)),
            (b', status=', {**dict.fromkeys((b'smtp', b'lmtp'), self._delivery), **delivery_agents}),
        ]

    def add(self, log: Iterable[bytes], newest: float) -> None:
        """Count the lines of one log.

        Args:
            log: its lines with their line feeds, many at a time.
            newest: when it was last written, in seconds since 1970.
        """
        clock = Clock(newest)
        # Many lines have the same time, to a second, and come from the same program.
        is_wanted = lru_cache(maxsize=256)(lambda head: self._is_wanted(clock, head))
        for block in log:
            for mark, programs in self._kinds:
                # One search over many lines finds the few that matter, far faster than a look at each.
                at = block.find(mark)
                while at >= 0:
                    end = block.find(b'\n', at)
                    head, bracket, rest = block[block.rfind(b'\n', 0, at) + 1:end].partition(b'[')
                    count = programs.get(head.rpartition(b'/')[2])
                    if head[19:20] == b'.' and head[26:27] in OFFSET:
                        head = head[:19] + head[26:]  # without the fraction of a second
                    if count and len(head) < LONGEST_HEAD and is_wanted(head):
                        count(rest)
                    at = block.find(mark, end)

    def _is_wanted(self, clock: Clock, head: bytes) -> bool:
        """Tell whether a line is of the time and the Postfix that was asked for, by what stands before its bracket."""
        found = clock.read(head)
        if not found:
            return False
        when, name = found
        return self._since <= when < self._until and (
            self._syslog_name is None or f'{readable(name)}/'.startswith(f'{self._syslog_name}/'))

    def _arrival(self, rest: bytes) -> None:
        found = CLIENT.match(rest)
        # Before a proxy filter a message has no queue id; what the filter accepts comes again.
        if found and found[1] != b'NOQUEUE':
            more = rest[found.end():]
            if b', orig_queue_id=' in more:
                self._received['returned'] += 1
                return
            origin = ORIGIN.search(more)
            client = peer(origin[1] if origin else found[2])
            family = _client_family(client)
            self._received[family] += 1
            self._received_here[family] += client.is_loopback

    def _pickup(self, rest: bytes) -> None:
        if PICKUP.match(rest):
            self._received['local'] += 1

    def _refusal(self, rest: bytes) -> None:
        found = REFUSAL.match(rest)
        if found:
            self._refused.add(_client_family(peer(found[1])), rest[found.end():].partition(b'; from=<')[0])

    def _delivery(self, rest: bytes) -> None:
        found = delivery(rest)
        if not found:
            return
        relay = peer(found.relay)
        family = relay.family or 'none'
        if found.status == b'sent':
            self._sent_here[family] += relay.is_loopback
            self._delays[family].add(found.delay)
            self._destinations.add((_domain(found.recipient.rpartition(b'@')[2][:LONGEST_DOMAIN]), family))
        elif found.status in DEFERRED:
            self._deferred.add(family, found.words)
        elif found.status == b'bounced':
            self._bounced.add(family, found.words)
        elif found.status in PROBES:
            self._probes += 1

    def _elsewhere_of(self, agent: str) -> Count:
        counts = self._elsewhere[agent]

        def count(rest: bytes) -> None:
            found = delivery(rest)
            if found:
                status = 'deferred' if found.status in DEFERRED else readable(found.status)
                if status in counts:
                    counts[status] += 1

        return count

    def summary(self, top: int) -> Dict[str, Any]:
        """Give all that was counted, for JSON.

        Args:
            top: how many destinations, and groups of answers, at most.
        """
        sent = {family: delays.count for family, delays in self._delays.items() if family != 'none'}
        destinations = self._destinations.top(top)
        return {
            'received': {**self._received, **_share(self._received, self._received_here)},
            'refused': self._refused.summary(top),
            'sent': {
                **sent, **_share(sent, self._sent_here),
                'delay': {family: self._delays[family].summary() for family in sent},
                'destinations': [{'domain': domain, 'family': family, 'count': count}
                                 for (domain, family), count, _example in destinations],
                'other_destinations': self._destinations.total - sum(count for _key, count, _example in destinations),
            },
            'deferred': self._deferred.summary(top),
            'bounced': self._bounced.summary(top),
            'probes': self._probes,
            'other_agents': self._elsewhere,
        }


class Answers:
    """What remote hosts were told, or told us, by family."""

    def __init__(self, families: Sequence[str]) -> None:
        """Begin with none."""
        self._families = dict.fromkeys(families, 0)
        self._groups = Frequent(GROUPS)

    def add(self, family: str, words: bytes) -> None:
        """Count one."""
        text = readable(words)
        self._families[family] += 1
        self._groups.add((family, common_words(text)), example(text))

    def summary(self, top: int) -> Dict[str, Any]:
        """Give how many there are by family, the largest groups, and how many are in none of these."""
        groups = self._groups.top(top)
        return {
            **self._families,
            'groups': [{'family': family, 'words': words, 'count': count, 'example': example}
                       for (family, words), count, example in groups],
            'others': self._groups.total - sum(count for _key, count, _example in groups),
        }


class Delivery(NamedTuple):
    """What a delivery agent has logged of one recipient."""

    recipient: bytes
    """The end of its address, from the quotes of its local part on if there are any."""
    relay: bytes
    """What stands in brackets behind the name of the relay; empty where nothing does."""
    delay: bytes
    status: bytes
    words: bytes
    """Why, without the parentheses."""


def delivery(text: bytes) -> Optional[Delivery]:
    """Read what a delivery agent logs of a recipient (Postfix's log_adhoc.c); None where this is something else.

    The address of the recipient may hold anything in quotes (postconf(5) info_log_address_format), what Postfix itself
    writes comes behind it, and what the remote host said comes last. In the form that Postfix 3.4 has, without quotes,
    an address that imitates the rest of the line cannot be told from it.

    Args:
        text: what follows the first bracket of the line.
    """
    start = RECIPIENT.match(text)
    if not start:
        return None
    end = text.find(b'>, relay=', start.end())
    outcome = OUTCOME.match(text, end) if end >= 0 else None
    if not outcome:
        return None
    relay, delay, status = outcome.groups()
    words = text[outcome.end():]
    return Delivery(text[start.end():end].partition(b'>, orig_to=<')[0], relay or b'', delay, status,
                    words[:-1] if words.endswith(b')') else words)


@lru_cache(maxsize=4096)
def _domain(name: bytes) -> str:
    return readable(name).lower()


def _client_family(client: Peer) -> str:
    return client.family if client.family in CLIENTS else 'unknown'


def _share(counts: Mapping[str, int], here: Mapping[str, int]) -> Dict[str, Any]:
    """Give how much of it stayed on this host, and the share of IPv6 in what did not; None where that is nothing."""
    ipv4, ipv6 = (counts[family] - here[family] for family in ('ipv4', 'ipv6'))
    return {
        'loopback': {family: here[family] for family in ('ipv4', 'ipv6')},
        'ipv6_percent': round(100 * ipv6 / (ipv4 + ipv6), 1) if ipv4 + ipv6 else None,
    }


def mail_log(
    since: float, until: float, paths: Optional[Sequence[str]], maillog_file: str, journalctl: Optional[str],
    syslog_name: Optional[str], top: int,
) -> Dict[str, Any]:
    """Sum up the mail log of this host.

    Args:
        since: seconds since 1970.
        until: likewise.
        paths: of log files; None for where this host logs.
        maillog_file: see log_of_postfix.
        journalctl: the path of that program; None where there is none.
        syslog_name: of the Postfix that counts; None for any.
        top: how many destinations, and groups of answers, at most.

    Raises:
        CoreError: there is no log, or it cannot be read.
    """
    if not 1 <= top <= MOST_TOP:
        raise CoreError(f'top: {top} is not between 1 and {MOST_TOP}; the summary is to stay small')
    if since >= until:
        raise CoreError(f'since: {_written(since)} is not before {_written(until)}, which is until; exchange them')
    found = sources(paths, maillog_file, since, bool(journalctl))
    tally = Tally(since, until, syslog_name)
    unread = list(found.unread)
    with contextlib.ExitStack() as stack:
        # All are opened before the first one is read, as they may be rotated meanwhile.
        for file, stream in [(file, stack.enter_context(file.open())) for file in found.files]:
            try:
                tally.add(blocks(stream.read), file.newest)
            except DAMAGED:
                unread.append(file.path)
    if found.is_journal and journalctl:
        tally.add(journal_blocks(journalctl, since, until), until)
    return {
        'since': _written(since), 'until': _written(until), 'sources': found.names, **tally.summary(top),
        'warnings': [(f'not counted, or not to the end, as the compression is unknown here or the file is damaged: '
                     f'{", ".join(unread)}; decompress what matters')] if unread else [],
    }


def log_of_postfix(find: Callable[[str], Optional[str]]) -> str:
    """Give the file that the Postfix of this host writes itself; empty where it logs to syslog, or there is none.

    Args:
        find: gives the path of a program, None where it is not installed.
    """
    with contextlib.suppress(CoreError):  # a log may be read where no Postfix is, or a broken one
        host = Host(run, find)
        return host.ask(host.config_directory, 'maillog_file')[0].get('maillog_file', '')
    return ''


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec='seconds')
