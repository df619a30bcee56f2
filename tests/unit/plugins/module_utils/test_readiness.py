import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, WARNING
from ansible_collections.inet6.postfix.plugins.module_utils._readiness import Finding, by_verdict, readiness, verdict

FINE = {'verdict': 'ready', 'findings': []}


def finding(severity):
    return Finding('code', severity, 'message')


@pytest.mark.parametrize(('severities', 'text'), [
    ([], 'ready'), ([WARNING], 'ready with warnings'), ([ERROR], 'not ready'), ([WARNING, ERROR], 'not ready'),
])
def test_verdict(severities, text):
    assert verdict(map(finding, severities)) == text


@pytest.mark.parametrize(('info', 'code', 'message'), [
    ({'unreachable': True, 'msg': 'no route'}, 'unreachable', 'no route'),
    ({'failed': True, 'msg': 'inet_protocols: ipv7 is bad'}, 'failed', 'inet_protocols: ipv7 is bad'),
    ({}, 'failed', 'no result'),
])
def test_a_host_of_which_nothing_is_known_is_not_ready(info, code, message):
    assert readiness(info, {}) == {
        'verdict': 'not ready', 'findings': [{'code': code, 'severity': ERROR, 'message': message}]}


def test_what_the_host_says_stays():
    found = [finding(WARNING)._asdict()]
    assert readiness({'verdict': 'ready with warnings', 'findings': found}, {}) == {
        'verdict': 'ready with warnings', 'findings': found}


def dns(address, severity):
    problem = {'code': 'no-ptr', 'severity': severity, 'message': f'{address} has no PTR record; publish'}
    return {'addresses': [{'address': address, 'problems': [problem]}]}


@pytest.mark.parametrize(('result', 'text', 'message'), [
    (dns('2001:db8::25', 'error'), 'not ready', '2001:db8::25 has no PTR record; publish'),
    (dns('192.0.2.25', 'error'), 'ready with warnings', '192.0.2.25 has no PTR record; publish'),
    (dns('2001:db8::25', 'warning'), 'ready with warnings', '2001:db8::25 has no PTR record; publish'),
    (dns('2001:db8::25', 'unknown'), 'ready with warnings', '2001:db8::25 has no PTR record; publish'),
    ({'failed': True, 'msg': 'dnspython is missing'}, 'ready with warnings', 'dnspython is missing'),
])
def test_what_receivers_object_to(result, text, message):
    found = readiness(FINE, result)
    assert (found['verdict'], [one['message'] for one in found['findings']]) == (text, [message])


def test_hosts_by_verdict():
    assert by_verdict({'a': FINE, 'b': readiness({}, {}), 'c': FINE}) == {
        'not ready': {'b': ['no result']}, 'ready with warnings': {}, 'ready': ['a', 'c']}
