import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._spf_record import (
    amended,
    is_record,
    mechanism_of,
    new_record,
    read_terms,
)
from hypothesis import given
from hypothesis import strategies as st

NEW = ['ip6:2001:db8::25']


@pytest.mark.parametrize(('text', 'answer'), [
    ('v=spf1', True), ('v=spf1 -all', True), ('V=SPF1 -all', True), ('v=spf10', False), ('v=spf1\t-all', False),
    (' v=spf1 -all', False), ('', False), ('v=spf2.0/pra -all', False), ('v=spf1-all', False)])
def test_what_is_a_record(text, answer):
    assert is_record(text) == answer


@pytest.mark.parametrize('text', [
    'all', '-ALL', 'a', 'A/24', '~a//64', '?a/24//64', 'a:example.org/0//0', 'mx', 'mx:%{d}/30', 'ptr',
    'ptr:example.org', 'include:_spf.example.org', 'exists:%{ir}.example.org', 'ip4:192.0.2.0/24', 'ip4:192.0.2.1',
    'ip6:2001:db8::/32', 'ip6:::1', 'redirect=example.org', 'exp=%{i}.example.org', 'a1.b-c_d=%{d}', 'x=', 'all=x',
    'a:a/b.example.org'])
def test_terms(text):
    term, = read_terms(f'v=spf1  {text} ')
    assert (term.text, term.fault) == (text, '')


@pytest.mark.parametrize(('text', 'fault'), [
    ('ipv6:2001:db8::25', 'is no term of SPF'),
    ('moo', 'is no term of SPF'),
    ('redirect:example.org', 'is no term of SPF'),
    ('a.example.org', 'is no term of SPF'),
    ('--all', 'is no term of SPF'),
    ('=x', 'is no term of SPF'),
    ('a\t', 'is no term of SPF'),
    ('all:example.org', 'has text that does not belong there'),
    ('a/33', 'has a prefix length that no address has'),
    ('a/024', 'has a prefix length that no address has'),
    ('mx//129', 'has a prefix length that no address has'),
    ('a/24/64', 'has a prefix length that no address has'),
    ('a/24/32', 'has text that does not belong there'),
    ('a:example.org/24\n', "has '\\n' where it may not stand"),
    ('a/', 'has text that does not belong there'),
    ('a:', 'does not end as a domain does'),
    ('a:example.org/', 'does not end as a domain does'),
    ('a:example', 'does not end as a domain does'),
    ('include', 'names no domain'),
    ('exists/24', 'has text that does not belong there'),
    ('include:example.org/24', 'does not end as a domain does'),
    ('ip4', 'has no IPv4 address'),
    ('ip4:2001:db8::25', 'has no IPv4 address'),
    ('ip4:192.0.2', 'has no IPv4 address'),
    ('ip4:192.0.2.0/33', 'has a prefix length that no address has'),
    ('ip4:192.0.2.0//32', 'has a prefix length that no address has'),
    ('ip6:192.0.2.1', 'has no IPv6 address'),
    ('ip6:[2001:db8::25]', 'has no IPv6 address'),
    ('ip6:2001:db8::25/129', 'has a prefix length that no address has'),
    ('ip6:2001:db8::25/', 'has a prefix length that no address has'),
    ('ip6:2001:db8::25/' + '1' * 5000, 'has a prefix length that no address has'),
    ('redirect=', 'does not end as a domain does'),
    ('b\xfccher=x\xfc', 'is no term of SPF'),
    ('x=\xfc', "has '\\xfc' where it may not stand"),
])
def test_what_breaks_the_grammar(text, fault):
    term, = read_terms(f'v=spf1 {text}')
    assert (term.text, term.fault) == (text, fault)


def test_modifiers_that_come_once():
    terms = read_terms('v=spf1 redirect=a.example.org x=1 x=2 exp=b.example.org Redirect=c.example.org')
    assert [term.fault for term in terms] == ['', '', '', '', 'is there twice']


@pytest.mark.parametrize(('records', 'position', 'text'), [
    (['v=spf1 mx -all'], 1, 'v=spf1 mx ip6:2001:db8::25 -all'),
    (['V=SPF1  mx  -ALL'], 1, 'V=SPF1 mx ip6:2001:db8::25 -ALL'),
    (['v=spf1'], 0, 'v=spf1 ip6:2001:db8::25'),
    (['v=spf1 a mx'], 2, 'v=spf1 a mx ip6:2001:db8::25'),
    (['v=spf1 a redirect=_spf.example.org'], 2, 'v=spf1 a ip6:2001:db8::25 redirect=_spf.example.org'),
    (['v=spf1 redirect=_spf.example.org a'], 2, 'v=spf1 redirect=_spf.example.org a ip6:2001:db8::25'),
    (['v=spf1 a exp=e.example.org ~all'], 2, 'v=spf1 a ip6:2001:db8::25 exp=e.example.org ~all'),
    (['v=spf1 a -ip6:2001:db8::/32 mx -all'], 1, 'v=spf1 a ip6:2001:db8::25 -ip6:2001:db8::/32 mx -all'),
    (['v=spf1 a ipv6:2001:db8::25 -all'], None, 'v=spf1 ip6:2001:db8::25 a -all'),
    (['v=spf1 a mx -all', 'v=spf1 mx include:_spf.example.net ~all'], None,
     'v=spf1 ip6:2001:db8::25 a mx include:_spf.example.net -all'),
    (['v=spf1 a redirect=a.example.net', 'v=spf1 redirect=b.example.net'], None,
     'v=spf1 ip6:2001:db8::25 a redirect=a.example.net'),
    (['v=spf1 all=x a', 'v=spf1 b'], None, 'v=spf1 ip6:2001:db8::25 all=x a'),
])
def test_amended(records, position, text):
    assert amended(records, NEW, position) == text


def test_what_the_domain_has_already_is_not_repeated():
    assert amended(['v=spf1 ip6:2001:db8::25 moo -all'], NEW, None) == 'v=spf1 ip6:2001:db8::25 -all'


def test_new_record():
    mechanisms = [mechanism_of(parse_address(address)) for address in ('192.0.2.25', '2001:db8::25')]
    assert new_record(mechanisms, '-all') == 'v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all'


@given(st.lists(st.text(st.characters(max_codepoint=255)), min_size=1, max_size=3))
def test_whatever_records_hold_one_without_a_fault_comes_of_them(texts):
    record = amended([f'v=spf1 {text}' for text in texts], NEW, None)
    assert is_record(record)
    assert not [term for term in read_terms(record) if term.fault]
