# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Lookup tables that are ours alone: a key and a value in each line. One that has nothing to say is removed."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._document import Document, Plan
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Fault, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._host import Effective, Host
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress

OWNER = '# Kept by the Ansible collection inet6.postfix, which changes and removes this file.\n'


class Table(Document):
    """A table beside main.cf."""

    vanishes = True

    def __init__(self, name: str, lines: Optional[List[str]], problems: Iterable[Problem] = ()) -> None:
        """Take the name of the file, what its lines are to be (None leaves them as they are), and what is wrong with
        what is wanted of it.
        """
        self.name = name
        self.problems = list(problems)
        self.lines = lines

    def values(self, text: str) -> Dict[str, str]:
        pairs = (line.rpartition(' ')[::2] for line in text.splitlines() if line[:1] not in ('', '#'))
        return {f'{self.name}: {key}': value for key, value in pairs}

    def plan(self, text: str) -> Plan:
        if self.lines is None:
            return Plan(text, text, {})
        return self.plan_back(text, OWNER + ''.join(line + '\n' for line in self.lines) if self.lines else '')

    def judge(self, host: Host, todo: Plan, own: List[HostAddress]) -> Iterator[Problem]:
        yield from self.problems
        if todo.changes and todo.before and not todo.before.startswith(OWNER):
            yield Fault('not-ours', OTHER_MEANING, 'is in the way, this collection has not written it',
                        'give it another name').of(self.name, host.path(self.name))

    def try_out(self, host: Host, directory: str, effective: Effective, todo: Plan) -> List[Problem]:
        return []
