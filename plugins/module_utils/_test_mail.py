# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""A mail that this host gives to its own Postfix over the network, followed through the log to where it ends."""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from typing import Any, Dict, List, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, shown
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host
from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import all_from_now
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import Conversation, address_literal

POLL_SECONDS = 0.1
QUEUED = re.compile(r'queued as ([0-9A-Za-z]{5,20})\b')
STATUS = re.compile(r' status=([a-z]+) \((.*)\)')
ADDRESS = re.compile(r'[A-Za-z0-9._+=-]+(@[A-Za-z0-9.-]+)?')
SENT = 'sent'
REFUSED = 400
MESSAGE = '''\
From: Postfix test <{sender}>\r
To: <{recipient}>\r
Date: {date}\r
Subject: Test mail over {address}\r
Auto-Submitted: auto-generated\r
\r
The Ansible collection inet6.postfix has sent this mail to see that mail comes in over [{address}]:{port}.\r
.'''


def send_test_mail(
    host: Host, address: str, port: int, sender: str, recipient: str, seconds: float, check_mode: bool,
) -> Dict[str, Any]:
    """Send a mail, and wait until the log says what has become of it.

    Args:
        host: the instance that logs it.
        address: a numeric address of the host.
        port: where it listens there.
        sender: the envelope sender; empty for none.
        recipient: a mail address, or a local name.
        seconds: time limit of all that.
        check_mode: whether to send nothing.

    Returns:
        The result of the module test_mail.

    Raises:
        CoreError: it was not accepted, or not delivered; with Postfix's own words.
    """
    for name, text in (('sender', sender), ('recipient', recipient)):
        if not ADDRESS.fullmatch(text) and (text or name == 'recipient'):
            raise CoreError(f'{name}: {shown(text)} is no simple mail address; write it as in user@example.com')
    result = {'changed': True, 'queue_id': '', 'status': '', 'log': []}
    if check_mode:
        return result
    lines = all_from_now(host, host.effective().maillog_file)
    deadline = time.monotonic() + seconds
    queue_id = _given(address, port, sender, recipient, seconds)
    while True:
        told = [line for line in lines() if f': {queue_id}: ' in line]
        status = _status(told)
        if status == SENT:
            return {**result, 'queue_id': queue_id, 'status': status, 'log': told}
        if status or time.monotonic() >= deadline:
            end = f'it was {status}' if status else f'nothing was heard of it for {seconds:g} s'
            raise CoreError(f'{recipient}: Postfix took the test mail as {queue_id}, and {end}. It logged: '
                            f'{" | ".join(told) or "nothing"}')
        time.sleep(POLL_SECONDS)


def _given(address: str, port: int, sender: str, recipient: str, seconds: float) -> str:
    """Give the mail to Postfix; give its queue id.

    Raises:
        CoreError: it was not accepted.
    """
    message = MESSAGE.format(sender=sender or 'postmaster', recipient=recipient, date=formatdate(), address=address,
                             port=port)
    try:
        with Conversation((address, port), seconds) as conversation:
            reply = conversation.read()
            for command in (f'EHLO {address_literal(address)}', f'MAIL FROM:<{sender}>', f'RCPT TO:<{recipient}>',
                            'DATA', message):
                if reply.code < REFUSED:
                    reply = conversation.ask(command)
    except OSError as error:
        raise CoreError(f'[{address}]:{port}: the test mail could not be sent: {error}') from error
    queued = QUEUED.search(reply.text)
    if reply.code >= REFUSED or not queued:
        raise CoreError(f'[{address}]:{port}: the test mail was not accepted: {reply}')
    return queued[1]


def _status(lines: List[str]) -> Optional[str]:
    found = [match[1] for match in map(STATUS.search, lines) if match]
    return found[-1] if found else None
