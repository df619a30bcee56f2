# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What a run has begun and not finished on this host, so that the next run finishes it.

A handler is lost when a play dies after the file was written, and a host may go down between stop and start.  The note
lies beside master.pid, so each instance has its own, and it is there exactly as long as something is owed.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import Any, Dict, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError, read_text

NAME = 'inet6.postfix.pending'


def _path(queue_directory: str) -> str:
    return os.path.join(queue_directory, 'pid', NAME)


def pending(queue_directory: str) -> Optional[Dict[str, Any]]:
    """Read the note: ``action`` (reload or restart) and ``since``; None where nothing is owed."""
    try:
        text = read_text(_path(queue_directory))
    except CoreError:
        return None
    if text is None:
        return None
    note = {'action': 'restart', 'since': 'an unknown time'}  # of a note that a crash has cut short: the safe side
    with contextlib.suppress(ValueError, TypeError):
        note.update(json.loads(text))
    return note


def owe(queue_directory: str, action: str) -> None:
    """Write the note before anything is changed.

    Raises:
        HostError: it cannot be written.
    """
    path = _path(queue_directory)
    if not os.path.isdir(os.path.dirname(path)):
        return  # this instance was never started, so there is nothing that runs on an old configuration
    try:
        with open(path + '.tmp', 'w', encoding='utf-8') as stream:
            json.dump({'action': action, 'since': time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())}, stream)
        os.rename(path + '.tmp', path)
    except OSError as error:
        raise HostError(f'{path}: cannot be written: {error.strerror}; nothing was changed') from error


def settle(queue_directory: str) -> None:
    """Remove the note: nothing is owed any more."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_path(queue_directory))
