# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""By which protocol mail leaves: for all destinations, for some domains, and to some of the hosts that take mail.

A transport is a service of master.cf that runs smtp(8) with its own inet_protocols or smtp_address_preference. A table
(transport(5)) sends the mail of a domain there. A domain whose mail another one's hosts take is not found by their name
there: for that, a filter leaves addresses out of what DNS says of such hosts (smtp_dns_reply_filter, postconf(5)).
"""

from __future__ import annotations

import re
from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._document import OURS
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import is_host_name
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    OTHER_MEANING,
    WARNING,
    Fault,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import INTERFACE_SEPARATORS, KEYWORDS
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import Key, MasterCf, Wanted
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

BOTH = 'both'
FAMILY = {'ipv4': 4, 'ipv6': 6}
POLICIES = ('ipv4', 'ipv6', 'prefer_ipv4', 'prefer_ipv6')
REFERENCE = 'module config'
RECORD = {4: 'AAAA', 6: 'A'}
"""What is left out where only the other family is wanted."""


def transport_name(policy: str) -> str:
    """Give the name of the service for a policy."""
    return OURS + policy.replace('_', '-')


def transports(
    outbound: Optional[str],
    destinations: Optional[Mapping[str, str]],
    master_cf: MasterCf,
    transport: str,
    inet_interfaces: str,
) -> Dict[Key, Optional[Wanted]]:
    """Say which services of master.cf the policies need, and which they do not need any more.

    Args:
        outbound: the policy for all mail, ``both``, ``ipv4`` or ``ipv6``; None leaves that as it is.
        destinations: a policy for each domain; None leaves them as they are.
        master_cf: with the services that there are.
        transport: the name of the one that mail leaves by otherwise; ours are like it.
        inet_interfaces: its effective text.
    """
    usual = master_cf.entry((transport, 'unix'))
    fields = {name: word.text for name, word in usual.fields.items()} if usual else {}
    options: Dict[str, Optional[str]] = {one.name: one.value for one in usual.options} if usual else {}
    found: Dict[Key, Optional[Wanted]] = {}
    if destinations is not None:
        for policy in POLICIES:
            key = transport_name(policy), 'unix'
            there = master_cf.entry(key)
            stale = dict.fromkeys(one.name for one in there.options) if there else {}
            found[key] = Wanted(fields, ['smtp'], {
                **stale, **options, 'syslog_name': f'postfix/{key[0]}', **_options(policy, inet_interfaces),
            }) if policy in destinations.values() else None
    if outbound and usual:
        found[usual.key] = Wanted(options=_options(outbound, inet_interfaces))
    return found


def _options(policy: str, inet_interfaces: str) -> Dict[str, Optional[str]]:
    """Give what smtp(8) needs beside its usual settings.

    With one protocol off, it dies of an address of that protocol in inet_interfaces, so it gets a list of its own.
    """
    if policy not in FAMILY:
        preference = {} if policy == BOTH else {'smtp_address_preference': policy.replace('prefer_', '')}
        return {'inet_protocols': None, 'inet_interfaces': None, **preference}
    items = words(inet_interfaces, INTERFACE_SEPARATORS)
    kept = [item for item in items if _is_of(item, FAMILY[policy])]
    needs_own = inet_interfaces not in KEYWORDS and kept != items
    return {'inet_protocols': policy, 'inet_interfaces': (', '.join(kept) or 'all') if needs_own else None}


def _is_of(item: str, family: int) -> bool:
    address = parse_address(without_brackets(item))
    return address is None or address.family == family


def transport_lines(destinations: Mapping[str, str], relayhost: str, own: Iterable[str] = ()) -> List[str]:
    """Give the table (transport(5)) of domains and their subdomains.

    Args:
        destinations: a policy for each domain.
        relayhost: where all mail goes to, which a transport without a next hop would bypass.
        own: domains whose mail ends on this host. A transport would send it away, and it would come back.
    """
    lines = {name: f'{transport_name(policy)}:{relayhost}'
             for domain, policy in sorted(destinations.items()) for name in (domain.lower(), '.' + domain.lower())}
    for name in sorted({name.lower() for name in own}):
        if any(('.' + name).endswith(there) for there in lines if there.startswith('.')):
            lines[name] = ':'  # as if there was no table
    return [f'{name} {where}' for name, where in lines.items()]


def judge_own(destinations: Mapping[str, str], own: Collection[str]) -> Iterator[Problem]:
    """Find policies for domains whose mail ends on this host, which change nothing; those of subdomains may."""
    names = {name.lower() for name in own}
    for domain in destinations:
        if domain.lower() in names:
            yield Fault('own-domain', DEAD, 'is a domain whose mail ends on this host, its policy is for subdomains '
                        'only', 'take it out, unless that is meant', WARNING).of(
                'destinations', domain, reference=REFERENCE)


def filter_lines(mx_hosts: Mapping[str, str]) -> List[str]:
    """Give the table (regexp_table(5)) that leaves out addresses of hosts, and of all hosts below a domain.

    Args:
        mx_hosts: ``ipv4`` or ``ipv6`` for each name of a host or domain.
    """
    return [f'/^([^ ]+\\.)?{re.escape(name.lower())}\\. [0-9]+ IN {RECORD[FAMILY[policy]]} / IGNORE'
            for name, policy in sorted(mx_hosts.items())]


def judge_policies(variable: str, policies: Mapping[str, Any], allowed: Collection[str]) -> Iterator[Problem]:
    """Judge what somebody wants for domains or hosts.

    Args:
        variable: its name.
        policies: by name.
        allowed: the words that are policies there.
    """
    for name, policy in policies.items():
        if not isinstance(name, str) or not is_host_name(name.lower()):
            yield Fault('bad-name', OTHER_MEANING, 'is no name of a domain or host, mail to it would go as before',
                        'write it as in example.org, without a dot before it').of(
                variable, str(name), reference=REFERENCE)
        if not isinstance(policy, str) or policy not in allowed:
            yield Fault('unknown-word', OTHER_MEANING, 'is no policy', f'write one of {", ".join(allowed)}').of(
                variable, f'{name}: {policy}', reference=REFERENCE)
