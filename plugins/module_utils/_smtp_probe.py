# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""How an SMTP server answers over each address family, from this host."""

from __future__ import annotations

import contextlib
import socket
import string
import time
from typing import Any, Dict, Iterator, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    SOCKET_FAMILY,
    Address,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._certificate import read_certificate
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import is_host_name
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, legible, shown
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._relay_test import (
    ACCEPTED,
    NOT_TESTED,
    REFUSED,
    attempts,
    forms,
    is_stranger,
    worst,
)
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import (
    Conversation,
    Encryption,
    Reply,
    address_literal,
)

FAMILY = {'ipv4': 4, 'ipv6': 6}
SMTPS = 465
"""Where TLS comes before the greeting (RFC 8314, 3.3)."""
READY = 220
LOCAL_PART = frozenset(string.ascii_letters + string.digits + '._+=~-')
WORKS, NO_ADDRESS, CLOSED, UNREACHABLE = 'works', 'no address', 'refused', 'unreachable'
BROKEN_AT = {'connect': UNREACHABLE, 'tls': 'TLS fails', 'greeting': 'no greeting', 'ehlo': 'no answer to EHLO'}
"""The verdict on a session by the step that it broke off at."""


class ProbeError(CoreError):
    """What is asked for cannot be done with any server."""


class Probe(NamedTuple):
    """What is asked for; see the module smtp_probe."""

    host: str
    port: int
    family: str
    source: Optional[str]
    helo: Optional[str]
    starttls: bool
    wrappermode: Optional[bool]
    relay_test: bool
    sender: str
    recipient: str
    domain: Optional[str]
    mynetworks: Optional[str]
    timeout: int
    trust: Trust = USUAL_TRUST


def probe(wanted: Probe) -> Dict[str, Any]:
    """Talk to a server over each family, one after the other.

    Returns:
        The result of the module smtp_probe.

    Raises:
        ProbeError: a wrong option.
    """
    _judge(wanted)
    host = without_brackets(wanted.host)
    literal = _address(host)
    families = [name for name, family in FAMILY.items()
                if wanted.family in ('both', name) and (literal is None or literal.family == family)]
    sessions = {name: _session(wanted, host, FAMILY[name]) for name in families}
    return {
        'sessions': sessions,
        'works': all(one['verdict'] == WORKS for one in sessions.values()),
        'relay': worst(one['relay']['verdict'] for one in sessions.values()),
        'problems': [one['problem'] for one in sessions.values() if one['problem']],
    }


def _judge(wanted: Probe) -> None:
    """Refuse what would not be SMTP, or names an address where another one belongs."""
    host, source = (_address(without_brackets(text or '')) for text in (wanted.host, wanted.source))
    asked = host.family if host else FAMILY.get(wanted.family)
    _need('host', wanted.host, bool(host) or is_host_name(wanted.host), 'is no name or address')
    _need('host', wanted.host, FAMILY.get(wanted.family, asked) == asked, f'is no {wanted.family} address')
    _need('port', wanted.port, 0 < wanted.port < 1 << 16, 'is no port, write one from 1 to 65535')
    _need('timeout', wanted.timeout, wanted.timeout > 0, 'is no time limit, write seconds')
    if wanted.source is not None:
        _need('source', wanted.source, bool(source), 'is no address')
        _need('source', wanted.source, asked is not None, 'is of one family, name that in family')
        _need('source', wanted.source, source is not None and source.family == asked, f'is no IPv{asked} address')
    for name in ('sender', 'recipient'):
        user, at, domain = getattr(wanted, name).rpartition('@')
        fits = bool(user) and LOCAL_PART.issuperset(user) and is_host_name(domain)
        _need(name, getattr(wanted, name), fits, 'is no simple mail address, write it as in user@example.com')
    for name in ('helo', 'domain'):
        text = getattr(wanted, name)
        fits = text is None or is_host_name(text) or _is_literal(text)
        _need(name, text, fits, 'is no host name, and no address as in [192.0.2.1] or [IPv6:2001:db8::1]')


def _need(name: str, value: Any, fits: bool, rule: str) -> None:
    if not fits:
        raise ProbeError(f'{name}: {shown(str(value))} {rule}')


def _address(text: str) -> Optional[Address]:
    """Read a numeric address, with or without a zone."""
    address, percent, zone = text.partition('%')
    return parse_address(address) if bool(zone) == bool(percent) and legible(zone) == zone else None


def _is_literal(text: str) -> bool:
    inside = without_brackets(text)
    prefix = inside[:5].lower() == 'ipv6:'
    address = parse_address(inside[5:] if prefix else inside)
    return inside != text and address is not None and prefix == (address.family == 6)


def _session(wanted: Probe, host: str, family: int) -> Dict[str, Any]:
    """Talk to a host over one family; what is found is filled in as far as the session comes."""
    found: Dict[str, Any] = {
        'verdict': NO_ADDRESS, 'error': '', 'address': host, 'port': wanted.port, 'source': '', 'greeting': '',
        'name': '', 'extensions': [], 'starttls': False, 'tls': None, 'seconds': {},
        'relay': {'verdict': NOT_TESTED, 'reason': 'relay_test is off', 'stranger': None, 'attempts': []},
    }
    seconds = found['seconds']
    try:
        if _address(host) is None:
            found['address'] = socket.getaddrinfo(host, None, SOCKET_FAMILY[family], socket.SOCK_STREAM)[0][4][0]
        with _timed(seconds, 'connect'):
            conversation = Conversation((found['address'], wanted.port), wanted.timeout,
                                        without_brackets(wanted.source or ''))
        with conversation:
            found['source'] = conversation.source
            found['verdict'], found['error'] = _greeted(wanted, host, conversation, found)
            if wanted.relay_test and found['verdict'] == WORKS:
                with _timed(seconds, 'relay_test'):
                    found['relay'] = _relay(wanted, conversation, found['name'] or address_literal(found['address']))
    except socket.gaierror as error:
        found.update(address='', error=f'IPv{family}: {error.strerror}')
    except OSError as error:
        refused = isinstance(error, ConnectionRefusedError)
        found.update(verdict=CLOSED if refused else BROKEN_AT[list(seconds)[-1]], error=error.strerror or str(error))
    if wanted.relay_test and found['verdict'] != WORKS:
        found['relay']['reason'] = f'the session ended before: {found["verdict"]}'
    return {**found, 'problem': _problem(wanted, found)}


def _greeted(wanted: Probe, host: str, conversation: Conversation, found: Dict[str, Any]) -> Tuple[str, str]:
    """Come as far as a client comes before its first mail; give the verdict, and what was answered if that is bad."""
    seconds = found['seconds']
    name = None if _address(host) else host
    helo = wanted.helo or _own_name() or address_literal(conversation.source)
    if wanted.port == SMTPS if wanted.wrappermode is None else wanted.wrappermode:
        with _timed(seconds, 'tls'):
            found['tls'] = _shown(conversation.encrypt(name))
    with _timed(seconds, 'greeting'):
        reply = conversation.read()
    found['greeting'] = str(reply)
    if reply.code != READY:
        return f'greets with {reply.code}', ''
    with _timed(seconds, 'ehlo'):
        reply = _hello(conversation, helo, found)
    if found['starttls'] and wanted.starttls:
        with _timed(seconds, 'tls'):
            reply = conversation.ask('STARTTLS')
            if reply.code != READY:
                return BROKEN_AT['tls'], str(reply)
            found['tls'] = _shown(conversation.encrypt(name))
            reply = _hello(conversation, helo, found)
    return (WORKS, '') if reply.code // 100 == 2 else ('refuses EHLO', str(reply))


def _own_name() -> Optional[str]:
    """Give the name of this host if it is one that a server may want to see: with a domain."""
    name = socket.gethostname()
    return name if '.' in name and is_host_name(name) else None


def _hello(conversation: Conversation, helo: str, found: Dict[str, Any]) -> Reply:
    """Introduce ourselves, and note what the server says of itself."""
    reply = conversation.ask(f'EHLO {helo}')
    if reply.code // 100 == 5:
        reply = conversation.ask(f'HELO {helo}')
    own, *extensions = reply.text.split('\n')
    name = own.partition(' ')[0]
    if reply.code // 100 == 2:
        found['name'] = name if is_host_name(name) else ''
        found['extensions'] = extensions
        found['starttls'] |= 'STARTTLS' in map(str.upper, extensions)
    return reply


def _shown(encryption: Encryption) -> Dict[str, Any]:
    """Give what TLS was agreed on, with what can be read of the certificate."""
    certificate = None
    with contextlib.suppress(ValueError):
        certificate = read_certificate(encryption.certificate or b'')._asdict()
    return {'protocol': encryption.protocol, 'cipher': encryption.cipher, 'certificate': certificate}


def _relay(wanted: Probe, conversation: Conversation, here: str) -> Dict[str, Any]:
    """Ask whether the server would relay; here is a domain of it."""
    here = wanted.domain or here
    stranger = None if wanted.mynetworks is None else is_stranger(
        wanted.mynetworks, conversation.source, wanted.trust)
    result: Dict[str, Any] = {'verdict': NOT_TESTED, 'reason': '', 'stranger': stranger, 'attempts': []}
    for address in (wanted.sender, wanted.recipient):
        domain = address.rpartition('@')[2]
        if f'.{here}'.lower().endswith(f'.{domain}'.lower()):
            return {**result, 'reason': f'{domain} is the own domain of {here}: name another one'}
    wanted_forms = forms(wanted.sender, wanted.recipient, here)
    done, ended = attempts(conversation.ask, wanted_forms)
    verdict = worst([*(one.verdict for one in done), *([NOT_TESTED] if ended else [])])
    telling = [f'{one.form}: {one.reply}' for one in done if one.verdict == verdict]
    reason = telling[0] if telling else f'it ended after {len(done)} of {len(wanted_forms)} attempts: {ended}'
    return {**result, 'verdict': verdict, 'reason': reason, 'attempts': [one._asdict() for one in done]}


def _problem(wanted: Probe, session: Dict[str, Any]) -> str:
    """Give a sentence if something is not as one wants it of a mail host; empty where nothing is."""
    where = f'{session["address"] or wanted.host} port {session["port"]}'
    source, relay = session['source'], session['relay']
    if session['verdict'] != WORKS:
        return f'{where}: {session["verdict"]}: {session["error"] or session["greeting"]}'
    if relay['verdict'] == ACCEPTED and relay['stranger'] is False:
        return f'{where}: {source} may relay, mynetworks names it; ask from an address that is a stranger'
    if relay['verdict'] == ACCEPTED:
        taken = [one['recipient'] for one in relay['attempts'] if one['verdict'] == ACCEPTED]
        perhaps = '' if wanted.recipient in taken else ', or has a mailbox for every name'
        unless = '' if relay['stranger'] else f', unless {source} is in mynetworks'
        return (f'{where}: is an open relay{perhaps}{unless}: {relay["reason"]}; look at its mynetworks and '
                'smtpd_relay_restrictions, and at what stands between it and its clients')
    if wanted.relay_test and relay['verdict'] != REFUSED:
        return f'{where}: it is not known whether it is an open relay; {relay["reason"]}'
    return ''


@contextlib.contextmanager
def _timed(seconds: Dict[str, float], step: str) -> Iterator[None]:
    """Note how long a step takes; that it has begun is noted at once."""
    begin = time.monotonic()
    seconds[step] = 0.0
    try:
        yield
    finally:
        seconds[step] = round(time.monotonic() - begin, 3)
