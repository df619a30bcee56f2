import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_changes import KINDS, changes

SHARES = {way: {'ipv6_percent': 25.0} for way in ('received', 'sent')}


def host(name, verdict='ready', codes=(), ipv6=True, exposed=False, reached=True):
    listeners = {'ipv4': ['0.0.0.0:25'], 'ipv6': ['[::]:25'] if ipv6 else []}
    return {'name': name, 'verdict': verdict, 'findings': [{'code': code} for code in codes],
            'listeners': listeners if reached else None, 'exposure': [{}] if exposed else []}


def data(*hosts, made='2026-11-14T18:10:05+00:00', shares=SHARES):
    return {'made': made, 'hosts': list(hosts), 'totals': {'mail': shares}}


def test_nothing_has_changed():
    assert changes(data(host('a')), data(host('a'))) == {
        'since': '2026-11-14T18:10:05+00:00', 'shares': {'received': [25.0, 25.0], 'sent': [25.0, 25.0]},
        'kinds': {}, 'hosts': []}


@pytest.mark.parametrize(('was', 'found', 'kinds', 'came', 'went'), [
    (None, host('a', codes=['x']), ['new'], ['x'], []),
    (host('a', codes=['x']), None, ['gone'], [], ['x']),
    (host('a', 'not ready', ['x']), host('a', 'ready with warnings', ['y']), ['better'], ['y'], ['x']),
    (host('a'), host('a', 'not ready', ['x', 'y']), ['worse'], ['x', 'y'], []),
    (host('a', ipv6=False), host('a'), ['ipv6-on'], [], []),
    (host('a'), host('a', ipv6=False), ['ipv6-off'], [], []),
    (host('a'), host('a', exposed=True), ['exposed'], [], []),
    (host('a', exposed=True), host('a'), ['not-exposed'], [], []),
    (host('a', codes=['x']), host('a', codes=['y', 'y']), ['findings'], ['y'], ['x']),
    (host('a', 'ready'), host('a', 'not ready', ['unreachable'], reached=False), ['worse'], ['unreachable'], []),
])
def test_what_has_changed_of_a_host(was, found, kinds, came, went):
    told = changes(data(*filter(None, [was])), data(*filter(None, [found])))
    assert told['hosts'] == [{
        'name': 'a', 'was': was and was['verdict'], 'is': found and found['verdict'], 'kinds': kinds, 'came': came,
        'went': went}]
    assert told['kinds'] == dict.fromkeys(kinds, 1)
    assert set(kinds) <= set(KINDS)


def test_hosts_are_counted_by_what_has_changed():
    before = data(host('a'), host('b', 'not ready'), host('c', 'not ready', ipv6=False), host('d'))
    told = changes(before, data(host('a'), host('b'), host('c'), host('e')))
    assert told['kinds'] == {'new': 1, 'gone': 1, 'better': 2, 'ipv6-on': 1}
    assert [one['name'] for one in told['hosts']] == ['b', 'c', 'e', 'd']
