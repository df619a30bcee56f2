# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Whether strict receivers take mail from an address, by what DNS says, and which records they want to see.

They want a name of the address that leads back to it (RFC 1912, 2.1), a HELO name that has an address (RFC 5321,
2.3.5), and a sender's domain that lets the address send (RFC 7208).
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _spf
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address, Network
from ansible_collections.inet6.postfix.plugins.module_utils._dns import FOUND, UNKNOWN, Reply
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, WARNING
from ansible_collections.inet6.postfix.plugins.module_utils._spf_record import amended, mechanism_of, new_record
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import (
    absolute,
    character_strings,
    record_line,
    reverse_name,
)

DELIVERABLE = 'deliverable'
NOT_DELIVERABLE = 'not deliverable'

KIND = {4: 'A', 6: 'AAAA'}
NO_SOURCES = tuple((Network(Address(family, address), prefix), what) for family, address, prefix, what in (
    (4, bytes([0, 0, 0, 0]), 8, 'stands for no host'),
    (4, bytes([10, 0, 0, 0]), 8, 'is private'),
    (4, bytes([100, 64, 0, 0]), 10, 'is behind an address translator'),
    (4, bytes([127, 0, 0, 0]), 8, 'is a loopback address'),
    (4, bytes([169, 254, 0, 0]), 16, 'is link-local'),
    (4, bytes([172, 16, 0, 0]), 12, 'is private'),
    (4, bytes([192, 168, 0, 0]), 16, 'is private'),
    (4, bytes([198, 18, 0, 0]), 15, 'is for benchmarks'),
    (4, bytes([224, 0, 0, 0]), 4, 'is a multicast address'),
    (4, bytes([240, 0, 0, 0]), 4, 'is reserved'),
    (6, bytes(15) + b'\1', 128, 'is a loopback address'),
    (6, bytes(10) + b'\xff\xff' + bytes(4), 96, 'is an IPv4 address in the form of IPv6'),
    (6, b'\xfe\x80' + bytes(14), 10, 'is link-local'),
    (6, b'\xfc' + bytes(15), 7, 'is unique local'),
    (6, b'\xff' + bytes(15), 8, 'is a multicast address'),
))
"""What no receiver ever sees as a source; the networks of documentation are treated as the others are."""
GLOBAL_UNICAST = Network(Address(6, b'\x20' + bytes(15)), 3)
"""All of IPv6 that is in use."""
GENERIC_WORDS = frozenset(('adsl', 'dhcp', 'dialup', 'dsl', 'dyn', 'dynamic', 'pool', 'ppp'))
OF_SPF = {
    _spf.FAIL: 'says that this address may not send',
    _spf.SOFTFAIL: 'says that this address probably may not send',
    _spf.NEUTRAL: 'says nothing of this address',
    _spf.NONE: 'has no record of SPF',
    _spf.PERMERROR: 'has a record of SPF that receivers cannot evaluate',
    _spf.TEMPERROR: 'has a record of SPF that could not be evaluated now',
    _spf.DEPENDS: 'has a record of SPF that depends on the local part of the sender',
}


class Finding(NamedTuple):
    """One thing that receivers object to, or that could not be found out."""

    code: str
    """Stable name of the rule."""
    severity: str
    """``error``, ``warning`` or ``unknown``."""
    subject: str
    """The address or name that it is about."""
    found: List[str]
    """What DNS has, or what was asked of whom in vain."""
    rule: str
    """The rest of the sentence that begins with the subject, and what receivers do."""
    cure: str
    records: List[str]
    """What to publish, as a zone file has it."""
    reference: str

    def __str__(self) -> str:
        """Name subject, rule, cure, records and reference in one line; what was asked in vain too."""
        asked = f' ({", ".join(self.found)})' if self.severity == UNKNOWN else ''
        records = ': ' + ' and '.join(self.records) if self.records else ''
        return f'{self.subject} {self.rule}{asked}; {self.cure}{records} ({self.reference})'


class Facts(NamedTuple):
    """What DNS says about one sending address."""

    address: Address
    pointer: Reply
    """PTR of the address."""
    forward: Mapping[str, Reply]
    """Addresses of its family that each of its names has."""
    helo: str
    helo_addresses: Mapping[str, Reply]
    """``A`` and ``AAAA`` of the HELO name."""
    spf: Mapping[str, _spf.Verdict]
    """By domain of a sender; always that of the HELO name too."""

    @property
    def confirmed(self) -> List[str]:
        """Give the names of the address that lead back to it."""
        return [name for name, reply in self.forward.items() if str(self.address) in reply.records]


def verdict_of(findings: Sequence[Finding]) -> str:
    """Say what becomes of mail; not deliverable is certain, whatever else is not known."""
    severities = {finding.severity for finding in findings}
    return NOT_DELIVERABLE if ERROR in severities else UNKNOWN if UNKNOWN in severities else DELIVERABLE


def scope_fault(address: Address) -> List[Finding]:
    """Say why receivers never see an address as a source; nothing where they can."""
    what = next((what for network, what in NO_SOURCES if network.holds(address)), '')
    if not what and address.family == 6 and not GLOBAL_UNICAST.holds(address):
        what = 'is outside of what is in use'
    return [Finding('not-global', ERROR, str(address), [], f'{what}, no receiver ever sees it',
                    'give the address that receivers see', [], 'RFC 6890')] if what else []


def judge(facts: Facts, cures: Mapping[str, List[str]], senders: Sequence[str]) -> List[Finding]:
    """Judge one sending address.

    Args:
        facts: about it.
        cures: the record of SPF that each domain needs, see spf_records().
        senders: domains whose mail it sends. That of the HELO name is judged more mildly where it is none of them.
    """
    found = [*_judge_pointer(facts), *_judge_helo(facts)]
    for domain, verdict in facts.spf.items():
        if verdict.result != _spf.PASS:
            found.append(_spf_finding(domain, verdict, cures.get(domain, []), domain in senders))
    return found


def _unknown(code: str, subject: str, replies: Sequence[Reply], rule: str, reference: str) -> Finding:
    return Finding(code, UNKNOWN, subject, [reply.reason for reply in replies if reply.status == UNKNOWN], rule,
                   'ask again, or name other resolvers', [], reference)


def _judge_pointer(facts: Facts) -> Iterator[Finding]:
    subject, reference = str(facts.address), 'RFC 1912, 2.1'
    refusal = 'strict receivers refuse it (Gmail with 550 5.7.1 or 5.7.25, Postfix with 450 4.7.25)'
    names = list(facts.pointer.records)
    if facts.pointer.status == UNKNOWN:
        yield _unknown('ptr-unknown', subject, [facts.pointer], 'could not be asked for its PTR record', reference)
    elif not names:
        yield Finding('no-ptr', ERROR, subject, [], f'has no PTR record, {refusal}',
                      'let the owner of the address publish', _way_there_and_back(facts), reference)
    elif not facts.confirmed:
        unsure = [reply for reply in facts.forward.values() if reply.status == UNKNOWN]
        if unsure:
            yield _unknown('ptr-unknown', subject, unsure, 'has a name that could not be asked for its addresses',
                           reference)
        else:
            yield Finding('ptr-not-confirmed', ERROR, subject, [_summary(facts.forward[name]) for name in names],
                          f'has a PTR record to {", ".join(names)}, which does not lead back to it, {refusal}',
                          'publish', _way_there_and_back(facts), reference)
    elif all(is_generic(name, facts.address) for name in facts.confirmed):
        records = [] if is_generic(facts.helo, facts.address) else _way_there_and_back(facts)
        yield Finding('generic-ptr', WARNING, subject, facts.confirmed,
                      'has a name like those that providers give to everybody, some receivers trust it less',
                      'let the owner of the address publish' if records else 'give the host a name of its own', records,
                      reference)


def _summary(reply: Reply) -> str:
    return f'{reply.kind} of {reply.name}: {", ".join(reply.records) or reply.status}'


def _way_there_and_back(facts: Facts) -> List[str]:
    """Give the records with which the address and the HELO name lead to each other, those that are missing."""
    if '.' not in facts.helo:
        return []
    there = [] if facts.helo.lower() in (name.lower() for name in facts.pointer.records) else [
        record_line(facts.pointer.owner or reverse_name(facts.address), 'PTR', absolute(facts.helo))]
    return there + _address_record(facts)


def _address_record(facts: Facts) -> List[str]:
    kind = KIND[facts.address.family]
    reply = facts.helo_addresses[kind]
    return [] if reply.status == UNKNOWN or str(facts.address) in reply.records else [
        record_line(reply.owner or facts.helo, kind, str(facts.address))]


def _judge_helo(facts: Facts) -> Iterator[Finding]:
    kind, reference = KIND[facts.address.family], 'RFC 5321, 2.3.5'
    if '.' not in facts.helo:
        yield Finding('helo-not-qualified', ERROR, facts.helo, [],
                      'is no fully qualified name, Postfix refuses it by reject_non_fqdn_helo_hostname',
                      'set smtp_helo_name or myhostname to one such as mail.example.org', [], reference)
        return
    replies = facts.helo_addresses.values()
    found = [_summary(reply) for reply in replies if reply.status != UNKNOWN]
    if str(facts.address) in facts.helo_addresses[kind].records:
        return
    is_found = any(reply.status == FOUND for reply in replies)
    if any(reply.status == UNKNOWN and (reply.kind == kind or not is_found) for reply in replies):
        yield _unknown('helo-unknown', facts.helo, list(replies), 'could not be asked for its addresses', reference)
    elif is_found:
        yield Finding('helo-other-address', WARNING, facts.helo, found,
                      f'has no {kind} record with the address that says this name, some receivers trust it less',
                      'publish', _address_record(facts), reference)
    else:
        yield Finding('helo-no-address', ERROR, facts.helo, found,
                      'has no address, Postfix refuses it by reject_unknown_helo_hostname', 'publish',
                      _address_record(facts), reference)


def is_generic(name: str, address: Address) -> bool:
    """Tell whether a name is made from an address, or says that it changes."""
    name = name.lower()
    if GENERIC_WORDS.intersection(re.split('[^a-z]', name)):
        return True
    packed = address.packed.hex()
    if address.family == 6:
        groups = [packed[start:start + 4] for start in range(0, len(packed), 4)]
        short = [group.lstrip('0') or '0' for group in groups]
        return any(spelling in name.replace('.', '-') for spelling in (
            packed, '-'.join(groups), '-'.join(short), str(address).replace(':', '-'), '-'.join(reversed(packed))))
    numbers = [number.lstrip('0') or '0' for number in re.findall('[0-9]+', name)]
    octets = [str(octet) for octet in address.packed]
    starts = range(len(numbers) - len(octets) + 1)
    runs = [numbers[start:start + len(octets)] for start in starts]
    return packed in name or octets in runs or octets[::-1] in runs


def spf_records(all_facts: Sequence[Facts]) -> Dict[str, List[str]]:
    """Give for each domain the one record of SPF that lets all addresses send that it does not let send now."""
    found: Dict[str, List[str]] = {}
    for domain in dict.fromkeys(domain for facts in all_facts for domain in facts.spf):
        refused = [(facts.address, facts.spf[domain]) for facts in all_facts
                   if facts.spf[domain].result not in (_spf.PASS, _spf.TEMPERROR, _spf.DEPENDS)]
        if refused:
            rest = '-all' if domain == all_facts[0].helo else '~all'
            text = _spf_text(refused, rest)
            found[domain] = [record_line(refused[0][1].owner or domain, 'TXT', character_strings(text))]
    return found


def _spf_text(refused: Sequence[Tuple[Address, _spf.Verdict]], rest: str) -> str:
    mechanisms = [mechanism_of(address) for address, verdict in refused]
    records = refused[0][1].records
    positions = [verdict.position for address, verdict in refused if verdict.position is not None]
    if not records:
        return new_record(mechanisms, rest)
    return amended(records, mechanisms, min(positions) if positions else None)


def _spf_finding(domain: str, verdict: _spf.Verdict, records: List[str], is_sender: bool) -> Finding:
    code, reference = f'spf-{verdict.result}', 'RFC 7208'
    rule = OF_SPF[verdict.result]
    if verdict.result in (_spf.TEMPERROR, _spf.DEPENDS):
        cure = ('ask again, or name other resolvers' if verdict.result == _spf.TEMPERROR
                else 'judge it with the senders in mind')
        return Finding(code, UNKNOWN, domain, [verdict.reason], rule, cure, [], reference)
    if verdict.records:
        rule += f' ({verdict.reason})'
    if is_sender:
        rule += ', strict receivers refuse what has no signature of DKIM either (Gmail with 550 5.7.26)'
    else:
        rule += ', receivers look there for mail without a sender, such as notices of failed delivery'
    cure = 'publish in place of what is there' if verdict.records else 'publish, with whatever else sends for it'
    severity = ERROR if is_sender or verdict.result == _spf.FAIL else WARNING
    return Finding(code, severity, domain, [character_strings(text) for text in verdict.records], rule, cure, records,
                   reference)
