# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The grammar of a record of SPF (RFC 7208, 12), and how one is made that lets a further address send."""

from __future__ import annotations

import re
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    ADDRESS_BITS,
    Address,
    Network,
    parse_address,
)
from ansible_collections.inet6.postfix.plugins.module_utils._spf_macros import fault_of_domain, fault_of_macros

VERSION = 'v=spf1'
ALL = 'all'
REDIRECT = 'redirect'
EXPLANATION = 'exp'
NEEDS_DOMAIN = ('include', 'exists')
MAY_HAVE_DOMAIN = ('a', 'mx', 'ptr')
MAY_HAVE_PREFIX = ('a', 'mx')
FAMILY = {'ip4': 4, 'ip6': 6}
MECHANISM = re.compile(r'([-+~?]?)([A-Za-z][A-Za-z0-9_.-]*)(?=[:/]|\Z)(.*)', re.DOTALL)
MODIFIER = re.compile(r'([A-Za-z][A-Za-z0-9_.-]*)=(.*)', re.DOTALL)
PREFIXES = re.compile(r'(?:/([0-9]{1,3}))?(?://([0-9]{1,3}))?\Z')
WIDEST = 32, 128


class Term(NamedTuple):
    """A mechanism or a modifier."""

    text: str
    """As it stands in the record."""
    name: str
    """In lower case."""
    qualifier: str = ''
    """``+``, ``-``, ``~`` or ``?``; empty for a modifier."""
    domain: str = ''
    """A domain-spec; empty for the domain that has the record."""
    network: Optional[Network] = None
    """Of ip4 and ip6."""
    prefixes: Tuple[int, int] = WIDEST
    """How much of an IPv4 and of an IPv6 address counts, for a and mx."""
    fault: str = ''
    """What breaks the grammar."""

    @property
    def is_modifier(self) -> bool:
        """Tell whether it is no mechanism, and so means the same wherever it stands."""
        return not self.qualifier

    @property
    def is_all(self) -> bool:
        """Tell whether it is the mechanism that matches every address."""
        return self.name == ALL and not self.is_modifier


def is_record(text: str) -> bool:
    """Tell whether the text of a TXT record is one of SPF (RFC 7208, 4.5)."""
    return text.lower() == VERSION or text.lower().startswith(VERSION + ' ')


def read_terms(record: str) -> List[Term]:
    """Read a record of SPF; terms that break the grammar say how."""
    found: List[Term] = []
    once = set()
    for text in record[len(VERSION):].split(' '):
        if text:
            term = _modifier(text) or _mechanism(text)
            if term.is_modifier and term.name in (REDIRECT, EXPLANATION):
                if term.name in once:
                    term = term._replace(fault='is there twice')
                once.add(term.name)
            found.append(term)
    return found


def _modifier(text: str) -> Optional[Term]:
    found = MODIFIER.match(text)
    if not found:
        return None
    name, argument = found[1].lower(), found[2]
    fault = fault_of_domain(argument) if name in (REDIRECT, EXPLANATION) else fault_of_macros(argument)
    return Term(text, name, domain=argument, fault=fault)


def _mechanism(text: str) -> Term:
    found = MECHANISM.match(text)
    name = found[2].lower() if found else ''
    if not found or name not in (ALL, *NEEDS_DOMAIN, *MAY_HAVE_DOMAIN, *FAMILY):
        return Term(text, name, '+', fault='is no term of SPF')
    term = Term(text, name, found[1] or '+')
    argument = found[3]
    if name in FAMILY:
        return _of_network(term, argument[1:] if argument.startswith(':') else '')
    if name in MAY_HAVE_PREFIX:
        prefixes = PREFIXES.search(argument)
        sizes = [prefixes[1], prefixes[2]] if prefixes else [None, None]
        if prefixes:
            argument = argument[:prefixes.start()]
        if any(size and not _is_size(size, widest) for size, widest in zip(sizes, WIDEST)):
            return term._replace(fault='has a prefix length that no address has')
        ipv4, ipv6 = (int(size) if size else widest for size, widest in zip(sizes, WIDEST))
        term = term._replace(prefixes=(ipv4, ipv6))
    if not argument:
        return term._replace(fault='names no domain') if name in NEEDS_DOMAIN else term
    if name == ALL or not argument.startswith(':'):
        return term._replace(fault='has text that does not belong there')
    return term._replace(domain=argument[1:], fault=fault_of_domain(argument[1:]))


def _is_size(digits: str, widest: int) -> bool:
    return int(digits) <= widest and digits == str(int(digits))


def _of_network(term: Term, argument: str) -> Term:
    text, slash, digits = argument.partition('/')
    family = FAMILY[term.name]
    address = parse_address(text)
    if not address or address.family != family:
        return term._replace(fault=f'has no IPv{family} address')
    widest = ADDRESS_BITS[family]
    if slash and not (digits.isascii() and digits.isdigit() and len(digits) < 4 and _is_size(digits, widest)):
        return term._replace(fault='has a prefix length that no address has')
    return term._replace(network=Network(address, int(digits) if slash else widest))


def mechanism_of(address: Address) -> str:
    """Give the mechanism that lets one address send."""
    return f'ip{address.family}:{address}'


def new_record(mechanisms: Iterable[str], rest: str) -> str:
    """Give a record that lets some addresses send, and no other.

    Args:
        mechanisms: of the addresses.
        rest: what to say of all others, such as ``-all``.
    """
    return ' '.join([VERSION, *mechanisms, rest])


def amended(records: Sequence[str], mechanisms: Sequence[str], position: Optional[int]) -> str:
    """Give the one record that is right for a domain: what it has, with mechanisms added that match first.

    Args:
        records: what the domain has, at least one; several become one.
        mechanisms: what to add.
        position: the number of the term, from 0, before which they are evaluated in time; None where none is, because
            nothing of the record is evaluated as long as it breaks the grammar.
    """
    version = records[0][:len(VERSION)]
    joined = ' '.join([version, *(record[len(VERSION):] for record in records)])
    terms = [term for term in read_terms(joined) if not term.fault]
    if len(records) > 1 or position is None:
        rest = [term for term in terms if term.is_all][:1]
        kept = dict.fromkeys(term.text for term in terms if not term.is_all and term.text not in mechanisms)
        return ' '.join([version, *mechanisms, *kept, *(term.text for term in rest)])
    position = next((number for number, term in enumerate(terms[:position])
                     if all(after.is_modifier or after.is_all for after in terms[number:])), position)
    texts = [term.text for term in terms]
    return ' '.join([version, *texts[:position], *mechanisms, *texts[position:]])
