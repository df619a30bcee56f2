# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""SMTP as a client speaks it (RFC 5321), to a server that may answer anything.

Each answer is waited for before the next command: a server may take who speaks early for a spammer (postscreen(8)).
smtplib would keep all that a server says for as long as it goes on to say something; here, a conversation has one time
limit, and an answer a largest size.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from typing import Any, List, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import legible, shown

LONGEST_LINE = 2048
"""Bytes: four times what RFC 5321, 4.5.3.1.5 allows, and as much as Postfix reads (line_length_limit)."""
MOST_LINES = 100
CHUNK = 4096
ANSWER = re.compile(rb'([0-9]{3})(?:([ -])(.*))?', re.DOTALL)


class Reply(NamedTuple):
    """What a server answers."""

    code: int
    text: str
    """Without the code; its lines are separated by newlines."""

    def __str__(self) -> str:
        """Give it in one line; what it says twice, as postscreen(8) does in its greeting, once."""
        return ' '.join([str(self.code), *filter(None, dict.fromkeys(self.text.split('\n')))])


class Encryption(NamedTuple):
    """What client and server have agreed on."""

    protocol: Optional[str]
    cipher: Optional[str]
    certificate: Optional[bytes]
    """Of the server, in DER."""


class Conversation:
    """A connection to a server; as a context manager, it takes leave where nothing was raised, and closes it."""

    def __init__(self, where: Tuple[str, int], seconds: float, source: str = '') -> None:
        """Connect.

        Args:
            where: numeric address, with its zone where it needs one, and port.
            seconds: time limit of all that is said here, the connection included.
            source: the numeric address to connect from; empty for any.

        Raises:
            OSError: no connection; a subclass tells why.
        """
        self._deadline = time.monotonic() + seconds
        self._read = b''
        self._connection = socket.create_connection(where, seconds, (source, 0) if source else None)
        self.source: str = self._connection.getsockname()[0]

    def __enter__(self) -> Conversation:
        """Give this."""
        return self

    def __exit__(self, kind: Any, *details: Any) -> None:
        """Let the server answer before the connection closes, or it logs that it has lost it."""
        with contextlib.closing(self._connection), contextlib.suppress(OSError):
            if kind is None:
                self.ask('QUIT')

    def read(self) -> Reply:
        """Read an answer to its end.

        Raises:
            OSError: none came within the time, or what came is no answer of SMTP.
        """
        lines: List[str] = []
        while len(lines) < MOST_LINES:
            line = self._line()
            answer = ANSWER.fullmatch(line)
            if not answer:
                raise OSError(f'this is no answer of SMTP: {shown(line.decode("utf-8", "replace"))}')
            code, more, text = answer.groups(b'')
            lines.append(legible(text.decode('utf-8', 'replace')))
            if more != b'-':
                return Reply(int(code), '\n'.join(lines))
        raise OSError(f'an answer has more than {MOST_LINES} lines')

    def ask(self, command: str) -> Reply:
        """Send a command, and read the answer.

        Raises:
            OSError: like read(), or it could not be sent.
        """
        self._connection.settimeout(self._seconds_left())
        self._connection.sendall(command.encode('ascii') + b'\r\n')
        return self.read()

    def encrypt(self, name: Optional[str]) -> Encryption:
        """Begin TLS, whatever certificate the server shows.

        Args:
            name: of the server, for one that has several certificates.

        Raises:
            OSError: the two do not agree.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # a certificate is here to be looked at, as in opportunistic TLS
        self._connection.settimeout(self._seconds_left())
        self._connection = encrypted = context.wrap_socket(self._connection, server_hostname=name)
        self._read = b''  # what came in plain text may be anybody's (RFC 3207, 4.2)
        return Encryption(encrypted.version(), (encrypted.cipher() or [None])[0], encrypted.getpeercert(True))

    def _line(self) -> bytes:
        while b'\n' not in self._read and len(self._read) <= LONGEST_LINE:
            self._connection.settimeout(self._seconds_left())
            received = self._connection.recv(CHUNK)
            if not received:
                raise OSError('the connection was closed without an answer')
            self._read += received
        line, end, self._read = self._read.partition(b'\n')
        if len(line) > LONGEST_LINE:
            raise OSError(f'an answer has a line of more than {LONGEST_LINE} bytes')
        return line.rstrip(b'\r')

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout('timed out')
        return left


def address_literal(address: str) -> str:
    """Write an address as mail does (RFC 5321, 4.1.3), without its zone."""
    return f'[IPv6:{address.partition("%")[0]}]' if ':' in address else f'[{address}]'


def greeting(where: Tuple[str, int], seconds: float) -> str:
    """Connect, read the greeting and take leave: the proof that a socket has a working Postfix behind it.

    Args:
        where: numeric address and port.
        seconds: time limit of all that.

    Returns:
        The greeting in one line, which begins with its code.

    Raises:
        OSError: no connection, or no complete greeting within the time.
    """
    with Conversation(where, seconds) as conversation:
        return str(conversation.read())
