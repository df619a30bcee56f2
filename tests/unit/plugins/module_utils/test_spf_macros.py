import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._spf_macros import (
    expand,
    fault_of_domain,
    fault_of_macros,
)

VALUES = {
    's': 'strong-bad@email.example.com', 'l': 'strong-bad', 'o': 'email.example.com', 'd': 'email.example.com',
    'i': '192.0.2.3', 'h': 'mx.example.org', 'v': 'in-addr', 'p': 'mx.example.org',
}
NIBBLES = '2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1'


@pytest.mark.parametrize(('text', 'expanded'), [  # RFC 7208, 7.4
    ('%{s}', 'strong-bad@email.example.com'),
    ('%{o}', 'email.example.com'),
    ('%{d}', 'email.example.com'),
    ('%{d4}', 'email.example.com'),
    ('%{d3}', 'email.example.com'),
    ('%{d2}', 'example.com'),
    ('%{d1}', 'com'),
    ('%{dr}', 'com.example.email'),
    ('%{d2r}', 'example.email'),
    ('%{l}', 'strong-bad'),
    ('%{l-}', 'strong.bad'),
    ('%{lr}', 'strong-bad'),
    ('%{lr-}', 'bad.strong'),
    ('%{l1r-}', 'strong'),
    ('%{ir}.%{v}._spf.%{d2}', '3.2.0.192.in-addr._spf.example.com'),
    ('%{lr-}.lp._spf.%{d2}', 'bad.strong.lp._spf.example.com'),
    ('%{lr-}.lp.%{ir}.%{v}._spf.%{d2}', 'bad.strong.lp.3.2.0.192.in-addr._spf.example.com'),
    ('%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}', '3.2.0.192.in-addr.strong.lp._spf.example.com'),
    ('%{d2}.trusted-domains.example.net', 'example.com.trusted-domains.example.net'),
])
def test_examples_of_the_rfc(text, expanded):
    assert fault_of_domain(text) == ''
    assert expand(text, VALUES.__getitem__) == expanded


@pytest.mark.parametrize(('text', 'expanded'), [
    ('%{ir}.%{v}._spf.%{d2}',
     '1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com'),  # RFC 7208, 7.4
    ('%{S}', 'strong-bad%40email.example.com'),
    ('%%.%_.%-', '%. .%20'),
    ('example.org.', 'example.org'),
    ('%{s2@}.example.org', None),
    ('%{D999999999999999999999}', 'email.example.com'),
    ('%{d0002}', 'example.com'),
    ('a.' * 140 + 'example.org', 'a.' * 121 + 'example.org'),
    ('%{h}%{d}', 'mx.example.orgemail.example.com'),
])
def test_macros(text, expanded):
    values = {**VALUES, 'i': NIBBLES, 'v': 'ip6'}
    if expanded is None:
        assert 'may not stand' in fault_of_domain(text)
    else:
        assert fault_of_macros(text) == ''
        assert expand(text, values.__getitem__) == expanded


@pytest.mark.parametrize(('text', 'fault'), [
    ('', 'does not end as a domain does'),
    ('example', 'does not end as a domain does'),
    ('example.123', 'does not end as a domain does'),
    ('example.-org', 'does not end as a domain does'),
    ('%{d}.', 'does not end as a domain does'),
    ('%{x}.example.org', 'has a macro %{x} that no record may use'),
    ('%{c}', 'has a macro %{c} that no record may use'),
    ('%{d0}', 'has a macro %{d0} that keeps no part'),
    ('%{d', "has '%' where it may not stand"),
    ('%d.example.org', "has '%' where it may not stand"),
    ('%{d2rr}', "has '%' where it may not stand"),
    ('b\xfccher.example', "has '\\xfc' where it may not stand"),
    ('a b.example.org', "has ' ' where it may not stand"),
    ('%{d2}', ''),
    ('_spf.example.org.', ''),
    ('a.1b', ''),
])
def test_what_is_no_domain(text, fault):
    assert fault_of_domain(text) == fault
