# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""From wanted values to a changed main.cf, and to what the running Postfix still needs then."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _files, _pending
from ansible_collections.inet6.postfix.plugins.module_utils._consequences import moved_sources, newly_trusted
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Problem, reject_errors
from ansible_collections.inet6.postfix.plugins.module_utils._host import (
    Effective,
    Host,
    HostError,
    master_pid,
    master_sockets,
    printable,
    read_text,
    resolve,
)
from ansible_collections.inet6.postfix.plugins.module_utils._host_rules import judge_on_host
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import (
    Endpoint,
    difference,
    expected,
    judge_services,
    listed,
)
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import Trust
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    PARAMETERS,
    for_release,
    judge,
    judge_together,
    judge_versions,
    same_value,
)
from ansible_collections.inet6.postfix.plugins.module_utils._pattern_files import judge_files
from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of
from ansible_collections.inet6.postfix.plugins.module_utils._trial import staged, try_out

NONE, RELOAD, RESTART = 'none', 'reload', 'restart'
TAKEN_OVER_AT_START = ('inet_protocols', 'inet_interfaces')
"""master looks at these only when it starts (postconf(5)); it takes everything else over on reload."""
LOCK_SECONDS = 30.0

Wanted = Mapping[str, Optional[str]]


class Plan(NamedTuple):
    """What has to be done to a main.cf."""

    before: str
    after: str
    values: Dict[str, Optional[str]]
    """The text of each parameter that changes; None for one that goes back to Postfix's default."""

    @property
    def changes(self) -> bool:
        """Tell whether anything is to be written: earlier settings of a parameter may go without a change of value."""
        return self.before != self.after


class Running(NamedTuple):
    """What the running Postfix needs to do what a main.cf says."""

    action: str
    reason: str = ''
    is_owed: bool = False
    """Whether it needs this whatever is changed in the file now."""
    is_stopped: bool = False
    """Whether it was stopped on purpose, and stays so."""


def wanted_values(content: str, absent: Sequence[str]) -> Dict[str, Optional[str]]:
    """Read the wanted part of main.cf, by the same grammar as the file itself.

    Raises:
        CoreError: it is malformed, or asks for a parameter to be both set and absent.
        Rejected: Postfix would misread a value.
    """
    fragment = MainCf(content)
    if fragment.malformed:
        raise CoreError(f'content: line {fragment.malformed[0]} is not of the form name = value (postconf(5))')
    both = set(fragment.values()) & set(absent)
    if both:
        raise CoreError(f'absent: {sorted(both)[0]} is also given a value; take it out of one of the two')
    return {**fragment.values(), **dict.fromkeys(absent)}


def plan(text: str, wanted: Wanted) -> Plan:
    """Compare a main.cf with what is wanted.

    A value that is written differently and means the same is left as it stands.
    """
    main_cf = MainCf(text)
    current = main_cf.values()
    values: Dict[str, Optional[str]] = {}
    kept: Dict[str, Optional[str]] = {}
    for name, value in wanted.items():
        before = current.get(name)
        if before is not None and value is not None and same_value(name, before, value):
            kept[name] = before  # only earlier settings of the same parameter go
        elif before != value:
            values[name] = value
    return Plan(text, main_cf.merged({**kept, **values}), values)


def plan_back(text: str, backup: str) -> Plan:
    """Compare a main.cf with an earlier one that it shall be again."""
    current, earlier = MainCf(text).values(), MainCf(backup).values()
    return Plan(text, backup, {name: earlier.get(name) for name in {**current, **earlier}
                               if current.get(name) != earlier.get(name)})


def converge(
    host: Host,
    wanted: Wanted,
    trust: Trust,
    check_mode: bool,
    keep_backups: int,
    temporary: str,
    restore: Optional[str] = None,
    start_stopped: bool = False,
    wait_at_boot: bool = True,
) -> Dict[str, Any]:
    """Bring the main.cf of an instance to what is wanted, unless Postfix or the host object.

    Args:
        host: the instance.
        wanted: from ``wanted_values``.
        trust: which networks may be trusted.
        check_mode: whether to change nothing and only say what would be done.
        keep_backups: how many backups there may be afterwards.
        temporary: a directory for the trial.
        restore: a backup to put back instead, by its name, its path, or ``newest``.
        start_stopped: whether a Postfix that was stopped on purpose shall be started.
        wait_at_boot: whether systemd shall start Postfix only when its addresses can be used.

    Returns:
        The result of the module.

    Raises:
        CoreError: nothing was changed, and why.
    """
    if keep_backups < 1:
        raise CoreError(f'backups: {keep_backups} is less than 1; keep at least the one that a way back needs')
    own = host.addresses()
    path = host.path('main.cf')
    set_values = {name: value for name, value in wanted.items() if value is not None}
    warnings = reject_errors(for_release(judge(set_values, trust), host.release))
    earlier = None if restore is None else _files.read_backup(path, restore)

    def planned() -> Plan:
        text = read_text(path) or ''
        return plan(text, wanted) if earlier is None else plan_back(text, earlier)

    with contextlib.ExitStack() as stack:
        todo = planned()
        write = todo.changes and not check_mode
        if write:
            descriptor = stack.enter_context(_files.exclusive(path, LOCK_SECONDS))
            todo = planned()  # another writer may have come first
        warnings += reject_errors(_judge_change(host, todo, set_values, own))
        directory = host.config_directory
        if todo.changes:
            directory = stack.enter_context(staged(host, todo.after, temporary))
            effective = try_out(host, directory, wanted)
            warnings += _consequences(host, directory, todo)
        else:
            why = host.cause_of_death(directory)
            if why:
                raise HostError(f'every Postfix program dies of the configuration in {directory}: {why}; nothing was '
                                'changed, put that right first')
            effective = host.effective(directory)
        warnings += reject_errors(_judge_expanded(host, directory, set_values, trust))
        # Also where nothing is wanted of it: nobody should go away from a Postfix that dies at its next start.
        reject_errors(judge({'inet_protocols': effective.inet_protocols}))
        families = host.families(effective.inet_protocols)
        services = host.services(effective)
        warnings += reject_errors(judge_services(services, families, resolve, host.release))
        asked = expected(services, families, effective.inet_interfaces, [entry.address for entry in own], resolve,
                         host.release).endpoints
        note = _pending.pending(effective.queue_directory)
        running = _needed(host, todo, effective, asked, note, start_stopped)
        boot = _boot.changes(host, [endpoint.address for endpoint in asked] if wait_at_boot else [])
        result = _result(path, todo, running, asked, warnings, boot)
        if note and note.outcome:
            result['warnings'].append(f'{note.since}: {note.outcome}')
            if not check_mode:
                note = note._replace(outcome='') if note.is_owed else None
                _pending.leave(effective.queue_directory, note)  # it has been told
        if write and todo.changes:
            needed = note.way_back.values() if note else ()
            if os.path.exists(path):
                result['backup_file'] = _files.back_up(path) if restore is None else _files.set_aside(path)
            try:
                if running.action != NONE:
                    way_back = {path: result.get('backup_file'), **_boot.back_up(boot, needed)}
                    _pending.owe(effective.queue_directory, running.action, way_back)
                _boot.carry_out(host, boot)
                _files.replace(path, descriptor, todo.after)
            except CoreError:
                _pending.leave(effective.queue_directory, note)
                if 'backup_file' in result:
                    os.unlink(result['backup_file'])
                raise
            _files.remove_old_backups(path, keep_backups, needed)
        elif not check_mode:
            _files.tidy(path, LOCK_SECONDS)
            if running.action != NONE:
                _pending.owe(effective.queue_directory, running.action, {})
            _boot.carry_out(host, boot)
        if restore is not None:
            result['backups'] = _files.backups(path)
    return result


def _judge_change(
    host: Host, todo: Plan, set_values: Mapping[str, str], own: List[HostAddress],
) -> Iterator[Problem]:
    yield from judge_versions(list(set_values), host.release)
    after = MainCf(todo.after).values()
    yield from judge_together(after)
    families = host.families(after.get('inet_protocols', '')) or (4, 6)
    yield from judge_on_host(set_values, families, own, host.ipv6_disabled(), resolve)


def _consequences(host: Host, directory: str, todo: Plan) -> List[Problem]:
    before, after = MainCf(todo.before).values(), MainCf(todo.after).values()
    found = list(moved_sources(before, after))
    if 'mynetworks' not in after:
        now = host.expanded(host.config_directory, ['mynetworks'])
        found += newly_trusted(now['mynetworks'], host.expanded(directory, ['mynetworks'])['mynetworks'])
    return found


def _judge_expanded(
    host: Host, directory: str, set_values: Mapping[str, str], trust: Trust,
) -> Iterator[Problem]:
    """Judge values that refer to others (``$name``) by what Postfix makes of them, and the files that values name."""
    names = [name for name, value in set_values.items() if '$' in value and name in PARAMETERS]
    values = host.expanded(directory, names)
    yield from judge(values, trust)
    yield from judge_files({**set_values, **values}, read_text, host.release, trust)


def _needed(
    host: Host,
    todo: Plan,
    after: Effective,
    asked: FrozenSet[Endpoint],
    note: Optional[_pending.Note],
    start_stopped: bool,
) -> Running:
    """Say what the running Postfix needs, by what changes in the file and by how it listens now.

    Args:
        host: the instance.
        todo: what changes.
        after: what Postfix makes of the file then.
        asked: where it listens then, once it is started.
        note: what earlier runs have left.
        start_stopped: whether a Postfix that was stopped on purpose shall be started.
    """
    pid = master_pid(after.queue_directory)
    owed = note if note and note.is_owed else None
    if pid is None:
        if owed or manager_of(host).failed:
            return Running(RESTART, 'Postfix does not run although it should', is_owed=True)
        return Running(RESTART, 'Postfix was stopped') if start_stopped else Running(NONE, is_stopped=True)
    lacking, surplus = difference(asked, master_sockets(pid))
    if todo.changes and _listens_by(host) != after.listens_by:
        return Running(RESTART, 'Postfix takes inet_protocols and inet_interfaces over only when it starts')
    if lacking:
        return Running(RESTART, f'the running Postfix does not listen on {listed(lacking)}', is_owed=True)
    if surplus:
        return Running(RESTART, f'the running Postfix still listens on {listed(surplus)}', is_owed=True)
    if owed:
        return Running(owed.action, f'the run of {owed.since} changed main.cf and ended before Postfix used it',
                       is_owed=True)
    if todo.values:
        return Running(RELOAD, 'Postfix takes these parameters over on reload')
    return Running(NONE)


def _listens_by(host: Host) -> Optional[Tuple[Any, ...]]:
    """Give what the present main.cf makes master listen by; None where Postfix cannot make sense of it."""
    try:
        return host.effective().listens_by
    except HostError:
        return None


def _result(
    path: str, todo: Plan, running: Running, asked: FrozenSet[Endpoint], warnings: List[Problem],
    boot: List[_boot.Change],
) -> Dict[str, Any]:
    current = MainCf(todo.before).values()
    result: Dict[str, Any] = {
        'changed': todo.changes or bool(boot),
        'changes': [{
            'name': name,
            'before': None if current.get(name) is None else printable(current[name]),
            'after': None if value is None else printable(value),
            'needs': RESTART if name in TAKEN_OVER_AT_START else RELOAD,
        } for name, value in todo.values.items()],
        'action': running.action,
        'reason': running.reason,
        'restart_owed': running.is_owed and running.action == RESTART,
        'running': not running.is_stopped,
        'boot': [change._asdict() for change in boot],
        'listeners': [str(endpoint) for endpoint in sorted(asked)],
        'warnings': list(dict.fromkeys(map(str, warnings))),
    }
    files = [(path, todo.before, todo.after)] if todo.changes else []
    if files or boot:
        result['diff'] = [{'before_header': file, 'after_header': file,
                           'before': printable(before or ''), 'after': printable(after or '')}
                          for file, before, after in [*files, *boot]]
    if running.is_stopped:
        result['warnings'].append('Postfix does not run on this host and is left stopped, as nothing says that it '
                                  'should run; it will use these settings when it is started')
    return result
