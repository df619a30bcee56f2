# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Answers of remote mail hosts, made equal where they differ only in who, where, when and how much.

A thousand answers that name a thousand mailboxes become one group: what varies is replaced by what it is (MAIL, URL,
HOST, IPv4, IPv6, ID, N). Codes stay, they are what an answer says (RFC 5321, RFC 3463).
"""

from __future__ import annotations

import re
from functools import lru_cache

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address

LONGEST_READ = 300
"""Bytes of a text; the rest makes no difference between answers."""
LONGEST_WORDS = 100
LONGEST_EXAMPLE = 160
FEWEST_DIGITS = 3
SHORTEST_ID = 6
"""What has so many digits, and letters and digits, is no word of a language but the name of a message."""
OPENING = '<([{"\''
CLOSING = '>)]}"\',;:.!?'
SAID = re.compile(r'host [^ \[]*\[[^\]]*\] said: ')
IN_REPLY = ' (in reply to '
"""With SAID, what Postfix writes around the words of a remote host (smtp_trouble.c)."""
REPEATED = re.compile(r'(?:^| )([245][0-9][0-9])-([245]\.[0-9]{1,3}\.[0-9]{1,3} )?')
CODE = re.compile('(?:^|: )[245][0-9][0-9] ')
ENHANCED_CODE = re.compile(r'[245]\.[0-9]{1,3}\.[0-9]{1,3}')
DIGITS = re.compile(r'[0-9]+')


def readable(text: bytes) -> str:
    """Give the beginning of a logged text, with a question mark for what cannot be shown, as Postfix does it."""
    decoded = text[:LONGEST_READ].decode('utf-8', 'replace')
    if decoded.isprintable() and '\ufffd' not in decoded:
        return decoded
    return ''.join(character if character.isprintable() and character != '\ufffd' else '?' for character in decoded)


def example(text: str) -> str:
    """Give an answer as it is shown, not longer than LONGEST_EXAMPLE."""
    return text if len(text) <= LONGEST_EXAMPLE else text[:LONGEST_EXAMPLE - 1] + '…'


def common_words(text: str) -> str:
    """Give what an answer has in common with others like it.

    Args:
        text: what Postfix logs between the parentheses after ``status=deferred`` or ``status=bounced``, or after
            ``reject: RCPT from name[address]: ``. The lines of a long answer come with blanks between them.
    """
    answer = _one_line(SAID.sub('', text, count=1).partition(IN_REPLY)[0])
    code = CODE.search(answer)  # three digits that come later are a number like any other
    start, end = code.span() if code else (0, 0)
    return (_placeholders(answer[:start]) + answer[start:end] + _placeholders(answer[end:]))[:LONGEST_WORDS]


def _placeholders(text: str) -> str:
    return ' '.join(map(_placeholder, text.split(' ')))


def _one_line(text: str) -> str:
    """Take out the code that each line of a long answer begins with, but for the first."""
    found = REPEATED.search(text)
    if not found:
        return text
    code, status = found[1], found[2] or ''
    rest = text[found.end():].replace(f' {code}-{status}', ' ').replace(f' {code} {status}', ' ')
    return f'{text[:found.start()]} {code} {status}{rest}'.lstrip()


@lru_cache(maxsize=4096)
def _placeholder(word: str) -> str:
    core = word.lstrip(OPENING).rstrip(CLOSING)
    if not core:
        return word
    before, found, after = word.partition(core)
    return before + _kind(core) + after


def _kind(core: str) -> str:
    if '://' in core:
        return 'URL'
    if '@' in core:
        return 'MAIL'
    if '[' in core:
        name, bracket, address = core.partition('[')
        address, end, port = address.partition(']')
        return f'HOST[{_kind(address)}{end}{port}' if name else f'{bracket}{_kind(address)}{end}{port}'
    digits = sum(map(str.isdigit, core))
    if not digits and '.' not in core and '=' not in core:
        return core
    name, equals, value = core.partition('=')
    if equals and name.isalpha() and '=' not in value:
        return f'{name}={_kind(value)}'
    address_read = parse_address(core)
    if address_read:
        return f'IPv{address_read.family}'
    if ENHANCED_CODE.fullmatch(core):
        return core
    labels = core.split('.')
    if len(labels) > 1 and labels[-1].isalpha() and all(label.replace('-', 'a').isalnum() for label in labels):
        return 'HOST'
    letters = sum(map(str.isalpha, core))
    if letters and digits >= FEWEST_DIGITS and letters + digits >= SHORTEST_ID:
        return 'ID'
    return core if core[0].isalpha() else DIGITS.sub('N', core)
