# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Match lists (mynetworks, debug_peer_list, ...) as Postfix's match_list, match_ops and cidr_match read them.

Postfix reads these lists when a client connects, not when it starts, and ``postfix check`` says nothing: one bad item
answers the clients of an address family with 451, from that item on; others match nobody and nothing is said.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional, Union

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    ADDRESS_BITS,
    Network,
    bracketed,
    looks_numeric,
    parse_address,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    ERROR,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
    WARNING,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

TABLE = re.compile(r'[a-z][a-z0-9_-]*:')
HOST_NAME = re.compile(r'\.?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?\Z')
WIDEST_PREFIX = {4: 8, 6: 16}
"""A network wider than this trusts strangers; only networks that are local by definition may be."""


class Fault(NamedTuple):
    """Why Postfix does not take an item for what was meant."""

    code: str
    verdict: str
    rule: str
    cure: str
    severity: str = ERROR


def bracket_networks(item: str) -> str:
    """Put an IPv6 address or network into the brackets that a match list needs; leave everything else as it is.

    >>> bracket_networks('2001:db8::/32')
    '[2001:db8::]/32'
    """
    sense = '!' * (len(item) - len(item.lstrip('!')))
    address, slash, prefix = item[len(sense):].partition('/')
    if ':' in address and looks_numeric(address) and not set('[]') & set(item):
        return '%s[%s]%s%s' % (sense, address, slash, prefix)
    return item


def read_network(pattern: str) -> Union[Network, Fault]:
    """Read an address or network pattern by the rules, and in the order, of Postfix's cidr_match_parse()."""
    clients = '451 to every %s client' % ('IPv6' if ':' in pattern else 'IPv4')
    answers = 'Postfix would answer %s from this item on' % clients
    text = pattern
    if text.startswith('['):
        inside, bracket, rest = text[1:].partition(']')
        if not bracket:
            return Fault('unclosed-bracket', TEMPFAIL, 'has no closing bracket, %s' % answers, 'close the bracket')
        if rest and not rest.startswith('/'):
            return Fault('text-after-bracket', TEMPFAIL, 'has text after its bracket, %s' % answers,
                         'write [%s] or [%s]/LENGTH' % (inside, inside))
        text = inside + rest
    address_text, slash, mask_text = text.partition('/')
    bits = ADDRESS_BITS[6 if ':' in address_text else 4]
    if slash:
        if not mask_text or mask_text.strip('0123456789'):
            return Fault('bad-prefix', TEMPFAIL, 'has a prefix length that is not a number, %s' % answers,
                         'write a number from 0 to %d after the slash' % bits)
        mask = int(mask_text) if len(mask_text.lstrip('0')) < 10 else 255  # what atoi() makes of an overflow
        if mask > bits and mask % 256 <= bits:
            return Fault('prefix-overflow', OTHER_MEANING,
                         'has a prefix length over %d, which Postfix takes for /%d' % (bits, mask % 256),
                         'write the prefix length that is meant, 0 to %d' % bits)
        if mask > bits:
            return Fault('prefix-too-long', TEMPFAIL, 'has a prefix length over %d, %s' % (bits, answers),
                         'write a prefix length from 0 to %d' % bits)
    else:
        mask = bits
    address = parse_address(address_text)
    if address is None:
        return Fault('bad-address', TEMPFAIL, 'is no valid address or network, %s' % answers,
                     'write all of an IPv4 address in decimal, as in 192.0.2.0/24, or an IPv6 address as in '
                     '[2001:db8::]/32')
    network = Network(address, mask)
    if network.base != address:
        return Fault('host-bits', TEMPFAIL, 'has host bits set, Postfix would refuse every %s client with 451' % (
            'IPv6' if address.family == 6 else 'IPv4'),
            'write %s/%d or %s/%d' % (bracketed(network.base), mask, bracketed(address), bits))
    return network


def _widened_trust(network: Network) -> Optional[Fault]:
    """Judge what was read without a fault."""
    if network.prefix == 0:
        return Fault('trusts-everybody', OBEYED, 'trusts the whole Internet: this is an open relay',
                     'name the networks of your own clients')
    if network.prefix < WIDEST_PREFIX[network.address.family] and not network.address.is_local_by_definition:
        return Fault('network-too-wide', OBEYED, 'is wider than /%d and trusts strangers'
                     % WIDEST_PREFIX[network.address.family], 'name the networks of your own clients')
    if network.address.is_ipv4_mapped:
        return Fault('ipv4-mapped', DEAD, 'is an IPv4-mapped address, Postfix shows it as IPv4 and never matches this',
                     'leave it out and write the IPv4 form', WARNING)
    if network.address.is_link_local:
        return Fault('trusts-link', OBEYED, 'trusts everybody on the links of this host',
                     'leave it out, unless every device on these links may relay', WARNING)
    return None


def judge_item(item: str) -> Optional[Fault]:
    """Judge one item of a match list; None where Postfix takes it for what is meant."""
    if item.startswith('#'):
        return Fault('comment', OTHER_MEANING, 'is no comment within a value, Postfix ignores the rest of the list',
                     'put the comment on a line of its own')
    pattern = item.lstrip('!')
    if not pattern:
        return Fault('nothing-negated', FATAL, 'negates nothing, smtpd would not start',
                     'write the pattern right after the exclamation mark')
    if pattern.startswith('/') and len(pattern) > 1:
        return None  # a file of further patterns: only the host can tell
    if not pattern.startswith('[') and ':' in pattern:
        return _judge_table(pattern)
    if not pattern.strip('0123456789.'):
        if parse_address(pattern):
            return None
        return Fault('bad-address', DEAD, 'is no complete IPv4 address, Postfix would match nobody and say nothing',
                     'write four decimal numbers without leading zeros, or a network as in 192.0.2.0/24')
    if pattern.strip('0123456789abcdefABCDEF.:/[]'):
        return _judge_name(pattern)
    if ':' not in pattern and '/' not in pattern:
        return _judge_name(pattern) if pattern.strip('[]') == pattern else _judge_bracketed_ipv4(pattern)
    network = read_network(pattern)
    return network if isinstance(network, Fault) else _widened_trust(network)


def _judge_bracketed_ipv4(pattern: str) -> Optional[Fault]:
    if pattern.startswith('[') and pattern.endswith(']') and parse_address(pattern[1:-1]):
        return None
    return Fault('bad-address', DEAD, 'is no valid address, Postfix would match nobody and say nothing',
                 'write an address as in 192.0.2.1 or [2001:db8::1]')


def _judge_table(pattern: str) -> Optional[Fault]:
    """Judge an item that Postfix takes for a lookup table because of its colon."""
    if TABLE.match(pattern) and not looks_numeric(pattern):
        return None
    cure = 'write %s' % bracket_networks(pattern) if looks_numeric(pattern) else 'write type:name'
    if pattern.startswith(':'):
        return Fault('unbracketed-ipv6', FATAL, 'has no brackets, Postfix takes it for a lookup table without a type '
                     'and smtpd would not start', cure)
    return Fault('unbracketed-ipv6', TEMPFAIL, 'has no brackets, Postfix takes it for a lookup table of type "%s" and '
                 'would answer 451 to every client that no earlier item matches' % pattern.partition(':')[0], cure)


def _judge_name(pattern: str) -> Optional[Fault]:
    """Judge an item that can match nothing but the name of a client."""
    if not HOST_NAME.match(pattern) or pattern in ('all', 'any'):
        return Fault('matches-nobody', DEAD, 'is neither address, network, host name, /file nor type:table, Postfix '
                     'would match nobody and say nothing', 'write addresses or networks, as in 192.0.2.0/24 '
                     '[2001:db8::]/32')
    return None


def judge(parameter: str, text: str) -> Iterator[Problem]:
    """Judge a whole match list (postconf(5) mynetworks); references such as $name are left to the host."""
    for position, item in enumerate(words(text), start=1):
        fault = None if '$' in item else judge_item(item)
        if fault:
            yield Problem(fault.code, parameter, item, position, fault.verdict, fault.rule, fault.cure,
                          'postconf(5) %s' % parameter, fault.severity)
