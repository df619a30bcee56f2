import contextlib
import threading

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import greeting


@pytest.fixture
def server(listener):
    """Serve one client on ::1; gives its address, a list of what the client said, and takes what it is greeted with."""
    threads = []

    def serve(said, heard):
        def answer():
            connection, peer = listener.accept()
            with connection:
                connection.settimeout(5)
                if said is not None:
                    connection.sendall(said)
                    if said.endswith(b'\n'):
                        heard.append(connection.recv(100))
                        connection.sendall(b'221 2.0.0 Bye\r\n')
                else:
                    heard.append(connection.recv(100))

        threads.append(threading.Thread(target=answer))
        threads[0].start()
        return listener.getsockname()[:2]

    yield serve
    for thread in threads:
        thread.join(5)


@pytest.mark.parametrize(('said', 'line'), [
    (b'220 mail.example.org ESMTP Postfix (Debian)\r\n', '220 mail.example.org ESMTP Postfix (Debian)'),
    (b'220 x\n', '220 x'),
    (b'554 5.7.1 go away\r\n', '554 5.7.1 go away'),
    (b'220 \xff\r\n', '220 \ufffd'),
])
def test_greeting(server, said, line):
    heard = []
    assert greeting(server(said, heard), 5) == line
    assert heard == [b'QUIT\r\n']


def test_closed_without_a_greeting(server):
    with pytest.raises(OSError, match='closed without a greeting'):
        greeting(server(b'', []), 5)


def test_silence(server):
    with pytest.raises(OSError, match='timed out'):
        greeting(server(None, []), 0.1)


def test_nobody_listens(listener):
    where = listener.getsockname()[:2]
    listener.close()
    with pytest.raises(ConnectionRefusedError):
        greeting(where, 5)


def test_nothing_is_said_before_the_greeting_has_ended(listener):
    """Else postscreen(8) counts us among the spammers: it sends a first line early to provoke them."""
    spoken_early = []

    def answer():
        connection, peer = listener.accept()
        with connection:
            connection.sendall(b'220-mail.example.org\r\n')
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                spoken_early.append(connection.recv(100))
            connection.sendall(b'220 mail.example.org ESMTP Postfix\r\n')
            connection.settimeout(5)
            connection.recv(100)

    thread = threading.Thread(target=answer)
    thread.start()
    assert greeting(listener.getsockname()[:2], 5).startswith('220')
    thread.join(5)
    assert spoken_early == []
