# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The parameters of main.cf that this collection owns: one row each, and what holds between them."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    ADDRESS_BITS,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OTHER_MEANING,
    Fault,
    Problem,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import (
    KEYWORDS,
    AccessList,
    AddressPreference,
    BindAddress,
    Boolean,
    Choice,
    Free,
    Integer,
    Interfaces,
    Limit,
    MatchList,
    OneWord,
    Protocols,
    Relays,
    Time,
    Words,
    protocol_families,
)
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import (
    NO_NAMES,
    PARENT_DOMAINS,
    USUAL_TRUST,
    Trust,
    bracket_networks,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import Release, as_words, words

NAME = re.compile(r'[A-Za-z0-9_][A-Za-z0-9_.-]*\Z')
FREE = Free()
MENDED_IN = {'bracketed-bind-address': (3, 7)}
"""The first release that takes what earlier ones do not, by the code of the problem."""


class Parameter(NamedTuple):
    """One row of the table."""

    name: str
    kind: Free
    since: Tuple[int, int] = (2, 3)
    """The first Postfix release that knows it."""
    has_variable: bool = True
    """Whether the role has a variable for it; else it is set through postfix_ipv6_extra_parameters."""


def _client(name: str, kind: Free, since: Tuple[int, int] = (2, 3)) -> List[Parameter]:
    """Give a parameter of the SMTP client and its LMTP counterpart."""
    return [Parameter(prefix + name, kind, since) for prefix in ('smtp_', 'lmtp_')]


PARAMETERS: Dict[str, Parameter] = {row.name: row for row in [
    Parameter('inet_protocols', Protocols()),
    Parameter('inet_interfaces', Interfaces(KEYWORDS)),
    Parameter('proxy_interfaces', Interfaces()),
    Parameter('mynetworks', MatchList(grants_trust=True, names=PARENT_DOMAINS)),
    Parameter('mynetworks_style', OneWord('host', 'subnet', 'class')),
    *_client('bind_address', BindAddress(4)),
    *_client('bind_address6', BindAddress(6)),
    *_client('bind_address_enforce', Boolean(), (3, 7)),
    *_client('address_preference', AddressPreference(), (2, 8)),
    *_client('balance_inet_protocols', Boolean(), (3, 3)),
    *_client('mx_address_limit', Limit()),
    Parameter('smtpd_client_ipv4_prefix_length', Integer(0, 32), (3, 8)),
    Parameter('smtpd_client_ipv6_prefix_length', Integer(0, 128), (3, 8)),
    Parameter('debug_peer_list', MatchList(names=PARENT_DOMAINS)),
    *[row._replace(has_variable=False) for row in [
        Parameter('smtpd_authorized_verp_clients', MatchList()),
        Parameter('smtpd_authorized_xclient_hosts', MatchList(grants_trust=True)),
        Parameter('smtpd_authorized_xforward_hosts', MatchList(grants_trust=True)),
        Parameter('smtpd_client_event_limit_exceptions', MatchList()),
        Parameter('smtpd_forbid_bare_newline_exclusions', MatchList(), (3, 5)),
        Parameter('smtpd_sasl_exceptions_networks', MatchList()),
        Parameter('permit_mx_backup_networks', MatchList(names=PARENT_DOMAINS)),
        Parameter('qmqpd_authorized_clients', MatchList(grants_trust=True, names=PARENT_DOMAINS)),
        Parameter('postscreen_access_list', AccessList(), (2, 8)),
        Parameter('postscreen_whitelist_interfaces', MatchList(names=NO_NAMES), (2, 9)),
        Parameter('postscreen_allowlist_interfaces', MatchList(names=NO_NAMES), (3, 6)),
        Parameter('relayhost', Relays()),
        *_client('fallback_relay', Relays()),
        *_client('connect_timeout', Time()),
        *_client('dns_support_level', Choice('', 'disabled', 'enabled', 'dnssec', ignore_case=True), (2, 11)),
        *_client('host_lookup', Words('dns', 'native')),
        *_client('address_verify_target', Choice('rcpt', 'data', ignore_case=True), (3, 0)),
    ]],
]}


def kind_of(name: str) -> Free:
    """Give the grammar of a parameter; that of any text for one that is not in the table."""
    return PARAMETERS[name].kind if name in PARAMETERS else FREE


def same_value(name: str, one: str, other: str) -> bool:
    """Tell whether two texts are the same value of a parameter: separators do not count in a list."""
    return one == other or list(kind_of(name).items(one)) == list(kind_of(name).items(other))


def read_trust(allowed_networks: Any = None, widest_networks: Any = None) -> Trust:
    """Make the policy on trusted networks from what users write.

    Args:
        allowed_networks: a list in any form of those that may be trusted although they are wide.
        widest_networks: the shortest prefix length that needs no permission, by ``ipv4`` and ``ipv6``.

    Raises:
        Rejected: one of them is something else.
    """
    allowed = as_words('allowed_networks', allowed_networks) or []
    given = widest_networks or {}
    fault = Fault('bad-number', OTHER_MEANING, 'holds no prefix lengths', 'write it as in {ipv4: 8, ipv6: 16}')
    refused = Rejected([fault.of('widest_networks', str(given), reference='role postfix_ipv6')])
    if not isinstance(given, Mapping) or not {'ipv4', 'ipv6'}.issuperset(given):
        raise refused
    widest = dict(USUAL_TRUST.widest)
    for family, bits in ADDRESS_BITS.items():
        kind = Integer(0, bits)
        length = kind.read('widest_networks', given.get(f'ipv{family}'))
        if length is not None:
            if kind.fault_of(length):
                raise refused
            widest[family] = int(length)
    return Trust(frozenset(map(bracket_networks, allowed)), widest)


def judge(values: Mapping[str, str], trust: Trust = USUAL_TRUST) -> Iterator[Problem]:
    """Say what is wrong with a set of values: each by its own grammar, then together.

    Args:
        values: text by parameter.
        trust: which networks may be trusted.
    """
    for name, text in values.items():
        kind = kind_of(name)
        yield from (kind.trusting(trust) if isinstance(kind, MatchList) else kind).judge(name, text)
    yield from judge_together(values)


def judge_together(values: Mapping[str, str]) -> Iterator[Problem]:
    """Find literal addresses of a family that inet_protocols turns off."""
    protocols = values.get('inet_protocols', '')
    families = protocol_families(protocols)
    if not families or '$' in protocols:
        return
    for name in ('inet_interfaces', 'proxy_interfaces'):
        for position, item in enumerate(words(values.get(name, '')), start=1):
            address = parse_address(without_brackets(item))
            if address and address.family not in families and not address.is_ipv4_mapped:
                yield _protocol_off(protocols, address.family, FATAL).of(name, item, position)
    for name, parameter in PARAMETERS.items():
        kind = parameter.kind
        if not isinstance(kind, BindAddress) or not values.get(name):
            continue
        address = parse_address(without_brackets(values[name]))
        if kind.family not in families:
            yield _protocol_off(protocols, kind.family, DEAD).of(name, values[name])
        elif address and address.family not in families and not address.is_ipv4_mapped:
            yield _protocol_off(protocols, address.family, FATAL).of(name, values[name])


def _protocol_off(protocols: str, family: int, verdict: str) -> Fault:
    dies = ', Postfix would die of it' if verdict == FATAL else ''
    return Fault('protocol-off', verdict,
                 f'is for IPv{family} while inet_protocols = {protocols} turns IPv{family} off{dies}',
                 'set inet_protocols = all, or take the address out')


def judge_name(name: Any) -> Iterator[Problem]:
    """Find what cannot be the name of a parameter."""
    if not isinstance(name, str) or not NAME.match(name):
        yield Fault('bad-name', FATAL, 'is no name of a parameter',
                    'write letters, digits, underscore, dot or hyphen').of(
                        str(name), str(name), reference='postconf(5)')


def for_release(problems: Iterable[Problem], release: Release) -> Iterator[Problem]:
    """Leave out what a release of Postfix has mended."""
    for problem in problems:
        if problem.code not in MENDED_IN or release < MENDED_IN[problem.code]:
            yield problem


def judge_versions(names: Iterable[str], release: Release) -> Iterator[Problem]:
    """Find parameters of the table that the installed release does not know yet.

    Args:
        names: of parameters that are to be set.
        release: of the installed Postfix.
    """
    for name in names:
        if name in PARAMETERS and release < PARAMETERS[name].since:
            since, installed = ('.'.join(map(str, one)) for one in (PARAMETERS[name].since, release))
            yield Fault('too-new', DEAD, f'exists since Postfix {since}, this one is {installed} and would ignore it',
                        'leave it undefined for this host, or upgrade its Postfix').of(name, name)
