import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.inet6.postfix.plugins.filter.address_list import FilterModule, address_list


@pytest.mark.parametrize(('value', 'items'), [
    ('127.0.0.1\n::1', ['127.0.0.1', '::1']),
    (['[2001:db8::25]', 'localhost'], ['[2001:db8::25]', 'localhost']),
    (None, []),
])
def test_items(value, items):
    assert address_list(value) == items


def test_problems():
    with pytest.raises(AnsibleFilterError, match='a network where an address belongs'):
        address_list('2001:db8::/32')


def test_name():
    assert FilterModule().filters() == {'address_list': address_list}
