# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What a run has begun and not finished on this host, so that the next run finishes it, and the way back.

A handler is lost when a play dies after the file was written, a connection is lost while Postfix is stopped, and a host
may go down in between. The note lies beside master.pid, so each instance has its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import Dict, Mapping, NamedTuple, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError, read_text

NAME = 'inet6.postfix.pending'
NOTHING, RESTART = 'none', 'restart'

WayBack = Mapping[str, Optional[str]]
"""Each changed file with its backup; None where there was no such file."""


class Note(NamedTuple):
    """What lies on the host."""

    action: str
    """What Postfix needs: ``none``, ``reload`` or ``restart``."""
    since: str
    """When that began."""
    way_back: WayBack
    """Leads to the configuration that Postfix worked with last."""
    outcome: str = ''
    """How a run ended that may have had nobody to tell it."""

    @property
    def is_owed(self) -> bool:
        """Tell whether Postfix needs anything."""
        return self.action != NOTHING


def _path(queue_directory: str) -> str:
    return os.path.join(queue_directory, 'pid', NAME)


def pending(queue_directory: str) -> Optional[Note]:
    """Read the note; None where there is none."""
    try:
        text = read_text(_path(queue_directory))
    except CoreError:
        return None
    if text is None:
        return None
    try:
        return Note(**json.loads(text))
    except (ValueError, TypeError):
        return Note('restart', 'an unknown time', {})  # a crash has cut it short: the safe side


def owe(queue_directory: str, action: str, way_back: WayBack) -> None:
    """Write the note before anything is changed.

    What an earlier run owes stays owed, and its way back stays: nobody has seen Postfix work with anything newer.

    Raises:
        HostError: it cannot be written.
    """
    before = pending(queue_directory)
    known: Dict[str, Optional[str]] = {**way_back, **(before.way_back if before else {})}
    stronger = before is not None and before.action == RESTART
    leave(queue_directory, Note(RESTART if stronger else action, _now(), known))


def _now() -> str:
    return time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())


def settle(queue_directory: str, outcome: str = '', action: str = NOTHING) -> None:
    """Remove the note: nothing is owed any more. With an outcome, leave that for the next run to tell."""
    leave(queue_directory, Note(action, _now(), {}, outcome) if outcome else None)


def leave(queue_directory: str, note: Optional[Note]) -> None:
    """Let a note be what the next run finds; None where it shall find nothing.

    Raises:
        HostError: it cannot be written.
    """
    path = _path(queue_directory)
    if not os.path.isdir(queue_directory):
        return  # Postfix could not run there either
    try:
        if note is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            return
        with contextlib.suppress(FileExistsError):
            os.mkdir(os.path.dirname(path), 0o755)  # an instance that was never started lacks it
        with open(path + '.tmp', 'w', encoding='utf-8') as stream:
            json.dump(note._asdict(), stream)
        os.rename(path + '.tmp', path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(path + '.tmp')
        raise HostError(f'{path}: cannot be written: {error.strerror}') from error
