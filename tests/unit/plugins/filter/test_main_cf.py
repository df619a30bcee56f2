import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.inet6.postfix.plugins.filter.main_cf import FilterModule, main_cf
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf


@pytest.mark.parametrize(('wanted', 'extra', 'text'), [
    ({}, None, ''),
    ({}, {}, ''),
    ({'inet_protocols': None, 'mynetworks': ' '}, {'relayhost': None}, ''),
    ({'inet_protocols': 'all', 'mynetworks': ['127.0.0.0/8', '2001:db8::/32']}, None,
     'inet_protocols = all\nmynetworks = 127.0.0.0/8, [2001:db8::]/32'),
    ({'mynetworks': '127.0.0.0/8\n::1\n', 'smtp_bind_address6': '[2001:db8::1]'}, None,
     'mynetworks = 127.0.0.0/8, [::1]\nsmtp_bind_address6 = 2001:db8::1'),
    ({'mynetworks': []}, None, 'mynetworks ='),
    ({}, {'smtpd_banner': '$myhostname ESMTP', 'disable_vrfy_command': True, 'smtp_connect_timeout': 10},
     'smtpd_banner = $myhostname ESMTP\ndisable_vrfy_command = yes\nsmtp_connect_timeout = 10'),
])
def test_settings(wanted, extra, text):
    assert main_cf(wanted, extra) == text


def test_settings_are_read_back_by_the_grammar_of_the_file():
    wanted = {'inet_protocols': 'all', 'mynetworks': ['::1', '127.0.0.0/8'], 'smtp_bind_address6': []}
    assert MainCf(main_cf(wanted, {'smtpd_banner': 'x = y # z'})).values() == {
        'inet_protocols': 'all', 'mynetworks': '[::1], 127.0.0.0/8', 'smtp_bind_address6': '',
        'smtpd_banner': 'x = y # z'}


STOPS = [  # before any host is contacted
    ({'mynetworks': '2001:db8::1/64'},
     ['mynetworks', 'host bits', '[2001:db8::]/64 or [2001:db8::1]/128', 'postconf(5)']),
    ({'mynetworks': ['[2001:db8::]/129']}, ['mynetworks', '[2001:db8::]/129', '0 to 128']),
    ({'mynetworks': '[::]/256'}, ['mynetworks', '[::]/256', '/0', '0 to 128']),
    ({'mynetworks': '::/0'}, ['mynetworks', '[::]/0', 'open relay']),
    ({'inet_protocols': 'ipv5'}, ['inet_protocols', 'ipv5', 'all, ipv4 or ipv6']),
    ({'inet_protocols': 'IPv4'}, ['inet_protocols', 'IPv4', 'lower case']),
    ({'inet_protocols': False}, ['inet_protocols', 'False', 'boolean', 'quotes']),
    ({'inet_interfaces': 'fe80::1'}, ['inet_interfaces', 'fe80::1', 'link-local', 'global']),
    ({'smtp_bind_address6': 'fe80::1'}, ['smtp_bind_address6', 'fe80::1', 'link-local', '2001:db8::1']),
    ({'inet_interfaces': '2001:db8::/32'}, ['inet_interfaces', '2001:db8::/32', 'network']),
    ({'smtp_bind_address6': '2001:db8::/32'}, ['smtp_bind_address6', '2001:db8::/32', 'network']),
    ({'smtp_bind_address6': 5599120199162}, ['smtp_bind_address6', '5599120199162', 'quotes']),
    ({'inet_protocols': 'ipv4', 'inet_interfaces': '::1'}, ['inet_interfaces', '::1', 'inet_protocols']),
]


@pytest.mark.parametrize(('wanted', 'words'), STOPS)
def test_stops(wanted, words):
    with pytest.raises(AnsibleFilterError) as caught:
        main_cf(wanted)
    for word in words:
        assert word in str(caught.value)


def test_every_problem_at_once():
    with pytest.raises(AnsibleFilterError) as caught:
        main_cf({'inet_protocols': 'ipv5', 'mynetworks': '::/256, fd00::1/8'}, {'inet_interfaces': 'all'})
    for word in ('ipv5', '[::]/256', '[fd00::1]/8', 'postfix_ipv6_inet_interfaces'):
        assert word in str(caught.value)


def test_without_ipv6():
    wanted = {'inet_protocols': 'all', 'inet_interfaces': '127.0.0.1 ::1 $myhostname', 'smtp_bind_address6': '::1'}
    assert main_cf(wanted, enabled=False).splitlines() == [
        'inet_protocols = ipv4', 'inet_interfaces = 127.0.0.1, $myhostname', 'smtp_bind_address6 =']
    with pytest.raises(AnsibleFilterError, match=r'inet_interfaces: .* has IPv6 addresses only.*name an IPv4 address'):
        main_cf({'inet_interfaces': '::1, 2001:db8::25'}, enabled=False)


def test_name():
    assert FilterModule().filters() == {'main_cf': main_cf}
