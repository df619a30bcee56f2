import json

import dns.name
import dns.rdataset
import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._dns_check import dns_check, read_wanted
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected

REVERSE = '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
ADDRESSES = ['2001:db8::25', '192.0.2.25']
RIGHT = f'''
mail.example.org. AAAA 2001:db8::25
mail.example.org. A 192.0.2.25
mail.example.org. TXT "v=spf1 a -all"
example.org. TXT "v=spf1 mx -all"
example.org. MX 10 mail.example.org.
{REVERSE}. PTR mail.example.org.
25.2.0.192.in-addr.arpa. CNAME 25.0/26.2.0.192.in-addr.arpa.
25.0/26.2.0.192.in-addr.arpa. PTR mail.example.org.
'''


def codes(result):
    return {entry['address']: [problem['code'] for problem in entry['problems']] for entry in result['addresses']}


def test_all_is_right(name_server):
    server = name_server(RIGHT)
    wanted = read_wanted(ADDRESSES, 'Mail.example.org.', names='example.org, x.example.org')
    result = dns_check(server.resolver(), wanted)
    assert result == {
        'verdict': 'deliverable',
        'addresses': [{
            'address': address, 'verdict': 'deliverable',
            'ptr': ['mail.example.org'], 'confirmed': ['mail.example.org'],
            'spf': {'example.org': 'pass', 'mail.example.org': 'pass'}, 'problems': [],
        } for address in ADDRESSES],
        'names': [
            {'name': 'example.org', 'exists': True, 'aaaa': [], 'a': [], 'mx': ['10 mail.example.org'], 'unknown': []},
            {'name': 'x.example.org', 'exists': False, 'aaaa': [], 'a': [], 'mx': [], 'unknown': []}],
        'questions': len(server.asked),
        'message': '',
    }
    assert len(server.asked) == len(set(server.asked)), 'nothing is asked twice'


# What a host has that sends over IPv6 for the first time, and worse.
WRONG = {
    'nothing': '',
    'only IPv4': '''
        mail.example.org. A 192.0.2.25
        example.org. TXT "v=spf1 ip4:192.0.2.25 -all"
        25.2.0.192.in-addr.arpa. PTR mail.example.org.''',
    'a PTR of the provider': f'''
        mail.example.org. A 192.0.2.25
        {REVERSE}. PTR 2001-db8--25.example.net.
        example.org. TXT "v=spf1 redirect=_spf.example.net"
        _spf.example.net. TXT "v=spf1 -all"''',
    'delegated and empty': '''
        mail.example.org. CNAME host.example.net.
        host.example.net. A 192.0.2.1
        25.2.0.192.in-addr.arpa. CNAME 25.0/26.2.0.192.in-addr.arpa.
        example.org. CNAME host.example.net.''',
    'SPF that nobody can evaluate': '''
        example.org. TXT "v=spf1 ipv6:2001:db8::25 ip4:192.0.2.25 -all"
        mail.example.org. TXT "v=spf1 a"
        mail.example.org. TXT "v=spf1 mx ~all"''',
    'SPF that asks too much': 'example.org. TXT "v=spf1' + ' include:_.example.net' * 11 + ''' -all"
        _.example.net. TXT "v=spf1 -all"''',
    'SPF that forbids it': 'example.org. TXT "v=spf1 mx -ip6:2001:db8::/32 ~ip4:192.0.2.0/24 ?all"',
    'SPF of hostile bytes': r'example.org. TXT "v=spf1 \000\255\"\\ %{ +all"',
    'long SPF': 'example.org. TXT "v=spf1" ' + ' '.join(f'" ip4:198.51.100.{number}"' for number in range(40)),
}


def publish(server, line):
    """Do what an administrator does with a record: PTR and TXT take the place of what is there, addresses are added."""
    owner, kind, data = line.replace(' IN ', ' ').split(' ', 2)
    records = dns.rdataset.from_text('IN', kind, 300, data)
    there = server.zone.get_rdataset(owner, kind)
    if there and kind in ('A', 'AAAA'):
        records.update(there)
    if there and kind == 'TXT':
        for record in there:
            if not b''.join(record.strings).startswith(b'v=spf1'):
                records.add(record)
    server.zone.replace_rdataset(dns.name.from_text(owner), records)


@pytest.mark.parametrize('text', WRONG.values(), ids=WRONG)
def test_what_is_to_be_published_is_the_cure(name_server, text):
    server = name_server(text)
    wanted = read_wanted(ADDRESSES, 'mail.example.org')
    before = dns_check(server.resolver(), wanted)
    assert before['verdict'] == 'not deliverable'
    assert json.dumps(before)
    for entry in before['addresses']:
        for problem in entry['problems']:
            assert problem['records'], problem
            for line in problem['records']:
                publish(server, line)
    after = dns_check(server.resolver(), wanted)
    assert (after['verdict'], codes(after), after['message']) == (
        'deliverable', {address: [] for address in ADDRESSES}, '')


def test_only_ipv4(name_server):
    server = name_server(WRONG['only IPv4'])
    result = dns_check(server.resolver(), read_wanted(ADDRESSES, 'mail.example.org'))
    assert [entry['verdict'] for entry in result['addresses']] == ['not deliverable', 'deliverable']
    assert codes(result) == {'2001:db8::25': ['no-ptr', 'helo-other-address', 'spf-fail', 'spf-none'],
                             '192.0.2.25': ['spf-none']}
    assert [record for problem in result['addresses'][0]['problems'] for record in problem['records']] == [
        f'{REVERSE}. IN PTR mail.example.org.', 'mail.example.org. IN AAAA 2001:db8::25',
        'mail.example.org. IN AAAA 2001:db8::25', 'example.org. IN TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"',
        'mail.example.org. IN TXT "v=spf1 ip6:2001:db8::25 ip4:192.0.2.25 -all"']
    assert [line.partition(' ')[0] for line in result['message'].splitlines()] == ['2001:db8::25', 'example.org']


@pytest.mark.parametrize('way', ['SERVFAIL', 'REFUSED', 'drop', b'\x81\x80'])
@pytest.mark.parametrize(('name', 'code'), [
    (REVERSE, 'ptr-unknown'), ('mail.example.org', 'ptr-unknown'), ('example.org', 'spf-temperror')])
def test_what_dns_does_not_tell_is_unknown(name_server, way, name, code):
    server = name_server(RIGHT)
    server.ways[name] = way
    result = dns_check(server.resolver(), read_wanted('2001:db8::25', 'mail.example.org', names=name))
    assert result['verdict'] == 'unknown'
    problem = result['addresses'][0]['problems'][0]
    assert (problem['code'], problem['severity']) == (code, 'unknown')
    assert f' of {name}: {server.where} ' in problem['found'][0]
    assert problem['found'][0] in result['message']
    shown, = result['names']
    assert (shown['exists'], shown['aaaa'], shown['a'], shown['mx']) == (None, None, None, None)
    assert len(shown['unknown']) == 3


def test_an_address_that_no_receiver_sees_is_not_asked_for(name_server):
    server = name_server(RIGHT)
    result = dns_check(server.resolver(), read_wanted(['fd00::25'], 'mail.example.org'))
    assert (result['verdict'], codes(result), server.asked) == ('not deliverable', {'fd00::25': ['not-global']}, [])
    assert result['message'].startswith('fd00::25 is unique local, no receiver ever sees it; give the address that')


@pytest.mark.parametrize(('helo', 'domains', 'senders'), [
    ('mail.example.org', None, ['example.org']),
    ('example.org', None, ['example.org']),
    ('a.mail.example.org', ' ', ['mail.example.org']),
    ('mail', None, ['mail']),
    ('mail.example.org', 'Example.NET., example.com example.com', ['example.net', 'example.com']),
    ('mail.example.org', ['example.net', 'x.example.com'], ['example.net', 'x.example.com']),
])
def test_domains_of_senders(helo, domains, senders):
    wanted = read_wanted(['[2001:DB8::25]', '2001:db8::25'], helo, domains)
    assert (wanted.senders, wanted.addresses, wanted.names) == (senders, [parse_address('2001:db8::25')], [])


@pytest.mark.parametrize(('options', 'message'), [
    ({'addresses': ['2001:db8::/64']}, 'addresses: 2001:db8::/64 is no complete IPv4 or IPv6 address; write it as in'),
    ({'addresses': 'mail.example.org'}, 'addresses: mail.example.org is no complete'),
    ({'addresses': []}, "addresses: '' is no complete"),
    ({'addresses': 42540766411282592875350729025363378213}, 'addresses: 42540766411282592875350729025363378213 is an'),
    ({'helo': 'b\xfccher.example'}, 'helo: b\xfccher.example is no name of a host or domain; write it as in'),
    ({'helo': '[IPv6:2001:db8::25]'}, 'helo: [IPv6:2001:db8::25] is no name'),
    ({'helo': 'a.example.org b.example.org'}, "helo: 'a.example.org b.example.org' is no name"),
    ({'helo': ''}, "helo: '' is no name"),
    ({'domains': ['a' * 64 + '.example.org']}, 'domains: ' + 'a' * 64 + '.example.org is no name'),
    ({'names': 'a..example.org'}, 'names: a..example.org is no name'),
    ({'names': {}}, 'names: {} is a dictionary'),
])
def test_what_is_refused(options, message):
    with pytest.raises(Rejected) as error:
        read_wanted(**{'addresses': ADDRESSES, 'helo': 'mail.example.org', **options})
    assert str(error.value).startswith(message)
