import dns.rdataset
import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._spf import check_host
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import character_strings
from hypothesis import given
from hypothesis import strategies as st

HELO = 'mx.example.org'

# RFC 7208, appendix A, with an address for documentation in place of 10.0.0.4.
EXAMPLE = '''
example.com. MX 10 mail-a.example.com.
example.com. MX 20 mail-b.example.com.
example.com. A 192.0.2.10
example.com. A 192.0.2.11
amy.example.com. A 192.0.2.65
bob.example.com. A 192.0.2.66
mail-a.example.com. A 192.0.2.129
mail-b.example.com. A 192.0.2.130
www.example.com. CNAME example.com.
example.org. MX 10 mail-c.example.org.
mail-c.example.org. A 192.0.2.140
10.2.0.192.in-addr.arpa. PTR example.com.
11.2.0.192.in-addr.arpa. PTR example.com.
65.2.0.192.in-addr.arpa. PTR amy.example.com.
66.2.0.192.in-addr.arpa. PTR bob.example.com.
129.2.0.192.in-addr.arpa. PTR mail-a.example.com.
130.2.0.192.in-addr.arpa. PTR mail-b.example.com.
140.2.0.192.in-addr.arpa. PTR mail-c.example.org.
4.100.51.198.in-addr.arpa. PTR bob.example.com.
ip4._spf.example.com. TXT "v=spf1 -ip4:192.0.2.0/24 +all"
ptr._spf.example.com. TXT "v=spf1 -ptr:example.com +all"
mary.mobile-users._spf.example.com. A 127.0.0.2
15.15.168.192.joel.remote-users._spf.example.com. A 127.0.0.2
'''
# The same for IPv6, and what else a record can lead to.
ZONE = EXAMPLE + '''
example.com. AAAA 2001:db8::10
mail-a.example.com. AAAA 2001:db8:1::129
9.2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail-a.example.com.
open.example.net. TXT "v=spf1 +all"
closed.example.net. TXT "v=spf1 -all"
neutral.example.net. TXT "v=spf1 ?all"
bad.example.net. TXT "v=spf1 moo"
two.example.net. TXT "v=spf1 +all"
two.example.net. TXT "v=spf1 -all"
none.example.net. TXT "something else"
local.example.net. TXT "v=spf1 exists:%{l}.example.net -all"
self.example.net. TXT "v=spf1 include:self.example.net -all"
chain.example.net. TXT "v=spf1 a include:open.example.net"
''' + ''.join(f'many.example.net. MX {number} mx{number}.example.net.\n' for number in range(11)) + '''
four.example.net. MX 1 amy.example.com.
four.example.net. MX 1 bob.example.com.
four.example.net. MX 1 mail-b.example.com.
four.example.net. MX 9 mail-a.example.com.
_i.2.0.0.1.0.d.b.8.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.2.9.ip6.example.com. A 127.0.0.2
'''


@pytest.fixture
def evaluate(name_server):
    """Give a function that evaluates a record which example.com has."""
    def check(record, address, local_part=None, ways=()):
        server = name_server(f'{ZONE}example.com. TXT "{record}"\n')
        server.ways.update(ways)
        return check_host(server.resolver().ask, parse_address(address), 'example.com', HELO,
                          local_part)
    return check


@pytest.mark.parametrize(('record', 'passing', 'failing'), [
    ('v=spf1 +all', ['192.0.2.1'], []),
    ('v=spf1 a -all', ['192.0.2.10', '192.0.2.11'], ['192.0.2.65']),
    ('v=spf1 a:example.org -all', [], ['192.0.2.10']),
    ('v=spf1 mx -all', ['192.0.2.129', '192.0.2.130'], ['192.0.2.10']),
    ('v=spf1 mx:example.org -all', ['192.0.2.140'], ['192.0.2.129']),
    ('v=spf1 mx mx:example.org -all', ['192.0.2.129', '192.0.2.130', '192.0.2.140'], ['192.0.2.10']),
    ('v=spf1 mx/30 mx:example.org/30 -all', ['192.0.2.131', '192.0.2.143'], ['192.0.2.132', '192.0.2.139']),
    ('v=spf1 ptr -all', ['192.0.2.65'], ['192.0.2.140', '198.51.100.4']),
    ('v=spf1 ip4:192.0.2.128/28 -all', ['192.0.2.129'], ['192.0.2.65']),
    ('v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all', ['192.0.2.65'], ['198.51.100.4', '203.0.113.1']),
    ('v=spf1 mx exists:%{l}.mobile-users._spf.%{d} -all', ['192.0.2.129', '203.0.113.1'], []),
    # The same for IPv6
    ('v=spf1 a -all', ['2001:db8::10'], ['2001:db8::11']),
    ('v=spf1 a//64 -all', ['2001:db8::11'], ['2001:db8:0:1::10']),
    ('v=spf1 a/0//64 -all', ['192.0.2.1', '2001:db8::11'], ['2001:db8:0:1::10']),
    ('v=spf1 mx/0 -all', ['2001:db8:1::129'], ['2001:db8:1::128']),
    ('v=spf1 ip4:0.0.0.0/0 -all', ['192.0.2.1', '::ffff:192.0.2.1'], ['2001:db8::10']),
    ('v=spf1 ip6:2001:db8:1::/48 -all', ['2001:db8:1::129'], ['2001:db8:2::129', '192.0.2.1']),
    ('v=spf1 ptr -all', ['2001:db8:1::129'], ['2001:db8::10']),
    ('v=spf1 exists:_i.%{i}.%{v}.%{d} -all', ['2001:db8:1::129'], ['2001:db8::10']),
    ('v=spf1 a:www.example.com -all', ['2001:db8::10', '192.0.2.11'], ['192.0.2.12']),
    ('v=spf1 redirect=closed.example.net ip6:2001:db8::10', ['2001:db8::10'], ['2001:db8::11']),
    ('v=spf1 a:%{p} -all', ['2001:db8:1::129'], ['2001:db8::10']),
])
def test_published_examples(evaluate, record, passing, failing):
    for expected, addresses in (('pass', passing), ('fail', failing)):
        for address in addresses:
            assert evaluate(record, address, 'mary').result == expected, address


@pytest.mark.parametrize(('record', 'result', 'reason'), [
    ('v=spf1 ~all', 'softfail', '~all of example.com matches'),
    ('v=spf1 ?all', 'neutral', '?all of example.com matches'),
    ('v=spf1', 'neutral', 'no term of example.com matches'),
    ('v=spf1 x=y', 'neutral', 'no term of example.com matches'),
    ('v=spf2', 'none', 'example.com has no record of SPF'),
    ('v=spf1 +all moo', 'permerror', "'moo' is no term of SPF"),
    ('v=spf1 include:closed.example.net include:neutral.example.net', 'neutral', 'no term of example.com matches'),
    ('v=spf1 include:open.example.net -all', 'pass', 'include:open.example.net of example.com matches'),
    ('v=spf1 include:none.example.net +all', 'permerror', 'none.example.net has no record of SPF'),
    ('v=spf1 include:bad.example.net +all', 'permerror', "'moo' is no term of SPF"),
    ('v=spf1 include:two.example.net +all', 'permerror', 'two.example.net has 2 records of SPF'),
    ('v=spf1 redirect=closed.example.net', 'fail', '-all of closed.example.net matches'),
    ('v=spf1 redirect=nobody.example.net', 'permerror', 'nobody.example.net has no record of SPF'),
    ('v=spf1 exists:%{l}.example.com -all', 'depends', 'example.com asks for the local part of the sender'),
    ('v=spf1 include:local.example.net', 'depends', 'local.example.net asks for the local part of the sender'),
    ('v=spf1 exists:%{s}.example.com -all', 'depends', 'example.com asks for the local part of the sender'),
    ('v=spf1 exists:%{o}.%{h}.%{p}.example.com -all', 'fail', '-all of example.com matches'),
    ('v=spf1 include:self.example.net -all', 'permerror', 'more than 10 terms ask DNS'),
    ('v=spf1 mx:many.example.net -all', 'permerror', 'many.example.net has more than 10 MX records'),
    ('v=spf1 a:x.example.net a:y.example.net -all', 'fail', '-all of example.com matches'),
    ('v=spf1 a:x.example.net a:y.example.net mx:z.example.net -all', 'permerror',
     'more than 2 lookups find nothing, the last one MX of z.example.net'),
    ('v=spf1 mx:four.example.net -all', 'permerror',
     'more than 2 lookups find nothing, the last one AAAA of mail-b.example.com'),
    ('v=spf1 a:down.example.net +all', 'temperror', None),
    ('v=spf1 include:down.example.net +all', 'temperror', None),
    ('v=spf1 exists:down.example.net +all', 'temperror', None),
    ('v=spf1 +all a:down.example.net', 'pass', '+all of example.com matches'),
    ('v=spf1 a:a..example.net a:%{h}%{h}%{h}%{h}%{h}%{h}.example.net ~all', 'softfail', '~all of example.com matches'),
    (f'v=spf1 a:{"a" * 64}.example.net ~all', 'softfail', '~all of example.com matches'),
])
def test_results(evaluate, record, result, reason):
    verdict = evaluate(record, '2001:db8::25', ways={'down.example.net': 'SERVFAIL'})
    assert verdict.result == result
    if reason is None:
        assert 'of down.example.net: [::1]:' in verdict.reason
        assert verdict.reason.endswith('replied SERVFAIL')
    else:
        assert verdict.reason == reason


@pytest.mark.parametrize(('way', 'result'), [('SERVFAIL', 'temperror'), ('drop', 'temperror'), ('NXDOMAIN', 'none')])
def test_the_record_itself_cannot_be_had(evaluate, way, result):
    assert evaluate('v=spf1 -all', '2001:db8::25', ways={'example.com': way}).result == result


def test_ten_lookups_and_not_one_more(evaluate):
    ten = 'v=spf1' + ' a' * 10
    assert evaluate(f'{ten} -all', '2001:db8::25').result == 'fail'
    assert evaluate(f'{ten} a -all', '2001:db8::25').reason == 'more than 10 terms ask DNS'


@pytest.mark.parametrize(('record', 'position'), [
    ('v=spf1 a mx -all', 2), ('v=spf1 a mx', 2), ('v=spf1 a:down.example.net -all', 0), ('v=spf1 a moo', None),
    ('v=spf1 a include:self.example.net -all', 1)])
def test_where_the_evaluation_ended(evaluate, record, position):
    assert evaluate(record, '2001:db8::25', ways={'down.example.net': 'SERVFAIL'}).position == position


@pytest.mark.parametrize('domain', ['', 'localhost', '.', 'a..example.org', 'a' * 64 + '.example.org',
                                    'b\xfccher.example', '\ud800.example'])
def test_domains_that_have_no_policy(name_server, domain):
    server = name_server(ZONE)
    assert check_host(server.resolver().ask, parse_address('2001:db8::25'), domain, HELO).result == 'none'
    assert not server.asked


def test_names_are_asked_for_as_they_stand(name_server):
    server = name_server(ZONE + r'example.org. TXT "v=spf1 a:b\\.%{d} -all"')
    assert check_host(server.resolver().ask, parse_address('2001:db8::25'), 'example.org', HELO).result == 'fail'
    assert (r'b\\.example.org', 'AAAA', 'udp') in server.asked


def test_no_text_raises_anything(name_server):
    server = name_server(ZONE)
    pieces = st.sampled_from([
        b' ', b'a', b'mx', b'-', b'all', b':', b'/', b'//', b'%', b'%{', b'}', b'{d}', b'%{ir-}', b'.', b'example.net',
        b'include:', b'ip6:', b'2001:db8::', b'64', b'redirect=', b'exp=', b'\xff', b'\0', b'\\', b'"', b'exists:',
        b'ptr', b'999999999999', b'\n', b'a' * 70])

    @given(st.lists(pieces, max_size=12).map(b''.join) | st.binary(max_size=300))
    def evaluate(data):
        text = character_strings('v=spf1 ' + data.decode('latin-1'))
        server.zone.replace_rdataset('fuzz.example.', dns.rdataset.from_text('IN', 'TXT', 300, text))
        verdict = check_host(server.resolver().ask, parse_address('2001:db8::25'), 'fuzz.example', HELO)
        assert verdict.result in ('pass', 'fail', 'softfail', 'neutral', 'permerror')

    evaluate()
