# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What has changed in a fleet from one report to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._readiness import VERDICTS

KINDS = {
    'new': 'new in the report',
    'gone': 'no longer in the report',
    'better': 'better verdict',
    'worse': 'worse verdict',
    'ipv6-on': 'now listens on IPv6',
    'ipv6-off': 'no longer listens on IPv6',
    'exposed': 'now trusts strangers',
    'not-exposed': 'no longer trusts strangers',
    'findings': 'other findings',
}
"""What can have changed of a host; the words for it."""


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two reports of the same schema.

    Returns:
        ``since``, when the earlier one was made; the IPv6 ``shares`` of mail, in percent, then and now; how many hosts
        have changed in which way (``kinds``); and ``hosts``, those that have, each with its verdicts (null where it is
        not in that report), the ``kinds``, and the codes of findings that ``came`` and ``went``.
    """
    then = {host['name']: host for host in before['hosts']}
    there = {host['name']: host for host in now['hosts']}
    hosts = []
    for name in dict.fromkeys([*there, *then]):
        was, found = then.get(name), there.get(name)
        codes = [{finding['code']: None for finding in host['findings']} if host else {} for host in (was, found)]
        kinds = list(_kinds(was, found))
        if kinds:
            hosts.append({
                'name': name,
                'was': was and was['verdict'],
                'is': found and found['verdict'],
                'kinds': kinds,
                'came': [code for code in codes[1] if code not in codes[0]],
                'went': [code for code in codes[0] if code not in codes[1]],
            })
    counts = Counter(kind for host in hosts for kind in host['kinds'])
    return {
        'since': before['made'],
        'shares': {way: [one['totals']['mail'][way]['ipv6_percent'] for one in (before, now)]
                   for way in ('received', 'sent')},
        'kinds': {kind: counts[kind] for kind in KINDS if counts[kind]},
        'hosts': hosts,
    }


def _kinds(was: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[str]:
    if was is None or found is None:
        yield 'new' if was is None else 'gone'
        return
    ranks = [VERDICTS.index(host['verdict']) for host in (was, found)]
    if ranks[0] != ranks[1]:
        yield 'better' if ranks[1] < ranks[0] else 'worse'
    if was['listeners'] and found['listeners']:  # of a host that nobody reached, nothing is known
        heard = [bool(host['listeners']['ipv6']) for host in (was, found)]
        exposed = [bool(host['exposure']) for host in (was, found)]
        if heard[0] != heard[1]:
            yield 'ipv6-on' if heard[1] else 'ipv6-off'
        if exposed[0] != exposed[1]:
            yield 'exposed' if exposed[1] else 'not-exposed'
    codes = [{finding['code'] for finding in host['findings']} for host in (was, found)]
    if codes[0] != codes[1] and ranks[0] == ranks[1]:
        yield 'findings'
