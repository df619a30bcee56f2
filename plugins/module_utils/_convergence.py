# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""From what is wanted of a file to the changed file, and to what the running Postfix still needs then."""

from __future__ import annotations

import contextlib
import os
from functools import partial
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

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
from ansible_collections.inet6.postfix.plugins.module_utils._trial import see_it_live, staged

NONE, RELOAD, RESTART = 'none', 'reload', 'restart'
LOCK_SECONDS = 30.0
LEFT_STOPPED = ('Postfix does not run on this host and is left stopped, as nothing says that it should run; it will '
                'use these settings when it is started')


class Running(NamedTuple):
    """What the running Postfix needs to do what a main.cf says."""

    action: str
    reason: str = ''
    is_owed: bool = False
    """Whether it needs this whatever is changed in the file now."""
    is_stopped: bool = False
    """Whether it was stopped on purpose, and stays so."""


class _Change(NamedTuple):
    """What has to be done to one file."""

    document: Document
    path: str
    plan: Plan
    descriptor: int
    """Of the file that is to replace it, see ``_files.exclusive``; none where nothing is to be written."""


def converge(
    host: Host,
    documents: Sequence[Document],
    check_mode: bool,
    keep_backups: int,
    temporary: str,
    restore: Optional[str] = None,
    start_stopped: bool = False,
    wait_at_boot: bool = True,
) -> Dict[str, Any]:
    """Bring files of an instance's configuration to what is wanted, all or none, unless Postfix or the host object.

    Args:
        host: the instance.
        documents: the files, with what is wanted of each; one that refers to others comes after them.
        check_mode: whether to change nothing and only say what would be done.
        keep_backups: how many backups of each there may be afterwards.
        temporary: a directory for the trial.
        restore: one of the backups that a run has made, by its name, its path, or ``newest``, to put all back instead
            that was there before that run.
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
    paths = [host.path(document.name) for document in documents]
    run = None if restore is None else _files.run_of(paths, restore)
    with contextlib.ExitStack() as stack:
        changes = [_planned(document, path, run, None if check_mode else stack)
                   for document, path in zip(documents, paths)]
        written = [change for change in changes if change.plan.changes]
        warnings = reject_errors(
            problem for change in changes for problem in change.document.judge(host, change.plan, own))
        directory = host.config_directory
        if written:
            texts = {change.document.name: change.plan.after for change in written}
            directory = stack.enter_context(staged(host, texts, temporary))
        see_it_live(host, directory)
        effective = host.effective(directory)
        for change in changes:
            warnings += reject_errors(change.document.try_out(host, directory, effective, change.plan))
        # Also where nothing is wanted of it: nobody should go away from a Postfix that dies at its next start.
        reject_errors(judge({'inet_protocols': effective.inet_protocols}))
        families = host.families(effective.inet_protocols)
        warnings += reject_errors(judge_services(host.services(effective, directory), families, resolve, host.release))
        asked = host.expected(effective, addresses, directory).endpoints
        present = host.expected(effective, addresses).endpoints
        note = _pending.pending(effective.queue_directory)
        running = _needed(host, written, effective, present, note, start_stopped)
        boot = _boot.changes(host, [endpoint.address for endpoint in asked] if wait_at_boot else [])
        result = _result(changes, running, asked, warnings, boot)
        if note and note.outcome:
            result['warnings'].append(f'{note.since}: {note.outcome}')
            if not check_mode:
                note = note._replace(outcome='') if note.is_owed else None
                _pending.leave(effective.queue_directory, note)  # it has been told
        if not check_mode:
            back_up = partial(_files.back_up, run=_files.stamp()) if restore is None else _files.set_aside
            kept = _carried_out(host, effective.queue_directory, written, running, boot, note, back_up)
            result['backup_files'] = [backup for backup in kept.values() if backup]
            if kept:
                _files.remove_old_backups(paths, keep_backups, note.way_back.values() if note else ())
            for change in changes:
                _files.tidy(change.path, LOCK_SECONDS)
        if restore is not None:
            result['backups'] = [backup for change in changes for backup in _files.backups(change.path)]
    return result


def _planned(document: Document, path: str, run: Optional[str], stack: Optional[contextlib.ExitStack]) -> _Change:
    """Say what has to be done to a file, or to be undone since a run.

    Args:
        document: with what is wanted of it.
        path: of the file.
        run: from ``_files.run_of``.
        stack: holds the lock of the file where it is to be changed.
    """
    def planned() -> Plan:
        text = read_text(path) or ''
        if run is None:
            return document.plan(text)
        earlier = _files.before(path, run)
        return document.plan_back(text, text if earlier is None else earlier)

    plan = planned()
    if not plan.changes or stack is None:
        return _Change(document, path, plan, -1)
    descriptor = stack.enter_context(_files.exclusive(path, LOCK_SECONDS))
    return _Change(document, path, planned(), descriptor)  # another writer may have come first


def _vanishes(change: _Change) -> bool:
    return change.document.vanishes and not change.plan.after


def _carried_out(
    host: Host,
    queue_directory: str,
    written: Sequence[_Change],
    running: Running,
    boot: Sequence[_boot.Change],
    note: Optional[_pending.Note],
    back_up: Callable[[str], str],
) -> Dict[str, Optional[str]]:
    """Replace files, and say first what is owed then; give the backup of each, or None where there was none.

    Raises:
        CoreError: one cannot be written; all are what they were.
    """
    kept: Dict[str, Optional[str]] = {}
    replaced: List[str] = []
    try:
        for change in written:
            kept[change.path] = back_up(change.path) if os.path.exists(change.path) else None
        if running.action != NONE:
            drop_ins = _boot.back_up(boot, note.way_back.values() if note else ()) if written else {}
            _pending.owe(queue_directory, running.action, {**kept, **drop_ins})
        _boot.carry_out(host, boot)
        for change in sorted(written, key=_vanishes):  # what is referred to goes after what refers to it
            if _vanishes(change):
                _files.remove(change.path)
            else:
                _files.replace(change.path, change.descriptor, change.plan.after)
            replaced.append(change.path)
    except CoreError:
        for path in replaced:
            _files.restore(path, kept[path], LOCK_SECONDS)
        _pending.leave(queue_directory, note)
        for backup in filter(None, kept.values()):
            os.unlink(backup)
        raise
    return kept


def _needed(
    host: Host,
    written: Sequence[_Change],
    after: Effective,
    present: FrozenSet[Endpoint],
    note: Optional[_pending.Note],
    start_stopped: bool,
) -> Running:
    """Say what the running Postfix needs, by what changes in files and by how it listens now.

    Args:
        host: the instance.
        written: the files that change.
        after: what Postfix makes of the configuration then.
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
    if written and _listens_by(host) != after.listens_by:
        return Running(RESTART, 'Postfix takes inet_protocols and inet_interfaces over only when it starts')
    if lacking:
        return Running(RESTART, f'the running Postfix does not listen on {listed(lacking)}', is_owed=True)
    if surplus:
        return Running(RESTART, f'the running Postfix still listens on {listed(surplus)}', is_owed=True)
    if owed:
        return Running(owed.action, f'the run of {owed.since} changed the configuration and ended before Postfix used '
                       'it', is_owed=True)
    if any(change.plan.values for change in written):
        return Running(RELOAD, 'Postfix takes this over on reload')
    return Running(NONE)


def _listens_by(host: Host) -> Optional[Tuple[Any, ...]]:
    """Give what the present main.cf makes master listen by; None where Postfix cannot make sense of it."""
    try:
        return host.effective().listens_by
    except HostError:
        return None


def _result(
    changes: Sequence[_Change], running: Running, asked: FrozenSet[Endpoint], warnings: List[Problem],
    boot: List[_boot.Change],
) -> Dict[str, Any]:
    files = [(change.path, change.plan.before, change.plan.after) for change in changes if change.plan.changes]
    result: Dict[str, Any] = {
        'changed': bool(files or boot),
        'changes': [row for change in changes for row in _rows(change)],
        'action': running.action,
        'reason': running.reason,
        'restart_owed': running.is_owed and running.action == RESTART,
        'running': not running.is_stopped,
        'boot': [change._asdict() for change in boot],
        'listeners': [str(endpoint) for endpoint in sorted(asked)],
        'warnings': list(dict.fromkeys(warnings)),
    }
    if files or boot:
        result['diff'] = [{'before_header': file, 'after_header': file,
                           'before': printable(before or ''), 'after': printable(after or '')}
                          for file, before, after in [*files, *boot]]
    if running.is_stopped:
        result['warnings'].append(LEFT_STOPPED)
    return result


def _rows(change: _Change) -> Iterator[Dict[str, Any]]:
    """Describe each change within a file."""
    current = change.document.values(change.plan.before)
    for name, value in change.plan.values.items():
        yield {
            'name': name,
            'before': None if current.get(name) is None else printable(current[name]),
            'after': None if value is None else printable(value),
            'needs': RESTART if name in change.document.taken_over_at_start else RELOAD,
        }
