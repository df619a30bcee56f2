import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._consequences import (
    moved_sources,
    newly_trusted,
    source_address,
)


@pytest.mark.parametrize(('before', 'after', 'named'), [
    ('127.0.0.0/8 192.0.2.0/24', '127.0.0.0/8 192.0.2.0/24', None),
    ('127.0.0.0/8', '127.0.0.0/8 [2001:db8::]/64 [fe80::]/64', '[2001:db8::]/64, [fe80::]/64'),
    ('127.0.0.0/8 [2001:db8::]/64', '127.0.0.0/8', None),
])
def test_newly_trusted(before, after, named):
    assert [problem.token for problem in newly_trusted(before, after)] == ([named] if named else [])


@pytest.mark.parametrize(('values', 'family', 'source'), [
    ({}, 6, None),
    ({'inet_interfaces': 'all'}, 6, None),
    ({'inet_interfaces': '127.0.0.1, [::1], [2001:db8::1]'}, 6, '2001:db8::1'),
    ({'inet_interfaces': '127.0.0.1, [::1], [2001:db8::1]'}, 4, None),
    ({'inet_interfaces': '2001:db8::1 2001:db8::2'}, 6, None),
    ({'inet_interfaces': '2001:db8::1 2001:db8::2', 'smtp_bind_address6': '2001:db8::2'}, 6, '2001:db8::2'),
])
def test_source_address(values, family, source):
    assert source_address(values, family) == source


@pytest.mark.parametrize(('before', 'after', 'moves'), [
    ({'inet_interfaces': '2001:db8::1'}, {'inet_interfaces': '2001:db8::1, 2001:db8::2'}, 1),
    ({'inet_interfaces': 'all'}, {'inet_interfaces': '192.0.2.1, 2001:db8::1'}, 2),
    ({'inet_interfaces': 'all'}, {'inet_interfaces': '127.0.0.1, ::1'}, 0),
    ({'inet_interfaces': 'all'}, {'inet_interfaces': '2001:db8::1', 'smtp_bind_address6': '2001:db8::1'}, 0),
])
def test_moved_sources(before, after, moves):
    found = list(moved_sources(before, after))
    assert [problem.severity for problem in found] == ['warning'] * moves
