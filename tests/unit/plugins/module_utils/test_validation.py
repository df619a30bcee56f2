import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._validation import validate

VALID = [
    ({'mynetworks': ['127.0.0.0/8', '::1/128']}, {'mynetworks': '127.0.0.0/8, [::1]/128'}),
    ({'smtp_bind_address6': '[2001:db8::1]'}, {'smtp_bind_address6': '2001:db8::1'}),
    ({'smtp_balance_inet_protocols': True, 'proxy_interfaces': []},
     {'smtp_balance_inet_protocols': 'yes', 'proxy_interfaces': ''}),
    ({'inet_protocols': None, 'mynetworks': ' '}, {}),
    ({'relayhost': '[2001:db8::25]:587', 'smtp_connect_timeout': '30s'},
     {'relayhost': '[2001:db8::25]:587', 'smtp_connect_timeout': '30s'}),
]
INVALID = [
    ({'mynetworks': '2001:db8::1/64'}, 'host-bits'),
    ({'mynetworks': '2000::/3'}, 'network-too-wide'),
    ({'inet_protocols': False}, 'mangled-value'),
    ({'inet_protocols': 'ipv4', 'inet_interfaces': '::1'}, 'protocol-off'),
    ({'smtp_connect_timeout': '1h30m'}, 'text-after-unit'),
    ({'smtp_connect_timeout': '10S'}, 'bad-time'),
    ({'smtp_connect_timeout': '24856d'}, 'bad-time'),
    ({'relayhost': '2001:db8::25'}, 'unbracketed-ipv6'),
    ({'postscreen_access_list': 'permit_mynetworks, [2001:db8::1]'}, 'no-address-here'),
    ({'postscreen_allowlist_interfaces': 'example.org'}, 'matches-nobody'),
    ({'smtpd_authorized_xclient_hosts': '0.0.0.0/0'}, 'trusts-everybody'),
    ({'qmqpd_authorized_clients': '0.0.0.0/0'}, 'trusts-everybody'),
    ({'smtpd_authorized_xforward_hosts': '0.0.0.0/0'}, 'trusts-everybody'),
    ({'permit_mx_backup_networks': '.example.org'}, 'dot-before-domain'),
    ({'qmqpd_authorized_clients': '.example.org'}, 'dot-before-domain'),
    ({'debug_peer_list': '.example.org'}, 'dot-before-domain'),
    ({'postscreen_whitelist_interfaces': 'example.org'}, 'matches-nobody'),
    ({'smtp_host_lookup': 'DNS'}, 'unknown-word'),
    ({'smtp_host_lookup': []}, 'unknown-word'),
]


@pytest.mark.parametrize(('parameters', 'normalised'), VALID)
def test_valid(parameters, normalised):
    found = validate(parameters)
    assert (found['valid'], found['normalised'], found['problems'], found['message']) == (True, normalised, [], '')


@pytest.mark.parametrize(('parameters', 'code'), INVALID)
def test_invalid(parameters, code):
    found = validate(parameters)
    assert not found['valid']
    assert [problem['code'] for problem in found['problems']] == [code]
    assert found['message'].startswith(next(reversed(parameters)))


def test_a_whole_file():
    found = validate(content='inet_protocols = all\nfoo\nmynetworks = 2001:db8::/32\n')
    assert [problem['code'] for problem in found['problems']] == ['malformed-line', 'unbracketed-ipv6']
    assert found['normalised'] == {'inet_protocols': 'all', 'mynetworks': '2001:db8::/32'}


def test_names_in_a_list_with_and_without_parent_domains():
    assert validate({'mynetworks': '.example.org'})['problems'][0]['code'] == 'dot-before-domain'
    assert validate({'smtpd_authorized_xforward_hosts': '.example.org'})['valid']


def test_insisting_on_a_network():
    assert validate({'mynetworks': '2000::/3'}, trust=read_trust(['2000::/3']))['valid']


def test_insisting_in_a_whole_file():
    assert not validate(content='mynetworks = [2000::]/3\n')['valid']
    assert validate(content='mynetworks = [2000::]/3\n', trust=read_trust('2000::/3'))['valid']


def test_a_narrower_limit():
    def codes(trust):
        found = validate({'mynetworks': '10.0.0.0/8 192.0.2.0/24 [2001:db8::]/29 [fc00::]/7'}, trust=trust)
        return [(problem['code'], problem['token']) for problem in found['problems']]

    assert codes(read_trust()) == []
    assert codes(read_trust('', {'ipv4': 16})) == [('network-too-wide', '10.0.0.0/8')]
    assert codes(read_trust('10.0.0.0/8', {'ipv4': '16', 'ipv6': 32})) == [('network-too-wide', '[2001:db8::]/29')]


@pytest.mark.parametrize('widest', ['8', {'ipv4': 'x'}, {'ipv6': []}, {'ipv4': True}, {'ipv4': -3}, {'ipv6': 129},
                                    {'ipv6': float('inf')}, {'ipv5': 8}, {'ipv4': '$x'}])
def test_limits_that_are_none(widest):
    with pytest.raises(Rejected, match=r'widest_networks: .* (holds no prefix lengths|text is needed)'):
        read_trust([], widest)


def test_release():
    assert validate({'smtp_bind_address_enforce': True}, postfix_version='3.7.0')['valid']
    assert validate({'smtp_bind_address_enforce': True}, postfix_version='3.6.9')['problems'][0]['code'] == 'too-new'


@pytest.mark.parametrize('version', ['latest', '3', 'x.y'])
def test_what_is_no_release(version):
    with pytest.raises(Rejected, match=r'postfix_version: .* is no release of Postfix; write it as in'):
        validate({'mynetworks': ''}, postfix_version=version)


@pytest.mark.parametrize(('text', 'covered'), [
    ('10.0.0.0/8 10.1.0.0/16 192.0.2.1 192.0.2.0/24', [2, 3]),
    ('[2001:db8::]/32, [2001:db8::1], [2001:db8::]/32', [3, 2]),
    ('192.0.2.0/24 !192.0.2.1 192.0.2.0/25', []),
    ('192.0.2.0/25 192.0.2.128/25 [2001:db8::]/33 [2001:db8:8000::]/33', []),
    ('192.0.2.0/24 example.org hash:/etc/postfix/networks', []),
])
def test_networks_that_another_one_covers(text, covered):
    found = validate({'mynetworks': text})
    assert found['valid']
    assert [problem['position'] for problem in found['problems'] if problem['code'] == 'covered-network'] == covered


@pytest.mark.parametrize(('version', 'valid'), [(None, False), ('3.6.4', False), ('3.7.0', True), ('3.10.13', True)])
def test_brackets_around_a_bind_address_are_a_matter_of_the_release(version, valid):
    assert validate(content='smtp_bind_address6 = [2001:db8::1]\n', postfix_version=version)['valid'] == valid


def test_what_stands_within_the_brackets_is_judged_too():
    found = validate(content='smtp_bind_address = [2001:db8::1]\n', postfix_version='3.10.1')
    assert [problem['code'] for problem in found['problems']] == ['wrong-family']
