# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Match lists (mynetworks, debug_peer_list, ...) as Postfix's match_list, match_ops and cidr_match read them.

Postfix reads these lists when a client connects, not when it starts, and ``postfix check`` says nothing: one bad item
answers the clients of an address family with 451, from that item on; others match nobody and nothing is said.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import FrozenSet, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple, Union

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    ADDRESS_BITS,
    Address,
    Network,
    bracketed,
    looks_numeric,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import is_host_name
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
    WARNING,
    Fault,
)

STATIC = 'static:'
"""A table that knows everybody, whatever its name says."""
CIDR = 'cidr:'
FILES = ('/', CIDR)
"""How an item begins that stands for what is in a file."""
TABLE = re.compile(r'[a-z][a-z0-9_-]*:.')
EXACT_NAMES, PARENT_DOMAINS, NO_NAMES = 'exact names', 'parent domains', 'no names'
"""How a list treats names: example.org is that name alone, or its subdomains too, or nothing."""
NUMERIC = '0123456789abcdefABCDEF.:/[]'
"""The only characters of a pattern that Postfix compares with an address."""
LONG_MAX = 2 ** 63 - 1
MOST_BROKEN_TABLES = 12
"""With one more a daemon gives up (msg_error() counts to 13)."""
EXAMPLE = 'write addresses or networks, as in 192.0.2.0/24 [2001:db8::]/32'
INSIST = 'name the networks of your own clients, or insist by naming it in allowed_networks'
EVERYBODY = Fault('trusts-everybody', OBEYED, 'trusts the whole Internet: this is an open relay', INSIST)


class Trust(NamedTuple):
    """Which networks may be trusted: a policy of ours, where Postfix obeys."""

    allowed: FrozenSet[str] = frozenset()
    """Networks that somebody insists on, in brackets where Postfix needs them."""
    widest: Mapping[int, int] = {4: 8, 6: 16}
    """The shortest prefix length by address family; only networks that are local by definition may be wider."""


USUAL_TRUST = Trust()


def negated(item: str) -> Tuple[bool, str]:
    """Tell whether an item excludes whom it matches, and give it without its exclamation marks: two undo each other."""
    pattern = item.lstrip('!')
    return bool((len(item) - len(pattern)) % 2), pattern


def bracket_networks(item: str) -> str:
    """Put an IPv6 address or network into the brackets that a match list needs; leave everything else as it is.

    >>> bracket_networks('2001:db8::/32')
    '[2001:db8::]/32'
    """
    pattern = item.lstrip('!')
    address, slash, prefix = pattern.partition('/')
    if ':' in address and looks_numeric(address) and not set('[]') & set(item):
        return f'{item[:len(item) - len(pattern)]}[{address}]{slash}{prefix}'
    return item


def fault_of(item: str, names: str = EXACT_NAMES) -> Optional[Fault]:
    """Judge one item of a match list; None where Postfix takes it for what is meant.

    Args:
        item: as it stands in the list.
        names: how the list treats names of clients: EXACT_NAMES, PARENT_DOMAINS or NO_NAMES.
    """
    if item.startswith('#'):
        return Fault('comment', OTHER_MEANING, 'is no comment within a value, Postfix ignores the rest of the list',
                     'put the comment on a line of its own')
    pattern = item.lstrip('!')
    if not pattern:
        return Fault('nothing-negated', FATAL, 'negates nothing, smtpd would not start',
                     'write the pattern right after the exclamation mark')
    if pattern == '/':
        return Fault('directory', FATAL, 'is a directory, smtpd would not start', EXAMPLE)
    if pattern.startswith('/'):
        return None  # a file of further patterns: only the host can tell
    if is_table(pattern):
        return _fault_of_table(pattern)
    pattern = pattern.casefold()
    if pattern in ('0.0.0.0', '[0.0.0.0]', '[::]'):
        return _dead('is the address of nobody')
    if not pattern.strip('0123456789.-'):
        return None if parse_address(pattern) else _dead('is no IPv4 address in four decimal numbers without zeros '
                                                         'before them')
    if pattern.strip(NUMERIC):
        return _fault_of_name(pattern, names)
    if ':' in pattern or '/' in pattern:
        return fault_of_network(pattern)
    if '[' not in pattern and ']' not in pattern:
        return _fault_of_name(pattern, names)  # such as beef.ad
    if parse_address(without_brackets(pattern)):
        return None
    return _dead('has a bracket without its partner' if pattern.count('[') != pattern.count(']') else
                 'is no valid address')


def _fault_of_name(pattern: str, names: str) -> Optional[Fault]:
    if names == NO_NAMES:
        return _dead('is no address, and this list knows no names')
    if pattern.startswith('.') and names == PARENT_DOMAINS and is_host_name(pattern[1:]):
        return Fault('dot-before-domain', DEAD, 'begins with a dot, Postfix would match nobody: in this list a domain '
                     'stands for its subdomains too (parent_domain_matches_subdomains)', f'write {pattern[1:]}')
    if is_host_name(pattern.lstrip('.')) and pattern not in ('all', 'any'):
        return None
    if '%' in pattern and pattern.startswith('['):
        return _dead('has a zone', 'leave out the zone, from the percent sign to the bracket')
    if pattern.startswith('[ipv6:'):
        return _dead('begins with IPv6: as an address in mail does', f'write [{pattern[len("[ipv6:"):]}')
    return _dead('is neither address, network, host name, /file nor type:table')


def _dead(rule: str, cure: str = EXAMPLE) -> Fault:
    return Fault('matches-nobody', DEAD, f'{rule}, Postfix would match nobody and say nothing', cure)


def _fault_of_table(pattern: str) -> Optional[Fault]:
    """Judge an item that Postfix takes for a lookup table because of its colon."""
    if is_named_table(pattern):
        return None
    written = bracket_networks(pattern)
    cure = f'write {written}' if written != pattern else EXAMPLE
    if ';' in pattern:
        cure = f'separate the items by commas or blanks, and {EXAMPLE}'
    if pattern.startswith(':') or (pattern.endswith(':') and pattern.count(':') == 1):
        return Fault('unbracketed-ipv6', FATAL, 'has no brackets, Postfix takes it for a lookup table without type or '
                     'name and smtpd would not start', cure)
    return Fault('unbracketed-ipv6', TEMPFAIL, 'has no brackets, Postfix takes it for a lookup table of type '
                 f'"{pattern.partition(":")[0]}" and would answer 451 to every client that no earlier item matches',
                 cure)


def fault_of_network(pattern: str, verdict: str = TEMPFAIL, consequence: str = '') -> Optional[Fault]:
    """Judge a pattern that is compared as address or network.

    Args:
        pattern: in brackets or not.
        verdict: on one that cannot be read.
        consequence: the same in words; in a match list 451.
    """
    network = read_network(pattern)
    family = 6 if ':' in pattern else 4
    length = pattern.rpartition('/')[2].rstrip(']') if '/' in pattern else ''
    bits = ADDRESS_BITS[family]
    if not length.strip('0123456789') and _atoi(length) > bits >= _atoi(length) % 256:
        return Fault('prefix-overflow', verdict if isinstance(network, Fault) else OTHER_MEANING,
                     f'has a prefix length over {bits}, which Postfix takes for /{_atoi(length) % 256}',
                     f'write the prefix length that is meant, 0 to {bits}')
    if isinstance(network, Network):
        return None
    refused = f'Postfix would refuse every IPv{family} client with 451, from this item on'
    return network._replace(verdict=verdict, rule=f'{network.rule}, {consequence or refused}')


def _atoi(digits: str) -> int:
    """Read a number as atoi(3) does, before it is cut to fewer bits: strtol(3) stops at 63 bits."""
    digits = digits.lstrip('0') or '0'
    return min(int(digits), LONG_MAX) if len(digits) <= 19 else LONG_MAX


@lru_cache(maxsize=1 << 17)  # each item of a list is read for its grammar, for its trust and beside the others
def read_network(pattern: str) -> Union[Network, Fault]:
    """Read an address or network pattern by the rules, and in the order, of Postfix's cidr_match_parse().

    Postfix keeps eight bits of the prefix length before it looks at it, and so does this.

    Returns:
        The network, or what is wrong with it; the rule says nothing of what comes of that.
    """
    bits = ADDRESS_BITS[6 if ':' in pattern else 4]

    def bad(code: str, rule: str, cure: str) -> Fault:
        return Fault(code, TEMPFAIL, rule, cure)

    text = pattern.casefold()
    if text.startswith('['):
        inside, bracket, rest = text[1:].partition(']')
        if not bracket:
            return bad('unclosed-bracket', 'has no closing bracket', 'close the bracket')
        if rest and not rest.startswith('/'):
            return bad('text-after-bracket', 'has text after its bracket',
                       f'write [{inside}]/{bits if rest.strip("0123456789") else rest}')
        text = inside + rest
    address_text, slash, mask_text = text.partition('/')
    prefix = bits
    if slash:
        if not mask_text or mask_text.strip('0123456789'):
            return bad('bad-prefix', 'has a prefix length that is not a number', _cure_of_mask(address_text, mask_text))
        prefix = _atoi(mask_text) % 256
        if prefix > bits:
            return bad('prefix-too-long', f'has a prefix length over {bits}', f'write 0 to {bits} there')
    address = parse_address(address_text)
    if address is None:
        return bad('bad-address', 'is no valid address or network', EXAMPLE)
    network = Network(address, prefix)
    if network.base != address:
        return bad('host-bits', 'has host bits set',
                   f'write {bracketed(network.base)}/{prefix} or {bracketed(address)}/{bits}')
    return network


def _cure_of_mask(address: str, mask: str) -> str:
    """Say how to write a netmask such as 255.255.255.0."""
    family = 6 if ':' in address else 4
    netmask = parse_address(mask)
    if netmask and netmask.family == family:
        length = bin(int.from_bytes(netmask.packed, 'big')).count('1')
        if Network(Address(family, b'\xff' * len(netmask.packed)), length).base == netmask:
            return f'write {bracket_networks(address)}/{length}'
    return f'write 0 to {ADDRESS_BITS[family]} there'


def fault_of_trust(item: str, trust: Trust) -> Optional[Fault]:
    """Judge what Postfix reads as it is meant, in a list whose clients are trusted; exclusions trust nobody."""
    excludes, pattern = negated(item)
    if excludes or pattern in trust.allowed:
        return None
    if pattern.startswith(STATIC):
        return EVERYBODY
    network = read_network(pattern) if '/' in pattern or '[' in pattern else None
    if not isinstance(network, Network):
        return None
    address = network.address
    if network.prefix == 0:
        return EVERYBODY
    widest = trust.widest[address.family]
    if network.prefix < widest and not address.is_local_by_definition:
        return Fault('network-too-wide', OBEYED, f'is wider than /{widest} and trusts strangers', INSIST)
    if address.is_ipv4_mapped:
        return Fault('ipv4-mapped', DEAD, 'is an IPv4-mapped address, Postfix shows such clients as IPv4 and never '
                     'matches this', 'leave it out and write the IPv4 form', WARNING)
    if address.is_link_local:
        return Fault('trusts-link', OBEYED, 'trusts everybody on the links of this host',
                     'leave it out, unless every device on these links may relay', WARNING)
    return None


def fault_of_tables(items: Sequence[str]) -> Optional[Fault]:
    """Find so many items without their brackets that Postfix gives up."""
    broken = broken_tables(items)
    if len(broken) <= MOST_BROKEN_TABLES:
        return None
    return Fault('too-many-errors', FATAL, f'has {len(broken)} items that Postfix takes for lookup tables which it '
                 'cannot open, smtpd would not start', 'put every IPv6 address and network into brackets')


def broken_tables(items: Iterable[str]) -> Set[str]:
    """Give the patterns that Postfix takes for lookup tables and cannot open."""
    patterns = {item.lstrip('!') for item in items}
    return {pattern for pattern in patterns if is_table(pattern) and not is_named_table(pattern)}


def covered(items: Sequence[str]) -> Iterator[Tuple[int, Fault]]:
    """Find networks that another one of the list covers, in n log n steps.

    In a list with exclusions the first match wins, so a network within another one may well be meant: nothing is found.

    Args:
        items: of a match list.

    Yields:
        The position of the item, from 1, and what is superfluous about it.
    """
    if any(item.startswith('!') for item in items):
        return
    networks: List[Tuple[int, int, int, int]] = []
    for position, item in enumerate(items, start=1):
        network = read_network(item) if set('/[') & set(item) or not item.strip('0123456789.') else None
        if isinstance(network, Network):
            family, packed = network.address
            networks.append((family, int.from_bytes(packed, 'big'), network.prefix, position))
    # A network stands before everything that is within it, and what is not within the last one is within none before.
    last = spare = other = 0
    last_family = 0
    for family, number, prefix, position in sorted(networks):
        if family == last_family and number >> spare == last:
            yield position, Fault('covered-network', OBEYED, f'is covered by item {other}, {items[other - 1]}',
                                  'leave it out', WARNING)
        else:
            spare = ADDRESS_BITS[family] - prefix
            last_family, last, other = family, number >> spare, position


def is_named_table(pattern: str) -> bool:
    """Tell whether a pattern may well be meant as type:table, and is no IPv6 address without its brackets."""
    return bool(TABLE.match(pattern)) and not looks_numeric(pattern.casefold())


def is_table(pattern: str) -> bool:
    """Tell whether Postfix takes a pattern for type:table (MATCH_DICTIONARY)."""
    return ':' in pattern and pattern[:1] not in ('[', '/')
