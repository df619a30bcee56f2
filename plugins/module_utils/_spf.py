# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Whether a domain lets an address send its mail: check_host() of RFC 7208, 4."""

from __future__ import annotations

from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address, Network, parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._dns import UNKNOWN, Reply
from ansible_collections.inet6.postfix.plugins.module_utils._spf_macros import expand
from ansible_collections.inet6.postfix.plugins.module_utils._spf_record import (
    ALL,
    REDIRECT,
    Term,
    is_record,
    read_terms,
)
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import reverse_name

PASS = 'pass'
FAIL = 'fail'
SOFTFAIL = 'softfail'
NEUTRAL = 'neutral'
NONE = 'none'
PERMERROR = 'permerror'
TEMPERROR = 'temperror'
DEPENDS = 'depends'
"""No result of the RFC: it depends on the local part of the sender, which nobody has said."""
OF_QUALIFIER = {'+': PASS, '-': FAIL, '~': SOFTFAIL, '?': NEUTRAL}

MOST_LOOKUPS = 10
"""Terms that ask DNS."""
MOST_VOID_LOOKUPS = 2
"""Answers that have nothing. Counted for each question, as the strictest receivers do."""
MOST_NAMES = 10
"""Hosts of one mx, and names of one address."""
LONGEST_LABEL = 63
Ask = Callable[[str, str], Reply]


class Verdict(NamedTuple):
    """What receivers make of mail from an address in the name of a domain."""

    result: str
    """One of this module's constants."""
    reason: str = ''
    """Which term decided it, or what is wrong."""
    owner: str = ''
    """The name that has the record, or would have it."""
    records: Tuple[str, ...] = ()
    """Records of SPF that the domain has, right or wrong."""
    position: Optional[int] = None
    """How many terms of the record were evaluated to their end and did not match; None where none was evaluated."""


class _Ended(Exception):
    """The evaluation ends here with a result."""

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


def check_host(ask: Ask, client: Address, domain: str, helo: str, local_part: Optional[str] = None) -> Verdict:
    """Evaluate the policy of a domain (RFC 7208, 4).

    Args:
        ask: gives the records of a name and type.
        client: the address that sends.
        domain: of the sender.
        helo: the name that the client says.
        local_part: of the sender; None where it is not known, and then a policy that looks at it gives DEPENDS.
    """
    return _Check(ask, client.unmapped if client.is_ipv4_mapped else client, domain, helo, local_part).of(domain)


class _Check:
    """One evaluation, with all records that it includes, and what it may still ask."""

    def __init__(self, ask: Ask, client: Address, sender: str, helo: str, local_part: Optional[str]) -> None:
        self._ask = ask
        self._client = client
        self._sender = sender
        self._helo = helo
        self._local_part = local_part
        self._lookups = 0
        self._void = 0
        self._kind = 'AAAA' if client.family == 6 else 'A'

    def of(self, domain: str) -> Verdict:
        """Evaluate the record of a domain; of one that is included too."""
        domain = domain[:-1] if domain.endswith('.') else domain
        if not _is_name(domain) or '.' not in domain:
            return Verdict(NONE, f'{domain!a} is no domain that has a policy')
        reply = self._ask(_presented(domain), 'TXT')
        records = tuple(text for text in reply.records if is_record(text))
        verdict = Verdict(NONE, f'{domain} has no record of SPF', reply.owner, records)
        if reply.status == UNKNOWN:
            return verdict._replace(result=TEMPERROR, reason=reply.reason)
        if not records:
            return verdict
        if len(records) > 1:
            return verdict._replace(result=PERMERROR, reason=f'{domain} has {len(records)} records of SPF')
        terms = read_terms(records[0])
        bad = next((term for term in terms if term.fault), None)
        if bad:
            return verdict._replace(result=PERMERROR, reason=f'{bad.text!a} {bad.fault}')
        position = 0
        try:
            for term in terms:
                if not term.is_modifier and self._matches(term, domain):
                    raise _Ended(OF_QUALIFIER[term.qualifier], f'{term.text} of {domain} matches')
                position += 1
            for term in terms:
                if term.name == REDIRECT:
                    self._count()
                    other = self.of(self._target(term, domain))
                    raise _Ended(PERMERROR if other.result == NONE else other.result, other.reason)
            raise _Ended(NEUTRAL, f'no term of {domain} matches')
        except _Ended as ended:
            return verdict._replace(result=ended.result, reason=ended.reason, position=position)

    def _matches(self, term: Term, domain: str) -> bool:
        """Tell whether a mechanism matches the client (RFC 7208, 5)."""
        if term.name == ALL:
            return True
        if term.network:
            return term.network.holds(self._client)
        self._count()
        target = self._target(term, domain)
        if term.name == 'include':
            return self._includes(target)
        if not _is_name(target):
            return False
        if term.name == 'exists':
            return bool(self._find(target, 'A').records)
        if term.name == 'ptr':
            return any(_is_below(name, target) for name in self._names_of_client())
        prefix = term.prefixes[self._client.family == 6]
        hosts = [_presented(target)] if term.name == 'a' else list(self._hosts(target))
        return any(Network(address, prefix).holds(self._client) for host in hosts for address in self._addresses(host))

    def _includes(self, target: str) -> bool:
        other = self.of(target)
        if other.result in (NONE, PERMERROR, TEMPERROR, DEPENDS):
            raise _Ended(PERMERROR if other.result == NONE else other.result, other.reason)
        return other.result == PASS

    def _hosts(self, target: str) -> Iterator[str]:
        found = self._find(target, 'MX').records
        if len(found) > MOST_NAMES:
            raise _Ended(PERMERROR, f'{target} has more than {MOST_NAMES} MX records')
        return (record.partition(' ')[2] for record in found)

    def _addresses(self, host: str) -> Iterator[Address]:
        for record in self._certain(self._ask(host, self._kind)).records:
            address = parse_address(record)
            if address:
                yield address

    def _names_of_client(self) -> List[str]:
        """Give the names that the client's address has and that have its address; errors are no names (5.5)."""
        reply = self._ask(reverse_name(self._client), 'PTR')
        if reply.status != UNKNOWN:
            self._certain(reply)
        return [name for name in reply.records[:MOST_NAMES] if str(self._client) in self._ask(name, self._kind).records]

    def _target(self, term: Term, domain: str) -> str:
        return expand(term.domain, lambda letter: self._value(letter, domain)) if term.domain else domain

    def _value(self, letter: str, domain: str) -> str:
        """Give what a macro stands for (RFC 7208, 7.2)."""
        if letter in 'sl' and self._local_part is None:
            raise _Ended(DEPENDS, f'{domain} asks for the local part of the sender')
        if letter == 'p':
            names = self._names_of_client()
            below = [name for name in names if _is_below(name, domain)]
            return next(iter(sorted(below, key=len) + names), 'unknown')
        if letter == 'i':
            return '.'.join(self._client.packed.hex()) if self._client.family == 6 else str(self._client)
        return {
            's': f'{self._local_part}@{self._sender}', 'l': str(self._local_part), 'o': self._sender, 'd': domain,
            'h': self._helo, 'v': 'ip6' if self._client.family == 6 else 'in-addr',
        }[letter]

    def _find(self, target: str, kind: str) -> Reply:
        return self._certain(self._ask(_presented(target), kind))

    def _certain(self, reply: Reply) -> Reply:
        """Count a reply that has nothing.

        Raises:
            _Ended: it is one too many, or nothing is known.
        """
        if reply.status == UNKNOWN:
            raise _Ended(TEMPERROR, reply.reason)
        self._void += reply.is_void
        if self._void > MOST_VOID_LOOKUPS:
            raise _Ended(PERMERROR, f'more than {MOST_VOID_LOOKUPS} lookups find nothing, the last one '
                         f'{reply.kind} of {reply.name}')
        return reply

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _Ended(PERMERROR, f'more than {MOST_LOOKUPS} terms ask DNS')


def _is_name(text: str) -> bool:
    return all(0 < len(label) <= LONGEST_LABEL for label in text.split('.')) and text.isascii()


def _is_below(name: str, domain: str) -> bool:
    """Tell whether a name is a domain or in it."""
    return f'.{name.lower()}'.endswith(f'.{domain.lower()}')


def _presented(name: str) -> str:
    """Give the spelling that Reply has: nothing but dots is special here."""
    return name.replace('\\', '\\\\')
