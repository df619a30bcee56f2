# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Files of the configuration replaced together, all or none, with a note of what is owed then and backups."""

from __future__ import annotations

import os
from functools import partial
from typing import Dict, List, Optional, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _files, _pending
from ansible_collections.inet6.postfix.plugins.module_utils._document import Change
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host
from ansible_collections.inet6.postfix.plugins.module_utils._locks import LOCK_SECONDS


def carry_out(
    host: Host,
    queue_directory: str,
    changes: Sequence[Change],
    boot: Sequence[_boot.Change],
    action: str,
    note: Optional[_pending.Note],
    keep_backups: int,
    restore: Optional[str],
) -> List[str]:
    """Replace files, and say first what is owed then; give the backups that were made.

    Args:
        host: the instance.
        queue_directory: of it.
        changes: what is to be done to each file.
        boot: what is to become of the drop-ins of systemd.
        action: what the running Postfix needs then.
        note: what earlier runs have left.
        keep_backups: of how many runs the backups stay.
        restore: the backup that is put back, if any; what it takes the place of has failed.

    Raises:
        CoreError: one cannot be written; all are what they were.
    """
    written = [change for change in changes if change.plan.changes]
    paths = [change.path for change in changes]
    back_up = partial(_files.back_up, run=_files.stamp()) if restore is None else _files.set_aside
    kept: Dict[str, Optional[str]] = {}
    replaced: List[str] = []
    try:
        for change in written:
            kept[change.path] = back_up(change.path) if os.path.exists(change.path) else None
        if action != _pending.NOTHING:
            drop_ins = _boot.back_up(boot, note.way_back.values() if note else ()) if written else {}
            _pending.owe(queue_directory, action, {**kept, **drop_ins})
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
    if kept:
        _files.remove_old_backups(paths, keep_backups, note.way_back.values() if note else ())
    for path in paths:
        _files.tidy(path, LOCK_SECONDS)
    return [backup for backup in kept.values() if backup]


def _vanishes(change: Change) -> bool:
    return change.document.vanishes and not change.plan.after
