# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Stop and start, or reload, in one execution on the host, and proof of what came of it.

No return code is believed, of Postfix or of a service manager: what counts is that the old master is gone, that the
new one has the sockets which the configuration asks for, and that they greet with 220.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import Any, Callable, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _files, _pending
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import (
    Effective,
    Host,
    HostError,
    bind_error,
    child,
    master_pid,
)
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import (
    Endpoint,
    Expected,
    listed,
    reachable_at,
)
from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import Lines, daemons_that_died, log_from_now
from ansible_collections.inet6.postfix.plugins.module_utils._service import Manager, manager_of
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import greeting
from ansible_collections.inet6.postfix.plugins.module_utils._sockets import all_listeners, master_sockets

OWED, NOTHING = 'owed', 'nothing'
STATES = {'restart': 'restarted', 'reload': 'reloaded'}
REUSES_PORTS_SINCE = (3, 6)
POLL_SECONDS = 0.02
COOL_SECONDS = 3.0
"""A file that was changed in this second or the two before may still be in the making, to Postfix."""
DELIVERIES_END_SECONDS = 1.0
HOLD_ENDS_SECONDS = 10
"""When deliveries go on whatever has become of the run that holds them."""
GREETING_SECONDS = 10.0
"""postscreen may take six seconds (postscreen_greet_wait) before it greets."""
REFUSAL_SECONDS = 5.0
"""How long refusals may come of processes from before a reload; each may cost a mail, as clients take it for final."""
START_GRACE_SECONDS = 5.0
"""How long a master may take to show itself after the command that starts it has returned."""
RELOAD_SETTLES_SECONDS = 1.5
"""A master that cannot take a new master.cf logs that, sleeps for one second and ends (msg_fatal)."""


class ControlError(CoreError):
    """Postfix did not do what it was told; carries what it logged."""

    def __init__(self, message: str, log: List[str], rolled_back: bool = False) -> None:
        """Take the message, Postfix's own lines, and whether the old configuration is in use again."""
        self.reason = message
        self.log = log
        self.rolled_back = rolled_back
        super().__init__(message + (f'. Postfix logged: {" | ".join(log)}' if log else ''))


class _Instance(NamedTuple):
    """What does not change while an instance is stopped, started and looked at."""

    host: Host
    effective: Effective
    expected: Expected
    own: List[Address]
    log: Lines

    @property
    def pid(self) -> Optional[int]:
        return master_pid(self.effective.queue_directory)

    @property
    def listeners(self) -> FrozenSet[Endpoint]:
        pid = self.pid
        return master_sockets(pid).endpoints if pid else frozenset()

    @property
    def lacking(self) -> FrozenSet[Endpoint]:
        return self.expected.endpoints - self.listeners


def control(host: Host, state: str, seconds: float, check_mode: bool, roll_back: bool = True) -> Dict[str, Any]:
    """Restart or reload Postfix and prove that it does what its configuration asks for.

    Args:
        host: the instance.
        state: ``restarted`` (a full stop, then start), ``reloaded``, or ``owed``: what main_cf has left to do.
        seconds: time limit for each of stop and start.
        check_mode: whether to change nothing and only say what would be done.
        roll_back: whether to put back what the last run of main_cf changed, when Postfix does not work with it.

    Returns:
        The result of the module.

    Raises:
        ControlError: Postfix did not do what its configuration asks for; says whether it runs with the old one.
        HostError: the configuration on disk is broken; nothing was stopped.
    """
    instance = _instance(host)
    queue_directory = instance.effective.queue_directory
    note = _pending.pending(queue_directory)
    if note and note.outcome and not check_mode:
        _pending.leave(queue_directory, note._replace(outcome='') if note.is_owed else None)
        raise ControlError(f'another run has changed this host since main_cf looked at it. Nothing was stopped or '
                           f'started, run this again. {note.since}: {note.outcome}', [])
    if state == OWED:
        if not note or not note.is_owed:
            return {'changed': False, 'state': NOTHING}
        state = STATES[note.action]
    pid = instance.pid
    before = instance.listeners
    manager = manager_of(host)
    result = {'changed': True, 'state': state, 'manager': manager.name,
              'listeners_before': [str(one) for one in sorted(before)]}
    if check_mode:
        return result
    if state == 'restarted' and pid == 1:
        raise ControlError('the master of Postfix is process 1 of its container, stopping it would end the container; '
                           'restart the container instead', [])
    _let_cool(host.path('main.cf'))
    try:
        _able_to_start(instance)
        _free_to_bind(instance, before)
        if state == 'restarted':
            _pending.owe(queue_directory, 'restart', {})
            greetings, outage = _restarted(instance, manager, seconds)
        else:
            greetings, outage = _reloaded(instance, seconds), 0.0
    except (CoreError, OSError) as failure:
        note = _pending.pending(queue_directory)
        if not roll_back or not note or not note.way_back:
            raise
        known = failure if isinstance(failure, ControlError) else ControlError(str(failure), [])
        raise _rolled_back(instance, known, note, pid, seconds) from failure
    _pending.settle(queue_directory)
    return {**result, 'listeners': [str(one) for one in sorted(instance.listeners)], 'greetings': greetings,
            'outage': round(outage, 3)}


def _instance(host: Host) -> _Instance:
    effective = host.effective()
    own = [entry.address for entry in host.addresses()]
    return _Instance(host, effective, host.expected(effective, own), own, log_from_now(host, effective.maillog_file))


def _restarted(instance: _Instance, manager: Manager, seconds: float) -> Tuple[Dict[str, str], float]:
    """Stop and start, and prove what came of it; give the greetings, and the seconds from the stop on.

    Whatever can come before the stop does, while Postfix still takes mail.
    """
    host, pid = instance.host, instance.pid
    for command in manager.prepare:
        host.run(*command)
    checked = bool(pid) and host.run(*host.control('check'))[0] == 0
    with _deliveries_held(pid):
        began = time.monotonic()
        if pid:
            _stop(instance, manager, pid, instance.listeners, seconds)
            # Children of the old master may have died of the new main.cf: of a protocol that it turns off, say.
            instance = instance._replace(log=log_from_now(host, instance.effective.maillog_file))
    _start(instance, manager, checked)
    return _proven(instance, seconds), time.monotonic() - began


@contextlib.contextmanager
def _deliveries_held(pid: Optional[int]) -> Iterator[None]:
    """Let deliveries that are under way end, and no other begin, before a master is stopped.

    A stop kills them, and what the other side has taken by then without Postfix knowing it is sent again (RFC 1047).
    Mail is still taken from clients meanwhile. Should this run be killed here, another process ends the hold.
    """
    queue_manager = child(pid, 'qmgr') if pid else None
    if not queue_manager:
        yield
        return
    end = f'sleep {HOLD_ENDS_SECONDS}; kill -CONT {queue_manager}'
    with subprocess.Popen(['sh', '-c', end], start_new_session=True, stderr=subprocess.DEVNULL) as guard:
        try:
            with contextlib.suppress(OSError):
                os.kill(queue_manager, signal.SIGSTOP)
                time.sleep(DELIVERIES_END_SECONDS)
            yield
        finally:
            with contextlib.suppress(OSError):  # then the other process does it
                with contextlib.suppress(ProcessLookupError):  # a service manager has ended it already
                    os.kill(queue_manager, signal.SIGCONT)  # on which it dies of the signal by which master ended it
                os.killpg(guard.pid, signal.SIGKILL)


def _reloaded(instance: _Instance, seconds: float) -> Dict[str, str]:
    """Reload, and prove what came of it; give the greetings."""
    instance.host.run(*instance.host.control('reload'))
    time.sleep(RELOAD_SETTLES_SECONDS)
    return _proven(instance, seconds)


def _rolled_back(
    tried: _Instance, failure: ControlError, note: _pending.Note, pid: Optional[int], seconds: float,
) -> ControlError:
    """Put the old configuration back, bring Postfix to use it, prove that, and say all of it.

    The old files are in place before anything else: with a value on disk of which Postfix dies, even its stop refuses.
    """
    try:
        for path, backup in note.way_back.items():
            _files.restore(path, backup, seconds)
        _boot.let_systemd_know(tried.host, note.way_back)
    except CoreError as obstacle:
        return ControlError(f'{failure.reason}. The old configuration could not be put back: {obstacle}', failure.log)
    works = False
    try:
        instance = _instance(tried.host)
        _brought_back(instance, pid, seconds)
    except CoreError as another:
        end, action = f'and Postfix does not work with it either: {another}', 'restart'
    else:
        works = True
        end, action = f'and Postfix runs with it, listens on {listed(instance.listeners)} and greets', _pending.NOTHING
    files = ', '.join(f'{path} is again what it was in {backup}' if backup else f'{path} is gone again'
                      for path, backup in note.way_back.items())
    failed = ', '.join(filter(os.path.exists, (path + _files.FAILED for path in note.way_back)))
    outcome = (f'{failure.reason}. The old configuration was put back, {end}. {files}. What was tried, with whatever '
               f'anybody else has changed there since, is in {failed}')
    with contextlib.suppress(HostError):  # then the next run finds what is owed to what was tried, and does that
        _pending.settle(tried.effective.queue_directory, outcome, action)
    return ControlError(outcome, failure.log, rolled_back=works)


def _brought_back(instance: _Instance, pid: Optional[int], seconds: float) -> None:
    """Bring Postfix to use a configuration that it has run with.

    Args:
        instance: with that configuration.
        pid: of the master that ran with it; when it still runs, a reload may be enough.
        seconds: time limit for each of stop and start.
    """
    if pid and instance.pid == pid:
        with contextlib.suppress(ControlError):
            _reloaded(instance, seconds)
            return
    _restarted(instance, manager_of(instance.host), seconds)


def _able_to_start(instance: _Instance) -> None:
    """See, before anything is stopped, that Postfix does not die of its configuration at once."""
    why = instance.host.cause_of_death(instance.host.config_directory)
    if why:
        raise ControlError(f'every Postfix program dies of its configuration: {why}. Nothing was stopped or started',
                           instance.log())


def _free_to_bind(instance: _Instance, before: FrozenSet[Endpoint]) -> None:
    """See, before anything is stopped, that nobody else holds what Postfix is about to listen on."""
    for endpoint, error in taken(instance.host, instance.expected.endpoints, before):
        raise ControlError(f'Postfix could not listen on {endpoint}, as its configuration asks for: {error}. '
                           'Nothing was stopped or started. Free this address for Postfix, or take it out of '
                           'inet_interfaces, inet_protocols or master.cf', instance.log())


def taken(host: Host, asked: Iterable[Endpoint], present: Iterable[Endpoint]) -> Iterator[Tuple[Endpoint, str]]:
    """Find what Postfix could not listen on, with the reason.

    Args:
        host: the instance.
        asked: where it is to listen.
        present: where it listens. Ports of a family that it has already are its own: it lets go of them when it stops.
    """
    own = {(endpoint.address.family, endpoint.port) for endpoint in present}
    for endpoint in sorted(asked):
        if (endpoint.address.family, endpoint.port) not in own:
            error = bind_error(endpoint, reuse_port=host.release >= REUSES_PORTS_SINCE)
            if error:
                yield endpoint, error


def _let_cool(path: str) -> None:
    """Wait, while Postfix still runs, until it takes a file for complete.

    Every Postfix program reads its main.cf again and again until it is two seconds old (dict_load_file in dict.c): a
    stop and start right after a change would take that much longer.
    """
    with contextlib.suppress(FileNotFoundError):
        changed = os.stat(path).st_mtime
        _wait(lambda: not 0 <= time.time() - changed < COOL_SECONDS, COOL_SECONDS)


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _stop(instance: _Instance, manager: Manager, pid: int, before: FrozenSet[Endpoint], seconds: float) -> None:
    """Stop by ever stronger means until the old master and its sockets are gone."""
    def gone() -> bool:
        return instance.pid != pid

    host = instance.host
    for command in manager.stop:
        host.run(*command)
    # Debian 12 returns from the stop of a unit while it still listens, and a master that was started by hand is not
    # stopped through the service manager at all.
    if not _wait(gone, seconds / 3):
        host.run(*host.control('stop'))
    if not _wait(gone, seconds / 3):
        os.kill(pid, signal.SIGTERM)
    if not _wait(gone, seconds / 3):
        raise ControlError(f'the running master of Postfix (process {pid}) does not end; it was told to by '
                           f'{manager.name}, by postfix stop and by a signal', instance.log())
    # Its children hold the same sockets, and a new master cannot bind until they are gone too.
    _wait(lambda: not before & all_listeners(os.getpid()), START_GRACE_SECONDS)


def _start(instance: _Instance, manager: Manager, checked: bool) -> None:
    """Start, without the checks that `postfix check` has made already: they take longer than all the rest.

    postfix-script(1) leaves them out where it finds this file, and removes it. Debian 13's unit only removes it.
    """
    quick_start = os.path.join(instance.effective.queue_directory, 'quick-start')
    with contextlib.suppress(OSError):
        if checked:
            open(quick_start, 'w').close()
    for command in manager.start:
        instance.host.run(*command)
    with contextlib.suppress(OSError):
        os.unlink(quick_start)


def _proven(instance: _Instance, seconds: float) -> Dict[str, str]:
    """Wait until a master runs, listens where it should and greets; give the greetings."""
    deadline = time.monotonic() + seconds
    if not _wait(lambda: instance.pid is not None, START_GRACE_SECONDS):
        raise ControlError('Postfix does not run: no master process after it was started', instance.log())
    if not _wait(lambda: not instance.lacking or instance.pid is None, deadline - time.monotonic()) \
            or instance.pid is None:
        lacking = listed(instance.lacking)
        raise ControlError(f'Postfix does not listen on {lacking}, as its configuration asks for', instance.log())
    greetings = {}
    for endpoint in sorted(instance.expected.greeting):
        where = reachable_at(endpoint, instance.own)
        if where:
            greetings[str(endpoint)] = _greeted(instance, endpoint, where, deadline)
    died = daemons_that_died(instance.log())
    if died:
        raise ControlError(f'Postfix runs and listens, but {" and ".join(died)} died of a fatal error', instance.log())
    return greetings


def _greeted(instance: _Instance, endpoint: Endpoint, where: Tuple[str, int], deadline: float) -> str:
    """Try for a greeting until the time is up, or it is a refusal: after a start the first smtpd may be on its way."""
    while True:
        try:
            said = greeting(where, min(GREETING_SECONDS, max(deadline - time.monotonic(), 1)))
        except OSError as error:
            said = f'no greeting ({error})'
        if said.startswith('220'):
            return said
        if said.startswith('5'):
            deadline = min(deadline, time.monotonic() + REFUSAL_SECONDS)
        if time.monotonic() >= deadline or instance.pid is None:
            raise ControlError(f'Postfix listens on {endpoint} and does not greet with 220 there: {said}',
                               instance.log())
        time.sleep(10 * POLL_SECONDS)
