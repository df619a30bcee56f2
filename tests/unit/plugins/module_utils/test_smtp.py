import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import (
    LONGEST_LINE,
    MOST_LINES,
    Conversation,
    Reply,
    greeting,
)


def saying(said, heard):
    """Say something, and take leave of a client that does."""
    def talk(connection):
        connection.sendall(said)
        heard.append(connection.recv(100))
        connection.sendall(b'221 2.0.0 Bye\r\n')

    return talk


@pytest.mark.parametrize(('said', 'line'), [
    (b'220 mail.example.org ESMTP Postfix (Debian)\r\n', '220 mail.example.org ESMTP Postfix (Debian)'),
    (b'220 x\n', '220 x'),
    (b'220\r\n', '220'),
    (b'220-\r\n220 \r\n', '220'),
    (b'554 5.7.1 go away\r\n', '554 5.7.1 go away'),
    (b'220-mail.example.org\r\n220-No UBE\r\n220 please\r\n', '220 mail.example.org No UBE please'),
    (b'220-x\r\n220 x\r\n', '220 x'),
    (b'220-x\r\n421 y\r\n', '421 x y'),
    (b'220 \xff\r\n', '220 \ufffd'),
    (b'220 \x1b[2J\r\n', '220 ?[2J'),
])
def test_greeting(served, said, line):
    heard = []
    assert greeting(served(saying(said, heard)), 5) == line
    assert heard == [b'QUIT\r\n']


@pytest.mark.parametrize(('said', 'message'), [
    (b'', 'closed without an answer'),
    (b'220 mail', 'closed without an answer'),
    (b'220-mail\r\n', 'closed without an answer'),
    (b'SSH-2.0-OpenSSH_9.2\r\n', 'no answer of SMTP: SSH-2.0-OpenSSH_9.2'),
    (b'\r\n', 'no answer of SMTP'),
    (b'22\r\n', 'no answer of SMTP'),
    (b'2200 x\r\n', 'no answer of SMTP'),
    (b'220\tx\r\n', 'no answer of SMTP'),
    ('\u0662\u0662\u0660 x\r\n'.encode(), 'no answer of SMTP'),
    (b'220 ' + b'x' * LONGEST_LINE + b'\r\n', f'more than {LONGEST_LINE} bytes'),
    (b'220-x\r\n' * MOST_LINES + b'220 x\r\n', f'more than {MOST_LINES} lines'),
])
def test_no_greeting(served, said, message):
    with pytest.raises(OSError, match=message):
        greeting(served(lambda connection: connection.sendall(said)), 5)


@pytest.mark.parametrize('said', [b'', b'x', b'2', b'220-x\r\n'])
def test_never_said_to_the_end(served, said):
    def talk(connection):
        while said:
            connection.sendall(said)
            time.sleep(0.1)
        connection.recv(1)

    begin = time.monotonic()
    with pytest.raises(OSError, match='timed out'):
        greeting(served(talk), 0.5)
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize('said', [b'\0', b'220 x', b'220-x\r\n'])
def test_more_than_anybody_needs_to_hear(served, said):
    def talk(connection):
        while True:
            connection.sendall(said * 1000)

    with pytest.raises(OSError, match='more than'):
        greeting(served(talk), 60)


def test_the_time_limit_is_one_for_the_whole_conversation(served):
    def talk(connection):
        connection.sendall(b'220 x\r\n')
        while connection.recv(100):
            time.sleep(0.1)
            connection.sendall(b'250 Ok\r\n')

    def chat():
        with Conversation(served(talk), 0.5) as conversation:
            conversation.read()
            while conversation.ask('NOOP').code == 250:
                pass

    begin = time.monotonic()
    with pytest.raises(OSError, match='timed out'):
        chat()
    assert time.monotonic() - begin < 3


def test_nobody_listens(listener):
    where = listener.getsockname()[:2]
    listener.close()
    with pytest.raises(ConnectionRefusedError):
        greeting(where, 5)


def test_nothing_is_said_before_the_greeting_has_ended(served):
    """Else postscreen(8) counts us among the spammers: it sends a first line early to provoke them."""
    spoken_early = []

    def talk(connection):
        connection.sendall(b'220-mail.example.org\r\n')
        connection.settimeout(0.2)
        try:
            spoken_early.append(connection.recv(100))
        except TimeoutError:
            connection.settimeout(5)
        connection.sendall(b'220 mail.example.org ESMTP Postfix\r\n')
        connection.recv(100)

    assert greeting(served(talk), 5).startswith('220')
    assert spoken_early == []


def test_addresses(served):
    where = served(saying(b'220 x\r\n', []))
    with Conversation(where, 5, '::1') as conversation:
        assert conversation.source == '::1'
        assert conversation.read() == Reply(220, 'x')


def test_an_address_that_this_host_has_not(served):
    with pytest.raises(OSError, match='assign requested address'):
        Conversation(('::1', 25), 5, '2001:db8::1')
