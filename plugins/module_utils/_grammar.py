# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The grammar of each kind of main.cf value, one class a kind.

A kind turns what users write into what the file needs (``read``) and judges what stands in a file (``judge``), as
postconf(5) states it and Postfix's source implements it.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, List, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _match_lists
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import (
    looks_numeric,
    parse_address,
    without_brackets,
)
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    ERROR,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    WARNING,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_text, as_words, words


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
        """Say what is wrong with the text of a value, without knowing the host."""
        yield from ()

    def items(self, text: str) -> Sequence[str]:
        """Split the text into what two values must have in common to be the same."""
        return [text]


class _Single(Free):
    """One word."""

    booleans = False
    numbers = False

    def read(self, parameter: str, value: Any) -> Optional[str]:
        if isinstance(value, (list, tuple)):
            return ' '.join(as_words(parameter, value) or [])
        return super().read(parameter, value)


class Boolean(_Single):
    """``yes`` or ``no``."""

    booleans = True

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        if text.lower() not in ('yes', 'no'):
            yield _fatal(parameter, text, 'bad-boolean', 'is neither yes nor no', 'write yes or no')


class Choice(_Single):
    """One of a few words."""

    def __init__(self, *choices: str, ignore_case: bool = False) -> None:
        """Take the words that Postfix knows, in its spelling."""
        self.choices = choices
        self.ignore_case = ignore_case

    def read(self, parameter: str, value: Any) -> Optional[str]:
        text = super().read(parameter, value)
        return text.lower() if text and self.ignore_case else text

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        if (text.lower() if self.ignore_case else text) not in self.choices:
            yield _unknown_word(parameter, text, 0, self.choices)


class AddressPreference(Choice):
    """``any``, ``ipv4`` or ``ipv6``: which addresses of a destination the SMTP client tries first."""

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        yield from super().judge(parameter, text)
        if text.lower() == 'ipv6':
            yield Problem(
                'prefers-ipv6', parameter, text, 0, OBEYED,
                'makes mail wait whenever IPv6 to a destination is out, because the number of addresses tried is '
                'limited (smtp_mx_address_limit)', 'prefer any, which mixes both', 'postconf(5) %s' % parameter, WARNING)


class Integer(_Single):
    """A whole number within limits."""

    numbers = True

    def __init__(self, lowest: int, highest: int) -> None:
        """Take both limits, inclusive."""
        self.lowest = lowest
        self.highest = highest

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        if not re.match(r'[0-9]{1,9}\Z', text) or not self.lowest <= int(text) <= self.highest:
            yield _fatal(parameter, text, 'bad-number', 'is no whole number from %d to %d' % (self.lowest, self.highest),
                         'write a number from %d to %d' % (self.lowest, self.highest))


class _List(Free):
    """Items separated by commas or white space."""

    def read(self, parameter: str, value: Any) -> Optional[str]:
        items = as_words(parameter, value)
        return None if items is None else ', '.join(self.written(item) for item in items)

    def written(self, item: str) -> str:
        """Give an item the form that the file needs."""
        return item

    def items(self, text: str) -> Sequence[str]:
        return words(text)


class MatchList(_List):
    """Clients, by network, address, name, file or table; IPv6 in brackets."""

    def written(self, item: str) -> str:
        return _match_lists.bracket_networks(item)

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        return _match_lists.judge(parameter, text)


class Protocols(_List):
    """``all``, ``ipv4``, ``ipv6``: a set, in which order has no meaning."""

    choices = ('all', 'ipv4', 'ipv6')

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        items = words(text)
        if not items:
            yield _fatal(parameter, text, 'no-protocol', 'is empty, Postfix would neither receive nor send anything',
                         'write all, ipv4 or ipv6')
        for position, item in enumerate(items, start=1):
            if item not in self.choices and '$' not in item:
                yield _unknown_word(parameter, item, position, self.choices)
        if items[:2] == ['ipv6', 'ipv4']:
            yield Problem('order-has-no-effect', parameter, text, 0, OBEYED, 'is a set, its order has no effect',
                          'set smtp_address_preference to say which one mail takes first', 'postconf(5) %s' % parameter,
                          WARNING)

    def items(self, text: str) -> Sequence[str]:
        items = words(text)
        understood = items and all(item in self.choices for item in items)
        return ['ipv%d' % family for family in protocol_families(text)] if understood else items


class Interfaces(_List):
    """The addresses of the host that mail arrives on: addresses or host names, brackets optional."""

    def __init__(self, *keywords: str) -> None:
        """Take the words that stand for a set of addresses when they stand alone."""
        self.keywords = keywords

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        items = words(text)
        if len(items) == 1 and items[0] in self.keywords:
            return
        if not items and self.keywords:
            yield _fatal(parameter, text, 'no-interface', 'is empty, Postfix would have no address to listen on',
                         'write all, loopback-only or addresses')
        for position, item in enumerate(items, start=1):
            if '$' not in item:
                yield from self._judge_item(parameter, item, position)

    def _judge_item(self, parameter: str, item: str, position: int) -> Iterator[Problem]:
        def problem(code: str, rule: str, cure: str, verdict: str = FATAL) -> Problem:
            return Problem(code, parameter, item, position, verdict, rule, cure, 'postconf(5) %s' % parameter)

        text = without_brackets(item)
        address = parse_address(text)
        if item.lower() in self.keywords:
            yield problem('keyword-not-alone', 'is a keyword only in lower case and alone, Postfix would look for a '
                          'host of this name and die', 'write %s alone, or addresses only' % item.lower())
        elif address is None:
            yield from self._judge_name(problem, text)
        elif address.is_unspecified:
            yield problem('unspecified-address', 'is no address of an interface, every Postfix program would die',
                          'write all' if self.keywords else 'name the address')
        elif address.is_link_local:
            yield problem('link-local', 'is link-local, Postfix drops the zone that such an address needs and cannot '
                          'listen on it', 'name a global or unique local address')
        elif address.is_ipv4_mapped:
            yield problem('ipv4-mapped', 'is an IPv4-mapped address, which no interface has', 'write the IPv4 form')

    def _judge_name(self, problem: Any, text: str) -> Iterator[Problem]:
        base, slash, rest = text.partition('/')
        if slash and parse_address(without_brackets(base)):
            yield problem('network-for-address', 'is a network where an address belongs, every Postfix program would '
                          'die', 'write the address alone, without /%s' % rest)
        elif '%' in text:
            yield problem('zone', 'has a zone, Postfix drops it and cannot listen on the address',
                          'name a global or unique local address')
        elif looks_numeric(text):
            yield problem('bad-address', 'is no complete address', 'write all of an IPv4 address in decimal without '
                          'leading zeros, or an IPv6 address', OTHER_MEANING)
        elif not _match_lists.HOST_NAME.match(text) or text.startswith('.'):
            yield problem('bad-host-name', 'is neither an address nor a host name, every Postfix program would die',
                          'write addresses as in 192.0.2.1 [2001:db8::1]')


class BindAddress(_Single):
    """One address of one family, always written bare: Postfix before 3.7 dies of brackets here."""

    def __init__(self, family: int) -> None:
        """Take the family, 4 or 6."""
        self.family = family
        self.example = '192.0.2.1' if family == 4 else '2001:db8::1'

    def read(self, parameter: str, value: Any) -> Optional[str]:
        text = super().read(parameter, value)
        return without_brackets(text) if text else text

    def judge(self, parameter: str, text: str) -> Iterator[Problem]:
        def problem(code: str, verdict: str, rule: str, cure: str) -> Problem:
            return Problem(code, parameter, text, 0, verdict, rule, cure, 'postconf(5) %s' % parameter)

        if not text or '$' in text:
            return
        address = parse_address(text)
        write_one = 'write one IPv%d address such as %s' % (self.family, self.example)
        if address is None and text != without_brackets(text):
            yield problem('bracketed-bind-address', FATAL, 'has brackets, Postfix before 3.7 sends no mail over IPv%d '
                          'then' % self.family, 'write %s' % without_brackets(text))
        elif address is None and '/' in text:
            yield problem('network-for-address', FATAL, 'is a network where an address belongs, the SMTP client would '
                          'die at each delivery over IPv%d' % self.family, write_one)
        elif address is None:
            yield problem('bad-address', FATAL, 'is not one numeric address, the SMTP client would die at each '
                          'delivery over IPv%d' % self.family, write_one)
        elif address.family != self.family:
            yield problem('wrong-family', DEAD, 'is an IPv%d address, Postfix would ignore it' % address.family,
                          write_one)
        elif address.is_link_local:
            yield problem('link-local', DEAD, 'is link-local, mail would leave from another address', write_one)
        elif address.is_ipv4_mapped:
            yield problem('ipv4-mapped', FATAL, 'is an IPv4-mapped address, every IPv6 connection would fail', write_one)


def protocol_families(text: str) -> Tuple[int, ...]:
    """Say which address families the text of an inet_protocols turns on: 4, 6, both or none."""
    items = words(text)
    return tuple(family for family in (4, 6) if 'all' in items or 'ipv%d' % family in items)


def _fatal(parameter: str, text: str, code: str, rule: str, cure: str) -> Problem:
    return Problem(code, parameter, text, 0, FATAL, rule, cure, 'postconf(5) %s' % parameter)


def _unknown_word(parameter: str, text: str, position: int, choices: Sequence[str]) -> Problem:
    near: List[str] = [choice for choice in choices if choice == text.lower()]
    return Problem('unknown-word', parameter, text, position, FATAL, 'is not a word that Postfix knows here, it would '
                   'not start', 'write %s' % (near[0] + ' in lower case' if near else ', '.join(choices[:-1]) + ' or '
                                              + choices[-1]), 'postconf(5) %s' % parameter, ERROR)
