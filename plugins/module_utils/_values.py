# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Values of any type, as inventories, surveys and YAML 1.1 deliver them, made into words of main.cf.

Inventories hold lists, surveys send text with commas or newlines, and YAML turns an unquoted ``no`` into a boolean and
an unquoted ``2001:10:20:30:40:50:1:2`` into an integer. What was mangled is refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Iterator, List, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Fault, Rejected

SEPARATORS = ', \t\r\n'
"""CHARS_COMMA_SP of Postfix: what separates the items of its lists."""
KINDS = (('a boolean', bool), ('an integer', int), ('a floating point number', float), ('a date', date),
         ('a dictionary', dict))
"""What YAML makes of text that it mistakes; a boolean is an integer to Python, and so comes first."""
Release = Tuple[int, ...]
"""Major and minor number of a Postfix, to be compared."""
NUL = Fault('nul-byte', OTHER_MEANING, 'holds a NUL, Postfix does not see what follows it', 'take the NUL out')


def release_of(mail_version: str) -> Release:
    """Give major and minor number of a release such as 3.7.11 or 3.12-20260101."""
    return tuple(int(part) for part in re.findall(r'[0-9]+', mail_version)[:2])


def words(text: str, separators: str = SEPARATORS, braces: bool = True) -> List[str]:
    """Split a list of main.cf as Postfix does: at separators, in most lists outside of braces only (mystrtok.c)."""
    if not braces or '{' not in text:
        # Not split() alone: it takes more characters for white space than Postfix does.
        return [word for word in text.translate(dict.fromkeys(map(ord, separators), ' ')).split(' ') if word]
    found = []
    word = ''
    depth = 0
    for character in text:
        depth = max(depth + {'{': 1, '}': -1}.get(character, 0), 0)
        if depth == 0 and character in separators:
            if word:
                found.append(word)
            word = ''
        else:
            word += character
    return [*found, word] if word else found


def _mangled(parameter: str, value: Any) -> Rejected:
    # Ansible hands over subclasses of the plain types, with names of its own.
    kind = next((name for name, plain in KINDS if isinstance(value, plain)), 'no text')
    fault = Fault(
        'mangled-value', OTHER_MEANING,
        f'is {kind}, and text is needed here: YAML 1.1 reads an unquoted no as a boolean, an unquoted address such as '
        '2001:10:20:30:40:50:1:2 as an integer', 'put the value in quotes')
    return Rejected([fault.of(parameter, str(value), reference='YAML 1.1')])


def as_text(parameter: str, value: Any, booleans: bool = False, numbers: bool = False) -> Optional[str]:
    """Make one value of any type into one line of text; None where nothing was said (null, or a blank answer).

    Args:
        parameter: its name, for the message.
        value: what the inventory or the survey sent.
        booleans: whether a YAML boolean stands for yes or no here.
        numbers: whether a whole number is meant here.

    Raises:
        Rejected: the value is of a type that cannot be meant; YAML has mangled it.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        if booleans:
            return 'yes' if value else 'no'
        raise _mangled(parameter, value)
    if isinstance(value, int) and numbers:
        return str(value)
    if isinstance(value, str):
        if '\0' in value:
            raise Rejected([NUL.of(parameter, value)])
        return ' '.join(line.strip() for line in value.splitlines()).strip() or None
    raise _mangled(parameter, value)


def as_words(parameter: str, value: Any) -> Optional[List[str]]:
    """Make one value of any type into the items of a list.

    Text is split as Postfix splits it; an item of a YAML list may itself hold several.  None means that nothing was
    said; an empty YAML list says that the list shall be empty.

    Raises:
        Rejected: an item is of a type that cannot be meant.
    """
    if isinstance(value, (list, tuple)):
        return [word for item in _flat(value) for word in words(as_text(parameter, item) or '')]
    text = as_text(parameter, value)
    return None if text is None else words(text)


def _flat(value: Any) -> Iterator[Any]:
    for item in value:
        if isinstance(item, (list, tuple)):
            yield from _flat(item)
        else:
            yield item
