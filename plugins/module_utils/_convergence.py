# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""From what is wanted of a file to the changed file, and to what the running Postfix still needs then."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _files, _pending
from ansible_collections.inet6.postfix.plugins.module_utils._document import Document, Plan
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
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import (
    Endpoint,
    difference,
    judge_services,
    listed,
)
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import judge
from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of
from ansible_collections.inet6.postfix.plugins.module_utils._trial import staged

NONE, RELOAD, RESTART = 'none', 'reload', 'restart'
LOCK_SECONDS = 30.0


class Running(NamedTuple):
    """What the running Postfix needs to do what a main.cf says."""

    action: str
    reason: str = ''
    is_owed: bool = False
    """Whether it needs this whatever is changed in the file now."""
    is_stopped: bool = False
    """Whether it was stopped on purpose, and stays so."""


def converge(
    host: Host,
    document: Document,
    check_mode: bool,
    keep_backups: int,
    temporary: str,
    restore: Optional[str] = None,
    start_stopped: bool = False,
    wait_at_boot: bool = True,
) -> Dict[str, Any]:
    """Bring a file of an instance's configuration to what is wanted, unless Postfix or the host object.

    Args:
        host: the instance.
        document: the file, with what is wanted of it.
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
    addresses = [entry.address for entry in own]
    path = host.path(document.name)
    earlier = None if restore is None else _files.read_backup(path, restore)

    def planned() -> Plan:
        text = read_text(path) or ''
        return document.plan(text) if earlier is None else document.plan_back(text, earlier)

    with contextlib.ExitStack() as stack:
        todo = planned()
        write = todo.changes and not check_mode
        if write:
            descriptor = stack.enter_context(_files.exclusive(path, LOCK_SECONDS))
            todo = planned()  # another writer may have come first
        warnings = reject_errors(document.judge(host, todo, own))
        directory = host.config_directory
        if todo.changes:
            directory = stack.enter_context(staged(host, document.name, todo.after, temporary))
        effective, problems = document.try_out(host, directory, todo)
        warnings += reject_errors(problems)
        # Also where nothing is wanted of it: nobody should go away from a Postfix that dies at its next start.
        reject_errors(judge({'inet_protocols': effective.inet_protocols}))
        families = host.families(effective.inet_protocols)
        warnings += reject_errors(judge_services(host.services(effective, directory), families, resolve, host.release))
        asked = host.expected(effective, addresses, directory).endpoints
        present = host.expected(effective, addresses).endpoints
        note = _pending.pending(effective.queue_directory)
        running = _needed(host, todo, effective, present, note, start_stopped)
        boot = _boot.changes(host, [endpoint.address for endpoint in asked] if wait_at_boot else [])
        result = _result(path, document, todo, running, asked, warnings, boot)
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


def _needed(
    host: Host,
    todo: Plan,
    after: Effective,
    present: FrozenSet[Endpoint],
    note: Optional[_pending.Note],
    start_stopped: bool,
) -> Running:
    """Say what the running Postfix needs, by what changes in the file and by how it listens now.

    Args:
        host: the instance.
        todo: what changes.
        after: what Postfix makes of the file then.
        present: where it would listen if it were started now, with services as they are.
        note: what earlier runs have left.
        start_stopped: whether a Postfix that was stopped on purpose shall be started.
    """
    pid = master_pid(after.queue_directory)
    owed = note if note and note.is_owed else None
    if pid is None:
        if owed or manager_of(host).failed:
            return Running(RESTART, 'Postfix does not run although it should', is_owed=True)
        return Running(RESTART, 'Postfix was stopped') if start_stopped else Running(NONE, is_stopped=True)
    lacking, surplus = difference(present, master_sockets(pid))
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
        return Running(RELOAD, 'Postfix takes this over on reload')
    return Running(NONE)


def _listens_by(host: Host) -> Optional[Tuple[Any, ...]]:
    """Give what the present main.cf makes master listen by; None where Postfix cannot make sense of it."""
    try:
        return host.effective().listens_by
    except HostError:
        return None


def _result(
    path: str, document: Document, todo: Plan, running: Running, asked: FrozenSet[Endpoint], warnings: List[Problem],
    boot: List[_boot.Change],
) -> Dict[str, Any]:
    current = document.values(todo.before)
    result: Dict[str, Any] = {
        'changed': todo.changes or bool(boot),
        'changes': [{
            'name': name,
            'before': None if current.get(name) is None else printable(current[name]),
            'after': None if value is None else printable(value),
            'needs': RESTART if name in document.taken_over_at_start else RELOAD,
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
