# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The services that somebody wants in master.cf, against the file and the host."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._document import Document, Plan
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import LISTENER, read_endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    FATAL,
    OTHER_MEANING,
    CoreError,
    Fault,
    Problem,
)
from ansible_collections.inet6.postfix.plugins.module_utils._host import Effective, Host, HostError, resolve
from ansible_collections.inet6.postfix.plugins.module_utils._host_rules import judge_on_host
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import (
    FIELDS,
    Key,
    MasterCf,
    Wanted,
    words_with_positions,
)
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    for_release,
    judge,
    judge_name,
    judge_versions,
    kind_of,
)

REFERENCE = 'master(5)'
SWITCH, NUMBER = re.compile('[-ny]'), re.compile('-|[0-9]{1,9}')
GRAMMAR = {'private': SWITCH, 'unprivileged': SWITCH, 'chroot': SWITCH, 'maxproc': NUMBER,
           'wakeup': re.compile(r'-|[0-9]{1,9}\??')}


class Services(Document):
    """master.cf, with services that are to be there, or not."""

    name = 'master.cf'

    def __init__(self, wanted: Mapping[Key, Optional[Wanted]], trust: Trust = USUAL_TRUST) -> None:
        """Take the services, and the policy on trusted networks.

        Args:
            wanted: of each service; None for one that is to be taken out.
            trust: which networks may be trusted by an option.
        """
        self.wanted = wanted
        self.trust = trust

    @classmethod
    def read(cls, services: Sequence[Mapping[str, Any]], trust: Trust = USUAL_TRUST) -> Services:
        """Read what a user wants, see the documentation of module master_cf.

        Raises:
            Rejected: YAML has mangled the value of an option.
            CoreError: a service is named twice.
        """
        wanted: Dict[Key, Optional[Wanted]] = {}
        for service in services:
            key = (service['name'], service['type'])
            if key in wanted:
                raise CoreError(f'services: {"/".join(key)} is there twice; say in one entry what is wanted of it')
            wanted[key] = None if service['state'] == 'absent' else Wanted(
                {name: service[name] for name in FIELDS if service[name] is not None},
                [word.text for word in words_with_positions(service['command'] or '')],
                {name: kind_of(name).read(name, value) for name, value in (service['options'] or {}).items()})
        return cls(wanted, trust)

    def values(self, text: str) -> Dict[str, str]:
        return {'/'.join(entry.key): ' '.join(word.text for word in entry.words) for entry in MasterCf(text).entries}

    def plan(self, text: str) -> Plan:
        after = MasterCf(text).merged(self.wanted)
        return Plan(text, after, self.plan_back(text, after).values)

    def judge(self, host: Host, todo: Plan, own: List[HostAddress]) -> Iterator[Problem]:
        before = MasterCf(todo.before)
        for number in MasterCf(todo.after).malformed:
            yield Fault('malformed-line', FATAL, 'has too few fields, master would die of it',
                        'mend the line, or take it out').of(self.name, f'line {number}', reference=REFERENCE)
        for key, wanted in self.wanted.items():
            if wanted is not None:
                yield from _judge_service(key, wanted, is_new=before.entry(key) is None)
                options = {name: value for name, value in wanted.options.items() if value is not None}
                yield from for_release(judge(options, self.trust), host.release)
                yield from judge_versions(options, host.release)
                yield from judge_on_host(options, (4, 6), own, host.ipv6_disabled(), resolve)

    def try_out(self, host: Host, directory: str, effective: Effective, todo: Plan) -> List[Problem]:
        if not any(wanted and wanted.options for wanted in self.wanted.values()):
            return []  # of a master.cf that it cannot read, postconf has died before: it always reads both files
        there = host.master_options(directory)
        for key, wanted in self.wanted.items():
            for name, value in (wanted.options if wanted else {}).items():
                found = there.get('/'.join((*key, name)))
                if value is not None and (found is None or found.split() != value.split()):
                    raise HostError(f'{"/".join(key)}: the installed Postfix {host.mail_version} reads {found!r} where '
                                    f'{name}={value} was written; nothing was changed, please report this')
        return []


def _judge_service(key: Key, wanted: Wanted, is_new: bool) -> Iterator[Problem]:
    """Judge what somebody wants of a service by the grammar of master(5)."""
    name, kind = key
    service = '/'.join(key)

    def problem(code: str, verdict: str, rule: str, cure: str, token: str) -> Problem:
        return Fault(code, verdict, rule, cure).of(f'{Services.name} {service}', token, reference=REFERENCE)

    if kind == 'inet':
        read = read_endpoint(name, LISTENER)
        if isinstance(read, Fault):
            yield read.of(Services.name, name, reference=REFERENCE)
    if [word.text for word in words_with_positions(name)] != [name]:
        yield problem('bad-name', OTHER_MEANING, 'is not one word', 'take the blanks out', name)
    if is_new and not wanted.command:
        yield problem('no-command', FATAL, 'is not there yet, and nothing says what it shall run',
                      'give it a command, such as smtpd', name)
    for field, text in wanted.fields.items():
        if not GRAMMAR[field].fullmatch(text):
            allowed = 'y, n or -' if GRAMMAR[field] is SWITCH else 'a number or -'
            yield problem('bad-field', FATAL, f'is no value of {field}, master would die of it', f'write {allowed}',
                          text)
    if kind == 'inet' and wanted.fields.get('private', 'n') != 'n':
        yield problem('private-inet', FATAL, 'makes a service of type inet private, master would die of it', 'write n',
                      wanted.fields['private'])
    for option in wanted.options:
        yield from judge_name(option)
