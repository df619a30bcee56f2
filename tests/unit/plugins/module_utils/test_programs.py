import os
import signal
import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._programs import run


def sh(script, **options):
    return run(['/bin/sh', '-c', script], **options)


def test_what_a_program_says():
    assert sh('echo "$0 $1"; echo oh >&2; exit 3') == (3, '/bin/sh \n', 'oh\n')
    assert sh('kill $$')[0] == -15


def test_bytes_that_are_not_utf_8_are_kept():
    text = 'a\udcff\r\né\n'
    assert sh('cat; cat >&2', data=text) == (0, text, '')


def test_nothing_is_read_where_nothing_is_given():
    reading, writing = os.pipe()
    os.write(writing, b'for this process')
    os.close(writing)
    own = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert sh('cat') == (0, '', '')
    finally:
        os.dup2(own, 0)
        os.close(own)
        os.close(reading)


def test_environment(monkeypatch):
    monkeypatch.setenv('LC_ALL', 'tr_TR.UTF-8')
    monkeypatch.setenv('FROM_OUTSIDE', '1')
    assert sh('echo $LC_ALL $FROM_OUTSIDE $MAIL_CONFIG', environ_update={'MAIL_CONFIG': '/x'})[1] == 'C 1 /x\n'


def test_arguments_are_left_as_they_are(monkeypatch):
    monkeypatch.setenv('mydomain', 'of the environment')
    assert run(['/bin/echo', '$mydomain', '~', '*', 'a b'])[1] == '$mydomain ~ * a b\n'


def test_a_daemon_is_not_waited_for():
    before = time.monotonic()
    daemon = int(sh('sleep 60 & echo $!')[1])
    assert time.monotonic() < before + 30
    os.kill(daemon, signal.SIGKILL)


@pytest.mark.parametrize(('mode', 'reason'), [(None, 'No such file or directory'), (0o600, 'Permission denied')])
def test_a_program_that_cannot_be_started(tmp_path, mode, reason):
    if mode:
        (tmp_path / 'program').touch(mode)
    with pytest.raises(HostError, match=f'program: cannot be started: {reason}'):
        run([str(tmp_path / 'program')])
