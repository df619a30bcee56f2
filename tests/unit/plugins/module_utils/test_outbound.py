import re

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import MasterCf, Wanted
from ansible_collections.inet6.postfix.plugins.module_utils._outbound import (
    FAMILY,
    POLICIES,
    filter_lines,
    judge_own,
    judge_policies,
    transport_lines,
    transports,
)

MASTER_CF = MasterCf('smtp unix - - y - - smtp\n  -o smtp_tls_security_level=may\n')


def changed(outbound=None, destinations=None, inet_interfaces='all', text=MASTER_CF.text):
    master_cf = MasterCf(text)
    return master_cf.merged(transports(outbound, destinations or {}, master_cf, 'smtp', inet_interfaces))


def test_nothing_said_changes_nothing():
    assert changed() == MASTER_CF.text
    by_hand = 'smtp unix - - y - - smtp -o inet_protocols=ipv4\n'
    assert changed(text=by_hand) == by_hand
    assert transports('both', {}, MasterCf(''), 'smtp', 'all') == {
        (f'inet6-{name}', 'unix'): None for name in ('ipv4', 'ipv6', 'prefer-ipv4', 'prefer-ipv6')}


@pytest.mark.parametrize(('outbound', 'inet_interfaces', 'options'), [
    ('ipv4', 'all', ['inet_protocols=ipv4']),
    ('ipv6', 'loopback-only', ['inet_protocols=ipv6']),
    ('ipv4', '127.0.0.1, 192.0.2.1', ['inet_protocols=ipv4']),
    ('ipv4', '127.0.0.1, [2001:db8::1]', ['inet_protocols=ipv4', 'inet_interfaces=127.0.0.1']),
    ('ipv4', '127.0.0.1 192.0.2.1 ::1', ['inet_protocols=ipv4', '{ inet_interfaces = 127.0.0.1, 192.0.2.1 }']),
    ('ipv6', '127.0.0.1 mail.example.org [::1]',
     ['inet_protocols=ipv6', '{ inet_interfaces = mail.example.org, [::1] }']),
    ('ipv6', '127.0.0.1', ['inet_protocols=ipv6', 'inet_interfaces=all']),
])
def test_all_mail_by_one_protocol_and_back(outbound, inet_interfaces, options):
    text = changed(outbound, inet_interfaces=inet_interfaces)
    assert text == MASTER_CF.text + ''.join(f'  -o {option}\n' for option in options)
    assert changed('both', text=text) == MASTER_CF.text


def test_a_transport_is_like_the_one_that_mail_leaves_by():
    text = changed(destinations={'example.org': 'ipv4', 'example.net': 'prefer_ipv6'}, inet_interfaces='127.0.0.1, ::1')
    entries = {entry.key[0]: entry for entry in MasterCf(text).entries}
    assert list(entries) == ['smtp', 'inet6-ipv4', 'inet6-prefer-ipv6']
    assert [word.text for word in entries['inet6-ipv4'].words[2:8]] == ['-', '-', 'y', '-', '-', 'smtp']
    assert {one.name: one.value for one in entries['inet6-ipv4'].options} == {
        'smtp_tls_security_level': 'may', 'syslog_name': 'postfix/inet6-ipv4', 'inet_protocols': 'ipv4',
        'inet_interfaces': '127.0.0.1'}
    assert {one.name: one.value for one in entries['inet6-prefer-ipv6'].options} == {
        'smtp_tls_security_level': 'may', 'syslog_name': 'postfix/inet6-prefer-ipv6',
        'smtp_address_preference': 'ipv6'}
    assert changed(text=text) == MASTER_CF.text, 'what is not wanted any more goes'


def test_a_transport_keeps_its_own_policy_while_all_mail_has_another():
    text = changed('ipv6', {'example.org': 'ipv4'})
    again = MasterCf(changed('ipv6', {'example.org': 'ipv4'}, text=text))
    assert again.text == text
    assert {one.name: one.value for one in again.entry(('inet6-ipv4', 'unix')).options}['inet_protocols'] == 'ipv4'


def test_table_of_domains():
    assert transport_lines({}, '') == []
    assert transport_lines({'Example.org': 'ipv4', 'a.example': 'prefer_ipv6'}, '') == [
        'example.org inet6-ipv4:', '.example.org inet6-ipv4:',
        'a.example inet6-prefer-ipv6:', '.a.example inet6-prefer-ipv6:']
    assert transport_lines({'example.org': 'ipv4'}, '[relay.example.net]:587')[0] == (
        'example.org inet6-ipv4:[relay.example.net]:587')


@pytest.mark.parametrize(('own', 'lines'), [
    ('mail.example.org', ['example.org inet6-ipv4:', '.example.org inet6-ipv4:', 'mail.example.org :']),
    ('Example.ORG', ['example.org :', '.example.org inet6-ipv4:']),
    ('notexample.org', ['example.org inet6-ipv4:', '.example.org inet6-ipv4:']),
    ('org', ['example.org inet6-ipv4:', '.example.org inet6-ipv4:']),
])
def test_mail_that_ends_on_the_host_stays_there(own, lines):
    assert transport_lines({'example.org': 'ipv4'}, '', [own]) == lines
    assert [problem.code for problem in judge_own({'example.org': 'ipv4'}, [own])] == (
        ['own-domain'] if own == 'Example.ORG' else [])


@pytest.mark.parametrize(('reply', 'ignored'), [
    ('aspmx.l.google.com. 300 IN AAAA 2001:db8::1', True),
    ('GOOGLE.com. 300 IN AAAA 2001:db8::1', True),
    ('aspmx.l.google.com. 300 IN A 192.0.2.1', False),
    ('notgoogle.com. 300 IN AAAA 2001:db8::1', False),
    ('google.com.example.org. 300 IN AAAA 2001:db8::1', False),
    ('googlexcom. 300 IN AAAA 2001:db8::1', False),
    ('example.org. 300 IN MX 10 google.com.', False),
    ('mx.six.example. 300 IN A 192.0.2.1', True),
    ('mx.six.example. 300 IN AAAA 2001:db8::1', False),
])
def test_filter_of_hosts(reply, ignored):
    assert filter_lines({}) == []
    lines = filter_lines({'google.com': 'ipv4', 'six.example': 'ipv6'})
    patterns = [line[1:].rpartition('/ IGNORE')[0] for line in lines]
    assert any(re.search(pattern, reply, re.IGNORECASE) for pattern in patterns) == ignored


@pytest.mark.parametrize(('policies', 'allowed', 'tokens'), [
    ({'example.org': 'ipv4', 'xn--bcher-kva.example': 'prefer_ipv6'}, POLICIES, []),
    ({'.example.org': 'ipv4'}, POLICIES, ['.example.org']),
    ({'192.0.2.1': 'ipv4', 'a b': 'ipv4', 5: 'ipv4'}, POLICIES, ['192.0.2.1', 'a b', '5']),
    ({'example.org': 'IPv4', 'example.net': None}, POLICIES, ['example.org: IPv4', 'example.net: None']),
    ({'example.org': 'prefer_ipv4'}, FAMILY, ['example.org: prefer_ipv4']),
])
def test_what_is_no_policy(policies, allowed, tokens):
    assert [one.token for one in judge_policies('destinations', policies, allowed)] == tokens


def test_a_transport_follows_the_one_that_it_is_like():
    text = changed(destinations={'example.org': 'ipv4'}).replace(
        '  -o smtp_tls_security_level=may\n', '  -o smtp_helo_name=mail.example.org\n', 1)
    entry = MasterCf(changed(destinations={'example.org': 'ipv4'}, text=text)).entry(('inet6-ipv4', 'unix'))
    assert {one.name for one in entry.options} == {'syslog_name', 'inet_protocols', 'smtp_helo_name'}


def test_only_the_options_of_the_policy_are_touched():
    wanted = transports('ipv4', {}, MASTER_CF, 'smtp', 'all')['smtp', 'unix']
    assert wanted == Wanted(options={'inet_protocols': 'ipv4', 'inet_interfaces': None})
