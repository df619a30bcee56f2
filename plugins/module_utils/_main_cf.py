# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""main.cf, read without loss and changed without touching what is not ours."""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, NamedTuple, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._lines import (
    WHITE_SPACE,
    LogicalLine,
    line_ending,
    logical_lines,
    physical_lines,
)

SETTING = re.compile(r'([^ \t\n\v\f\r=]+)[ \t\n\v\f\r]*=(.*)', re.DOTALL)


class Setting(NamedTuple):
    """One ``name = value``, with the physical lines that it takes."""

    name: str
    value: str
    line: LogicalLine


class MainCf:
    """The text of a main.cf and what it says."""

    def __init__(self, text: str) -> None:
        """Parse a whole file; every text is accepted, see ``malformed``."""
        self.text = text
        self._lines = physical_lines(text)
        self.settings: List[Setting] = []
        self.malformed: List[int] = []
        """Numbers, from 1, of lines without ``=``: with one of these, every Postfix program dies."""
        for line in logical_lines(self._lines):
            match = SETTING.match(line.text)
            if match:
                self.settings.append(Setting(match.group(1), match.group(2).strip(WHITE_SPACE), line))
            else:
                self.malformed.append(line.indexes[0] + 1)

    def values(self) -> Dict[str, str]:
        """Give the text of each parameter; of several settings of one the last counts, as for Postfix."""
        return {setting.name: setting.value for setting in self.settings}

    def occurrences(self, name: str) -> List[Setting]:
        """Give every setting of one parameter, in order."""
        return [setting for setting in self.settings if setting.name == name]

    def merged(self, values: Mapping[str, Optional[str]]) -> str:
        """Give the text of the file with some parameters set anew.

        The last setting of a parameter is the one that counts: it is rewritten where it stands, and earlier ones go, so
        that Postfix has nothing to warn of.  Comments stay, also those in the middle of a continued value.  New
        parameters come at the end.

        Args:
            values: text for each parameter to set; None takes the parameter out.
        """
        lines: List[str] = list(self._lines)
        new = ''
        for name, value in values.items():
            occurrences = self.occurrences(name)
            kept = occurrences[-1].line.indexes[0] if occurrences and value is not None else None
            for setting in occurrences:
                first = setting.line.indexes[0]
                if first == kept and setting.value == value:
                    continue
                for index in setting.line.indexes:
                    lines[index] = ''
                if first == kept:
                    lines[first] = f'{name} = {value}{line_ending(self._lines[first])}'
            if not occurrences and value is not None:
                new += f'{name} = {value}{self._ending}'
        text = ''.join(lines)
        return text + (self._ending if new and text and not text.endswith('\n') else '') + new

    @property
    def _ending(self) -> str:
        """Give the line ending that the file uses, as its first line shows it."""
        return line_ending(self._lines[0]) or '\n' if self._lines else '\n'
