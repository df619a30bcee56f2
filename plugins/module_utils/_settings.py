# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The parameters that somebody wants in main.cf, against the file and the host."""

from __future__ import annotations

from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._document import Document, Plan
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Problem
from ansible_collections.inet6.postfix.plugins.module_utils._host import Effective, Host, read_text, resolve
from ansible_collections.inet6.postfix.plugins.module_utils._host_rules import (
    GENERATOR,
    GENERATOR_SETTINGS,
    judge_generator,
    judge_on_host,
)
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import FILES, USUAL_TRUST, Trust, negated
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    PARAMETERS,
    for_release,
    judge,
    judge_together,
    judge_versions,
    same_value,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import words


class Settings(Document):
    """main.cf, with parameters that are to be set or taken out."""

    name = 'main.cf'
    taken_over_at_start = ('inet_protocols', 'inet_interfaces')
    """master looks at these only when it starts (postconf(5))."""

    def __init__(
        self,
        wanted: Mapping[str, Optional[str]],
        trust: Trust = USUAL_TRUST,
        members: Optional[Mapping[str, Tuple[str, bool]]] = None,
    ) -> None:
        """Take the parameters, and the policy on trusted networks.

        Args:
            wanted: the text of each parameter; None for one that is to be taken out.
            trust: which networks may be trusted.
            members: an item that lists shall have at their end, or not have, and nothing else of these lists is ours.
        """
        self.wanted = wanted
        self.trust = trust
        self.members = members or {}
        self.set_values = {name: value for name, value in wanted.items() if value is not None}

    @classmethod
    def read(cls, content: str, absent: Sequence[str], trust: Trust) -> Settings:
        """Read the wanted part of main.cf, by the same grammar as the file itself.

        Raises:
            CoreError: it is malformed, or asks for a parameter to be both set and absent.
        """
        fragment = MainCf(content)
        if fragment.malformed:
            raise CoreError(f'content: line {fragment.malformed[0]} is not of the form name = value (postconf(5))')
        both = set(fragment.values()) & set(absent)
        if both:
            raise CoreError(f'absent: {sorted(both)[0]} is also given a value; take it out of one of the two')
        return cls({**fragment.values(), **dict.fromkeys(absent)}, trust)

    def values(self, text: str) -> Dict[str, str]:
        return MainCf(text).values()

    def plan(self, text: str) -> Plan:
        """Compare a main.cf with what is wanted.

        A value that is written differently and means the same is left as it stands.
        """
        main_cf = MainCf(text)
        current = main_cf.values()
        values: Dict[str, Optional[str]] = {}
        kept: Dict[str, Optional[str]] = {}
        for name, value in {**self.wanted, **self._lists(current)}.items():
            before = current.get(name)
            if before is not None and value is not None and same_value(name, before, value):
                kept[name] = before  # only earlier settings of the same parameter go
            elif before != value:
                values[name] = value
        return Plan(text, main_cf.merged({**kept, **values}), values)

    def _lists(self, current: Mapping[str, str]) -> Dict[str, Optional[str]]:
        """Give the lists of which an item is ours; the others stay as they are written."""
        found: Dict[str, Optional[str]] = {}
        for name, (item, is_member) in self.members.items():
            text = self.wanted.get(name, current.get(name)) or ''
            others = [word for word in words(text) if word != item]
            if is_member != (len(others) != len(words(text))):
                found[name] = ', '.join([*others, item] if is_member else others) or None
        return found

    def judge(self, host: Host, todo: Plan, own: List[HostAddress]) -> Iterator[Problem]:
        after = self.values(todo.after)
        found = [*for_release(judge(self.set_values, self.trust), host.release), *judge_together(after)]
        yield from dict.fromkeys(found)  # what does not go together among these is found twice
        yield from judge_versions(list(self.set_values), host.release)
        families = host.families(after.get('inet_protocols', '')) or (4, 6)
        yield from judge_on_host(self.set_values, families, own, host.ipv6_disabled(), resolve)
        if todo.changes and host.is_default_instance and host.has(GENERATOR):
            yield from judge_generator(read_text(GENERATOR_SETTINGS) or '')

    def try_out(self, host: Host, directory: str, effective: Effective, todo: Plan) -> List[Problem]:
        problems = list(self._judge_expanded(host, directory))
        if todo.changes:
            from ansible_collections.inet6.postfix.plugins.module_utils._trial import try_out
            try_out(host, directory, effective, {**self.wanted, **todo.values})
            problems += self._consequences(host, directory, todo)
        return problems

    def _consequences(self, host: Host, directory: str, todo: Plan) -> List[Problem]:
        from ansible_collections.inet6.postfix.plugins.module_utils._consequences import moved_sources, newly_trusted

        before, after = self.values(todo.before), self.values(todo.after)
        found = list(moved_sources(before, after))
        if 'mynetworks' not in after:
            now = host.expanded(host.config_directory, ['mynetworks'])
            found += newly_trusted(now['mynetworks'], host.expanded(directory, ['mynetworks'])['mynetworks'])
        return found

    def _judge_expanded(self, host: Host, directory: str) -> Iterator[Problem]:
        """Judge values that refer to others (``$name``) by what Postfix makes of them, and the files that they name."""
        names = [name for name, value in self.set_values.items() if '$' in value and name in PARAMETERS]
        values = host.expanded(directory, names)
        yield from judge(values, self.trust)
        values = {**self.set_values, **values}
        if any(negated(item)[1].startswith(FILES) for text in values.values() for item in words(text)):
            from ansible_collections.inet6.postfix.plugins.module_utils._pattern_files import judge_files
            yield from judge_files(values, read_text, host.release, self.trust)
