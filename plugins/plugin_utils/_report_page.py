# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The data of a report for people: one page of HTML that asks nobody for anything.

The page has the data as JSON, and report/page.js shows it as text nodes alone. What is HTML here is there without
JavaScript too. The policy of the page (Content Security Policy Level 3) lets nothing run but that one script.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlencode

from ansible_collections.inet6.postfix.plugins.module_utils._readiness import NOT_READY, READY, WARNED
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_changes import KINDS

PARTS = Path(__file__).with_name('report')
MOST_WITHOUT_SCRIPT = 200
LOOKS = {NOT_READY: 'bad', WARNED: 'warned', READY: 'good'}
SEPARATORS = {ord(character): f'\\u{ord(character):04x}' for character in '<>&'}
"""What could end the element that the JSON stands in; ASCII is all else that json.dumps gives."""


def to_html(data: Mapping[str, Any]) -> str:
    """Write a report as HTML."""
    style, script, page = ((PARTS / f'page.{ending}').read_text(encoding='utf-8') for ending in ('css', 'js', 'html'))
    shown = {**data, 'kinds': KINDS}
    return Template(page).substitute(
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
               "base-uri 'none'; form-action 'none'",
        title=html.escape(data['title']),
        made=html.escape(data['made']),
        made_in_words=html.escape(data['made'][:16].replace('T', ' ') + ' UTC'),
        style=style,
        script=script,
        tiles='\n'.join(_tiles(data['totals'])),
        rows='\n'.join(_rows(data['hosts'])),
        data=json.dumps(shown, separators=(',', ':')).translate(SEPARATORS),
    )


def _digest(text: str) -> str:
    return f'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'


def _tiles(totals: Mapping[str, Any]) -> Iterator[str]:
    verdicts, mail = totals['verdicts'], totals['mail']
    yield _tile('', f'{totals["hosts"]:,}', 'hosts', f'{totals["looked_at"]:,} with a Postfix to look at', q='')
    for verdict, look in LOOKS.items():
        yield _tile(look, f'{verdicts[verdict]:,}', verdict, _part(verdicts[verdict], totals['hosts']), verdict=verdict)
    listening = totals['listening']['ipv6']
    yield _tile('', f'{listening:,}', 'listen on IPv6', _part(listening, totals['looked_at']), show='ipv6')
    for way, what in (('received', 'messages'), ('sent', 'deliveries')):
        share = mail[way]['ipv6_percent']
        yield _tile('', 'none' if share is None else f'{share} %', f'IPv6 in mail {way}',
                    f'of {mail[way]["ipv4"] + mail[way]["ipv6"]:,} {what}', show='mail')
    exposed = totals['exposed']
    yield _tile('bad' if exposed else 'good', f'{exposed:,}', 'trust strangers', 'relay exposure', show='exposed')


def _tile(look: str, number: str, what: str, more: str, **hosts: str) -> str:
    link = html.escape(urlencode(hosts))
    return (f'<li><a class="tile {look}" href="#{link}"><strong>{number}</strong> <span>{what}</span> '
            f'<small>{more}</small></a></li>')


def _part(number: int, total: int) -> str:
    return f'{100 * number / total:.1f} %' if total else 'of none'


def _rows(hosts: list[Mapping[str, Any]]) -> Iterator[str]:
    """Give the first hosts that are not ready."""
    chosen = [host for host in hosts if host['verdict'] == NOT_READY]
    for host in chosen[:MOST_WITHOUT_SCRIPT]:
        messages = '<br>'.join(html.escape(finding['message']) for finding in host['findings'])
        yield f'<tr><th scope="row">{html.escape(host["name"])}</th><td>{messages}</td></tr>'
    if len(chosen) > MOST_WITHOUT_SCRIPT:
        yield f'<tr><td colspan="2">and {len(chosen) - MOST_WITHOUT_SCRIPT:,} more, in report.csv</td></tr>'
