# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Asking resolvers, over the wire: what a name has, that it has nothing, or that nobody could tell.

The three are never mixed: a resolver that is silent, refuses or cannot answer says nothing of the name.
"""

from __future__ import annotations

import time
import traceback
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdataclass
    import dns.rdatatype
    import dns.resolver
except ImportError:
    DNSPYTHON_ERROR: Optional[str] = traceback.format_exc()
    """How the import of dnspython failed; None where it is there."""
else:
    DNSPYTHON_ERROR = None

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import HIGHEST_PORT
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, CoreError, Fault, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_words

FOUND = 'found'
NO_RECORD = 'no such record'
NO_NAME = 'no such name'
UNKNOWN = 'unknown'

PORT = 53
PAYLOAD = 1232
"""Bytes that a datagram may have: what passes everywhere without fragments."""
ROUNDS = 2
"""How often a resolver is asked that does not answer: datagrams get lost."""
LONGEST_TIME = 3600
LONGEST_CHAIN = 12
"""Names that lead from one to the other; resolvers follow about as many."""


class Server(NamedTuple):
    """A resolver."""

    address: str
    port: int = PORT

    def __str__(self) -> str:
        """Give the form that the option takes."""
        return f'[{self.address}]:{self.port}' if ':' in self.address else f'{self.address}:{self.port}'


class Reply(NamedTuple):
    """What is known of the records of one type that a name has."""

    name: str
    """Whose records, without the dot at the end, special bytes escaped as in a zone file."""
    kind: str
    """Such as ``AAAA``."""
    status: str
    """FOUND, NO_RECORD, NO_NAME or UNKNOWN."""
    records: Tuple[str, ...] = ()
    """Sorted. Addresses and names as text; MX as preference and name; TXT as its bytes, each as one character."""
    owner: str = ''
    """Where aliases lead: the name that has the records, or would have them."""
    reason: str = ''
    """Why nothing is known: what was asked of whom, and what came back."""

    @property
    def is_void(self) -> bool:
        """Tell whether it is certain that there is nothing."""
        return self.status in (NO_RECORD, NO_NAME)


class _Refused(Exception):
    """A resolver answers and tells nothing; the text says how."""


class _Over(Exception):
    """There is no time left for another question."""


def read_servers(value: Any) -> List[Server]:
    """Read whom to ask.

    Args:
        value: addresses, with or without a port, in any form of a list; where nothing is said, the system's resolvers
            (resolv.conf(5)).

    Raises:
        Rejected: something is no address of a resolver.
        CoreError: the system names none.
    """
    words = as_words('resolvers', value)
    if words:
        return [_read_server(word) for word in words]
    try:
        system = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise CoreError(f'resolvers: the system names none ({error}); name them with this option') from error
    return [Server(str(address), system.port) for address in system.nameservers]


def _read_server(text: str) -> Server:
    alone = parse_address(without_brackets(text))
    if alone:
        return Server(str(alone))
    host, colon, port = text.rpartition(':')
    address = parse_address(without_brackets(host))
    digits = port if port.isascii() and port.isdigit() and len(port) <= len(str(HIGHEST_PORT)) else '0'
    if address and 0 < int(digits) <= HIGHEST_PORT and host.startswith('[') == (address.family == 6):
        return Server(str(address), int(digits))
    fault = Fault('bad-resolver', OTHER_MEANING, 'is no address of a resolver',
                  'write it as in 2001:db8::53, [2001:db8::53]:5353 or 192.0.2.53:5353')
    raise Rejected([fault.of('resolvers', text, reference='module dns_check')])


class Resolver:
    """Asks, remembers what came, and keeps to its time limits."""

    def __init__(self, servers: Sequence[Server], timeout: float, lifetime: float) -> None:
        """Begin the time that all questions together may take.

        Args:
            servers: whom to ask, in this order.
            timeout: seconds to wait for each reply.
            lifetime: seconds for everything.

        Raises:
            Rejected: a time is none.
        """
        for option, seconds in (('timeout', timeout), ('lifetime', lifetime)):
            if not 0 < seconds <= LONGEST_TIME:
                fault = Fault('bad-time', OTHER_MEANING, 'is no time to wait', f'write seconds, up to {LONGEST_TIME}')
                raise Rejected([fault.of(option, f'{seconds:g}', reference='module dns_check')])
        self._servers = list(servers)
        self._timeout = timeout
        self._lifetime = lifetime
        self._end = time.monotonic() + lifetime
        self._known: Dict[Tuple[str, str], Reply] = {}
        self.questions = 0
        """How many were sent."""

    def ask(self, name: str, kind: str) -> Reply:
        """Find the records of a type that a name has, where aliases lead.

        Args:
            name: from the root, special bytes escaped as in a zone file.
            kind: ``A``, ``AAAA``, ``MX``, ``PTR`` or ``TXT``.
        """
        key = name.lower(), kind
        if key not in self._known:
            try:
                self._known[key] = self._look_up(name, kind)
            except _Refused as error:
                self._known[key] = Reply(name, kind, UNKNOWN, reason=f'{kind} of {name}: {error}')
        return self._known[key]

    def _look_up(self, name: str, kind: str) -> Reply:
        """Follow aliases to the records; what a server that is no resolver leaves open is asked for again."""
        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, ValueError) as error:
            raise _Refused(f'is no name that DNS can have ({error})') from error
        rdtype = dns.rdatatype.from_text(kind)
        response = self._response(asked, kind)
        chain = [asked]
        while len(chain) <= LONGEST_CHAIN:
            owner = chain[-1]
            found = response.get_rrset(response.answer, owner, dns.rdataclass.IN, rdtype)
            if found:
                return Reply(name, kind, FOUND, _texts(found, kind), _text(owner))
            alias = response.get_rrset(response.answer, owner, dns.rdataclass.IN, dns.rdatatype.CNAME)
            if alias:
                chain.append(alias[0].target)
            elif response.rcode() == dns.rcode.NXDOMAIN:
                return Reply(name, kind, NO_NAME, owner=_text(owner))
            elif response.flags & dns.flags.RA or asked == owner:
                return Reply(name, kind, NO_RECORD, owner=_text(owner))
            else:
                asked = owner
                response = self._response(owner, kind)
        raise _Refused(f'more than {LONGEST_CHAIN} names, each an alias of the next one')

    def _response(self, name: Any, kind: str) -> Any:
        """Give the first response that tells something.

        Raises:
            _Refused: there is none.
        """
        query = dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD)
        failures: Dict[str, None] = {}
        for server in self._servers * ROUNDS:
            try:
                return self._exchange(query, server)
            except _Over as error:
                failures[str(error)] = None
                break
            except dns.exception.Timeout:
                failures[f'{server} did not reply in time'] = None
            except (_Refused, dns.exception.DNSException, OSError, EOFError, ValueError) as error:
                failures[f'{server} {_why(error)}'] = None
            # Whoever answers comes first from now on.
            self._servers.remove(server)
            self._servers.append(server)
        raise _Refused('; '.join(failures))

    def _exchange(self, query: Any, server: Server) -> Any:
        """Ask one server, over TCP where the answer is too long for a datagram.

        Raises:
            _Refused: it tells nothing of the name.
            _Over: there is no time left to ask it.
        """
        response = dns.query.udp(query, server.address, self._seconds(), server.port, ignore_unexpected=True)
        if response.flags & dns.flags.TC:
            response = dns.query.tcp(query, server.address, self._seconds(), server.port)
        if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise _Refused(f'replied {dns.rcode.to_text(response.rcode())}')
        if not response.answer and not response.flags & (dns.flags.RA | dns.flags.AA):
            raise _Refused('does not look up this name for us')
        return response

    def _seconds(self) -> float:
        """Count a question, and say how long to wait for its reply."""
        seconds = min(self._timeout, self._end - time.monotonic())
        if seconds <= 0:
            raise _Over(f'the {self._lifetime:g} s for all questions are over')
        self.questions += 1
        return seconds


def _why(error: Exception) -> str:
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, OSError):
        return f'cannot be reached: {error.strerror or error}'
    return f'sent no proper reply ({type(error).__name__})'


def _text(name: Any) -> str:
    return str(name.to_text(omit_final_dot=True))


def _texts(records: Any, kind: str) -> Tuple[str, ...]:
    """Give records as Reply has them; resolvers change their order from time to time."""
    if kind == 'MX':
        return tuple(f'{preference} {name}' for preference, name in sorted(
            (record.preference, _text(record.exchange)) for record in records))
    if kind == 'TXT':
        return tuple(sorted(b''.join(record.strings).decode('latin-1') for record in records))
    if kind == 'PTR':
        return tuple(sorted(_text(record.target) for record in records))
    return tuple(sorted(record.address for record in records))
