# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The data of a report for other programs: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.inet6.postfix.plugins.plugin_utils._report import FAMILIES, FATES, PERCENTILES, percent

FORMULA = ('=', '+', '-', '@', '\t', '\r', '\n')
"""What a spreadsheet takes for the beginning of a formula, also in its full-width form."""
WAYS = ('received', 'sent', *FATES)
COLUMNS = (
    'host', 'verdict', 'findings', 'messages', 'postfix', 'running', 'inet_protocols',
    *(f'listens_{family}' for family in FAMILIES),
    'mynetworks', 'exposed_by', 'would_need',
    *(f'{way}_{family}' for way in WAYS for family in FAMILIES),
    'received_ipv6_percent', 'sent_ipv6_percent',
    *(f'delay_{name}_{family}' for family in FAMILIES for name in PERCENTILES),
    'mail_problem',
)


def to_json(data: Mapping[str, Any]) -> str:
    """Write the data of a report as JSON."""
    return json.dumps(data, indent=1) + '\n'


def to_csv(data: Mapping[str, Any]) -> str:
    """Write the hosts of a report as CSV (RFC 4180), in which no spreadsheet finds a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(host)] for host in data['hosts'])
    return text.getvalue()


def _row(host: Mapping[str, Any]) -> Iterator[Any]:
    """Give what belongs below COLUMNS."""
    listeners, mail = host['listeners'] or {}, host['mail']
    yield from (host['name'], host['verdict'])
    yield ' '.join(dict.fromkeys(finding['code'] for finding in host['findings']))
    yield ' | '.join(finding['message'] for finding in host['findings'])
    yield from (host['version'], host['running'], host['protocols'])
    yield from (' '.join(listeners.get(family, ())) for family in FAMILIES)
    yield ' '.join(host['mynetworks'])
    yield ' '.join(one['network'] for one in host['exposure'])
    yield host['action']
    yield from (mail and mail[way][family] for way in WAYS for family in FAMILIES)
    yield from (mail and percent(mail[way]) for way in ('received', 'sent'))
    yield from (mail and (mail['delay'][family] or {}).get(name) for family in FAMILIES for name in PERCENTILES)
    yield host['mail_problem']


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    text = '' if value is None else str(value)
    return f"'{text}" if unicodedata.normalize('NFKC', text[:1]).startswith(FORMULA) else text
