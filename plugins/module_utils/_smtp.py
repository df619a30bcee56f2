# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The greeting of an SMTP server (RFC 5321, 4.3.1): the proof that a socket has a working Postfix behind it."""

from __future__ import annotations

import contextlib
import socket
from typing import Tuple

LONGEST_LINE = 2048


def greeting(where: Tuple[str, int], seconds: float) -> str:
    """Connect, read the greeting to its end and take leave.

    Args:
        where: numeric address and port.
        seconds: time limit of each step.

    Returns:
        The first line, without its end.

    Raises:
        OSError: no connection, or no complete greeting within the time.
    """
    with socket.create_connection(where, timeout=seconds) as connection, connection.makefile('rb') as stream:
        lines = [stream.readline(LONGEST_LINE)]
        # postscreen(8) sends a first line early, to see who speaks before the greeting has ended.
        while lines[-1][3:4] == b'-':
            lines.append(stream.readline(LONGEST_LINE))
        if not lines[-1]:
            raise OSError('the connection was closed without a greeting')
        with contextlib.suppress(OSError):
            connection.sendall(b'QUIT\r\n')
            stream.read(1)  # let smtpd answer before the connection closes, or it logs a lost connection
    return lines[0].decode('utf-8', 'replace').rstrip('\r\n')
