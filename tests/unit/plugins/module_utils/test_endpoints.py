import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import (
    LISTENER,
    RELAY,
    Endpoint,
    is_host_name,
    numeric_port,
    read_endpoint,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, OTHER_MEANING, Fault

RELAYS = [
    ('[2001:db8::25]', ('2001:db8::25', None)),
    ('[2001:db8::25]:587', ('2001:db8::25', '587')),
    ('[IPv6:2001:db8::25]:587', ('2001:db8::25', '587')),
    ('[relay.example.org]:submission', ('relay.example.org', 'submission')),
    ('example.org', ('example.org', None)),
    ('example.org:', ('example.org', None)),
    ('192.0.2.25:25', ('192.0.2.25', '25')),
    ('2001:db8::1:25', 'unbracketed-ipv6'),  # one address, or one with a port: who can tell?
    ('2001:db8::25', 'unbracketed-ipv6'),
    ('::1', 'unbracketed-ipv6'),
    ('[2001:db8::25', 'unclosed-bracket'),
    ('[2001:db8::25]587', 'text-after-bracket'),
    ('[IPv6:relay.example.org]', 'bad-address'),
    ('[::1%eth0]', 'zone'),
    ('[]', 'bad-host'),
    ('-example.org', 'bad-host'),
    ('12345', 'bad-host'),
    ('...', 'bad-host'),
    ('127.0.0.01:25', ('127.0.0.01', '25')),
    ('127.0.0.010:25', 'leading-zero'),
    ('192.0.2.012', 'leading-zero'),
    ('192.0.2.09', 'leading-zero'),
    ('[1:2:3:4:5:6:7::]', 'bad-spelling'),
    ('[::0.0.0.5]', 'bad-spelling'),
    ('0.1.2.3:25', 'bad-host'),
    ('exämple.org', 'not-ascii'),
    ('example.org:0000000000025', ('example.org', '0000000000025')),
    ('example.org:25x', 'bad-port'),
    ('example.org:-1', 'bad-port'),
    ('example.org:+25', 'bad-port'),
    ('example.org:smtp]', 'bad-port'),
    ('example.org:é', 'bad-port'),
    ('[IPv6:192.0.2.1]', 'bad-address'),
    ('0x7f.1', 'incomplete-address'),
    ('[0x7f000001]:25', 'incomplete-address'),
    ('[2001:db8::25]:0', 'port-out-of-range'),
    ('[2001:db8::25]:99999', 'port-out-of-range'),
]
LISTENERS = [
    ('smtp', (None, 'smtp')),
    (':smtp', (None, 'smtp')),
    ('[2001:db8::25]:smtp', ('2001:db8::25', 'smtp')),
    ('192.0.2.25:587', ('192.0.2.25', '587')),
    ('[]:25', 'bad-host'),
    ('[2001:db8::25]', 'no-port'),
    ('2001:db8::25', 'unbracketed-ipv6'),
    ('[2001:db8::25]:99999', 'port-out-of-range'),  # master listens on 34463
    ('+25', 'bad-port'),
    ('}', 'bad-port'),
]


def read(text, use):
    found = read_endpoint(text, use)
    return found.code if isinstance(found, Fault) else tuple(found)


@pytest.mark.parametrize(('text', 'found'), RELAYS)
def test_relays(text, found):
    assert read(text, RELAY) == found


@pytest.mark.parametrize(('text', 'found'), LISTENERS)
def test_listeners(text, found):
    assert read(text, LISTENER) == found


def test_cure_of_missing_brackets():
    assert read_endpoint('2001:db8::25', RELAY).cure == 'write [2001:db8::25]'
    assert read_endpoint('2001:db8::25', LISTENER).cure == 'write [2001:db8::25]:smtp'
    assert read_endpoint('2001:db8::1:25', RELAY).cure == 'write [2001:db8::1:25] or [2001:db8::1]:25'
    assert isinstance(read_endpoint('[2001:db8::25]', RELAY), Endpoint)


@pytest.mark.parametrize(('text', 'port'), [
    ('25', 25), ('025', 25), ('+25', 25), ('\v25', 25), ('0', 0), ('99999', 34463), ('4294967321', 25),
    ('-4294967271', 25), ('-1', None), ('2147483647', 65535), ('2147483648', None), ('18446744073709551615', None),
    ('18446744069414584345', 25), ('18446744073709551641', None), ('9' * 5000, None), ('0' * 5000 + '25', 25),
    ('', None), ('+', None), ('+-25', None), ('25x', None), ('smtp', None), ('\uff12\uff15', None),
])
def test_numbers_of_ports(text, port):
    assert numeric_port(text) == port


def test_verdicts_on_ports():
    assert read_endpoint('99999', LISTENER).verdict == read_endpoint('+25', LISTENER).verdict == OTHER_MEANING
    assert 'listen on 34463' in read_endpoint('99999', LISTENER).rule
    assert 'listen on a random one' in read_endpoint('0', LISTENER).rule
    assert read_endpoint('2147483648', LISTENER).verdict == read_endpoint('-1', LISTENER).verdict == FATAL
    assert read_endpoint('[::1]:99999', RELAY).verdict == read_endpoint('[::1]:+25', RELAY).verdict == FATAL


@pytest.mark.parametrize(('text', 'valid'), [
    ('example.org', True), ('a', True), ('under_score.example', True), ('1a.example', True), ('a' * 63, True),
    ('', False), ('1.2.3', False), ('example.org.', False), ('.example.org', False), ('a-.example', False),
    ('a' * 64, False), ('.'.join(['a' * 60] * 5), False), ('exämple.org', False), ('a b', False),
])
def test_host_names(text, valid):
    assert is_host_name(text) == valid
