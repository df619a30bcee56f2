# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What tasks have found of a fleet, put together as the data of a report."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low
from typing import Any, NamedTuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, legible
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, fault_of_trust
from ansible_collections.inet6.postfix.plugins.module_utils._readiness import VERDICTS, instances_of, readiness
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_changes import changes

SCHEMA = 1
"""Of the data; grows when something of it changes its meaning."""
FAMILIES = ('ipv4', 'ipv6')
PERCENTILES = ('p50', 'p90', 'p99')
FATES = ('refused', 'deferred', 'bounced')
MOST_ANSWERS = 5
LONGEST_TEXT = 2000
DIGITS = re.compile('([0-9]+)')


class Found(NamedTuple):
    """The results of the tasks of a host; empty where a task did not run."""

    info: Mapping[str, Any]
    dns: Mapping[str, Any]
    mail: Mapping[str, Any]


def report(
    found: Mapping[str, Found], title: str, made: str, before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put together what was found of a fleet.

    Args:
        found: by the name of the host.
        title: of the report.
        made: when, in ISO 8601.
        before: the report to compare with, of the same SCHEMA.

    Returns:
        Data for JSON, the same for the same arguments. Whatever texts hosts or strangers have chosen, those in it are
        single lines that can be shown.
    """
    hosts = [_host(name, found[name]) for name in sorted(found, key=_natural)]
    data = {
        'schema': SCHEMA,
        'title': _plain(title),
        'made': made,
        'totals': _totals(hosts),
        'findings': _findings(hosts),
        'exposure': _exposures(hosts),
        'changes': None,
        'hosts': hosts,
    }
    return {**data, 'changes': changes(before, data) if before else None}


def _plain(text: Any) -> str:
    """Make one line of a text, of what can be shown."""
    line = legible(' '.join(str(text).split()))
    return line if len(line) <= LONGEST_TEXT else line[:LONGEST_TEXT - 1] + '…'


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort mail10 behind mail9."""
    parts = DIGITS.split(name)
    parts[1::2] = [digits.lstrip('0') for digits in parts[1::2]]
    return [(len(part) if index % 2 else 0, part) for index, part in enumerate(parts)] + [(0, name)]


def _host(name: str, found: Found) -> dict[str, Any]:
    judged = readiness(found.info, found.dns)
    looked_at = [one for _label, one in instances_of(found.info) if 'listeners' in one]
    networks = dict.fromkeys(item for one in looked_at for item in one['mynetworks']['now']['all'])
    return {
        'name': _plain(name),
        'verdict': judged['verdict'],
        'findings': [{key: _plain(text) for key, text in finding.items()} for finding in judged['findings']],
        'version': _plain(looked_at[0]['version']) if looked_at else None,
        'running': any(one['running'] for one in looked_at) if looked_at else None,
        'protocols': ' '.join(dict.fromkeys(_protocols(one) for one in looked_at)) if looked_at else None,
        'listeners': {family: [_plain(text) for one in looked_at for text in one['listeners'][family]]
                      for family in FAMILIES} if looked_at else None,
        'mynetworks': [_plain(item) for item in networks],
        'exposure': [exposure for item in networks for exposure in _exposure(str(item))],
        'action': _plain(found.info.get('action', 'none')) if looked_at else None,
        'changes': sum(len(one['changes']) for one in looked_at),
        'mail': _mail(found.mail) if 'received' in found.mail else None,
        'mail_problem': '' if 'received' in found.mail else _plain(found.mail.get('msg', 'nobody has looked')),
    }


def _protocols(instance: Mapping[str, Any]) -> str:
    return next((_plain(one['value']) for one in instance['parameters'] if one['name'] == 'inet_protocols'), '')


def _exposure(item: str) -> list[dict[str, str]]:
    """Say whether an item of mynetworks lets strangers relay, also where somebody insists on it."""
    fault = fault_of_trust(item, USUAL_TRUST)
    if not fault or fault.severity != ERROR:
        return []
    return [{'network': _plain(item), 'message': f'{_plain(item)} {fault.rule}; {fault.cure}'}]


def _mail(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give what came and went from and to other hosts."""
    answers: list[dict[str, Any]] = [
        {'fate': fate, 'family': _plain(one['family']), 'count': int(one['count']), 'words': _plain(one['words']),
         'example': _plain(one['example'])}
        for fate in FATES for one in found[fate]['groups']]
    return {
        'since': _plain(found['since']),
        'until': _plain(found['until']),
        **{way: {family: int(found[way][family] - found[way]['loopback'][family]) for family in FAMILIES}
           for way in ('received', 'sent')},
        'delay': {family: _delay(found['sent']['delay'][family]) for family in FAMILIES},
        **{fate: {family: int(found[fate][family]) for family in FAMILIES} for fate in FATES},
        'answers': sorted(answers, key=lambda answer: -answer['count'])[:MOST_ANSWERS],
    }


def _delay(found: Mapping[str, Any] | None) -> dict[str, float] | None:
    return {name: float(found[name]) for name in (*PERCENTILES, 'max')} if found else None


def percent(counts: Mapping[str, int]) -> float | None:
    """Give the share of IPv6, rounded as page.js does it; None in nothing."""
    total = counts['ipv4'] + counts['ipv6']
    return math.floor(100 * counts['ipv6'] / total * 10 + 0.5) / 10 if total else None


def _totals(hosts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    verdicts = Counter(host['verdict'] for host in hosts)
    mails = [host['mail'] for host in hosts if host['mail']]
    return {
        'hosts': len(hosts),
        'verdicts': {verdict: verdicts[verdict] for verdict in reversed(VERDICTS)},
        'looked_at': sum(host['listeners'] is not None for host in hosts),
        'running': sum(bool(host['running']) for host in hosts),
        'listening': {family: sum(bool(host['listeners'] and host['listeners'][family]) for host in hosts)
                      for family in FAMILIES},
        'exposed': sum(bool(host['exposure']) for host in hosts),
        'mail': {
            'hosts': len(mails),
            **{way: _summed(mail[way] for mail in mails) for way in ('received', 'sent', *FATES)},
            'delay': {family: _middle([mail['delay'][family] for mail in mails if mail['delay'][family]])
                      for family in FAMILIES},
        },
    }


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    numbers = {family: total[family] for family in FAMILIES}
    return {**numbers, 'ipv6_percent': percent(numbers)}


def _middle(delays: Sequence[Mapping[str, float]]) -> dict[str, float] | None:
    """Give each percentile of the host in the middle: percentiles of hosts do not add up to one of the fleet."""
    if not delays:
        return None
    return {'hosts': len(delays), **{name: median_low(delay[name] for delay in delays) for name in PERCENTILES},
            'max': max(delay['max'] for delay in delays)}


def _findings(hosts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Count the hosts with each kind of finding, errors first, the most frequent first."""
    counts = Counter(kind for host in hosts
                     for kind in {(finding['severity'], finding['code']) for finding in host['findings']})
    return [{'code': code, 'severity': severity, 'hosts': number}
            for (severity, code), number in sorted(counts.items(), key=lambda one: (one[0][0], -one[1], one[0]))]


def _exposures(hosts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Count the hosts that trust each network which holds strangers."""
    counts = Counter((one['network'], one['message']) for host in hosts for one in host['exposure'])
    return [{'network': network, 'message': message, 'hosts': number}
            for (network, message), number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
