import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._deliverability import (
    Facts,
    is_generic,
    judge,
    scope_fault,
    spf_records,
    verdict_of,
)
from ansible_collections.inet6.postfix.plugins.module_utils._dns import FOUND, NO_NAME, NO_RECORD, UNKNOWN, Reply
from ansible_collections.inet6.postfix.plugins.module_utils._spf import Verdict
from ansible_collections.inet6.postfix.plugins.module_utils._zone_file import reverse_name

ADDRESS = '2001:db8::25'
REVERSE = '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
HELO = 'mail.example.org'
PTR_RECORD = f'{REVERSE}. IN PTR {HELO}.'
AAAA_RECORD = f'{HELO}. IN AAAA {ADDRESS}'
LOST = ('lost',)


def reply(name, kind, records, owner=None):
    """Give what is known: records, None for no such name, or LOST."""
    if records == LOST:
        return Reply(name, kind, UNKNOWN, reason=f'{kind} of {name}: [::1]:53 replied SERVFAIL')
    status = NO_NAME if records is None else FOUND if records else NO_RECORD
    return Reply(name, kind, status, tuple(records or ()), owner or name)


def facts(address=ADDRESS, helo=HELO, ptr=(HELO,), forward=None, aaaa=(ADDRESS,), a=(), spf=None, owner=None):
    family = parse_address(address)
    kind = 'AAAA' if ':' in address else 'A'
    known = forward or {}
    return Facts(
        family, reply(reverse_name(family), 'PTR', ptr, owner),
        {name: reply(name, kind, known.get(name, (address,))) for name in ptr or () if ptr != LOST}, helo,
        {'AAAA': reply(helo, 'AAAA', aaaa), 'A': reply(helo, 'A', a)}, spf or {})


def found(known, senders=('example.org',)):
    return [(one.code, one.severity, one.records) for one in judge(known, spf_records([known]), senders)]


def test_nothing_is_wrong():
    assert found(facts(spf={'example.org': Verdict('pass'), HELO: Verdict('pass')})) == []
    assert found(facts('192.0.2.25', aaaa=(), a=('192.0.2.25',))) == []
    assert verdict_of([]) == 'deliverable'


@pytest.mark.parametrize(('changed', 'expected'), [
    ({'ptr': None}, [('no-ptr', 'error', [PTR_RECORD])]),
    ({'ptr': ()}, [('no-ptr', 'error', [PTR_RECORD])]),
    ({'ptr': (), 'owner': '25.0/26.example.net'}, [('no-ptr', 'error', [f'25.0/26.example.net. IN PTR {HELO}.'])]),
    ({'ptr': LOST}, [('ptr-unknown', 'unknown', [])]),
    ({'forward': {HELO: ('2001:db8::1',)}, 'aaaa': ('2001:db8::1',)},
     [('ptr-not-confirmed', 'error', [AAAA_RECORD]), ('helo-other-address', 'warning', [AAAA_RECORD])]),
    ({'forward': {HELO: None}, 'aaaa': None, 'a': None},
     [('ptr-not-confirmed', 'error', [AAAA_RECORD]), ('helo-no-address', 'error', [AAAA_RECORD])]),
    ({'forward': {HELO: LOST}}, [('ptr-unknown', 'unknown', [])]),
    ({'ptr': ('gone.example.net',), 'forward': {'gone.example.net': None}},
     [('ptr-not-confirmed', 'error', [PTR_RECORD])]),
    ({'ptr': ('gone.example.net', HELO), 'forward': {'gone.example.net': None}}, []),
    ({'ptr': ('lost.example.net', HELO), 'forward': {'lost.example.net': LOST}}, []),
    ({'ptr': ('lost.example.net', HELO), 'forward': {'lost.example.net': LOST, HELO: ()}},
     [('ptr-unknown', 'unknown', [])]),
    ({'ptr': ('MAIL.example.org',)}, []),
    ({'ptr': ('other.example.net',)}, []),
    ({'ptr': ('2001-db8--25.example.net',)}, [('generic-ptr', 'warning', [PTR_RECORD])]),
    ({'ptr': ('2001-db8--25.example.net',), 'helo': '2001-db8--25.example.net'}, [('generic-ptr', 'warning', [])]),
    ({'ptr': ('2001-db8--25.example.net', HELO)}, []),
    ({'aaaa': ()}, [('helo-no-address', 'error', [AAAA_RECORD])]),
    ({'aaaa': (), 'a': ('192.0.2.25',)}, [('helo-other-address', 'warning', [AAAA_RECORD])]),
    ({'aaaa': LOST}, [('helo-unknown', 'unknown', [])]),
    ({'aaaa': LOST, 'a': ('192.0.2.25',)}, [('helo-unknown', 'unknown', [])]),
    ({'aaaa': ('2001:db8::1',), 'a': LOST}, [('helo-other-address', 'warning', [AAAA_RECORD])]),
    ({'aaaa': (), 'a': LOST}, [('helo-unknown', 'unknown', [])]),
    ({'a': LOST}, []),
    ({'aaaa': LOST, 'ptr': ()}, [('no-ptr', 'error', [PTR_RECORD]), ('helo-unknown', 'unknown', [])]),
    ({'helo': 'mail'}, [('helo-not-qualified', 'error', [])]),
    ({'helo': 'mail', 'ptr': ()}, [('no-ptr', 'error', []), ('helo-not-qualified', 'error', [])]),
])
def test_names_and_addresses(changed, expected):
    assert found(facts(**changed)) == expected


@pytest.mark.parametrize(('verdict', 'severities', 'text'), [
    (Verdict('fail', records=('v=spf1 mx -all',), position=1), ('error', 'error'),
     'v=spf1 mx ip6:2001:db8::25 -all'),
    (Verdict('softfail', records=('v=spf1 ~all',), position=0), ('error', 'warning'), 'v=spf1 ip6:2001:db8::25 ~all'),
    (Verdict('neutral', records=('v=spf1',), position=0), ('error', 'warning'), 'v=spf1 ip6:2001:db8::25'),
    (Verdict('permerror', records=('v=spf1 moo ~all',)), ('error', 'warning'), 'v=spf1 ip6:2001:db8::25 ~all'),
    (Verdict('temperror'), ('unknown', 'unknown'), None),
    (Verdict('depends', records=('v=spf1 exists:%{l}.example.org',), position=0), ('unknown', 'unknown'), None),
])
def test_spf(verdict, severities, text):
    for domain, severity in zip(('example.org', HELO), severities, strict=True):
        records = [f'{domain}. IN TXT "{text}"'] if text else []
        assert found(facts(spf={domain: verdict})) == [(f'spf-{verdict.result}', severity, records)]


def test_spf_where_there_is_none():
    assert found(facts(spf={'example.org': Verdict('none'), HELO: Verdict('none', owner='host.example.net')})) == [
        ('spf-none', 'error', ['example.org. IN TXT "v=spf1 ip6:2001:db8::25 ~all"']),
        ('spf-none', 'warning', ['host.example.net. IN TXT "v=spf1 ip6:2001:db8::25 -all"'])]


def test_one_record_of_spf_is_for_all_addresses():
    records = ('v=spf1 ip4:192.0.2.25 mx -all',)
    everything = [
        facts(ADDRESS, spf={'example.org': Verdict('fail', records=records, position=2)}),
        facts('2001:db8::26', spf={'example.org': Verdict('permerror', records=records, position=1)}),
        facts('192.0.2.25', spf={'example.org': Verdict('pass', records=records, position=0)}),
        facts('192.0.2.26', spf={'example.org': Verdict('temperror')}),
    ]
    assert spf_records(everything) == {'example.org': [
        'example.org. IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ip6:2001:db8::26 mx -all"']}


def test_a_long_record_is_several_strings():
    long = 'v=spf1 ' + 'include:_spf.example.net ' * 12 + '-all'
    (code, severity, (record,)), = found(facts(spf={'example.org': Verdict('fail', records=(long,), position=12)}))
    owner, data = record.split(' IN TXT ')
    assert [len(string) for string in data.strip('"').split('" "')] == [255, len(long) + len(' ip6:2001:db8::25') - 255]


def test_what_is_said():
    one, two = judge(facts(ptr=(), aaaa=LOST), {}, [])
    assert str(one) == (
        f'{ADDRESS} has no PTR record, strict receivers refuse it (Gmail with 550 5.7.1 or 5.7.25, Postfix with '
        f'450 4.7.25); let the owner of the address publish: {PTR_RECORD} (RFC 1912, 2.1)')
    assert str(two) == (
        f'{HELO} could not be asked for its addresses (AAAA of {HELO}: [::1]:53 replied SERVFAIL); ask again, or name '
        'other resolvers (RFC 5321, 2.3.5)')
    assert verdict_of([one, two]) == 'not deliverable'
    assert verdict_of([two]) == 'unknown'


@pytest.mark.parametrize(('address', 'rule'), [
    ('10.1.2.3', 'is private'), ('172.31.0.1', 'is private'), ('192.168.0.1', 'is private'),
    ('100.64.0.1', 'is behind an address translator'), ('127.0.0.1', 'is a loopback address'),
    ('169.254.1.1', 'is link-local'), ('0.0.0.0', 'stands for no host'), ('224.0.0.1', 'is a multicast address'),
    ('255.255.255.255', 'is reserved'), ('198.19.0.1', 'is for benchmarks'),
    ('::1', 'is a loopback address'), ('fe80::1', 'is link-local'), ('fd00::1', 'is unique local'),
    ('ff02::1', 'is a multicast address'), ('::ffff:192.0.2.1', 'is an IPv4 address in the form of IPv6'),
    ('::', 'is outside of what is in use'), ('fec0::1', 'is outside of what is in use'),
    ('4000::1', 'is outside of what is in use'),
])
def test_addresses_that_no_receiver_sees(address, rule):
    fault, = scope_fault(parse_address(address))
    assert (fault.code, fault.severity, fault.rule) == ('not-global', 'error', f'{rule}, no receiver ever sees it')


@pytest.mark.parametrize('address', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '172.32.0.1',
                                     '11.0.0.1', '100.128.0.1', '3fff:ffff::1'])
def test_addresses_that_receivers_see(address):
    assert scope_fault(parse_address(address)) == []


@pytest.mark.parametrize(('name', 'address', 'answer'), [
    ('mail.example.org', ADDRESS, False),
    ('mail25.example.org', ADDRESS, False),
    ('2001-db8--25.example.net', ADDRESS, True),
    ('static-2001-0db8-0000-0000-0000-0000-0000-0025.example.net', ADDRESS, True),
    ('2001.db8.0.0.0.0.0.25.example.net', ADDRESS, True),
    ('20010db8000000000000000000000025.example.net', ADDRESS, True),
    (REVERSE.replace('ip6.arpa', 'example.net'), ADDRESS, True),
    ('host-192-0-2-25.example.net', '192.0.2.25', True),
    ('025.002.000.192.example.net', '192.0.2.25', True),
    ('c0000219.example.net', '192.0.2.25', True),
    ('mx25-192.example.net', '192.0.2.25', False),
    ('mail.dyn.example.net', ADDRESS, True),
    ('dhcp-17.example.net', '192.0.2.25', True),
    ('liverpool.example.net', '192.0.2.25', False),
])
def test_generic_names(name, address, answer):
    assert is_generic(name, parse_address(address)) == answer
    assert is_generic(name.upper(), parse_address(address)) == answer
