# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Macros in records of SPF (RFC 7208, 7): what stands for the client's address, its name and the sender."""

from __future__ import annotations

import re
from typing import Callable, List
from urllib.parse import quote

LETTERS = 'slodiphv'
"""What a record may ask for; c, r and t are for explanations only."""
TOKEN = re.compile(r'%\{([A-Za-z])([0-9]*)([rR]?)([-.+,/_=]*)\}|%([%_-])|([!-$&-~])')
MEANING = {'%': '%', '_': ' ', '-': '%20'}
LONGEST_NAME = 253
TOP_LABEL = re.compile(r'\.(?![0-9]+\.?\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?\Z')
UNRESERVED = '-._~'


def fault_of_macros(text: str) -> str:
    """Say what is wrong with a macro-string; empty where nothing is."""
    end = 0
    for found in TOKEN.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        letter, digits = found[1], found[2]
        if letter and letter.lower() not in LETTERS:
            return f'has a macro %{{{letter}}} that no record may use'
        if digits and not digits.strip('0'):
            return f'has a macro {found[0]} that keeps no part'
    return '' if end == len(text) else f'has {text[end:end + 1]!a} where it may not stand'


def fault_of_domain(text: str) -> str:
    """Say what is wrong with a domain-spec: it ends in a top label or a macro."""
    fault = fault_of_macros(text)
    if fault or TOP_LABEL.search(text):
        return fault
    tokens: List[str] = [found[0] for found in TOKEN.finditer(text)]
    return '' if tokens and len(tokens[-1]) > 1 else 'does not end as a domain does'


def expand(text: str, value_of: Callable[[str], str]) -> str:
    """Give a domain-spec with its macros expanded, shortened from the left to the length that a name may have.

    Args:
        text: one without a fault.
        value_of: gives what a letter, in lower case, stands for.
    """
    def expanded(found: re.Match[str]) -> str:
        letter, digits, reverse, delimiters, special, literal = found.groups()
        if not letter:
            return MEANING[special] if special else str(literal)
        parts = re.split(f'[{re.escape(delimiters or ".")}]', value_of(letter.lower()))
        if reverse:
            parts.reverse()
        kept = digits.lstrip('0')
        # No name has a million parts, and Python refuses to make a number of too many digits.
        joined = '.'.join(parts[-int(kept):] if kept and len(kept) < 7 else parts)
        return quote(joined, safe=UNRESERVED) if letter.isupper() else joined

    name = TOKEN.sub(expanded, text)
    name = name[:-1] if name.endswith('.') else name
    while len(name) > LONGEST_NAME and '.' in name:
        name = name.partition('.')[2]
    return name
