# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Whether a server would relay the mail of a stranger: asked up to the recipient, and taken back (RFC 5321, 4.1.1.5).

No mail is sent: after each recipient comes RSET, and DATA never.
"""

from __future__ import annotations

from typing import Callable, Iterable, List, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _matching
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import Trust, fault_of_trust
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import Reply
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

ACCEPTED, DEFERRED, NOT_TESTED, REFUSED = 'accepted', 'deferred', 'not tested', 'refused'
"""What becomes of the mail of a stranger; the worst first, and what nobody knows is worse than a refusal."""
VERDICTS = (ACCEPTED, DEFERRED, NOT_TESTED, REFUSED)
RELAY_DENIED = 'Relay access denied'
"""Postfix's words; with defer_unauth_destination, which is its default, the code is 454 and this is a refusal still."""
CLIENT_REFUSED = ('Client host rejected', 'Helo command rejected', 'Service unavailable')
SENDER_REFUSED = 'Sender address rejected'
"""Postfix's words for a refusal which has nothing to do with the recipient: another client, or sender, may be taken."""
CLOSING, FIRST_PROVE = 421, 530
"""What a server answers before it ends by itself, and to who has to encrypt or authenticate."""


class Form(NamedTuple):
    """A way to ask for it."""

    name: str
    sender: str
    recipient: str
    why: str


class Attempt(NamedTuple):
    """What came of one."""

    form: str
    sender: str
    recipient: str
    verdict: str
    reply: str
    """The answer that decided; empty where none came."""


def forms(sender: str, recipient: str, here: str) -> List[Form]:
    """Give the forms of an address that servers were seen to relay: few enough for Postfix's soft error limit of ten.

    Args:
        sender: a stranger's address.
        recipient: an address, of a domain that is not the server's.
        here: a domain of the server, or its address in brackets.
    """
    user, at, foreign = recipient.rpartition('@')
    return [
        Form('plain', sender, recipient, 'what an open relay takes'),
        Form('null sender', '', recipient, 'bounces have to be taken, but not for everybody'),
        Form('own sender', f'postmaster@{here}', recipient, 'anybody can write an address of the host as the sender'),
        Form('percent hack', sender, f'{user}%{foreign}@{here}', 'the last percent sign becomes an at sign'),
        Form('source route', sender, f'@{here}:{recipient}', 'RFC 5321, appendix C: the route is left out'),
        Form('quoted', sender, f'"{recipient}"@{here}', 'an address within a local part may be taken out of it'),
        Form('two domains', sender, f'{recipient}@{here}', 'the same without quotes'),
        Form('bang path', sender, f'{foreign}!{user}@{here}', 'UUCP: what is before the exclamation mark is a host'),
    ]


def attempts(ask: Callable[[str], Reply], wanted: Iterable[Form]) -> Tuple[List[Attempt], str]:
    """Try each form in a transaction of its own.

    Args:
        ask: sends a command and gives the answer, or raises OSError.
        wanted: the forms.

    Returns:
        What came of them, and why it ended before the last one; empty where it did not.
    """
    done: List[Attempt] = []
    for form in wanted:
        try:
            command, reply = 'MAIL', ask(f'MAIL FROM:<{form.sender}>')
            if reply.code // 100 == 2:
                command, reply = 'RCPT', ask(f'RCPT TO:<{form.recipient}>')
            verdict = verdict_of(form, command, reply)
            done.append(Attempt(form.name, form.sender, form.recipient, verdict, str(reply)))
            if reply.code != CLOSING:
                reply = ask('RSET')
        except OSError as error:
            return done, str(error)
        if reply.code // 100 != 2:
            return done, str(reply)
    return done, ''


def verdict_of(form: Form, command: str, reply: Reply) -> str:
    """Say what an answer means.

    A host that refuses this client, or this stranger as a sender, may well relay the mail of another one. That it
    refuses bounces, or strangers with its own domain as the sender, is what one hopes for.

    Args:
        form: that was tried.
        command: MAIL or RCPT.
        reply: to that.
    """
    kind = reply.code // 100
    if RELAY_DENIED in reply.text:
        return REFUSED
    if kind == 2:
        return ACCEPTED
    if kind == 4 and reply.code != CLOSING:
        return DEFERRED
    of_sender = command == 'MAIL' or SENDER_REFUSED in reply.text
    of_client = reply.code == FIRST_PROVE or any(text in reply.text for text in CLIENT_REFUSED)
    if kind != 5 or of_client or (of_sender and form.name not in ('null sender', 'own sender')):
        return NOT_TESTED
    return REFUSED


def worst(verdicts: Iterable[str]) -> str:
    """Give the worst of some verdicts; of none, that nothing was tested."""
    return min(verdicts, key=VERDICTS.index, default=NOT_TESTED)


def is_stranger(mynetworks: str, address: str, trust: Trust) -> Optional[bool]:
    """Tell whether a client is a stranger to a host, whom it must not relay for; None where nobody can tell.

    Args:
        mynetworks: its effective text. What host names in it match is not known here.
        address: of the client, as the host sees it.
        trust: which networks may be trusted. Whoever only a wider one names is a stranger.
    """
    faults = ((item, fault_of_trust(item, trust)) for item in words(mynetworks))
    trusted = [item for item, fault in faults if not fault or fault.severity != ERROR]
    outcome = _matching.outcome(' '.join(trusted), 'unknown', address)
    return {_matching.MATCH: False, _matching.NO_MATCH: True}.get(outcome)
