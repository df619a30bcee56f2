# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The lexical grammar that main.cf and master.cf share: physical lines, and the logical lines that they make up.

A line that begins with white space continues the one before it; comments and blank lines are skipped everywhere, also
in the middle of a continued line, and do not end it (postconf(5), Postfix's readlline.c).
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Tuple

WHITE_SPACE = ' \t\n\v\f\r'
"""isspace(3) in the C locale, which is not what str.isspace() means."""


class LogicalLine(NamedTuple):
    """A line as Postfix sees it, and where it stands."""

    indexes: Tuple[int, ...]
    """Of the physical lines with its text, from 0; comments in between are not among them."""
    text: str


def physical_lines(text: str) -> List[str]:
    """Split a file into its lines, each with its line feed; the last one may lack it.  Joined they are the file."""
    return [line + '\n' for line in text.split('\n')[:-1]] + ([text.rpartition('\n')[2]] if text[-1:] != '\n' else [])


def logical_lines(lines: List[str]) -> Iterator[LogicalLine]:
    """Find the logical lines among physical ones.

    Text before the first line that begins without white space is ignored by Postfix, and so here.  What follows a NUL
    is lost to Postfix, and so here.
    """
    indexes: List[int] = []
    for index, line in enumerate(lines):
        content = line.lstrip(WHITE_SPACE)
        if not content or content.startswith('#'):
            continue
        if line[0] not in WHITE_SPACE:
            if indexes:
                yield _joined(lines, indexes)
            indexes = [index]
        elif indexes:
            indexes.append(index)
    if indexes:
        yield _joined(lines, indexes)


def _joined(lines: List[str], indexes: List[int]) -> LogicalLine:
    text = ''.join(lines[index].rstrip('\n') for index in indexes)
    return LogicalLine(tuple(indexes), text.partition('\0')[0])


def line_ending(line: str) -> str:
    """Give what ends a line: a line feed with or without a carriage return, or nothing."""
    return line[len(line.rstrip('\r\n')):] if line.endswith('\n') else ''
