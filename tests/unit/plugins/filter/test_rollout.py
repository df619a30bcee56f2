import pytest
from ansible_collections.inet6.postfix.plugins.filter.rollout import FilterModule

rollout = FilterModule().filters()['rollout']
SAME, NEW = {'changed': False}, {'changed': True}


def host(config=None, control=None, failure=None):
    found = {'config': config, 'control': control, 'failure': failure}
    return {f'__postfix_ipv6_{name}': value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(('variables', 'outcome', 'message'), [
    (host(), 'untouched', None),
    (host(SAME), 'unchanged', None),
    (host(NEW, NEW), 'changed', None),
    (host(NEW, {'skipped': True, 'changed': False}), 'changed', None),
    (host(SAME, NEW), 'changed', None),
    (host({'unreachable': True, 'msg': 'no  route\r\n\r\nto it\r\n'}), 'unreachable', 'no route; to it'),
    (host(NEW, {'unreachable': True, 'msg': 'closed'}), 'unreachable', 'the next run says how it ended'),
    (host(failure={'msg': 'wrong', 'rolled_back': False}), 'failed', 'wrong'),
    (host(NEW, {'failed': True}, {'msg': 'no greeting', 'rolled_back': True}), 'rolled_back', 'no greeting'),
])
def test_one_host(variables, outcome, message):
    found = rollout({'mx1': variables}, ['mx1'])
    assert {name: count for name, count in found['stats'].items() if count} == {
        'rollout_hosts': 1, f'rollout_{outcome}': 1, **({f'rollout_{outcome}_names': ['mx1']} if message else {})}
    assert found['failed_percent'] == (100.0 if message else 0.0)
    assert list(found['failures']) == (['mx1'] if message else [])
    assert found['summary'][0] == f'{outcome.replace("_", " ")} 1: mx1'
    assert [message in line for line in found['summary'][1:]] == ([True] if message else [])


def test_many_hosts():
    hostvars = {**{f'mx{number}': host() for number in range(20)}, 'mx0': host(NEW, NEW), 'mx1': host(SAME),
                'mx2': host(NEW, None, {'msg': 'no greeting', 'rolled_back': True})}
    found = rollout(hostvars, list(hostvars))
    assert found['stats'] == {
        'rollout_hosts': 20, 'rollout_failed': 0, 'rollout_unreachable': 0, 'rollout_rolled_back': 1,
        'rollout_untouched': 17, 'rollout_changed': 1, 'rollout_unchanged': 1,
        'rollout_failed_names': [], 'rollout_unreachable_names': [], 'rollout_rolled_back_names': ['mx2']}
    assert found['failed_percent'] == pytest.approx(33.3, abs=0.1)
    assert found['summary'] == [
        'rolled back 1: mx2', 'untouched 17: mx3, mx4, mx5, mx6, mx7, mx8, mx9, mx10, mx11, mx12 and 7 more hosts',
        'changed 1: mx0', 'unchanged 1: mx1', 'mx2: no greeting']


def test_nobody():
    assert rollout({}, [])['failed_percent'] == 0.0
