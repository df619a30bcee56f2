import pytest
from ansible_collections.inet6.postfix.plugins.test.valid_for import TestModule as Plugin
from ansible_collections.inet6.postfix.plugins.test.valid_for import valid_for


@pytest.mark.parametrize(('value', 'parameter', 'valid'), [
    ('2001:db8::/64', 'mynetworks', True),
    ('2001:db8::1/64', 'mynetworks', False),
    ('ipv6, ipv4', 'inet_protocols', True),  # no more than a warning
    (True, 'smtp_bind_address_enforce', True),
    (False, 'inet_protocols', False),
])
def test_values(value, parameter, valid):
    assert valid_for(value, parameter) is valid


def test_name():
    assert Plugin().tests() == {'valid_for': valid_for}
