import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import (
    LISTENER,
    RELAY,
    Endpoint,
    is_host_name,
    read_endpoint,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Fault

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


@pytest.mark.parametrize(('text', 'valid'), [
    ('example.org', True), ('a', True), ('under_score.example', True), ('1a.example', True), ('a' * 63, True),
    ('', False), ('1.2.3', False), ('example.org.', False), ('.example.org', False), ('a-.example', False),
    ('a' * 64, False), ('.'.join(['a' * 60] * 5), False), ('exämple.org', False), ('a b', False),
])
def test_host_names(text, valid):
    assert is_host_name(text) == valid
