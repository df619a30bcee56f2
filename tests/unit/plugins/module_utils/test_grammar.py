import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    ERROR,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    WARNING,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import protocol_families
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import read_values


def judged(parameter, text):
    return list(kind_of(parameter).judge(parameter, text))


READ = [  # what users write, what the file gets
    ('inet_protocols', 'all', 'all'),
    ('inet_protocols', ['ipv4', 'ipv6'], 'ipv4, ipv6'),
    ('inet_protocols', 'ipv4 ipv6', 'ipv4, ipv6'),
    ('inet_interfaces', ['127.0.0.1', '::1'], '127.0.0.1, ::1'),
    ('inet_interfaces', '127.0.0.1\n[::1]\n', '127.0.0.1, [::1]'),
    ('inet_interfaces', 'all,', 'all'),
    ('mynetworks', ['127.0.0.0/8', '2001:db8::/32'], '127.0.0.0/8, [2001:db8::]/32'),
    ('mynetworks', '127.0.0.0/8, [2001:db8::]/32', '127.0.0.0/8, [2001:db8::]/32'),
    ('mynetworks', '127.0.0.0/8\n::1\n', '127.0.0.0/8, [::1]'),
    ('mynetworks', [['127.0.0.0/8'], '::1 fd00::/8'], '127.0.0.0/8, [::1], [fd00::]/8'),
    ('mynetworks', [], ''),
    ('mynetworks', '', None),
    ('mynetworks', ' \n', None),
    ('mynetworks', None, None),
    ('debug_peer_list', '2001:db8::1', '[2001:db8::1]'),
    ('mynetworks_style', 'host', 'host'),
    ('smtp_bind_address6', '2001:db8::1', '2001:db8::1'),
    ('smtp_bind_address6', '[2001:db8::1]', '2001:db8::1'),
    ('smtp_bind_address6', ['[2001:db8::1]'], '2001:db8::1'),
    ('smtp_bind_address6', [], ''),
    ('smtp_bind_address6', '', None),
    ('smtp_bind_address', '[192.0.2.1]', '192.0.2.1'),
    ('smtp_bind_address_enforce', True, 'yes'),
    ('smtp_bind_address_enforce', False, 'no'),
    ('smtp_bind_address_enforce', 'no', 'no'),
    ('smtp_bind_address_enforce', 'true', 'yes'),
    ('smtp_bind_address_enforce', 'False', 'no'),
    ('smtp_bind_address_enforce', 'on', 'on'),
    ('smtp_address_preference', 'ANY', 'any'),
    ('smtpd_client_ipv6_prefix_length', 64, '64'),
    ('smtpd_client_ipv6_prefix_length', '64', '64'),
    ('smtpd_banner', '$myhostname ESMTP', '$myhostname ESMTP'),
    ('smtpd_banner', 'a\n# b', 'a # b'),
    ('smtpd_tls_security_level', None, None),
    ('smtp_fallback_relay', ['[mx.example.org]:25', 'b'], '[mx.example.org]:25, b'),
    ('smtp_fallback_relay', [], ''),
    ('disable_vrfy_command', True, 'yes'),
    ('message_size_limit', 10240000, '10240000'),
]


@pytest.mark.parametrize(('parameter', 'value', 'text'), READ)
def test_read(parameter, value, text):
    assert kind_of(parameter).read(parameter, value) == text


MANGLED = [
    ('inet_protocols', True),
    ('inet_interfaces', 5599120199162),
    ('mynetworks', ['127.0.0.0/8', 5599120199162]),
    ('mynetworks', [10.8]),
    ('mynetworks', {'127.0.0.0/8': None}),
    ('mynetworks_style', False),
    ('smtp_bind_address6', 5599120199162),
    ('smtp_address_preference', False),
    ('smtp_bind_address_enforce', 1),
    ('smtpd_client_ipv6_prefix_length', True),
    ('smtpd_client_ipv6_prefix_length', 64.0),
    ('smtpd_banner', 3.1),
    ('smtpd_banner', {'a': 1}),
]


@pytest.mark.parametrize(('parameter', 'value'), MANGLED)
def test_what_yaml_has_mangled_is_refused(parameter, value):
    with pytest.raises(Rejected) as caught:
        kind_of(parameter).read(parameter, value)
    assert [(one.code, one.parameter) for one in caught.value.problems] == [('mangled-value', parameter)]


def test_nul_is_refused_postfix_reads_nothing_behind_it():
    with pytest.raises(Rejected):
        read_values({}, {'smtpd_banner': 'a\0b'})


ACCEPTED = {
    'inet_protocols': ['all', 'ipv4', 'ipv6', 'ipv4, ipv6', 'ipv4,ipv4', 'all, ipv4', 'ipv4\tipv6', '$nosuch'],
    'inet_interfaces': [
        'all', 'loopback-only', '127.0.0.1, [::1]', '127.0.0.1 ::1', '[::1]', '0::0001', '::0.0.0.1', 'FD00::2',
        '[127.0.0.1]', 'localhost', 'LOCALHOST', '127.0.0.1 127.0.0.1', '$nosuch', '$myhostname, localhost',
        # only the host knows these names
        'lo', 'eth0', 'mail.example.org',
    ],
    'proxy_interfaces': ['', '::1', '[::1]', '192.0.2.1, 2001:db8::1'],
    'mynetworks_style': ['host', 'host, host', 'subnet', 'class', '$x'],
    'smtp_bind_address': ['', '192.0.2.1', '0.0.0.0', '127.0.0.1', '$nosuch'],
    'smtp_bind_address6': ['', '::1', '::', '0:0:0:0:0:0:0:1', 'FD00::2', '::0.0.0.1', '2001:db8::1', '$nosuch'],
    'smtp_bind_address_enforce': ['yes', 'no', 'YES', 'No'],
    'smtp_address_preference': ['any', 'ipv4', 'IPv4'],
    'smtp_mx_address_limit': ['0', '5', '2147483647'],
    'smtpd_client_ipv4_prefix_length': ['0', '1', '32', '+5', '032'],
    'smtpd_client_ipv6_prefix_length': ['0', '1', '64', '128'],
    'smtpd_banner': ['', 'anything at all'],
}


@pytest.mark.parametrize(('parameter', 'text'), [(name, text) for name, texts in ACCEPTED.items() for text in texts])
def test_accepted(parameter, text):
    assert judged(parameter, text) == []


REFUSED = [
    ('inet_protocols', '', 'no-protocol', FATAL, 'all'),
    ('inet_protocols', ',', 'no-protocol', FATAL, 'all'),
    ('inet_protocols', 'ALL', 'unknown-word', FATAL, 'all in lower case'),
    ('inet_protocols', 'IPv4', 'unknown-word', FATAL, 'ipv4 in lower case'),
    ('inet_protocols', 'ipv5', 'unknown-word', FATAL, 'all, ipv4 or ipv6'),
    ('inet_protocols', 'ipv7', 'unknown-word', FATAL, 'all, ipv4 or ipv6'),
    *(('inet_protocols', text, 'unknown-word', FATAL, 'ipv6')
      for text in ('ipv4;ipv6', 'any', 'none', 'inet6', '4', '!ipv6', '[ipv6]', '{all}', '/x', 'no', 'ipv4\v')),
    # keywords count alone and in lower case
    ('inet_interfaces', 'ALL', 'keyword-not-alone', FATAL, 'all'),
    ('inet_interfaces', 'Loopback-Only', 'keyword-not-alone', FATAL, 'loopback-only'),
    ('inet_interfaces', 'all localhost', 'keyword-not-alone', FATAL, 'all'),
    ('inet_interfaces', 'loopback-only 127.0.0.1', 'keyword-not-alone', FATAL, 'loopback-only'),
    ('inet_interfaces', 'all,', None, FATAL, 'all'),
    ('inet_interfaces', '', 'no-interface', FATAL, 'all'),
    # every Postfix program dies
    ('inet_interfaces', 'fe80::1', 'link-local', FATAL, 'global'),
    ('inet_interfaces', '::', 'unspecified-address', FATAL, 'all'),
    ('inet_interfaces', '0.0.0.0', 'unspecified-address', FATAL, 'all'),
    ('inet_interfaces', '2001:db8::/32', 'network-for-address', FATAL, 'without /32'),
    ('inet_interfaces', '127.0.0.0/8', 'network-for-address', FATAL, 'without /8'),
    ('inet_interfaces', '[::1]/128', 'network-for-address', FATAL, 'without /128'),
    ('inet_interfaces', '::ffff:127.0.0.1', 'ipv4-mapped', OTHER_MEANING, 'write 127.0.0.1'),
    ('inet_interfaces', 'fe80::1%eth0', 'zone', FATAL, 'global'),
    ('inet_interfaces', '::1%nosuch', 'zone', FATAL, 'global'),
    ('inet_interfaces', '127.0.0.1,\r ::1', None, FATAL, ''),  # a carriage return separates nothing here
    *(('inet_interfaces', text, 'bad-host-name', FATAL, '[2001:db8::1]')
      for text in ('127.0.0.1;::1', '*', '[]', '!127.0.0.1', '/etc/hosts', 'static:all', '[IPv6:::1]', '-', '{::1}')),
    *(('inet_interfaces', text, None, FATAL, '')
      for text in ('[::1', '::1]', '[127.0.0.1', '[::1]:25', '2001:db8::12345', '2001:db8:::1')),
    # another address than the one written
    *(('inet_interfaces', text, 'incomplete-address', OTHER_MEANING, 'if that is meant')
      for text in ('127.1', '2130706433', '127.0.0.01')),
    ('proxy_interfaces', 'all', None, FATAL, ''),
    ('proxy_interfaces', '192.0.2.0/24', 'network-for-address', FATAL, 'without /24'),
    ('proxy_interfaces', '::1%eth0', 'zone', OTHER_MEANING, 'global'),
    ('mynetworks_style', 'Host', 'unknown-word', FATAL, 'host in lower case'),
    ('mynetworks_style', 'net', 'unknown-word', FATAL, 'host, subnet or class'),
    ('mynetworks_style', 'host, subnet', 'more-than-one', FATAL, 'choose one'),
    ('mynetworks_style', '', 'unknown-word', FATAL, 'host, subnet or class'),
    ('smtp_bind_address', '2001:db8::1', 'wrong-family', DEAD, '192.0.2.1'),
    ('smtp_bind_address', '127.0.0.010', 'incomplete-address', OTHER_MEANING, '192.0.2.1'),
    ('smtp_bind_address', '192.0.2.0/24', 'network-for-address', FATAL, '192.0.2.1'),
    ('smtp_bind_address6', '192.0.2.1', 'wrong-family', DEAD, '2001:db8::1'),
    ('smtp_bind_address6', 'fe80::1', 'link-local', DEAD, '2001:db8::1'),
    ('smtp_bind_address6', '::ffff:127.0.0.1', 'ipv4-mapped', FATAL, '2001:db8::1'),
    ('smtp_bind_address6', '2001:db8::/32', 'network-for-address', FATAL, '2001:db8::1'),
    ('smtp_bind_address6', 'fd00::2/64', 'network-for-address', FATAL, '2001:db8::1'),
    ('smtp_bind_address6', '[::1]', 'bracketed-bind-address', FATAL, '::1'),
    *(('smtp_bind_address6', text, 'bad-address', FATAL, '2001:db8::1')
      for text in ('[::1', '::1]', '[::1]x', '[::1]:25', 'localhost', 'fd00::2, ::1',
                   '!::1', 'all', 'static:all', '::1 # c')),
    ('smtp_bind_address6', 'fe80::1%eth0', 'zone', OTHER_MEANING, '2001:db8::1'),
    ('smtp_bind_address6', '[[::1]]', None, FATAL, ''),
    ('smtp_bind_address6', '[IPv6:::1]', None, FATAL, ''),
    *(('smtp_bind_address_enforce', text, 'bad-boolean', FATAL, 'yes or no') for text in ('true', '1', 'on', '')),
    ('smtp_address_preference', 'ipv5', 'unknown-word', FATAL, 'any, ipv4 or ipv6'),
    ('smtp_address_preference', 'ipv4, ipv6', 'unknown-word', FATAL, 'any, ipv4 or ipv6'),
    ('smtp_address_preference', '', 'unknown-word', FATAL, 'any, ipv4 or ipv6'),
    ('smtpd_client_ipv4_prefix_length', '33', 'bad-number', FATAL, '0 to 32'),
    *(('smtpd_client_ipv6_prefix_length', text, 'bad-number', FATAL, '0 to 128')
      for text in ('129', '64.0', '/64', '', '6 4', '99999999999')),
    ('smtpd_client_ipv6_prefix_length', '-1', 'number-too-low', FATAL, '0 to 128'),
    *(('smtp_mx_address_limit', text, 'bad-number', FATAL, '0 to 2147483647')
      for text in ('', 'all', '5s', '2147483648')),
    ('smtp_bind_address', '1', 'incomplete-address', OTHER_MEANING, '192.0.2.1'),
    ('smtp_bind_address', '::ffff:192.0.2.7', 'ipv4-mapped', OTHER_MEANING, 'write 192.0.2.7'),
    ('proxy_interfaces', '::', 'no-proxy', OBEYED, 'name its address'),
    ('smtp_connect_timeout', 'h', 'no-number', OTHER_MEANING, 'as in 30s'),
    ('smtp_connect_timeout', '1h30m', 'text-after-unit', OTHER_MEANING, 'as in 30s'),
    ('smtp_connect_timeout', '2147483648', 'bad-time', FATAL, 'as in 30s'),
    ('smtp_connect_timeout', '+', 'bad-time', FATAL, 'as in 30s'),
]


@pytest.mark.parametrize(('parameter', 'text', 'code', 'verdict', 'cure'), REFUSED)
def test_refused(parameter, text, code, verdict, cure):
    problems = judged(parameter, text)
    assert problems, 'Postfix does not take it for what is meant'
    problem = problems[0]
    assert (problem.code, problem.verdict) == (code or problem.code, verdict)
    assert (problem.parameter, problem.severity) == (parameter, ERROR)
    assert cure in problem.cure


@pytest.mark.parametrize(('parameter', 'text', 'positions'), [
    ('inet_protocols', 'ipv4 ipv5 ipv6 IPv4', [2, 4]),
    ('inet_protocols', 'ipv6 #x', [2]),
    ('inet_interfaces', '127.0.0.1 #c', [2]),
    ('inet_interfaces', '127.0.0.1, fe80::1, ::', [2, 3]),
    ('smtp_bind_address6', 'localhost', [0]),
])
def test_position(parameter, text, positions):
    assert [one.position for one in judged(parameter, text)] == positions


@pytest.mark.parametrize(('parameter', 'text', 'code', 'cure'), [
    ('inet_protocols', 'ipv6, ipv4', 'order-has-no-effect', 'smtp_address_preference'),
    ('smtp_address_preference', 'ipv6', 'prefers-ipv6', 'any'),
    ('lmtp_address_preference', 'IPv6', 'prefers-ipv6', 'any'),
    ('smtp_mx_address_limit', '-1', 'negative-limit', 'write 0'),
])
def test_warned_of(parameter, text, code, cure):
    (problem,) = judged(parameter, text)
    assert (problem.code, problem.severity) == (code, WARNING)
    assert cure in problem.cure


@pytest.mark.parametrize(('text', 'families'), [
    ('all', (4, 6)), ('ipv4', (4,)), ('ipv6', (6,)), ('ipv6, ipv4', (4, 6)), ('ipv4 all', (4, 6)), ('', ()),
    ('ipv5', ()),
])
def test_families(text, families):
    assert protocol_families(text) == families
