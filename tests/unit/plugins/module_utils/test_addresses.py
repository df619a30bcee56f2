import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    ADDRESS_BITS,
    Network,
    bracketed,
    looks_numeric,
    parse_address,
    without_brackets,
)
from hypothesis import given
from hypothesis import strategies as st

SPELLINGS = [  # what inet_pton(3) makes of it, as Postfix does
    ('192.0.2.1', '192.0.2.1'),
    ('::1', '::1'),
    ('2001:DB8::1', '2001:db8::1'),
    ('2001:0db8::0001', '2001:db8::1'),
    ('2001:db8::0.0.0.1', '2001:db8::1'),
    ('1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'),
    ('192.0.2.01', None),
    ('192.0.2', None),
    ('127.1', None),
    ('2130706433', None),
    ('192.0.2.256', None),
    ('192.0.2.1/32', None),
    ('[::1]', None),
    ('::1%lo', None),
    ('2001:db8:::1', None),
    ('2001:db8::00001', None),
    ('IPv6:::1', None),
    ('1:2:3', None),
    ('', None),
    (' ::1', None),
    ('::1\n', None),
    ('::1\0', None),
    ('\udcff', None),
    ('localhost', None),
]


@pytest.mark.parametrize(('text', 'canonical'), SPELLINGS)
def test_spelling(text, canonical):
    address = parse_address(text)
    assert (address and str(address)) == canonical


PROPERTIES = [
    ('0.0.0.0', {'is_unspecified'}),
    ('::', {'is_unspecified'}),
    ('127.0.0.2', {'is_loopback', 'is_local_by_definition'}),
    ('::1', {'is_loopback', 'is_local_by_definition'}),
    ('fe80::1', {'is_link_local', 'is_local_by_definition'}),
    ('febf::1', {'is_link_local', 'is_local_by_definition'}),
    ('fec0::1', set()),
    ('fc00::1', {'is_local_by_definition'}),
    ('fdff::1', {'is_local_by_definition'}),
    ('fe00::1', set()),
    ('::ffff:192.0.2.1', {'is_ipv4_mapped'}),
    ('2001:db8::1', set()),
    ('192.0.2.1', set()),
    ('254.128.0.1', set()),
]


@pytest.mark.parametrize(('text', 'true'), PROPERTIES)
def test_property(text, true):
    address = parse_address(text)
    names = ('is_unspecified', 'is_loopback', 'is_link_local', 'is_local_by_definition', 'is_ipv4_mapped')
    assert {name for name in names if getattr(address, name)} == true


@pytest.mark.parametrize(('address', 'prefix', 'base'), [
    ('2001:db8::1', 64, '2001:db8::'),
    ('2001:db8::1', 128, '2001:db8::1'),
    ('2001:db8:ffff::', 33, '2001:db8:8000::'),
    ('192.0.2.130', 25, '192.0.2.128'),
    ('192.0.2.1', 0, '0.0.0.0'),
])
def test_base_of_network(address, prefix, base):
    assert str(Network(parse_address(address), prefix).base) == base


@given(st.sampled_from([4, 6]).flatmap(lambda family: st.tuples(
    st.ip_addresses(v=family), st.integers(0, ADDRESS_BITS[family]))))
def test_base_is_in_the_network_and_has_no_host_bits(case):
    spelling, prefix = case
    base = Network(parse_address(str(spelling)), prefix).base
    assert Network(base, prefix).base == base
    assert parse_address(str(base)) == base
    assert without_brackets(bracketed(base)) == str(base)


@pytest.mark.parametrize(('text', 'bare'), [
    ('[::1]', '::1'), ('::1', '::1'), ('[::1', '[::1'), ('[[::1]]', '[::1]'),
    ('[::1]/64', '[::1]/64'), ('[]', ''), ('', ''),
])
def test_without_brackets(text, bare):
    assert without_brackets(text) == bare


@pytest.mark.parametrize(('text', 'numeric'), [
    ('192.0.2.1', True), ('192.0.2', True), ('10.0.0.0/8', True), ('2130706433', True), ('2001:db8::/32', True),
    ('::1', True), (':1', True), ('[::1', True), ('cafe:babe::1', True), ('dead::', True),
    ('', False), ('cafe', False), ('cafe:', False), ('hash:/etc/x', False), ('localhost', False), ('::1%lo', False),
])
def test_looks_numeric(text, numeric):
    assert looks_numeric(text) == numeric


@pytest.mark.parametrize(('network', 'address', 'held'), [
    ('2001:db8::/32', '2001:db8:ffff::1', True),
    ('2001:db8::1/32', '2001:db8::2', True),
    ('2001:db8::/32', '2001:db9::', False),
    ('2001:db8::1/128', '2001:db8::1', True),
    ('::/0', '2001:db8::1', True),
    ('::/0', '192.0.2.1', False),
    ('192.0.2.0/24', '192.0.2.255', True),
    ('192.0.2.0/24', '198.51.100.1', False),
    ('0.0.0.0/0', '2001:db8::1', False),
])
def test_network_holds(network, address, held):
    base, slash, prefix = network.partition('/')
    assert Network(parse_address(base), int(prefix)).holds(parse_address(address)) == held
