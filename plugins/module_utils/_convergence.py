# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""From what is wanted of a file to the changed file, and to what the running Postfix still needs then.

Most runs change nothing, and each host compiles in every run whatever is imported. So what only a change needs is
imported where there is one, here and in what this imports.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _pending
from ansible_collections.inet6.postfix.plugins.module_utils._document import Change, Document, Plan
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Problem, reject_errors
from ansible_collections.inet6.postfix.plugins.module_utils._host import (
    Effective,
    Host,
    HostError,
    master_pid,
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
from ansible_collections.inet6.postfix.plugins.module_utils._locks import LOCK_SECONDS
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import judge
from ansible_collections.inet6.postfix.plugins.module_utils._sockets import master_sockets

NONE, RELOAD, RESTART = 'none', 'reload', 'restart'
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
    run = None
    if restore is not None:
        from ansible_collections.inet6.postfix.plugins.module_utils._files import run_of

        run = run_of(paths, restore)
    with contextlib.ExitStack() as stack:
        changes = [_planned(document, path, run, None if check_mode else stack)
                   for document, path in zip(documents, paths)]
        written = [change for change in changes if change.plan.changes]
        warnings = reject_errors(
            problem for change in changes for problem in change.document.judge(host, change.plan, own))
        directory = host.config_directory
        if written:
            from ansible_collections.inet6.postfix.plugins.module_utils._trial import staged
            texts = {change.document.name: change.plan.after for change in written}
            directory = stack.enter_context(staged(host, texts, temporary))
        why = host.cause_of_death(directory)
        if why:
            from ansible_collections.inet6.postfix.plugins.module_utils._trial import death
            raise death(host, directory, why)
        effective = host.effective(directory)
        for change in changes:
            warnings += reject_errors(change.document.try_out(host, directory, effective, change.plan))
        # Also where nothing is wanted of it: nobody should go away from a Postfix that dies at its next start.
        reject_errors(judge({'inet_protocols': effective.inet_protocols}))
        families = host.families(effective.inet_protocols)
        warnings += reject_errors(judge_services(host.services(effective, directory), families, resolve, host.release))
        asked = host.expected(effective, addresses, directory).endpoints
        present = host.expected(effective, addresses).endpoints if written else asked
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
            result['backup_files'] = []
            if written or boot or running.action != NONE or any(os.path.lexists(path + '.tmp') for path in paths):
                from ansible_collections.inet6.postfix.plugins.module_utils._replacement import carry_out

                result['backup_files'] = carry_out(
                    host, effective.queue_directory, changes, boot, running.action, note, keep_backups, restore)
        if restore is not None:
            from ansible_collections.inet6.postfix.plugins.module_utils._files import backups

            result['backups'] = [backup for change in changes for backup in backups(change.path)]
    return result


def _planned(document: Document, path: str, run: Optional[str], stack: Optional[contextlib.ExitStack]) -> Change:
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
        from ansible_collections.inet6.postfix.plugins.module_utils._files import before

        earlier = before(path, run)
        return document.plan_back(text, text if earlier is None else earlier)

    plan = planned()
    if not plan.changes or stack is None:
        return Change(document, path, plan, -1)
    from ansible_collections.inet6.postfix.plugins.module_utils._files import exclusive

    descriptor = stack.enter_context(exclusive(path, LOCK_SECONDS))
    return Change(document, path, planned(), descriptor)  # another writer may have come first


def _needed(
    host: Host,
    written: Sequence[Change],
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
        from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of

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
    changes: Sequence[Change], running: Running, asked: FrozenSet[Endpoint], warnings: List[Problem],
    boot: List[_boot.Change],
) -> Dict[str, Any]:
    files = [(change.path, change.plan.before, change.plan.after) for change in changes if change.plan.changes]
    result: Dict[str, Any] = {
        # The files may be right while the running Postfix is not: there is still something to do, for a handler too.
        'changed': bool(files or boot) or running.action != NONE,
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


def _rows(change: Change) -> Iterator[Dict[str, Any]]:
    """Describe each change within a file."""
    current = change.document.values(change.plan.before)
    for name, value in change.plan.values.items():
        yield {
            'name': name,
            'before': None if current.get(name) is None else printable(current[name]),
            'after': None if value is None else printable(value),
            'needs': RESTART if name in change.document.taken_over_at_start else RELOAD,
        }
