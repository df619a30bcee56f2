# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The patterns in files and cidr: tables that a list of clients names, which only the host has.

A file is one more piece of the list, and as lazily read: what is wrong in it answers clients with 451. In a cidr: table
(cidr_table(5)) Postfix skips the line, and trusts whoever the other lines match, whatever stands behind the pattern.
"""

from __future__ import annotations

from typing import Callable, Iterator, List, Mapping, Optional, Set, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import DEAD, Fault, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import AccessList, MatchList
from ansible_collections.inet6.postfix.plugins.module_utils._lines import (
    WHITE_SPACE,
    LogicalLine,
    logical_lines,
    physical_lines,
)
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import (
    CIDR,
    EVERYBODY,
    EXAMPLE,
    NUMERIC,
    Trust,
    bracket_networks,
    fault_of_network,
    fault_of_trust,
    negated,
)
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of
from ansible_collections.inet6.postfix.plugins.module_utils._values import Release, words

LOGICAL_LINES_SINCE = (3, 8)
"""The first release that reads these files by logical lines; before, an indented line was a line."""
OF_LINES = ('comment', 'indented-line', 'no-result')
"""Codes of what is wrong with a line, whatever stands in it."""

Reader = Callable[[str], Optional[str]]
"""Gives the text of a file; None where there is none, which the trial finds."""
Found = Tuple[int, str, Fault]
"""Number of a line, what stands in it, and what is wrong with that."""


def judge_files(
    values: Mapping[str, str], read: Reader, release: Release, trust: Trust,
) -> Iterator[Problem]:
    """Judge what stands in the files that lists of clients name.

    Args:
        values: text by parameter.
        read: the host's files.
        release: of Postfix, major and minor number.
        trust: which networks may be trusted.
    """
    for name, text in values.items():
        kind = kind_of(name)
        if isinstance(kind, (AccessList, MatchList)):
            for path, (number, token, fault) in _judge_list(kind, words(text), read, release, trust):
                if token.strip(NUMERIC + '!'):  # any file may be named, so nothing is shown of it but addresses
                    token = 'item'
                    if fault.code not in OF_LINES:
                        fault = fault._replace(rule=f'is not what Postfix takes there: {fault.verdict}', cure=EXAMPLE)
                yield fault._replace(rule=f'in line {number} of {path} {fault.rule}').of(name, token)


def _judge_list(
    kind: object, items: List[str], read: Reader, release: Release, trust: Trust,
) -> Iterator[Tuple[str, Found]]:
    """Judge each file once; a file may name further ones."""
    lists = kind.trusting(trust) if isinstance(kind, MatchList) else None
    grants_trust = lists is not None and lists.grants_trust
    seen: Set[Tuple[bool, str]] = set()
    while items:
        excludes, pattern = negated(items.pop())
        path = pattern[len(CIDR):] if pattern.startswith(CIDR) else pattern
        text = None
        if (excludes, pattern) not in seen:
            seen.add((excludes, pattern))
            text = read(path) if path.startswith('/') else _inline(path) if path != pattern else None
        if text is None:
            continue
        if path != pattern:
            found = _judge_table(text, trust if grants_trust and not excludes else None)
            yield from ((path, one) for one in found)
        elif lists:
            negation = '!' if excludes else ''
            for line in _lines(text, release):
                tokens, cut = _tokens(line)
                items += [negation + token for token in tokens]
                faults = ((token, lists.fault_of(negation + token)) for token in tokens)
                yield from ((path, (line.indexes[0] + 1, token, fault)) for token, fault in [*faults, *cut] if fault)
            if release >= LOGICAL_LINES_SINCE:
                yield from ((path, one) for one in _ignored(text))


def _inline(path: str) -> Optional[str]:
    """Give the lines of a table that stands in the list itself, as in cidr:{{192.0.2.0/24 OK}} (since 3.7)."""
    return '\n'.join(rule[1:-1].strip() for rule in words(path[1:-1])) if path.startswith('{') else None


def _lines(text: str, release: Release) -> Iterator[LogicalLine]:
    """Split a file of patterns as this release does (match_list.c)."""
    lines = physical_lines(text)
    if release >= LOGICAL_LINES_SINCE:
        yield from logical_lines(lines)
    else:
        for index, line in enumerate(lines):
            yield LogicalLine((index,), line.partition('\0')[0])


def _tokens(line: LogicalLine) -> Tuple[List[str], List[Tuple[str, Fault]]]:
    """Give the patterns of a line, up to a comment, and what the comment hides."""
    tokens = words(line.text)
    for position, token in enumerate(tokens):
        if token.startswith('#'):
            hides = Fault('comment', DEAD, 'begins a comment that goes on in the indented lines after it, Postfix 3.8 '
                          'and later ignore these', 'put the comment on a line of its own')
            return tokens[:position], [(token, hides)] if len(line.indexes) > 1 else []
    return tokens, []


def _ignored(text: str) -> Iterator[Found]:
    """Find the indented lines before the first one that is not."""
    for index, line in enumerate(physical_lines(text)):
        content = line.strip(WHITE_SPACE)
        if content and not content.startswith('#'):
            if line[0] not in WHITE_SPACE:
                return
            yield index + 1, content, Fault('indented-line', DEAD, 'begins with white space and follows no other line, '
                                            'Postfix 3.8 and later ignore it', 'take the white space out')


def _judge_table(text: str, trust: Optional[Trust]) -> Iterator[Found]:
    """Judge the lines of a cidr: table (cidr_table(5)).

    Args:
        text: of the file.
        trust: the policy for whoever the table matches; None where that is no privilege.
    """
    for line in logical_lines(physical_lines(text)):
        fields = words(line.text, WHITE_SPACE, braces=False)
        if not fields or fields[0].lower() == 'endif':
            continue
        conditional = fields[0].lower() == 'if'
        if len(fields) < 2:
            yield line.indexes[0] + 1, fields[0], Fault(
                'no-result', DEAD, 'has no result behind it, Postfix skips this line', 'write a word behind it, as OK')
            continue
        pattern = ' '.join(fields[1:]) if conditional else fields[0]
        address = pattern.lstrip('!').lstrip()
        fault = fault_of_network(address, DEAD, 'Postfix skips this line')
        if trust and not fault and not conditional:
            # With an exclamation mark it matches more or less everybody.
            fault = fault_of_trust(bracket_networks(address), trust) if address == pattern else EVERYBODY
        if fault:
            yield line.indexes[0] + 1, pattern, fault
