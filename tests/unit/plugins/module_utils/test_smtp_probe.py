import contextlib
import json
import socket
import ssl
import threading
import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._smtp_probe import Probe, ProbeError, probe
from hypothesis import given
from hypothesis import strategies as st
from lab.certificate import pem

USUAL = Probe(
    host='::1', port=25, family='both', source=None, helo='client.example.net', starttls=False, wrappermode=None,
    relay_test=False, sender='relay-test@example.net', recipient='relay-test@example.com', domain=None, mynetworks=None,
    timeout=5)
ANSWERS = {
    '': '220 mail.example.org ESMTP Postfix',
    'EHLO': '250-mail.example.org\r\n250-SIZE 1000\r\n250 STARTTLS',
    'HELO': '250 mail.example.org',
    'STARTTLS': '220 2.0.0 Ready to start TLS',
    'MAIL': '250 2.1.0 Ok',
    'RCPT': '454 4.7.1 Relay access denied',
    'RSET': '250 2.0.0 Ok',
    'QUIT': '221 2.0.0 Bye',
}
"""What a server answers, by the command or its first word; first of all it greets."""


class Server:
    """An SMTP server on ::1 that answers what a test wants; None closes the connection instead."""

    def __init__(self, served, certificate):
        self.served, self.certificate, self.heard = served, certificate, []

    def asked(self, wrapped=False, answers=None, **wanted):
        """Probe it, with other options than usual."""
        def talk(connection):
            self._talk(self._encrypted(connection) if wrapped else connection, {**ANSWERS, **(answers or {})})

        host, port = self.served(talk)
        result = probe(USUAL._replace(**{'host': host, 'port': port, 'wrappermode': wrapped, **wanted}))
        (session,) = result['sessions'].values()
        return result, session

    def _talk(self, connection, answers):
        command = ''
        while answers[command] is not None:
            connection.sendall(answers[command].encode() + b'\r\n')
            if command == 'STARTTLS' and answers[command].startswith('220'):
                connection = self._encrypted(connection)
            heard = connection.recv(4096)
            if not heard:
                break
            assert heard.count(b'\n') == 1, 'one command at a time'
            self.heard.append(heard.decode().removesuffix('\r\n'))
            command = self.heard[-1] if self.heard[-1] in answers else self.heard[-1].partition(' ')[0]
        connection.close()

    def _encrypted(self, connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True)


@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    path = tmp_path_factory.mktemp('tls') / 'certificate.pem'
    path.write_text(pem('mail.example.org'))
    return path


@pytest.fixture
def server(served, certificate):
    return Server(served, certificate)


def test_works(server):
    result, session = server.asked()
    assert server.heard == ['EHLO client.example.net', 'QUIT']
    assert {name: result[name] for name in ('works', 'relay', 'problems')} == {
        'works': True, 'relay': 'not tested', 'problems': []}
    seconds = session.pop('seconds')
    assert list(seconds) == ['connect', 'greeting', 'ehlo']
    assert all(0 <= one < 5 for one in seconds.values())
    assert session.pop('port')
    assert session == {
        'verdict': 'works', 'error': '', 'address': '::1', 'source': '::1', 'name': 'mail.example.org',
        'greeting': '220 mail.example.org ESMTP Postfix', 'extensions': ['SIZE 1000', 'STARTTLS'], 'starttls': True,
        'tls': None, 'problem': '',
        'relay': {'verdict': 'not tested', 'reason': 'relay_test is off', 'stranger': None, 'attempts': []}}


@pytest.mark.parametrize(('answers', 'verdict', 'error', 'last'), [
    ({'': '554 5.7.1 go away'}, 'greets with 554', '', 'QUIT'),
    ({'': '421 too busy'}, 'greets with 421', '', 'QUIT'),
    ({'': 'SSH-2.0-OpenSSH_9.2'}, 'no greeting', 'this is no answer of SMTP: SSH-2.0-OpenSSH_9.2', None),
    ({'': None}, 'no greeting', 'the connection was closed without an answer', None),
    ({'EHLO': None}, 'no answer to EHLO', 'the connection was closed without an answer', 'EHLO'),
    ({'EHLO': '502 what?'}, 'works', '', 'QUIT'),
    ({'EHLO': '502 what?', 'HELO': '502 what?'}, 'refuses EHLO', '502 what?', 'QUIT'),
    ({'EHLO': '421 too busy'}, 'refuses EHLO', '421 too busy', 'QUIT'),
])
def test_how_far_it_comes(server, answers, verdict, error, last):
    result, session = server.asked(answers=answers, relay_test=True)
    assert (session['verdict'], session['error'], result['works']) == (verdict, error, verdict == 'works')
    assert (server.heard[-1].split()[0] if server.heard else None) == last
    assert len(result['problems']) == (verdict != 'works')
    if verdict != 'works':
        assert session['relay']['verdict'] == 'not tested'
        assert session['relay']['reason'] == f'the session ended before: {verdict}'
        assert result['problems'][0].startswith(f'::1 port {session["port"]}: {verdict}: ')


@pytest.mark.parametrize(('said', 'name'), [
    ('250 mail.example.org at your service', 'mail.example.org'),
    ('250 mail.example.org\rRCPT', ''),
    ('250', ''),
    ('250 [2001:db8::1]', ''),
    ('250 ' + 'x' * 300, ''),
])
def test_a_name_that_is_used_in_commands_is_one(server, said, name):
    result, session = server.asked(answers={'EHLO': said}, relay_test=True)
    assert session['name'] == name
    assert f'MAIL FROM:<postmaster@{name or "[IPv6:::1]"}>' in server.heard


def test_nobody_listens(listener):
    port = listener.getsockname()[1]
    listener.close()
    session = probe(USUAL._replace(port=port))['sessions']['ipv6']
    assert (session['verdict'], session['error'], list(session['seconds'])) == (
        'refused', 'Connection refused', ['connect'])


def test_an_address_that_this_host_has_not():
    session = probe(USUAL._replace(source='2001:db8::1'))['sessions']['ipv6']
    assert (session['verdict'], session['error']) == ('unreachable', 'Cannot assign requested address')


def test_silence(listener):
    begin = time.monotonic()
    session = probe(USUAL._replace(port=listener.getsockname()[1], timeout=1))['sessions']['ipv6']
    assert (session['verdict'], session['error']) == ('no greeting', 'timed out')
    assert 1 <= time.monotonic() - begin < 3


# --- TLS

SHOWN = {'subject': 'CN=mail.example.org', 'issuer': 'CN=mail.example.org', 'names': ['mail.example.org'],
         'valid_from': '2025-01-01T00:00:00Z', 'valid_until': '2025-04-01T00:00:00Z'}
"""A certificate that has expired, is signed by nobody, and is not for the host that was asked."""


@pytest.mark.parametrize(('wrapped', 'heard'), [
    (False, ['EHLO client.example.net', 'STARTTLS', 'EHLO client.example.net', 'QUIT']),
    (True, ['EHLO client.example.net', 'QUIT']),
])
def test_certificates_are_shown(server, wrapped, heard):
    result, session = server.asked(wrapped, starttls=not wrapped)
    assert server.heard == heard
    assert (session['verdict'], session['tls']['protocol'], session['tls']['certificate']) == (
        'works', 'TLSv1.3', SHOWN)
    assert session['tls']['cipher']
    assert sorted(session['seconds']) == ['connect', 'ehlo', 'greeting', 'tls']


@pytest.mark.parametrize(('answers', 'heard', 'verdict', 'error'), [
    ({'EHLO': '250 mail.example.org'}, ['EHLO', 'QUIT'], 'works', ''),
    ({'STARTTLS': '454 4.7.0 TLS not available due to local problem'}, ['EHLO', 'STARTTLS', 'QUIT'], 'TLS fails',
     '454 4.7.0 TLS not available due to local problem'),
    ({'STARTTLS': None}, ['EHLO', 'STARTTLS'], 'TLS fails', 'the connection was closed without an answer'),
])
def test_no_tls(server, answers, heard, verdict, error):
    result, session = server.asked(answers=answers, starttls=True)
    assert [command.split()[0] for command in server.heard] == heard
    assert (session['verdict'], session['error'], session['tls']) == (verdict, error, None)


def test_what_comes_before_tls_does_not_count(server):
    injected = {'STARTTLS': '220 2.0.0 Ready to start TLS\r\n250-evil.example.com\r\n250 X-INJECTED'}
    session = server.asked(answers=injected, starttls=True)[1]
    assert (session['verdict'], session['name']) == ('works', 'mail.example.org')


def test_no_tls_where_it_belongs_before_the_greeting(server):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b'220 mail.example.org\r\n')
        connection.recv(4096)

    host, port = server.served(talk)
    session = probe(USUAL._replace(port=port, wrappermode=True))['sessions']['ipv6']
    assert (session['verdict'], 'SSL' in session['error'], list(session['seconds'])) == (
        'TLS fails', True, ['connect', 'tls'])


# --- The relay test

OPEN = 'is an open relay'
CURE = 'look at its mynetworks and smtpd_relay_restrictions, and at what stands between it and its clients'
UNKNOWN = 'it is not known whether it is an open relay'


@pytest.mark.parametrize(('answers', 'wanted', 'verdict', 'reason', 'problem'), [
    ({}, {}, 'refused', 'plain: 454 4.7.1 Relay access denied', None),
    ({'RCPT': '250 Ok'}, {}, 'accepted', 'plain: 250 Ok',
     f'{OPEN}, unless ::1 is in mynetworks: plain: 250 Ok; {CURE}'),
    ({'RCPT': '250 Ok'}, {'mynetworks': '127.0.0.0/8'}, 'accepted', 'plain: 250 Ok',
     f'{OPEN}: plain: 250 Ok; {CURE}'),
    ({'RCPT': '250 Ok'}, {'mynetworks': '[::1]/128'}, 'accepted', 'plain: 250 Ok',
     '::1 may relay, mynetworks names it; ask from an address that is a stranger'),
    ({'RCPT': '450 later'}, {}, 'deferred', 'plain: 450 later', UNKNOWN),
    ({'RSET': '421 enough'}, {}, 'not tested', 'it ended after 1 of 8 attempts: 421 enough', UNKNOWN),
    ({'MAIL': None}, {}, 'not tested', 'it ended after 0 of 8 attempts: the connection was closed without an answer',
     UNKNOWN),
    ({}, {'domain': 'mx.example.com'}, 'not tested',
     'example.com is the own domain of mx.example.com: name another one', UNKNOWN),
    ({}, {'sender': 'a@MAIL.example.org'}, 'not tested',
     'MAIL.example.org is the own domain of mail.example.org: name another one', UNKNOWN),
])
def test_relay(server, answers, wanted, verdict, reason, problem):
    result, session = server.asked(answers=answers, relay_test=True, **wanted)
    assert (session['verdict'], result['relay'], session['relay']['verdict'], session['relay']['reason']) == (
        'works', verdict, verdict, reason)
    problem = f'{UNKNOWN}; {reason}' if problem == UNKNOWN else problem
    assert result['problems'] == ([f'::1 port {session["port"]}: {problem}'] if problem else [])


def test_a_mailbox_for_every_name(server):
    own = {'RCPT TO:<"relay-test@example.com"@mail.example.org>': '250 Ok'}
    result, session = server.asked(answers=own, relay_test=True)
    assert (result['relay'], session['relay']['reason']) == ('accepted', 'quoted: 250 Ok')
    assert 'is an open relay, or has a mailbox for every name, unless' in result['problems'][0]


def test_the_whole_relay_test(server):
    result, session = server.asked(relay_test=True, mynetworks='127.0.0.0/8', domain='example.org')
    words = [command.split()[0] for command in server.heard]
    assert words == ['EHLO', *['MAIL', 'RCPT', 'RSET'] * 8, 'QUIT']
    assert 'RCPT TO:<"relay-test@example.com"@example.org>' in server.heard
    assert session['relay']['stranger'] is True
    assert session['relay']['attempts'][0] == {
        'form': 'plain', 'sender': 'relay-test@example.net', 'recipient': 'relay-test@example.com',
        'verdict': 'refused', 'reply': '454 4.7.1 Relay access denied'}


# --- Options

@pytest.mark.parametrize(('wanted', 'message'), [
    ({'host': ''}, "host: '' is no name or address"),
    ({'host': 'mail example.org'}, "host: 'mail example.org' is no name or address"),
    ({'host': '::1%'}, 'host: ::1% is no name or address'),
    ({'host': '::1', 'family': 'ipv4'}, 'host: ::1 is no ipv4 address'),
    ({'port': 0}, 'port: 0 is no port, write one from 1 to 65535'),
    ({'port': 65536}, 'port: 65536 is no port'),
    ({'timeout': 0}, 'timeout: 0 is no time limit, write seconds'),
    ({'source': 'localhost'}, 'source: localhost is no address'),
    ({'source': ''}, "source: '' is no address"),
    ({'source': '192.0.2.1'}, 'source: 192.0.2.1 is no IPv6 address'),
    ({'host': 'localhost', 'source': '192.0.2.1'}, 'source: 192.0.2.1 is of one family, name that in family'),
    ({'host': 'localhost', 'source': '192.0.2.1', 'family': 'ipv6'}, 'source: 192.0.2.1 is no IPv6 address'),
    ({'sender': ''}, "sender: '' is no simple mail address"),
    ({'sender': 'a@b\r\nDATA'}, 'is no simple mail address'),
    ({'recipient': 'example.com'}, 'recipient: example.com is no simple mail address, write it as in user@example.com'),
    ({'recipient': 'a>@example.com'}, 'recipient: a>@example.com is no simple mail address'),
    ({'recipient': 'a@[192.0.2.1]'}, 'is no simple mail address'),
    ({'helo': 'a b'}, "helo: 'a b' is no host name"),
    ({'helo': '[2001:db8::1]'}, 'is no host name, and no address as in'),
    ({'domain': 'x\r\n'}, 'domain: '),
])
def test_wrong_options(wanted, message):
    with pytest.raises(ProbeError) as caught:
        probe(USUAL._replace(**wanted))
    assert message in str(caught.value)


@pytest.mark.parametrize('wanted', [
    {'host': '[::1]'}, {'source': '::1'}, {'source': '[::1]'}, {'helo': '[IPv6:2001:db8::1]'}, {'helo': '[192.0.2.1]'},
    {'family': 'ipv6'}, {'helo': None}, {'domain': '[192.0.2.1]'},
])
def test_other_options(server, wanted):
    result, session = server.asked(**wanted)
    assert result['works']
    assert server.heard[0] != 'EHLO None'


# --- Whatever a server says

PIECES = (b'220 ', b'220-', b'250 ', b'250-', b'454 ', b'421 ', b'mail.example.org', b'STARTTLS', b'\r\n', b'\n', b'\r',
          b'\0', b'\xff', b'2', b' ', b'-', '\u0662'.encode(), b'220 x\r\n', b'250 x\r\n')
USUALLY = st.sampled_from([answer.encode() + b'\r\n' for answer in ANSWERS.values()])
SAID = USUALLY | USUALLY | st.lists(st.sampled_from(PIECES), max_size=8).map(b''.join) | st.binary(max_size=40)


@pytest.fixture(scope='module')
def sayings():
    """A server's port, and what it says to each client: one after each that it hears, or soon."""
    said = []
    with socket.create_server(('::1', 0), family=socket.AF_INET6) as listener:
        where = listener.getsockname()[:2]

        def serve():
            while said:
                connection, peer = listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(0.02)
                    for one in said[1:]:
                        connection.sendall(one)
                        with contextlib.suppress(TimeoutError):
                            connection.recv(4096)

        said.append(where[1])
        thread = threading.Thread(target=serve)
        thread.start()
        yield said
        said.clear()
        socket.create_connection(where).close()
        thread.join(5)


@given(st.lists(SAID, max_size=12), st.booleans(), st.booleans())
def test_any_answers(sayings, said, wrappermode, starttls):
    port = sayings[0]
    sayings[1:] = said
    result = probe(USUAL._replace(port=port, relay_test=True, wrappermode=wrappermode, starttls=starttls, timeout=1))
    json.dumps(result)
    session = result['sessions']['ipv6']
    assert session['verdict'] == 'works' or session['error'] or session['greeting']
    assert session['relay']['reason']
