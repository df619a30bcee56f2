import time
from pathlib import Path

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._dns import (
    FOUND,
    NO_NAME,
    NO_RECORD,
    UNKNOWN,
    Resolver,
    Server,
    read_servers,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from hypothesis import given
from hypothesis import strategies as st

REVERSE = '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'
ZONE = rf'''
example.org. MX 20 b.example.org.
example.org. MX 10 a.example.org.
example.org. TXT "v=spf1 ip6:2001:db8" "::25 -all"
example.org. TXT "caf\195\169 \"\255"
null.example.org. MX 0 .
mail.example.org. AAAA 2001:db8::25
mail.example.org. AAAA 2001:db8::1
mail.example.org. A 192.0.2.25
www.example.org. CNAME web.example.net.
web.example.net. A 192.0.2.80
dangling.example.org. CNAME nowhere.example.net.
empty.example.org. CNAME mail.example.org.
loop.example.org. CNAME pool.example.org.
pool.example.org. CNAME loop.example.org.
a.below.example.org. A 192.0.2.1
{REVERSE}. PTR mail.example.org.
25.2.0.192.in-addr.arpa. CNAME 25.0/26.2.0.192.in-addr.arpa.
25.0/26.2.0.192.in-addr.arpa. PTR mail.example.org.
26.2.0.192.in-addr.arpa. PTR od\.d\032name\007.example.org.
'''


@pytest.mark.parametrize(('name', 'kind', 'status', 'records', 'owner'), [
    ('mail.example.org', 'AAAA', FOUND, ('2001:db8::1', '2001:db8::25'), 'mail.example.org'),
    ('MAIL.example.org', 'A', FOUND, ('192.0.2.25',), 'MAIL.example.org'),
    ('example.org', 'MX', FOUND, ('10 a.example.org', '20 b.example.org'), 'example.org'),
    ('null.example.org', 'MX', FOUND, ('0 .',), 'null.example.org'),
    ('example.org', 'TXT', FOUND, ('caf\xc3\xa9 "\xff', 'v=spf1 ip6:2001:db8::25 -all'), 'example.org'),
    (REVERSE, 'PTR', FOUND, ('mail.example.org',), REVERSE),
    ('25.2.0.192.in-addr.arpa', 'PTR', FOUND, ('mail.example.org',), '25.0/26.2.0.192.in-addr.arpa'),
    ('26.2.0.192.in-addr.arpa', 'PTR', FOUND, (r'od\.d\032name\007.example.org',), '26.2.0.192.in-addr.arpa'),
    ('www.example.org', 'A', FOUND, ('192.0.2.80',), 'web.example.net'),
    ('www.example.org', 'AAAA', NO_RECORD, (), 'web.example.net'),
    ('mail.example.org', 'MX', NO_RECORD, (), 'mail.example.org'),
    ('below.example.org', 'A', NO_RECORD, (), 'below.example.org'),
    ('nobody.example.org', 'A', NO_NAME, (), 'nobody.example.org'),
    ('dangling.example.org', 'A', NO_NAME, (), 'nowhere.example.net'),
    (r'od\.d\032name\007.example.org', 'A', NO_NAME, (), r'od\.d\032name\007.example.org'),
])
@pytest.mark.parametrize('recursive', [True, False])
def test_what_is_known(name_server, name, kind, status, records, owner, recursive):
    reply = name_server(ZONE, recursive=recursive).resolver().ask(name, kind)
    assert reply == (name, kind, status, records, owner, '')
    assert reply.is_void == (status != FOUND)


def test_over_ipv4(name_server):
    server = name_server(ZONE, address='127.0.0.1')
    assert server.resolver().ask('mail.example.org', 'A').records == ('192.0.2.25',)


def test_each_question_is_asked_once(name_server):
    server = name_server(ZONE)
    resolver = server.resolver()
    for name in ('mail.example.org', 'MAIL.example.org', 'nobody.example.org', 'nobody.example.org'):
        resolver.ask(name, 'A')
    assert server.asked == [('mail.example.org', 'A', 'udp'), ('nobody.example.org', 'A', 'udp')]
    assert resolver.questions == 2


@pytest.mark.parametrize('way', ['truncate', ''])
def test_what_is_too_long_for_a_datagram_comes_over_tcp(name_server, way):
    many = {f'2001:db8::{number:x}' for number in range(1, 400)}
    text = ''.join(f'mail.example.org. AAAA {address}\n' for address in many)
    server = name_server(text)
    server.ways['mail.example.org'] = way
    resolver = server.resolver()
    assert set(resolver.ask('mail.example.org', 'AAAA').records) == many
    assert [transport for name, kind, transport in server.asked] == ['udp', 'tcp']
    assert resolver.questions == 2


@pytest.mark.parametrize(('way', 'reason'), [
    ('SERVFAIL', '{server} replied SERVFAIL'),
    ('REFUSED', '{server} replied REFUSED'),
    ('NOTIMP', '{server} replied NOTIMP'),
    ('drop', '{server} did not reply in time'),
    (b'', '{server} sent no proper reply (ShortHeader)'),
    (b'\x81\x80\0\1', '{server} sent no proper reply (ShortHeader)'),
    (b'\x81\x80\0\0\0\1\0\0\0\0\xc0\x0c', '{server} sent no proper reply (BadPointer)'),
])
def test_what_nobody_could_tell(name_server, way, reason):
    server = name_server(ZONE)
    server.ways['mail.example.org'] = way
    resolver = server.resolver()
    reply = resolver.ask('mail.example.org', 'AAAA')
    assert (reply.status, reply.records, reply.is_void) == (UNKNOWN, (), False)
    assert reply.reason == 'AAAA of mail.example.org: ' + reason.format(server=server.where)
    assert len(server.asked) == 2, 'a lost datagram is not the end'
    assert resolver.ask('mail.example.org', 'AAAA') is reply


def test_a_server_that_does_not_look_up_for_others_says_nothing(name_server):
    server = name_server(ZONE)
    server.ways['mail.example.org'] = b'\x81\0' + b'\0\1' + b'\0' * 6 + b'\4mail\7example\3org\0\0\1\0\1'
    reply = server.resolver().ask('mail.example.org', 'A')
    assert reply.reason == f'A of mail.example.org: {server.where} does not look up this name for us'


def test_aliases_without_end(name_server):
    for recursive in (True, False):
        reply = name_server(ZONE, recursive=recursive).resolver().ask('loop.example.org', 'A')
        assert (reply.status, reply.reason) == (
            UNKNOWN, 'A of loop.example.org: more than 12 names, each an alias of the next one')


def test_the_next_resolver_is_asked_and_comes_first_from_then_on(name_server):
    silent, refusing, working = name_server(ZONE), name_server(ZONE), name_server(ZONE)
    for name in ('mail.example.org', 'example.org'):
        silent.ways[name], refusing.ways[name] = 'drop', 'REFUSED'
    resolver = Resolver([silent.where, refusing.where, working.where], 0.5, 30)
    assert resolver.ask('mail.example.org', 'A').records == ('192.0.2.25',)
    assert resolver.ask('example.org', 'MX').status == FOUND
    assert [len(server.asked) for server in (silent, refusing, working)] == [1, 1, 2]
    assert resolver.questions == 4


def test_nobody_listens(listener):
    port = listener.getsockname()[1]
    listener.close()
    reply = Resolver([Server('::1', port)], 0.2, 5).ask('example.org', 'A')
    assert reply.status == UNKNOWN
    assert reply.reason.startswith(f'A of example.org: [::1]:{port} ')


def test_all_questions_together_have_a_limit(name_server):
    server = name_server(ZONE)
    server.ways = dict.fromkeys(['a.example.org', 'b.example.org', 'c.example.org'], 'drop')
    begin = time.monotonic()
    resolver = server.resolver(timeout=0.3, lifetime=0.7)
    replies = [resolver.ask(name, 'A') for name in server.ways]
    assert time.monotonic() - begin < 2
    assert [reply.status for reply in replies] == [UNKNOWN] * 3
    assert replies[2].reason == 'A of c.example.org: the 0.7 s for all questions are over'


@pytest.mark.parametrize('name', ['a' * 64 + '.example.org', '.'.join(['a' * 60] * 5), 'a..example.org', '\\', '\\9',
                                  '\ud800.example', '\ufb00.' * 200])
def test_names_that_are_none(name_server, name):
    server = name_server()
    reply = server.resolver().ask(name, 'A')
    assert reply.status == UNKNOWN
    assert reply.reason.startswith(f'A of {name}: is no name that DNS can have (')
    assert not server.asked


@pytest.mark.parametrize('seconds', [0, -1, float('nan'), float('inf'), 1e300])
@pytest.mark.parametrize('option', ['timeout', 'lifetime'])
def test_times_that_are_none(option, seconds):
    with pytest.raises(Rejected, match=f'{option}: .* is no time to wait; write seconds, up to 3600'):
        Resolver([Server('::1')], **{'timeout': 5, 'lifetime': 60, option: seconds})


@pytest.mark.parametrize(('value', 'servers'), [
    ('2001:db8::53', ['[2001:db8::53]:53']),
    ('[2001:DB8::53]', ['[2001:db8::53]:53']),
    (['[2001:db8::53]:5353', '192.0.2.53'], ['[2001:db8::53]:5353', '192.0.2.53:53']),
    ('192.0.2.53:65535, 2001:db8:0:0::1', ['192.0.2.53:65535', '[2001:db8::1]:53']),
])
def test_resolvers(value, servers):
    assert [str(server) for server in read_servers(value)] == servers


@pytest.mark.parametrize('value', [None, '', []])
def test_resolvers_of_the_system(value):
    lines = Path('/etc/resolv.conf').read_text().splitlines()
    assert [server.address for server in read_servers(value)] == [
        line.split()[1] for line in lines if line.startswith('nameserver ')]


@pytest.mark.parametrize('value', [
    'resolver.example.org', '[2001:db8::53]:0', '192.0.2.53:65536', '[2001:db8::53', '2001:db8::53]:53',
    '[192.0.2.53]:5', '192.0.2.53:', '192.0.2:53', '1:2:3:4:5:6:7:8:53', '192.0.2.53:\u0661', ':53',
    '192.0.2.53:' + '9' * 5000, 5353])
def test_what_is_no_resolver(value):
    with pytest.raises(Rejected, match=r'resolvers: '):
        read_servers(value)


def test_no_reply_raises_anything(name_server):
    server = name_server(ZONE)
    question = b'\4mail\7example\3org\0\0\x10\0\1'

    @given(st.sampled_from([b'', b'\x81\x80', b'\x81\x80\0\1\0\1\0\0\0\0' + question,
                            b'\x81\x80\0\1\0\1\0\0\0\0' + question + b'\xc0\x0c\0\x10\0\1\0\0\0\0']),
           st.binary(max_size=80))
    def ask(start, rest):
        server.ways['mail.example.org'] = start + rest
        assert server.resolver(timeout=0.05).ask('mail.example.org', 'TXT').status in (
            FOUND, NO_NAME, NO_RECORD, UNKNOWN)

    ask()
