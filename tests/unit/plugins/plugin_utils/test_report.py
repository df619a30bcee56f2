import json

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import SCHEMA, Found, percent, report

MADE = '2026-11-21T18:13:52+00:00'
WORRY = {'code': 'not-running', 'severity': 'warning', 'message': 'start it'}
FAULT = {'code': 'host-without-ipv6', 'severity': 'error', 'message': 'enable IPv6'}
NOBODY = Found({}, {}, {})


def looked_at(findings=(), ipv6=True, networks=('127.0.0.0/8',), **more):
    """Give what module info says of a host."""
    return {
        'verdict': 'ready', 'findings': list(findings), 'version': '3.7.11', 'running': True,
        'parameters': [{'name': 'inet_interfaces', 'value': 'all'}, {'name': 'inet_protocols', 'value': 'all'}],
        'listeners': {'ipv4': ['0.0.0.0:25'], 'ipv6': ['[::]:25'] if ipv6 else []},
        'mynetworks': {'now': {'all': list(networks)}}, 'changes': [], 'action': 'none', **more}


def mail(received=(60, 40), sent=(30, 10), here=0, p50=1.0, answers=()):
    """Give what module mail_log says of a host, with so much by IPv4 and IPv6, and so much of it from itself."""
    def counts(pair, **more):
        return {'ipv4': pair[0], 'ipv6': pair[1], **more}

    loopback = {'ipv4': here, 'ipv6': 0}
    delay = {'p50': p50, 'p90': 2 * p50, 'p99': 9 * p50, 'max': 100 * p50}
    return {
        'since': '2026-11-20T18:13:52+00:00', 'until': MADE,
        'received': counts(received, loopback=loopback),
        'sent': counts(sent, loopback=loopback, delay={'ipv4': delay, 'ipv6': delay if sent[1] else None}),
        'refused': counts((1, 2), groups=[]), 'deferred': counts((3, 4), groups=list(answers)),
        'bounced': counts((5, 6), groups=[])}


def fleet(**hosts):
    return report({name: Found(*found) for name, found in hosts.items()}, 'A fleet', MADE)


def test_nothing_is_found_of_nobody():
    data = fleet()
    assert (data['schema'], data['title'], data['made'], data['hosts'], data['changes']) == (
        SCHEMA, 'A fleet', MADE, [], None)
    assert data['totals']['mail']['received'] == {'ipv4': 0, 'ipv6': 0, 'ipv6_percent': None}
    assert data['totals']['mail']['delay'] == {'ipv4': None, 'ipv6': None}


@pytest.mark.parametrize(('found', 'verdict', 'message'), [
    (({'unreachable': True, 'msg': 'no route\nto host'}, {}, {}), 'not ready', 'no route to host'),
    (({'failed': True, 'msg': 'no Python'}, {}, {}), 'not ready', 'no Python'),
    (NOBODY, 'not ready', 'no result'),
    ((looked_at([WORRY]), {}, {}), 'ready with warnings', 'start it'),
    (({'verdict': 'not ready', 'findings': [FAULT]}, {}, {}), 'not ready', 'enable IPv6'),
    ((looked_at(), {'addresses': [{'address': '2001:db8::25', 'problems': [FAULT]}]}, {}), 'not ready', 'enable IPv6'),
    (({'instances': {'-': looked_at(), 'out': looked_at([WORRY])}}, {}, {}), 'ready with warnings',
     'instance out: start it'),
])
def test_each_host_is_in_it_with_its_reason(found, verdict, message):
    (host,) = fleet(mx=found)['hosts']
    assert (host['verdict'], [finding['message'] for finding in host['findings']]) == (verdict, [message])


def test_what_a_host_is_like():
    (host,) = fleet(mx=(looked_at(changes=[{}, {}], action='restart'), {}, mail()))['hosts']
    assert host == {
        'name': 'mx', 'verdict': 'ready', 'findings': [], 'version': '3.7.11', 'running': True, 'protocols': 'all',
        'listeners': {'ipv4': ['0.0.0.0:25'], 'ipv6': ['[::]:25']}, 'mynetworks': ['127.0.0.0/8'], 'exposure': [],
        'action': 'restart', 'changes': 2, 'mail': host['mail'], 'mail_problem': ''}


def test_a_host_without_postfix():
    (host,) = fleet(mx=({'verdict': 'not ready', 'findings': [FAULT]}, {}, {'failed': True, 'msg': 'no log'}))['hosts']
    assert (host['version'], host['running'], host['listeners'], host['action']) == (None, None, None, None)
    assert (host['mail'], host['mail_problem']) == (None, 'no log')


def test_instances_are_one_host():
    other = looked_at(ipv6=False, networks=['[2000::]/3'], changes=[{}])
    (host,) = fleet(mx=({'instances': {'-': looked_at(), 'out': other}, 'action': 'reload'}, {}, {}))['hosts']
    assert host['listeners'] == {'ipv4': ['0.0.0.0:25', '0.0.0.0:25'], 'ipv6': ['[::]:25']}
    assert host['mynetworks'] == ['127.0.0.0/8', '[2000::]/3']
    assert (host['changes'], host['action']) == (1, 'reload')


@pytest.mark.parametrize(('item', 'is_exposed'), [
    ('[::]/0', True), ('0.0.0.0/0', True), ('[2000::]/3', True), ('64.0.0.0/4', True), ('static:all', True),
    ('[2001:db8::]/32', False), ('127.0.0.0/8', False), ('10.0.0.0/8', False), ('![::]/0', False),
    ('[fe80::]/10', False), ('cidr:/etc/postfix/clients', False), ('example.org', False),
])
def test_exposure(item, is_exposed):
    data = fleet(a=(looked_at(networks=[item]), {}, {}), b=(looked_at(networks=[item]), {}, {}), c=NOBODY)
    assert data['totals']['exposed'] == (2 if is_exposed else 0)
    assert [(one['network'], one['hosts']) for one in data['exposure']] == ([(item, 2)] if is_exposed else [])


def test_mail_is_that_of_other_hosts():
    data = fleet(a=(looked_at(), {}, mail(here=20)), b=(looked_at(), {}, mail((0, 60), (0, 0))), c=NOBODY)
    totals = data['totals']['mail']
    assert totals['hosts'] == 2
    assert totals['received'] == {'ipv4': 40, 'ipv6': 100, 'ipv6_percent': 71.4}
    assert totals['sent'] == {'ipv4': 10, 'ipv6': 10, 'ipv6_percent': 50.0}
    assert totals['deferred'] == {'ipv4': 6, 'ipv6': 8, 'ipv6_percent': 57.1}


def test_delays_are_of_the_host_in_the_middle():
    data = fleet(**{f'h{p50}': (looked_at(), {}, mail(p50=p50)) for p50 in (5, 1, 2)},
                 quiet=(looked_at(), {}, mail(sent=(0, 0))))
    assert data['totals']['mail']['delay']['ipv6'] == {'hosts': 3, 'p50': 2, 'p90': 4, 'p99': 18, 'max': 500}


def test_the_most_frequent_answers():
    answers = [{'family': 'ipv6', 'words': f'{count}', 'count': count, 'example': '450 <b>later</b>'}
               for count in (1, 7, 3, 9, 2, 8)]
    (host,) = fleet(mx=(looked_at(), {}, mail(answers=answers)))['hosts']
    assert [answer['count'] for answer in host['mail']['answers']] == [9, 8, 7, 3, 2]
    assert host['mail']['answers'][0] == {
        'fate': 'deferred', 'family': 'ipv6', 'count': 9, 'words': '9', 'example': '450 <b>later</b>'}


def test_totals_and_findings():
    data = fleet(a=(looked_at([WORRY, WORRY]), {}, {}), b=(looked_at([FAULT, WORRY], ipv6=False), {}, {}),
                 c=(looked_at(running=False), {}, {}), d=NOBODY)
    totals = data['totals']
    assert totals['verdicts'] == {'not ready': 2, 'ready with warnings': 1, 'ready': 1}
    assert (totals['hosts'], totals['looked_at'], totals['running']) == (4, 3, 2)
    assert totals['listening'] == {'ipv4': 3, 'ipv6': 2}
    assert [(one['code'], one['severity'], one['hosts']) for one in data['findings']] == [
        ('failed', 'error', 1), ('host-without-ipv6', 'error', 1), ('not-running', 'warning', 2)]


def test_hosts_are_in_the_order_that_people_expect():
    names = ['mx10', 'mx9', 'a', 'mx009', '9', 'mx9.b2', 'mx9.b10', '10', '²', 'mx' + '1' * 5000]
    assert [host['name'] for host in report(dict.fromkeys(names, NOBODY), '', MADE)['hosts']][:9] == [
        '9', '10', 'a', 'mx009', 'mx9', 'mx9.b2', 'mx9.b10', 'mx10', 'mx' + '1' * 1997 + '…']


@pytest.mark.parametrize(('text', 'shown'), [
    ('a\u2028b', 'a b'), ('a\u202eb', 'a?b'), ('a\0b', 'a?b'), ('a\r\n\tb', 'a b'), ('\ud800', '?'),
    ('\x1b[2J', '?[2J'), ('"><script>alert(1)</script>', '"><script>alert(1)</script>'), ('x' * 3000, 'x' * 1999 + '…'),
])
def test_texts_are_single_lines_that_can_be_shown(text, shown):
    hostile = {'code': text, 'severity': 'error', 'message': text}
    answer = {'family': text, 'words': text, 'count': 1, 'example': text}
    data = report({text: Found(looked_at([hostile], networks=[text], version=text, action=text), {},
                               mail(answers=[answer]))}, text, MADE)
    (host,) = data['hosts']
    texts = [data['title'], host['name'], host['version'], host['action'], *host['mynetworks'],
             host['findings'][0]['code'], host['findings'][0]['message'], data['findings'][0]['code'],
             *(host['mail']['answers'][0][key] for key in ('family', 'words', 'example'))]
    if text.split() == [text]:
        assert texts == [shown] * len(texts)
    else:
        assert set(texts) == {shown}


def test_the_same_for_the_same():
    found = {'b': Found(looked_at([WORRY]), {}, mail()), 'a': NOBODY}
    assert json.dumps(report(found, 'T', MADE)) == json.dumps(report(dict(reversed(found.items())), 'T', MADE))


@pytest.mark.parametrize(('counts', 'share'), [((0, 0), None), ((1, 2), 66.7), ((5, 0), 0.0), ((0, 1), 100.0),
                                               ((387, 13), 3.3), ((9985, 15), 0.2)])
def test_percent(counts, share):
    assert percent(dict(zip(('ipv4', 'ipv6'), counts, strict=True))) == share
