import dns.rdata
import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import (
    character_strings,
    record_line,
    reverse_name,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(('address', 'name'), [
    ('2001:db8::25', '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'),
    ('192.0.2.25', '25.2.0.192.in-addr.arpa'),
])
def test_reverse_name(address, name):
    assert reverse_name(parse_address(address)) == name


@pytest.mark.parametrize(('owner', 'line'), [
    ('mail.example.org', 'mail.example.org. IN AAAA 2001:db8::25'),
    ('mail.example.org.', 'mail.example.org. IN AAAA 2001:db8::25'),
    ('.', '. IN AAAA 2001:db8::25'),
])
def test_record_line(owner, line):
    assert record_line(owner, 'AAAA', '2001:db8::25') == line


@pytest.mark.parametrize(('text', 'strings'), [
    ('v=spf1 -all', '"v=spf1 -all"'),
    ('', '""'),
    ('a"b\\c', r'"a\"b\\c"'),
    ('\xff\n\x00', r'"\255\010\000"'),
    ('x' * 255, f'"{"x" * 255}"'),
    ('x' * 256, f'"{"x" * 255}" "x"'),
])
def test_character_strings(text, strings):
    assert character_strings(text) == strings


@given(st.binary(max_size=600))
def test_a_zone_file_gives_the_same_bytes_back(data):
    record = dns.rdata.from_text('IN', 'TXT', character_strings(data.decode('latin-1')))
    assert b''.join(record.strings) == data
