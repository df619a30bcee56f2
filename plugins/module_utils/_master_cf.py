# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""master.cf, read without loss and changed without touching what is not ours (master(5))."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._lines import (
    LogicalLine,
    line_ending,
    logical_lines,
    physical_lines,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

FIELDS = ('private', 'unprivileged', 'chroot', 'wakeup', 'maxproc')
"""What stands between the type of a service and its command."""
COMMAND = 2 + len(FIELDS)
BLANKS = ' \t\r\n'
"""What separates the words of a line (CHARS_SPACE of Postfix)."""
PLAIN_WORD = re.compile(f'[^{BLANKS}]+')
WIDTHS = (9, 5) + (7,) * len(FIELDS)
"""Of the columns in the master.cf that Postfix brings along."""

Key = Tuple[str, str]
"""Name and type of a service, of which there may be one each."""


class Service(NamedTuple):
    """A service of type inet."""

    name: str
    """As it stands in the file."""
    host: Optional[str]
    """The address or name that it is bound to; None where inet_interfaces says it."""
    port: str
    """A number, or a name of services(5)."""
    command: str
    arguments: Tuple[str, ...]

    @property
    def greets(self) -> bool:
        """Tell whether a client gets a 220 banner in plain text as soon as it connects."""
        # -o name=value, -oname=value and -o { name = value } are the same to Postfix.
        options = re.sub(r'[\s{}]', '', ' '.join(self.arguments)).lower()
        return self.command in ('smtpd', 'postscreen') and 'smtpd_tls_wrappermode=yes' not in options


def inet_services(text: str, disabled: str = '') -> Iterator[Service]:
    """Find the services of type inet that master starts.

    Args:
        text: master.cf as it stands on disk.
        disabled: the text of master_service_disable (postconf(5)).
    """
    patterns = set(words(disabled))
    for entry in MasterCf(text).entries:
        name, kind = entry.key
        if kind == 'inet' and not {'inet', name + '.inet', name + '/inet'} & patterns:
            host, colon, port = name.rpartition(':')
            yield Service(name, _host(host), port, entry.words[COMMAND].text,
                          tuple(word.text for word in entry.words[COMMAND + 1:]))


def _host(text: str) -> Optional[str]:
    host = without_brackets(text)
    return (host[5:] if host.lower().startswith('ipv6:') else host) or None


class Word(NamedTuple):
    """A word of a line, and where it stands there."""

    text: str
    start: int
    end: int


class Option(NamedTuple):
    """A ``-o name=value`` among the arguments of a command, in any of its forms."""

    name: str
    value: str
    start: int
    end: int
    body: int
    """Where the name begins, or the brace before it."""


class Entry(NamedTuple):
    """A line of master.cf that describes a service."""

    line: LogicalLine
    words: Tuple[Word, ...]

    @property
    def key(self) -> Key:
        """Give the name and the type of the service."""
        return self.words[0].text, self.words[1].text

    @property
    def fields(self) -> Dict[str, Word]:
        """Give what stands between the type and the command."""
        return dict(zip(FIELDS, self.words[2:COMMAND]))

    @property
    def options(self) -> List[Option]:
        """Give the parameters that are set for this service only; of several settings of one the last counts."""
        found = []
        arguments = list(self.words[COMMAND + 1:])
        while arguments and arguments[0].text.startswith('-'):  # what follows is for the command itself
            word = arguments.pop(0)
            if word.text == '-o' and arguments:
                body = arguments.pop(0)
                found.append(_option(body.text, word.start, body.end, body.start))
            elif word.text.startswith('-o'):
                found.append(_option(word.text[2:], word.start, word.end, word.start + 2))
        return found

    @property
    def command(self) -> List[str]:
        """Give the command with those of its arguments that are no options of this kind."""
        options = self.options
        return [word.text for word in self.words[COMMAND:]
                if not any(option.start <= word.start < option.end for option in options)]


def _option(body: str, start: int, end: int, at: int) -> Option:
    inside = body[1:-1] if body.startswith('{') and body.endswith('}') else body
    name, equals, value = inside.partition('=')
    return Option(name.strip(BLANKS), value.strip(BLANKS), start, end, at)


def words_with_positions(text: str) -> Iterator[Word]:
    """Split a line as Postfix does: at blanks, outside of braces only (mystrtokq() in mystrtok.c)."""
    if '{' not in text:  # as nearly always
        for match in PLAIN_WORD.finditer(text):
            yield Word(match.group(), match.start(), match.end())
        return
    start, depth = -1, 0
    for position, character in enumerate(text + ' '):
        depth = max(depth + {'{': 1, '}': -1}.get(character, 0), 0)
        blank = character in BLANKS and (depth == 0 or position == len(text))
        if blank and start >= 0:
            yield Word(text[start:position], start, position)
            start = -1
        elif not blank and start < 0:
            start = position


class Wanted(NamedTuple):
    """What somebody wants of a service."""

    fields: Mapping[str, str] = {}
    """Of FIELDS, those that matter."""
    command: Sequence[str] = ()
    """With its arguments, but for options; nothing where it does not matter."""
    options: Mapping[str, Optional[str]] = {}
    """Parameters for this service only; None where Postfix's main.cf shall count."""


class _Parsed(NamedTuple):
    """What a text says."""

    lines: Tuple[str, ...]
    entries: Tuple[Entry, ...]
    malformed: Tuple[int, ...]


@lru_cache(maxsize=8)  # a run comes back to the same few texts again and again
def _parsed(text: str) -> _Parsed:
    lines = physical_lines(text)
    found = [Entry(line, tuple(words_with_positions(line.text))) for line in logical_lines(lines)]
    return _Parsed(tuple(lines), tuple(entry for entry in found if len(entry.words) > COMMAND),
                   tuple(entry.line.indexes[0] + 1 for entry in found if len(entry.words) <= COMMAND))


class MasterCf:
    """The text of a master.cf and what it says."""

    def __init__(self, text: str) -> None:
        """Parse a whole file; every text is accepted, see ``malformed``."""
        self.text = text
        parsed = _parsed(text)
        self._lines = list(parsed.lines)
        self.entries = list(parsed.entries)
        self.malformed = list(parsed.malformed)
        """Numbers, from 1, of lines with too few words: master dies of one."""

    def entry(self, key: Key) -> Optional[Entry]:
        """Give the line of a service; the last one, should there be several."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)

    def merged(self, services: Mapping[Key, Optional[Wanted]]) -> str:
        """Give the text of the file with some services set anew.

        Of a service that is there, only what differs is written anew. New services come at the end, if they have a
        command.

        Args:
            services: what is wanted of each; None takes the service out.
        """
        lines = list(self._lines)
        ending = line_ending(lines[0]) or '\n' if lines else '\n'
        new = ''
        for key, wanted in services.items():
            there = [entry for entry in self.entries if entry.key == key]
            if wanted is None:
                for entry in there:
                    for index in entry.line.indexes:
                        lines[index] = ''
            elif there:
                _edit(lines, there[-1], wanted, ending)
            elif wanted.command:
                new += _written(key, wanted, ending)
        text = ''.join(lines)
        return text + (ending if new and text and not text.endswith('\n') else '') + new


def _written(key: Key, wanted: Wanted, ending: str) -> str:
    """Write a new service."""
    defaults = {'private': 'n' if key[1] == 'inet' else '-', 'chroot': 'n'}
    fields = [wanted.fields.get(name, defaults.get(name, '-')) for name in FIELDS]
    columns = ' '.join(word.ljust(width) for word, width in zip((*key, *fields), WIDTHS))
    options = [_spelled(name, value) for name, value in wanted.options.items() if value is not None]
    first, *arguments = wanted.command
    rest = [f'  {" ".join(arguments)}'] if arguments else []
    return ''.join(line + ending for line in [f'{columns} {first}', *(f'  -o {option}' for option in options), *rest])


def _spelled(name: str, value: str) -> str:
    """Write an option; in braces where its value has blanks."""
    plain = value and not set(BLANKS) & set(value) and not value.startswith('{')
    return f'{name}={value}' if plain or not value else f'{{ {name} = {value} }}'


def _edit(lines: List[str], entry: Entry, wanted: Wanted, ending: str) -> None:
    """Change the lines of a service."""
    options = entry.options
    edits = [_column(lines, entry, entry.fields[name], value) for name, value in wanted.fields.items()
             if entry.fields[name].text != value]
    kept = [option for option in options if _counts(option, options, wanted)]
    edits += [_removal(lines, entry, option.start, option.end) for option in options if option not in kept]
    edits += [(option.body, option.end, _spelled(option.name, wanted.options[option.name] or '')) for option in kept
              if wanted.options.get(option.name, option.value) != option.value]
    after = kept[-1].end if kept else entry.words[COMMAND].end
    there = {option.name for option in kept}
    added = ''.join(f'{ending}  -o {_spelled(name, value)}' for name, value in wanted.options.items()
                    if value is not None and name not in there)
    if wanted.command and list(wanted.command) != entry.command:
        command = entry.words[COMMAND]
        edits += [_removal(lines, entry, word.start, word.end) for word in entry.words[COMMAND + 1:]
                  if not any(option.start <= word.start < option.end for option in options)]
        edits.append((command.start, command.end, wanted.command[0]))
        added += ''.join(f' {argument}' for argument in wanted.command[1:])
    if added:
        edits.append((after, after, added))
    _apply(lines, entry, edits)


def _counts(option: Option, options: Sequence[Option], wanted: Wanted) -> bool:
    """Tell whether an option stays: of those that are wanted, the last setting."""
    if option.name not in wanted.options:
        return True
    last = [one for one in options if one.name == option.name][-1]
    return option is last and wanted.options[option.name] is not None


def _starts(lines: Sequence[str], entry: Entry) -> List[int]:
    """Give where the physical lines of a service begin in its text, and where the last one ends."""
    starts = [0]
    for index in entry.line.indexes:
        starts.append(starts[-1] + len(lines[index].rstrip('\n')))
    return starts


def _column(lines: Sequence[str], entry: Entry, word: Word, text: str) -> Tuple[int, int, str]:
    """Give the edit that puts another text in the place of a field, so that the next column stays where it is."""
    end, text_of_line = word.end, entry.line.text
    while text_of_line[end] == ' ' and end not in _starts(lines, entry):
        end += 1
    return word.start, max(end - 1, word.end), text.ljust(max(end - 1, word.end) - word.start)


def _removal(lines: Sequence[str], entry: Entry, start: int, end: int) -> Tuple[int, int, str]:
    """Give the edit that takes a part out, with the blanks before it, or after it where nothing else is before it."""
    starts, text = _starts(lines, entry), entry.line.text
    left = start
    while left not in starts and text[left - 1] in BLANKS:
        left -= 1
    if left not in starts:
        return left, end, ''
    while end not in starts and end < len(text) and text[end] in BLANKS:
        end += 1
    return start, end, ''


def _apply(lines: List[str], entry: Entry, edits: Sequence[Tuple[int, int, str]]) -> None:
    """Carry edits out, each with a start and an end in the text of the service, and drop lines that become blank."""
    starts = _starts(lines, entry)
    for index, first, last in zip(entry.line.indexes, starts, starts[1:]):
        line = lines[index]
        for start, end, text in sorted(edits, reverse=True):
            if start == end and first < start <= last:
                line = line[:start - first] + text + line[start - first:]
            elif start < last and end > first:
                line = line[:max(start - first, 0)] + (text if start >= first else '') + line[min(end, last) - first:]
        lines[index] = line if line.strip(BLANKS) else ''
