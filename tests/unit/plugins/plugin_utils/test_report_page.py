import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_page import MOST_WITHOUT_SCRIPT, to_html
from browser.fleet import BEFORE, MADE, fleet

HOSTILE = [
    '"><script>alert(1)</script>', '</script><script>alert(1)</script>', '<!--<script>', '<img src=x onerror=alert(1)>',
    ']]>', '&lt;', "' onmouseover='alert(1)", '$title ${data}', '{{ 7 * 7 }}', '\\u003c', 'javascript:alert(1)',
]


class Page(HTMLParser):
    """Reads a page as a browser does: its elements, and the text that each begins with."""

    def __init__(self, text):
        """Read it."""
        super().__init__()
        self.elements, self.texts = [], []
        self.is_inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self.texts.append('')
        self.is_inside = True

    def handle_endtag(self, tag):
        """Note its end."""
        self.is_inside = False

    def handle_data(self, data):
        """Note a text."""
        if self.is_inside:
            self.texts[-1] += data

    def of(self, tag):
        """Give the attributes and the text of each element."""
        return [(attributes, text) for (name, attributes), text in zip(self.elements, self.texts, strict=True)
                if name == tag]


def hostile(text):
    finding = {'code': text, 'severity': 'error', 'message': text}
    return Found({'verdict': 'not ready', 'findings': [finding]}, {}, {'msg': text})


def test_the_page_has_the_data():
    data = report(fleet(30), 'A fleet', MADE, report(fleet(30, 0), 'A fleet', BEFORE))
    script = Page(to_html(data)).of('script')[0]
    assert script[0]['type'] == 'application/json'
    kinds = json.loads(script[1]).pop('kinds')
    assert json.loads(script[1]) == {**data, 'kinds': kinds}
    assert set(data['changes']['kinds']) <= set(kinds)


def test_the_policy_lets_nothing_in_but_its_own():
    page = Page(to_html(report(fleet(3), 'A fleet', MADE)))
    (policy,) = [attributes['content'] for attributes, _text in page.of('meta') if 'http-equiv' in attributes]
    allowed = dict(part.split(' ', 1) for part in policy.split('; '))
    digests = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
               for text in (page.of('style')[0][1], page.of('script')[1][1])]
    assert allowed == {'default-src': "'none'", 'style-src': digests[0], 'script-src': digests[1],
                       'base-uri': "'none'", 'form-action': "'none'"}
    assert len(page.of('script')) == 2
    assert not [attributes for _tag, attributes in page.elements
                if {'src', 'style'} & set(attributes) or any(name.startswith('on') for name in attributes)]
    assert all(attributes['href'].startswith('#') for attributes, _text in page.of('a'))


def test_no_script_makes_elements_of_text():
    script = Page(to_html(report({}, '', MADE))).of('script')[1][1]
    assert not re.search(r'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(', script)


@pytest.mark.parametrize('text', HOSTILE)
def test_text_is_text(text):
    plain, evil = (Page(to_html(report({name: hostile(name)}, name, MADE))) for name in ('plain', text))
    assert [(tag, set(attributes)) for tag, attributes in evil.elements] == [
        (tag, set(attributes)) for tag, attributes in plain.elements]
    assert evil.of('title')[0][1] == evil.of('h1')[0][1] == text
    assert json.loads(evil.of('script')[0][1])['hosts'][0]['name'] == text
    rows = [cell for cell in (*evil.of('th'), *evil.of('td')) if cell[1] == text]
    assert len(rows) == 2


def test_what_is_there_without_javascript():
    data = report({f'mx{number}': hostile(f'reason {number}') for number in range(300)} | fleet(40), 'A fleet', MADE)
    page = Page(to_html(data))
    rows = [text for attributes, text in page.of('th') if attributes.get('scope') == 'row']
    not_ready = [host['name'] for host in data['hosts'] if host['verdict'] == 'not ready']
    assert rows == not_ready[:MOST_WITHOUT_SCRIPT]
    cells = [text for _element, text in page.of('td')]
    assert f'and {len(not_ready) - MOST_WITHOUT_SCRIPT} more, in report.csv' in cells
    assert [text for _element, text in page.of('strong')][:4] == [
        '340', *(str(number) for number in data['totals']['verdicts'].values())]


def test_a_fleet_of_nobody():
    assert [text for _element, text in Page(to_html(report({}, 'Nobody', MADE))).of('strong')] == [
        '0', '0', '0', '0', '0', 'none', 'none', '0']
