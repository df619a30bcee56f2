"""Real processes in the place of master, which holds the lock on master.pid, listens and greets, and of its qmgr."""

import contextlib
import os
import signal
import sys
import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _control
from ansible_collections.inet6.postfix.plugins.module_utils._control import ControlError, control
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError, master_pid
from ansible_collections.inet6.postfix.plugins.module_utils._pending import owe, pending, settle

MASTER = '''
import fcntl, os, socket, sys
queue, port, said = sys.argv[1:]
if os.fork():
    os._exit(0)
os.setsid()
stream = open(queue + '/pid/master.pid', 'a+')
fcntl.flock(stream, fcntl.LOCK_EX)
server = socket.create_server(('::1', int(port)), family=socket.AF_INET6, reuse_port=True)
stream.truncate(0)
stream.write(f'{os.getpid()}\\n')
stream.flush()
null = os.open('/dev/null', os.O_RDWR)
for number in range(3):
    os.dup2(null, number)
with open(queue + '/qmgr.pid', 'w') as qmgr:
    qmgr.write(str(os.posix_spawn(queue + '/qmgr', ['sleep', '9'], {})))
greetings = said.split('|')
while True:
    connection, peer = server.accept()
    connection.sendall(greetings[0].encode() + b'\\r\\n')
    greetings[:-1] = greetings[1:-1]
    connection.recv(100)
    connection.close()
'''
BANNER = '220 mail.example.org ESMTP Postfix'


class Postfix:
    """A postfix command that runs such a master."""

    def __init__(self, machine, port):
        self.machine = machine
        self.port = port
        self.endpoint = f'[::1]:{port}'
        (machine.config / 'master.cf').write_text(f'{self.endpoint} inet n - y - - smtpd\n')
        (machine.root / 'master.py').write_text(MASTER)
        (machine.queue / 'qmgr').symlink_to('/bin/sleep')
        self.greets_with(BANNER)

    def greets_with(self, banner, port=None):
        machine = self.machine
        master, bad = (f"{sys.executable} {machine.root}/master.py {machine.queue} {port or self.port} '{said}'"
                       for said in (banner, '554 bad'))
        machine.program('postfix', f'''cd {machine.queue}
echo "$([ -e quick-start ] && echo quick-)$3" >>{machine.root}/told_postfix
grep -q bad {machine.config}/main.cf && set -- "$1" "$2" "$3" bad
case "$3$4" in
start) {master};;
startbad) {bad};;
stop) cut -d ' ' -f 3 /proc/$(cat qmgr.pid)/stat >qmgr.state; kill -15 -$(cat pid/master.pid);;
esac
''')

    def control(self, state='restarted', check_mode=False, seconds=3):
        host = self.machine.host(inet_protocols='ipv6', inet_interfaces='::1')
        return control(host, state, seconds, check_mode)

    @property
    def pid(self):
        return master_pid(str(self.machine.queue))

    @property
    def told(self):
        path = self.machine.root / 'told_postfix'
        return path.read_text().split() if path.exists() else []


@pytest.fixture
def postfix(machine, listener, monkeypatch):
    port = listener.getsockname()[1]
    listener.close()
    monkeypatch.setattr(_control, 'START_GRACE_SECONDS', 0.5)
    monkeypatch.setattr(_control, 'RELOAD_SETTLES_SECONDS', 0.1)
    monkeypatch.setattr(_control, 'DELIVERIES_END_SECONDS', 0.1)
    postfix = Postfix(machine, port)
    yield postfix
    if postfix.pid:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(postfix.pid, signal.SIGKILL)


def test_stopped_is_started(postfix):
    result = postfix.control()
    assert postfix.told == ['start']
    assert (result['changed'], result['listeners_before']) == (True, [])
    assert (result['listeners'], result['greetings']) == ([postfix.endpoint], {postfix.endpoint: BANNER})


def test_running_is_stopped_and_started(postfix):
    postfix.control()
    old = postfix.pid
    owe(str(postfix.machine.queue), 'restart', {})
    since = time.monotonic()
    result = postfix.control()
    elapsed = time.monotonic() - since
    assert postfix.told == ['start', 'check', 'stop', 'quick-start']
    assert postfix.pid not in (None, old)
    assert result['listeners_before'] == result['listeners'] == [postfix.endpoint]
    assert 0 < result['outage'] < elapsed
    assert pending(str(postfix.machine.queue)) is None
    assert not (postfix.machine.queue / 'quick-start').exists()


def test_deliveries_are_held_while_master_is_stopped(postfix):
    postfix.control()
    old = int((postfix.machine.queue / 'qmgr.pid').read_text())
    postfix.control()
    assert (postfix.machine.queue / 'qmgr.state').read_text() == 'T\n', 'not stopped by a signal'
    assert not os.path.exists(f'/proc/{old}/exe'), 'it has ended'


def test_what_the_check_does_not_pass_is_left_to_the_start(postfix):
    postfix.control()
    script = (postfix.machine.root / 'bin' / 'postfix').read_text()
    postfix.machine.program('postfix', script + '[ "$3" != check ]\n')
    postfix.control()
    assert postfix.told == ['start', 'check', 'stop', 'start']


def test_the_hold_of_deliveries_ends_with_those_that_it_holds(postfix, monkeypatch):
    """A service manager kills whatever is left of Postfix, and nobody waits for the process that would end the hold."""
    monkeypatch.setattr(_control, 'HOLD_ENDS_SECONDS', 60)
    postfix.control()
    path = postfix.machine.root / 'bin' / 'postfix'
    path.write_text(path.read_text().replace(
        'kill -15 -$(cat pid/master.pid)',
        'kill -9 -$(cat pid/master.pid); while [ -e /proc/$(cat qmgr.pid)/stat ]; do :; done'))
    assert postfix.control()['outage'] < _control.HOLD_ENDS_SECONDS


def test_children_of_the_old_master_may_die_of_what_is_new(postfix):
    """Until it is stopped, those that it starts read a main.cf with which another master is to run."""
    postfix.control()
    script = (postfix.machine.root / 'bin' / 'postfix').read_text()
    log = postfix.machine.log
    postfix.machine.program('postfix', '[ "$3" != stop ] || '
                            f'echo "x postfix/smtpd[7]: fatal: cannot handle socket type" >>{log}\n{script}')
    assert postfix.control()['greetings'] == {postfix.endpoint: BANNER}
    assert 'fatal' in log.read_text()


def test_reload_leaves_the_master(postfix):
    postfix.control()
    old = postfix.pid
    result = postfix.control('reloaded')
    assert postfix.told == ['start', 'reload']
    assert (postfix.pid, result['greetings']) == (old, {postfix.endpoint: BANNER})


def test_check_mode_touches_nothing(postfix):
    result = postfix.control(check_mode=True)
    assert (postfix.told, postfix.pid) == ([], None)
    assert (result['changed'], result['listeners_before']) == (True, [])
    assert pending(str(postfix.machine.queue)) is None


def test_return_code_of_start_is_not_believed(postfix):
    postfix.machine.program('postfix', f'echo "x postfix/master[1]: fatal: bind" >>{postfix.machine.log}; exit 0')
    with pytest.raises(ControlError, match=r'does not run.*fatal: bind') as caught:
        postfix.control()
    assert len(caught.value.log) == 1
    assert pending(str(postfix.machine.queue)).action == 'restart', 'the next run has to finish this'


def test_master_that_listens_elsewhere(postfix):
    postfix.greets_with(BANNER, port=postfix.port + 1)
    with pytest.raises(ControlError, match=rf'does not listen on \[::1\]:{postfix.port}'):
        postfix.control(seconds=0.5)


def test_socket_without_a_220_proves_nothing(postfix):
    postfix.greets_with('421 4.3.0 throttled')
    with pytest.raises(ControlError, match=r'does not greet with 220 .*421 4\.3\.0 throttled'):
        postfix.control(seconds=0.5)


def test_who_refuses_everybody_is_not_waited_for_like_one_who_is_late(postfix, monkeypatch):
    monkeypatch.setattr(_control, 'REFUSAL_SECONDS', 0.1)
    postfix.greets_with('421 4.3.0 throttled|554 5.7.1 no')
    since = time.monotonic()
    with pytest.raises(ControlError, match=r'does not greet with 220 .*554 5\.7\.1 no'):
        postfix.control(seconds=60)
    assert time.monotonic() - since < 30


def test_a_refusal_may_be_that_of_an_old_process(postfix):
    postfix.greets_with(f'554 5.7.1 no|554 5.7.1 no|{BANNER}')
    assert postfix.control()['greetings'] == {postfix.endpoint: BANNER}


def test_master_that_postfix_stop_does_not_reach_is_ended_by_a_signal(postfix):
    postfix.control()
    old = postfix.pid
    postfix.greets_with(BANNER)
    script = (postfix.machine.root / 'bin' / 'postfix').read_text()
    postfix.machine.program('postfix', script.replace('kill -15', ': kill -15'))
    postfix.control(seconds=1)
    assert postfix.pid not in (None, old)


def test_master_that_dies_of_a_reload(postfix):
    postfix.control()
    postfix.machine.program('postfix', f'kill "$(cat {postfix.machine.queue}/pid/master.pid)"; exit 0')
    with pytest.raises(ControlError, match='does not run'):
        postfix.control('reloaded')


@pytest.mark.parametrize('program', ['postconf', 'postmap'])
def test_broken_configuration_stops_before_anything_is_stopped(postfix, program):
    """postconf lives with much that all other programs die of."""
    postfix.control()
    old = postfix.pid
    host = postfix.machine.host()
    postfix.machine.program(program, f'echo "{program}: fatal: oh" >&2; exit 1')
    with pytest.raises(CoreError, match='oh'):
        control(host, 'restarted', 3, check_mode=False)
    assert (postfix.pid, postfix.told) == (old, ['start'])


@pytest.fixture
def changed(postfix):
    """Postfix runs, and main_cf has changed main.cf to something with which it does not greet."""
    main_cf = postfix.machine.config / 'main.cf'
    main_cf.write_text('good\n')
    os.utime(main_cf, (0, 0))
    postfix.control()
    backup = main_cf.with_name('main.cf.1.bak')
    os.link(main_cf, backup)
    main_cf.unlink()
    main_cf.write_text('bad\n')
    os.utime(main_cf, (0, 0))
    owe(str(postfix.machine.queue), 'restart', {str(main_cf): str(backup)})
    return main_cf


def test_what_does_not_work_is_rolled_back(postfix, changed):
    with pytest.raises(ControlError) as caught:
        postfix.control(seconds=0.5)
    said = str(caught.value)
    assert 'does not greet with 220' in said
    assert f'The old configuration was put back, and Postfix runs with it, listens on {postfix.endpoint}' in said
    assert f'{changed} is again what it was in {changed}.1.bak. What was tried' in said
    assert said.endswith(f'is in {changed}.failed')
    assert (changed.read_text(), changed.stat().st_mtime) == ('good\n', 0)
    assert changed.with_name('main.cf.failed').read_text() == 'bad\n'
    settle(str(postfix.machine.queue))
    assert postfix.control('reloaded')['greetings'] == {postfix.endpoint: BANNER}


def test_what_cannot_even_be_tried_is_rolled_back(postfix, changed, monkeypatch):
    def owe(queue_directory, action, way_back):
        raise HostError('no space')

    monkeypatch.setattr(_control._pending, 'owe', owe)
    with pytest.raises(ControlError, match=r'^no space\. The old configuration was put back, and Postfix runs with it'):
        postfix.control()
    assert changed.read_text() == 'good\n'


def test_a_rollback_that_nobody_can_be_told_of_later_is_told_now(postfix, changed, monkeypatch):
    def settle(queue_directory, outcome, action):
        raise HostError('no space')

    monkeypatch.setattr(_control._pending, 'settle', settle)
    with pytest.raises(ControlError, match=r'does not greet with 220.*The old configuration was put back'):
        postfix.control(seconds=0.5)


def test_the_next_run_knows_of_a_rollback_and_owes_nothing(postfix, changed):
    with pytest.raises(ControlError):
        postfix.control(seconds=0.5)
    note = pending(str(postfix.machine.queue))
    assert (note.is_owed, note.way_back) == (False, {})
    assert 'The old configuration was put back' in note.outcome


def test_a_file_that_was_not_there_goes_again(postfix, changed):
    owe(str(postfix.machine.queue), 'restart', {str(changed.with_name('new.cf')): None})
    changed.with_name('new.cf').write_text('x')
    with pytest.raises(ControlError, match=r'new\.cf is gone again'):
        postfix.control(seconds=0.5)
    assert not changed.with_name('new.cf').exists()


def test_a_run_whose_change_another_run_has_taken_back_does_not_end_well(postfix, changed):
    with pytest.raises(ControlError):
        postfix.control(seconds=0.5)
    told = postfix.told
    with pytest.raises(ControlError, match=r'another run has changed this host .* The old configuration was put back'):
        postfix.control()
    assert postfix.told == told
    postfix.control()


@pytest.mark.parametrize(('line', 'ends_well'), [
    ('postfix/qmgr[7]: fatal: bad numerical configuration', False),
    ('postfix/submission/smtpd[7]: panic: x', False),
    ('postfix/trivial-rewrite[7]: fatal: x', False),
    ('postfix/qmgr[7]: warning: x', True),
    ('postfix/postqueue[7]: fatal: usage: postqueue -f', True),
    ('postfix/postfix-script[7]: fatal: the Postfix mail system is already running', True),
])
def test_a_daemon_that_dies_beside_a_greeting(postfix, line, ends_well):
    start = postfix.machine.find('postfix')
    with open(start, 'a') as stream:
        stream.write(f'echo "Nov 21 03:14:00 mail {line}" >>{postfix.machine.log}\n')
    if ends_well:
        assert postfix.control()['greetings']
    else:
        with pytest.raises(ControlError, match=r'but [\w-]+ died of a fatal error. Postfix logged: .*\[7]'):
            postfix.control()


def test_nothing_is_rolled_back_where_that_is_not_wanted(postfix, changed):
    host = postfix.machine.host(inet_protocols='ipv6', inet_interfaces='::1')
    with pytest.raises(ControlError, match='does not greet with 220'):
        control(host, 'restarted', 0.5, check_mode=False, roll_back=False)
    assert changed.read_text() == 'bad\n'
    assert pending(str(postfix.machine.queue)).is_owed


def test_a_backup_that_is_gone_is_said(postfix, changed):
    changed.with_name('main.cf.1.bak').unlink()
    with pytest.raises(ControlError, match=r'could not be put back: .*main\.cf: cannot be put back from .*No such'):
        postfix.control(seconds=0.5)
    assert changed.read_text() == 'bad\n'
    assert pending(str(postfix.machine.queue)).is_owed


def test_an_old_configuration_that_does_not_work_either(postfix, changed):
    changed.with_name('main.cf.1.bak').write_text('bad\n')
    with pytest.raises(ControlError, match=r'Postfix does not work with it either: .* does not greet with 220'):
        postfix.control(seconds=0.5)
    assert pending(str(postfix.machine.queue)).action == 'restart'
