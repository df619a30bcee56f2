import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import DEAD, ERROR, FATAL, OBEYED, WARNING
from ansible_collections.inet6.postfix.plugins.module_utils._host_rules import judge_generator, judge_on_host
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress


def own(*texts, temporary=False, deprecated=False, tentative=False):
    return [HostAddress(parse_address(text), temporary, deprecated, tentative) for text in texts]


DUAL = own('127.0.0.1', '192.0.2.1', '::1', 'fe80::1', '2001:db8::1')
LOOPBACK = own('127.0.0.1', '192.0.2.1', '::1')
IPV4 = own('127.0.0.1', '192.0.2.1')


def resolve(name, family):
    assert '$' not in name, 'a resolver may take seconds to say no'
    found = {('localhost', 4): '127.0.0.1', ('six', 6): '2001:db8::1',
             ('mail', 4): '192.0.2.1', ('mail', 6): '2001:db8::2'}
    return [parse_address(found[name, family])] if (name, family) in found else []


def judged(values, addresses, ipv6_disabled=False, families=(4, 6)):
    return list(judge_on_host(values, families, addresses, ipv6_disabled, resolve))


ACCEPTED = [
    ({}, IPV4),
    ({'inet_protocols': 'all'}, DUAL),
    ({'inet_protocols': 'ipv4'}, IPV4),
    ({'inet_interfaces': 'all'}, IPV4),
    ({'inet_interfaces': 'localhost, $myhostname'}, IPV4),
    ({'inet_interfaces': '127.0.0.1, [2001:DB8:0::1]'}, DUAL),
    ({'smtp_bind_address6': '2001:db8::1', 'lmtp_bind_address': '192.0.2.1'}, DUAL),
    ({'smtp_bind_address6': '::', 'smtp_bind_address': '0.0.0.0'}, DUAL),
    ({'smtp_bind_address6': ''}, DUAL),
    ({'smtp_bind_address': '127.0.0.11'}, DUAL),
    ({'proxy_interfaces': '203.0.113.1'}, DUAL),  # need not be local
    ({'proxy_interfaces': 'mail'}, DUAL),
    ({'inet_interfaces': '[six]'}, DUAL),
    ({'mynetworks': '203.0.113.1, [2001:db8:9::9]'}, DUAL),
]


@pytest.mark.parametrize(('values', 'addresses'), ACCEPTED)
def test_accepted(values, addresses):
    assert judged(values, addresses) == []


FOUND = [
    ({'inet_protocols': 'all'}, IPV4, 'host-without-ipv6', DEAD, ERROR, 0),
    ({'inet_protocols': 'ipv6'}, IPV4, 'host-without-ipv6', DEAD, ERROR, 0),
    ({'inet_protocols': 'all'}, LOOPBACK, 'no-global-ipv6', OBEYED, WARNING, 0),
    ({'inet_protocols': 'all'}, own('127.0.0.1', 'fe80::1'), 'no-global-ipv6', OBEYED, WARNING, 0),
    ({'inet_interfaces': '127.0.0.1 2001:db8::2'}, DUAL, 'address-not-here', FATAL, ERROR, 2),
    ({'inet_interfaces': '127.0.0.11'}, DUAL, 'address-not-here', FATAL, ERROR, 1),
    ({'inet_interfaces': '[::1]'}, IPV4, 'address-not-here', FATAL, ERROR, 1),
    ({'smtp_bind_address6': '::1'}, IPV4, 'address-not-here', DEAD, ERROR, 0),
    ({'smtp_bind_address6': '2001:db8::2'}, DUAL, 'address-not-here', DEAD, ERROR, 0),
    ({'smtp_bind_address': '192.0.2.2'}, DUAL, 'address-not-here', DEAD, ERROR, 0),
    ({'inet_interfaces': '2001:db8::1'}, own('2001:db8::1', tentative=True), 'address-tentative', FATAL, ERROR, 1),
    ({'smtp_bind_address6': '2001:db8::1'}, own('2001:db8::1', tentative=True), 'address-tentative', DEAD, ERROR, 0),
    ({'smtp_bind_address6': '2001:db8::1'}, own('2001:db8::1', temporary=True), 'address-temporary', DEAD, WARNING, 0),
    ({'inet_interfaces': 'localhost, nosuch.invalid'}, DUAL, 'unknown-host', FATAL, ERROR, 2),
    ({'inet_interfaces': 'mail'}, DUAL, 'address-not-here', FATAL, ERROR, 1),
    ({'proxy_interfaces': 'nosuch.invalid'}, DUAL, 'unknown-host', FATAL, ERROR, 1),
    ({'inet_interfaces': '2001:db8::1'}, own('2001:db8::1', deprecated=True), 'address-deprecated', FATAL, WARNING, 1),
]


@pytest.mark.parametrize(('values', 'addresses', 'code', 'verdict', 'severity', 'position'), FOUND)
def test_found(values, addresses, code, verdict, severity, position):
    (problem,) = judged(values, addresses)
    assert (problem.code, problem.severity, problem.position) == (code, severity, position)
    assert problem.parameter in values
    if severity == ERROR:
        assert problem.verdict == verdict


def test_ipv6_that_is_switched_off_is_said():
    assert 'disabled in its kernel' in str(judged({'inet_protocols': 'all'}, IPV4, ipv6_disabled=True)[0])
    assert 'disabled in its kernel' not in str(judged({'inet_protocols': 'all'}, IPV4)[0])


def test_a_name_is_looked_up_only_in_the_families_that_are_on():
    assert judged({'inet_interfaces': 'mail'}, DUAL, families=(4,)) == []
    assert [one.code for one in judged({'inet_interfaces': 'six'}, DUAL, families=(4,))] == ['unknown-host']


@pytest.mark.parametrize(('settings', 'warns'), [
    ('', False),
    ('MAIL_CREATE_CONFIG="yes"\n', True),
    ('## Type: yesno\nMAIL_CREATE_CONFIG=Yes\nSMTPD_LISTEN_REMOTE="no"\n', True),
    ("MAIL_CREATE_CONFIG='yes' # SUSE's default\n", True),
    ('MAIL_CREATE_CONFIG="no"\n', False),
    ('# MAIL_CREATE_CONFIG="yes"\n', False),
    ('OTHER_MAIL_CREATE_CONFIG="yes"\n', False),
])
def test_a_program_that_writes_main_cf_anew(settings, warns):
    assert [(one.code, one.severity) for one in judge_generator(settings)] == [('generated', WARNING)] * warns
