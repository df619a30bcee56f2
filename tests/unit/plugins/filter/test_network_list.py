import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.inet6.postfix.plugins.filter.network_list import FilterModule, network_list


@pytest.mark.parametrize(('value', 'items'), [
    ('127.0.0.0/8, ::1/128', ['127.0.0.0/8', '[::1]/128']),
    (['2001:db8::/32', 'hash:/etc/postfix/networks'], ['[2001:db8::]/32', 'hash:/etc/postfix/networks']),
    ([], []),
    (None, []),
])
def test_items(value, items):
    assert network_list(value) == items


def test_problems():
    with pytest.raises(AnsibleFilterError, match='host bits'):
        network_list('2001:db8::1/64')


def test_name():
    assert FilterModule().filters() == {'network_list': network_list}
