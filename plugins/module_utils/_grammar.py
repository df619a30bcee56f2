# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The grammar of each kind of main.cf value, one class a kind.

A kind turns what users write into what the file needs (``read``) and judges what stands in a file (``judge``), as
postconf(5) states it and Postfix's source implements it.
"""

from __future__ import annotations

from typing import Any, Iterator, List, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _match_lists
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    Address,
    looks_numeric,
    parse_address,
    read_by_inet_aton,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import RELAY, is_host_name, read_endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
    WARNING,
    Fault,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import EXACT_NAMES, USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_text, as_words, words

SECONDS = {'': 1, 's': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
INT_MAX = 2 ** 31 - 1
BOOLEANS = {'true': 'yes', 'false': 'no'}
"""What a command line or a survey makes of YAML's booleans; Postfix does not know these words."""
KEYWORDS = ('all', 'loopback-only')
"""What inet_interfaces understands beside addresses and names."""
EXAMPLE = 'write addresses as in 192.0.2.1 [2001:db8::1]'
INTERFACE_SEPARATORS = ', \t'
"""own_inet_addr.c splits at fewer characters than other lists."""


class Free:
    """Any text in one line: a parameter that this collection sets without knowing its grammar."""

    booleans = True
    numbers = True

    def read(self, parameter: str, value: Any) -> Optional[str]:
        """Make a value of any type into the text that the file needs; None where nothing was said.

        Raises:
            Rejected: YAML has mangled the value.
        """
        if isinstance(value, (list, tuple)):
            return ', '.join(as_words(parameter, value) or [])
        return as_text(parameter, value, booleans=self.booleans, numbers=self.numbers)

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        """Say what is wrong with the text of a value, without knowing the host.

        What refers to another parameter (``$name``) is left to the installed Postfix.
        """
        fault = None if '$' in text else self.fault_of(text)
        if fault:
            yield fault.of(parameter, text)

    def fault_of(self, item: str) -> Optional[Fault]:
        """Judge the whole text of a value, or one item of a list."""
        return None

    def items(self, text: str) -> Sequence[str]:
        """Split the text into what two values must have in common to be the same."""
        return [text]


class Boolean(Free):
    """``yes`` or ``no``."""

    numbers = False

    def read(self, parameter: str, value: Any) -> Optional[str]:
        text = super().read(parameter, value)
        return BOOLEANS.get(text.lower(), text) if text else text

    def fault_of(self, item: str) -> Optional[Fault]:
        return None if item.lower() in ('yes', 'no') else Fault('bad-boolean', FATAL, 'is neither yes nor no, Postfix '
                                                                'would not start', 'write yes or no')


class Choice(Free):
    """One of a few words."""

    booleans = numbers = False

    def __init__(self, *choices: str, ignore_case: bool = False) -> None:
        """Take the words that Postfix knows, in its spelling."""
        self.choices = choices
        self.ignore_case = ignore_case

    def read(self, parameter: str, value: Any) -> Optional[str]:
        text = super().read(parameter, value)
        return text.lower() if text and self.ignore_case else text

    def fault_of(self, item: str) -> Optional[Fault]:
        word = item.lower() if self.ignore_case else item
        return None if word in self.choices else _unknown_word(item, self.choices)


class AddressPreference(Choice):
    """``any``, ``ipv4`` or ``ipv6``: which addresses of a destination the SMTP client tries first."""

    def __init__(self) -> None:
        """Take the words from Postfix."""
        super().__init__('any', 'ipv4', 'ipv6', ignore_case=True)

    def fault_of(self, item: str) -> Optional[Fault]:
        if item.lower() == 'ipv6':
            return Fault('prefers-ipv6', OBEYED, 'makes mail wait while IPv6 to a destination is out, because only so '
                         'many addresses are tried (smtp_mx_address_limit)', 'prefer any, which mixes both', WARNING)
        return super().fault_of(item)


class Integer(Free):
    """A whole number within limits."""

    booleans = False

    def __init__(self, lowest: int, highest: int) -> None:
        """Take both limits, inclusive."""
        self.lowest = lowest
        self.highest = highest

    def fault_of(self, item: str) -> Optional[Fault]:
        limits = f'a number from {self.lowest} to {self.highest}'
        number = _number(item)
        if number is None or number > self.highest:
            return Fault('bad-number', FATAL, f'is not {limits}, Postfix would not start', f'write {limits}')
        if number < self.lowest:
            return Fault('number-too-low', FATAL, f'is not {limits}, smtpd would die at the first client',
                         f'write {limits}')
        return None


class Limit(Integer):
    """A whole number, of which zero is no limit."""

    def __init__(self) -> None:
        """Take what an int of C holds: Postfix has no limits of its own here."""
        super().__init__(0, INT_MAX)

    def fault_of(self, item: str) -> Optional[Fault]:
        fault = super().fault_of(item)
        if fault and fault.code == 'number-too-low':
            return Fault('negative-limit', OBEYED, 'is below zero, Postfix takes it for no limit',
                         'write 0 for no limit', WARNING)
        return fault


class Time(Free):
    """A whole number and a unit: s, m, h, d or w."""

    booleans = False

    def fault_of(self, item: str) -> Optional[Fault]:
        cure = 'write a whole number and one of s, m, h, d, w, as in 30s'
        unit_and_rest = item.lstrip('+-0123456789')
        digits, unit, rest = item[:len(item) - len(unit_and_rest)], unit_and_rest[:1], unit_and_rest[1:]
        number = _number(digits or '0')
        if not item or number is None or number < 0 or unit not in SECONDS:
            return Fault('bad-time', FATAL, 'is no time, Postfix would not start', cure)
        if number * SECONDS[unit] > INT_MAX:
            return Fault('bad-time', FATAL, 'is more than Postfix can count, it would not start', cure)
        if rest or not digits:
            return Fault('text-after-unit' if digits else 'no-number', OTHER_MEANING,
                         f'{"has text after its unit" if digits else "has no number"}, Postfix takes it for '
                         f'{number}{unit}', cure)
        return None


class _List(Free):
    """Items separated by commas or white space."""

    def read(self, parameter: str, value: Any) -> Optional[str]:
        items = as_words(parameter, value)
        return None if items is None else ', '.join(self.written(item) for item in items)

    def written(self, item: str) -> str:
        """Give an item the form that the file needs."""
        return item

    def split(self, text: str) -> List[str]:
        """Split a list as Postfix splits this one."""
        return words(text)

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        items = self.split(text)
        whole = self.fault_of_list(items)
        if whole:
            yield whole.of(parameter, text)
        for position, item in enumerate(items, start=1):
            fault = None if '$' in item else self.fault_of(item)
            if fault:
                yield fault.of(parameter, item, position)

    def fault_of_list(self, items: Sequence[str]) -> Optional[Fault]:
        """Judge the list as a whole."""
        return None

    def items(self, text: str) -> Sequence[str]:
        return self.split(text)


class MatchList(_List):
    """Clients, by network, address, name, file or table; IPv6 in brackets."""

    def __init__(self, grants_trust: bool = False, names: str = EXACT_NAMES, trust: Trust = USUAL_TRUST) -> None:
        """Say what the list is for.

        Args:
            grants_trust: whether the clients that match may relay, or pose as others.
            names: how it treats names, see _match_lists; parent_domain_matches_subdomains is taken for unchanged.
            trust: which networks may be in a list that grants it.
        """
        self.grants_trust = grants_trust
        self.names = names
        self.trust = trust

    def trusting(self, trust: Trust) -> MatchList:
        """Give the same kind of list with another policy."""
        return MatchList(self.grants_trust, self.names, trust)

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        yield from super().judge(parameter, text)
        items = self.split(text)
        for position, fault in _match_lists.covered(items):
            yield fault.of(parameter, items[position - 1], position)

    def written(self, item: str) -> str:
        return _match_lists.bracket_networks(item)

    def fault_of_list(self, items: Sequence[str]) -> Optional[Fault]:
        return _match_lists.fault_of_tables(items)

    def fault_of(self, item: str) -> Optional[Fault]:
        fault = _match_lists.fault_of(item, self.names)
        return fault or (_match_lists.fault_of_trust(item, self.trust) if self.grants_trust else None)


class AccessList(_List):
    """postscreen_access_list: commands and tables, no addresses (postscreen(8))."""

    commands = ('permit_mynetworks', 'permit', 'reject', 'dunno')

    def fault_of(self, item: str) -> Optional[Fault]:
        # Postfix ignores the case of ASCII only; Python makes a k of the sign for kelvin too.
        if (item.isascii() and item.lower() in self.commands) or _match_lists.is_named_table(item):
            return None
        return Fault('no-address-here', TEMPFAIL, 'is neither a command nor type:table, postscreen would ignore the '
                     'rest of the list', 'write permit_mynetworks, or put addresses into a table as in '
                     'cidr:/etc/postfix/postscreen_access.cidr')


class Relays(_List):
    """Hosts that mail goes to, tried in order: ``[2001:db8::25]:587``, ``[relay.example.org]``, ``example.org``."""

    def split(self, text: str) -> List[str]:
        return words(text, braces=False)

    def fault_of(self, item: str) -> Optional[Fault]:
        found = read_endpoint(item, RELAY)
        return found if isinstance(found, Fault) else None


class Words(_List):
    """A list of words that Postfix knows, in its case."""

    def __init__(self, *choices: str) -> None:
        """Take the words."""
        self.choices = choices

    def fault_of(self, item: str) -> Optional[Fault]:
        return None if item in self.choices else _unknown_word(item, self.choices)

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        if self.split(text):
            yield from super().judge(parameter, text)
        else:
            yield self.fault_of_nothing(text).of(parameter, text)

    def fault_of_nothing(self, text: str) -> Fault:
        """Judge a text without a word: empty, or nothing but separators."""
        if text:
            return Fault('names-nothing', OBEYED, 'names nothing, and Postfix would do nothing',
                         f'write {_either(self.choices)}')
        return _unknown_word('', self.choices)


class OneWord(Words):
    """The same where only one may be said, as often as one likes."""

    def fault_of_list(self, items: Sequence[str]) -> Optional[Fault]:
        if len(set(items)) > 1:
            return Fault('more-than-one', FATAL, 'names more than one, Postfix would not start', 'choose one of them')
        return None

    def fault_of_nothing(self, text: str) -> Fault:
        return _unknown_word(text, self.choices)


class Protocols(_List):
    """``all``, ``ipv4``, ``ipv6``: a set, in which order has no meaning."""

    choices = ('all', 'ipv4', 'ipv6')

    def fault_of(self, item: str) -> Optional[Fault]:
        return None if item in self.choices else _unknown_word(item, self.choices)

    def fault_of_list(self, items: Sequence[str]) -> Optional[Fault]:
        if not items:
            return Fault('no-protocol', FATAL, 'is empty, Postfix would neither receive nor send anything',
                         'write all, ipv4 or ipv6')
        if list(items) == ['ipv6', 'ipv4']:
            return Fault('order-has-no-effect', OBEYED, 'is a set, its order has no effect',
                         'set smtp_address_preference to say which one mail takes first', WARNING)
        return None

    def items(self, text: str) -> Sequence[str]:
        items = words(text)
        understood = items and all(item in self.choices for item in items)
        return [f'ipv{family}' for family in protocol_families(text)] if understood else items


class Interfaces(_List):
    """The addresses of the host that mail arrives on: addresses or host names, brackets optional."""

    def __init__(self, keywords: Sequence[str] = ()) -> None:
        """Take the words that stand for a set of addresses when they stand alone."""
        self.keywords = keywords

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        if text not in self.keywords:
            yield from super().judge(parameter, text)

    def split(self, text: str) -> List[str]:
        return words(text, INTERFACE_SEPARATORS, braces=False)

    def items(self, text: str) -> Sequence[str]:
        # A keyword is one only if nothing else is there, not even a comma.
        items = self.split(text)
        return [text] if set(items) & set(KEYWORDS) else items

    def fault_of_list(self, items: Sequence[str]) -> Optional[Fault]:
        if not items and self.keywords:
            return Fault('no-interface', FATAL, 'is empty, Postfix would have no address to listen on',
                         'write all, loopback-only or addresses')
        return None

    def fault_of(self, item: str) -> Optional[Fault]:
        if item.lower() in KEYWORDS:
            cure = f'write {item.lower()} alone, or addresses only' if self.keywords else 'write addresses'
            return Fault('keyword-not-alone', FATAL, 'is a keyword only of inet_interfaces, in lower case and alone: '
                         'Postfix would look for a host of this name and die', cure)
        address = parse_address(without_brackets(item))
        if address is None:
            return self._fault_of_name(without_brackets(item))
        if not self.keywords and (address.is_unspecified or address.is_ipv4_mapped):
            return Fault('no-proxy', OBEYED, 'is no address that a proxy can have', 'name its address')
        if address.is_unspecified:
            return Fault('unspecified-address', FATAL, 'is no address of an interface, every Postfix program would die',
                         'write all')
        if address.is_link_local:
            return Fault('link-local', FATAL, 'is link-local, Postfix drops the zone that such an address needs and '
                         'cannot listen on it', 'name a global or unique local address')
        if address.is_ipv4_mapped:
            return Fault('ipv4-mapped', OTHER_MEANING, 'is an IPv4-mapped address, which no interface has: Postfix '
                         'would die of it, or take it for the IPv4 form while IPv6 is off', f'write {address.unmapped}')
        return None

    def _fault_of_name(self, text: str) -> Optional[Fault]:
        address, slash, prefix = text.partition('/')
        if slash and parse_address(without_brackets(address)):
            return Fault('network-for-address', FATAL, 'is a network where an address belongs, every Postfix program '
                         'would die', f'write the address alone, without /{prefix}')
        if '%' in text and not self.keywords:
            return Fault('zone', OTHER_MEANING, 'has a zone, Postfix drops it, and dies where this host has no such '
                         'link', 'name a global address')
        if '%' in text:
            return Fault('zone', FATAL, 'has a zone, Postfix drops it and cannot listen on the address',
                         'name a global or unique local address')
        other = read_by_inet_aton(text) if looks_numeric(text) else None
        if other:
            return Fault('incomplete-address', OTHER_MEANING, 'is not four decimal numbers without leading zeros, '
                         f'Postfix takes it for {other}', f'write {other} if that is meant')
        if looks_numeric(text):
            return Fault('bad-address', FATAL, 'is no complete address, every Postfix program would die', EXAMPLE)
        if self.keywords and text.lower() in ('ipv4:all', 'ipv6:all'):
            return Fault('pre-2.2-patch', FATAL, 'is from a patch for Postfix before 2.2, every Postfix program would '
                         'die of it', f'write all here, and set inet_protocols = {text.lower()[:4]} or all')
        if not is_host_name(text):
            return Fault('bad-host-name', FATAL, 'is neither an address nor a host name, every Postfix program would '
                         'die', EXAMPLE)
        return None


class BindAddress(Free):
    """One address of one family, always written bare: Postfix before 3.7 dies of brackets here."""

    booleans = numbers = False

    def __init__(self, family: int) -> None:
        """Take the family, 4 or 6."""
        self.family = family

    def read(self, parameter: str, value: Any) -> Optional[str]:
        text = super().read(parameter, value)
        # [] stays as it is, to be refused: it does not mean nothing.
        return (without_brackets(text) or text) if text else text

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        yield from super().judge(parameter, text)
        bare = without_brackets(text)
        if bare != text and parse_address(bare):
            yield from super().judge(parameter, bare)  # brackets are not all that can be wrong

    def fault_of(self, item: str) -> Optional[Fault]:
        if not item:
            return None
        cure = f'write one IPv{self.family} address such as {"192.0.2.1" if self.family == 4 else "2001:db8::1"}'
        address = parse_address(item)
        return self._fault_of_address(address, cure) if address else self._fault_of_text(item, cure)

    def _fault_of_text(self, text: str, cure: str) -> Fault:
        dies = f'the SMTP client would die at each delivery over IPv{self.family}'
        bare = without_brackets(text)
        if parse_address(bare):
            return Fault('bracketed-bind-address', FATAL, f'has brackets, before Postfix 3.7 {dies}', f'write {bare}')
        if '/' in text:
            return Fault('network-for-address', FATAL, f'is a network where an address belongs, {dies}', cure)
        other = read_by_inet_aton(bare)
        if other:
            return Fault('incomplete-address', OTHER_MEANING, f'is no complete IPv{self.family} address, Postfix would '
                         f'take it for {other}', cure)
        if parse_address(bare.partition('%')[0]):
            return Fault('zone', OTHER_MEANING, 'has a zone, an address that needs one reaches nobody beyond its link',
                         cure)
        return Fault('bad-address', FATAL, f'is not one numeric address, {dies}', cure)

    def _fault_of_address(self, address: Address, cure: str) -> Optional[Fault]:
        if address.is_ipv4_mapped and self.family == 4:
            return Fault('ipv4-mapped', OTHER_MEANING, 'is an IPv4-mapped address: Postfix would ignore it, or take it '
                         'for the IPv4 form while IPv6 is off', f'write {address.unmapped}')
        if address.family != self.family:
            return Fault('wrong-family', DEAD, f'is an IPv{address.family} address, Postfix would not send from it',
                         cure)
        if address.is_link_local:
            return Fault('link-local', DEAD, 'is link-local, mail would leave from another address', cure)
        if address.is_ipv4_mapped:
            return Fault('ipv4-mapped', FATAL, 'is an IPv4-mapped address, every IPv6 connection would fail', cure)
        return None


def protocol_families(text: str) -> Tuple[int, ...]:
    """Say which address families the text of an inet_protocols turns on: 4, 6, both or none."""
    items = words(text)
    return tuple(family for family in (4, 6) if 'all' in items or f'ipv{family}' in items)


def _number(text: str) -> Optional[int]:
    """Read a whole number as strtol(3) does; None where there is none, or one that does not fit into an int of C."""
    digits = text[1:] if text[:1] in ('+', '-') else text
    significant = digits.lstrip('0') or '0'
    if not digits or digits.strip('0123456789') or len(significant) > 10:
        return None
    number = int(significant) * (-1 if text[0] == '-' else 1)
    return number if -INT_MAX - 1 <= number <= INT_MAX else None


def _unknown_word(item: str, choices: Sequence[str]) -> Fault:
    near: List[str] = [choice for choice in choices if choice == item.lower()]
    return Fault('unknown-word', FATAL, 'is not a word that Postfix knows here, it would not start',
                 f'write {near[0]} in lower case' if near else f'write {_either(choices)}')


def _either(choices: Sequence[str]) -> str:
    named = [choice or 'nothing' for choice in choices]
    return f'{", ".join(named[:-1])} or {named[-1]}'
