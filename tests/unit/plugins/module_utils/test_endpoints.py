import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import Endpoint, is_host_name, read_endpoint
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
    ('[::1%eth0]', 'bad-host'),
    ('[]', 'bad-host'),
    ('-example.org', 'bad-host'),
    ('12345', 'bad-host'),
    ('example.org:25x', 'bad-port'),
    ('[2001:db8::25]:0', 'port-out-of-range'),
    ('[2001:db8::25]:99999', 'port-out-of-range'),
]
LISTENERS = [
    ('smtp', (None, 'smtp')),
    (':smtp', (None, 'smtp')),
    ('[2001:db8::25]:smtp', ('2001:db8::25', 'smtp')),
    ('192.0.2.25:587', ('192.0.2.25', '587')),
    ('[2001:db8::25]', 'no-port'),
    ('2001:db8::25', 'unbracketed-ipv6'),
    ('[2001:db8::25]:99999', 'port-out-of-range'),  # master listens on 34463
]


def read(text, port_alone):
    found = read_endpoint(text, port_alone)
    return found.code if isinstance(found, Fault) else tuple(found)


@pytest.mark.parametrize(('text', 'found'), RELAYS)
def test_relays(text, found):
    assert read(text, port_alone=False) == found


@pytest.mark.parametrize(('text', 'found'), LISTENERS)
def test_listeners(text, found):
    assert read(text, port_alone=True) == found


def test_cure_of_missing_brackets():
    assert read_endpoint('2001:db8::25', port_alone=False).cure == 'write [2001:db8::25]'
    assert read_endpoint('2001:db8::25', port_alone=True).cure == 'write [2001:db8::25]:smtp'
    assert isinstance(read_endpoint('[2001:db8::25]', port_alone=False), Endpoint)


@pytest.mark.parametrize(('text', 'valid'), [
    ('example.org', True), ('a', True), ('under_score.example', True), ('1a.example', True), ('a' * 63, True),
    ('', False), ('1.2.3', False), ('example.org.', False), ('.example.org', False), ('a-.example', False),
    ('a' * 64, False), ('.'.join(['a' * 60] * 5), False), ('exämple.org', False), ('a b', False),
])
def test_host_names(text, valid):
    assert is_host_name(text) == valid
