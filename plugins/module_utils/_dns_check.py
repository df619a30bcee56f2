# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What DNS says of the addresses that mail is sent from, asked and judged: what module dns_check gives."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    Address,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._deliverability import (
    DELIVERABLE,
    KIND,
    NOT_DELIVERABLE,
    Facts,
    Finding,
    judge,
    scope_fault,
    spf_records,
    verdict_of,
)
from ansible_collections.inet6.postfix.plugins.module_utils._dns import NO_NAME, UNKNOWN, Resolver
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import is_host_name
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    OTHER_MEANING,
    WARNING,
    Fault,
    Problem,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._spf import Verdict, check_host
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_words
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import reverse_name

POSTMASTER = 'postmaster'
"""Who sends mail without a sender, in the name of the host (RFC 7208, 2.4)."""
WORST = (NOT_DELIVERABLE, UNKNOWN, DELIVERABLE)


class Wanted(NamedTuple):
    """What is to be looked at; names in lower case, without a dot at the end."""

    addresses: List[Address]
    helo: str
    senders: List[str]
    names: List[str]


def read_wanted(addresses: Any, helo: Any, domains: Any = None, names: Any = None) -> Wanted:
    """Read the options of the module.

    Args:
        addresses: that mail is sent from, with or without brackets, at least one.
        helo: the name that the host says.
        domains: of senders; where nothing is said, the HELO name without its first label, or all of it where it has
            two.
        names: whose records are to be shown.

    Raises:
        Rejected: something is no address or name.
    """
    said = _names('helo', helo)
    if len(said) != 1:
        raise Rejected([_bad_name('helo', str(helo))])
    words = as_words('addresses', addresses) or []
    read = [parse_address(without_brackets(word)) for word in words]
    fault = Fault('bad-address', OTHER_MEANING, 'is no complete IPv4 or IPv6 address',
                  'write it as in 192.0.2.25 or 2001:db8::25')
    wrong = [word for word, address in zip(words, read) if not address] if words else ['']
    if wrong:
        raise Rejected([fault.of('addresses', word, reference='module dns_check') for word in wrong])
    parent = said[0].partition('.')[2]
    return Wanted(list(dict.fromkeys(address for address in read if address)), said[0],
                  _names('domains', domains) or [parent if '.' in parent else said[0]], _names('names', names))


def _names(option: str, value: Any) -> List[str]:
    words = [word[:-1] if word.endswith('.') else word for word in as_words(option, value) or []]
    wrong = [word for word in words if not is_host_name(word)]
    if wrong:
        raise Rejected([_bad_name(option, word) for word in wrong])
    return list(dict.fromkeys(word.lower() for word in words))


def _bad_name(option: str, text: str) -> Problem:
    return Fault('bad-name', OTHER_MEANING, 'is no name of a host or domain',
                 'write it as in mail.example.org, in letters of ASCII (xn--...)').of(
        option, text, reference='module dns_check')


def dns_check(resolver: Resolver, wanted: Wanted) -> Dict[str, Any]:
    """Ask, and judge what comes.

    Returns:
        ``verdict`` of all, ``addresses`` and ``names`` (an entry for each), ``questions`` (how many were sent), and
        ``message`` (what is wrong or not known, a line each; empty where nothing is).
    """
    judged: Dict[Address, List[Finding]] = {address: scope_fault(address) for address in wanted.addresses}
    facts = {address: _facts(resolver, address, wanted) for address, findings in judged.items() if not findings}
    cures = spf_records(list(facts.values()))
    for address, known in facts.items():
        judged[address] += judge(known, cures, wanted.senders)
    verdicts = [verdict_of(findings) for findings in judged.values()]
    return {
        'verdict': min(verdicts, key=WORST.index),
        'addresses': [_shown(address, findings, facts.get(address)) for address, findings in judged.items()],
        'names': [_records(resolver, name) for name in wanted.names],
        'questions': resolver.questions,
        'message': _message(judged),
    }


def _facts(resolver: Resolver, address: Address, wanted: Wanted) -> Facts:
    kind = KIND[address.family]
    pointer = resolver.ask(reverse_name(address), 'PTR')
    spf: Dict[str, Verdict] = {
        domain: check_host(resolver.ask, address, domain, wanted.helo) for domain in wanted.senders}
    if wanted.helo not in spf and '.' in wanted.helo:
        spf[wanted.helo] = check_host(resolver.ask, address, wanted.helo, wanted.helo, POSTMASTER)
    return Facts(address, pointer, {name: resolver.ask(name, kind) for name in pointer.records}, wanted.helo,
                 {kind: resolver.ask(wanted.helo, kind) for kind in ('AAAA', 'A')}, spf)


def _shown(address: Address, findings: Sequence[Finding], facts: Optional[Facts]) -> Dict[str, Any]:
    return {
        'address': str(address),
        'verdict': verdict_of(findings),
        'ptr': list(facts.pointer.records) if facts else [],
        'confirmed': facts.confirmed if facts else [],
        'spf': {domain: verdict.result for domain, verdict in facts.spf.items()} if facts else {},
        'problems': [{**finding._asdict(), 'message': str(finding)} for finding in findings],
    }


def _records(resolver: Resolver, name: str) -> Dict[str, Any]:
    replies = {kind: resolver.ask(name, kind) for kind in ('AAAA', 'A', 'MX')}
    unknown = [reply.reason for reply in replies.values() if reply.status == UNKNOWN]
    return {
        'name': name,
        'exists': None if unknown and not any(reply.owner for reply in replies.values()) else all(
            reply.status != NO_NAME for reply in replies.values()),
        **{kind.lower(): None if reply.status == UNKNOWN else list(reply.records) for kind, reply in replies.items()},
        'unknown': unknown,
    }


def _message(judged: Mapping[Address, Sequence[Finding]]) -> str:
    """Name what is wrong or not known, once where it is the same for several addresses."""
    return '\n'.join(dict.fromkeys(
        str(finding) for findings in judged.values() for finding in findings if finding.severity != WARNING))
