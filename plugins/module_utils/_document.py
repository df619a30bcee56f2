# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What all files of the configuration have in common that modules of this collection change."""

from __future__ import annotations

from typing import Collection, Dict, Iterable, List, NamedTuple, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import Problem
from ansible_collections.inet6.postfix.plugins.module_utils._host import Effective, Host
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress

OURS = 'inet6-'
"""Begins the name of each service and each file that is ours alone. Nobody else's is touched."""


class Plan(NamedTuple):
    """What has to be done to a file."""

    before: str
    after: str
    values: Dict[str, Optional[str]]
    """What changes, by name: parameters of main.cf, services of master.cf; None for what goes."""

    @property
    def changes(self) -> bool:
        """Tell whether anything is to be written: earlier settings of a parameter may go without a change of value."""
        return self.before != self.after


class Document:
    """A file of the configuration, and what is wanted of it."""

    name = ''
    """Of the file."""
    taken_over_at_start: Collection[str] = ()
    """Names of what the running Postfix does not take over on reload."""

    vanishes = False
    """Whether the file is removed when it has nothing to say."""

    def values(self, text: str) -> Dict[str, str]:
        """Say what a text of the file sets, by name."""
        raise NotImplementedError

    def plan(self, text: str) -> Plan:
        """Compare a text of the file with what is wanted."""
        raise NotImplementedError

    def plan_back(self, text: str, backup: str) -> Plan:
        """Compare a text of the file with an earlier one that it shall be again."""
        current, earlier = self.values(text), self.values(backup)
        return Plan(text, backup, {name: earlier.get(name) for name in {**current, **earlier}
                                   if current.get(name) != earlier.get(name)})

    def judge(self, host: Host, todo: Plan, own: List[HostAddress]) -> Iterable[Problem]:
        """Say what is wrong with what is wanted, and with the file that would come of it, on a host.

        Args:
            host: the instance.
            todo: from ``plan``.
            own: the addresses of the host.
        """
        raise NotImplementedError

    def try_out(self, host: Host, directory: str, effective: Effective, todo: Plan) -> List[Problem]:
        """Let the installed Postfix try the file in a configuration directory of which it does not die.

        Args:
            host: the instance.
            directory: with the candidates, or the instance's own where nothing changes.
            effective: what Postfix makes of it.
            todo: from ``plan``.

        Returns:
            What is wrong with what came of it.

        Raises:
            CoreError: something of Postfix would die of it, or reads it otherwise.
        """
        raise NotImplementedError


class Change(NamedTuple):
    """What has to be done to one file."""

    document: Document
    path: str
    plan: Plan
    descriptor: int
    """Of the file that is to replace it, see ``_files.exclusive``; none where nothing is to be written."""
