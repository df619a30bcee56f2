import errno
import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._trial import TrialError, death, staged, try_out


@pytest.fixture
def host(machine):
    """A host whose Postfix finds nothing wrong."""
    machine.log.touch()
    for daemon in ('smtpd', 'smtp', 'lmtp'):
        machine.program(daemon, f'echo {daemon} >>{machine.root}/tried; exit 0')
    return machine.host()


def reads(machine, found, errors=''):
    """Let postconf -n say what it finds in main.cf."""
    machine.program('postconf', f'''case "$*" in
*-n*) printf "%s" "{found}"; echo "{errors}" >&2;;
*) cat {machine.root}/told;;
esac
''')


def test_candidate_beside_all_other_files_of_the_instance(machine, host):
    (machine.config / 'main.cf').write_text('old = 1\n')
    (machine.config / 'main.cf.tmp').write_text('half')
    (machine.config / 'master.cf').write_text('smtp inet n - y - - smtpd\n')
    (machine.config / 'sasl').mkdir()
    with staged(host, {'main.cf': 'new = \udcff\r\n'}, str(machine.root)) as directory:
        assert sorted(os.listdir(directory)) == ['main.cf', 'master.cf', 'sasl']
        with open(os.path.join(directory, 'main.cf'), 'rb') as stream:
            assert stream.read() == b'new = \xff\r\n'
        with open(os.path.join(directory, 'master.cf')) as stream:
            assert 'smtpd' in stream.read()
    assert not os.path.exists(directory)
    assert (machine.config / 'main.cf').read_text() == 'old = 1\n'


def test_a_full_disk_is_named(machine, host, monkeypatch):
    def utime(path, times):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, 'utime', utime)
    with pytest.raises(HostError, match=f'{machine.root}/.*: cannot be written: No space left on device; nothing'), \
            staged(host, {'main.cf': ''}, str(machine.root)):
        pass


def test_what_cannot_be_removed_is_no_failure(machine, host, monkeypatch):
    def rmdir(path, dir_fd=None):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, 'rmdir', rmdir)
    with staged(host, {'main.cf': ''}, str(machine.root)) as directory:
        pass
    assert os.path.exists(directory)


@pytest.mark.parametrize(('values', 'found', 'tried'), [
    ({'inet_protocols': 'all'}, 'inet_protocols = all', ['smtpd']),
    ({'mynetworks': '127.0.0.0/8, [::1]'}, 'mynetworks = 127.0.0.0/8 [::1]', ['smtpd']),
    ({'smtp_bind_address6': '::1'}, 'smtp_bind_address6 = ::1', ['smtpd', 'smtp']),
    ({'smtp_bind_address6': ''}, 'smtp_bind_address6 =', ['smtpd', 'smtp']),
    ({'lmtp_bind_address': None}, '', ['smtpd', 'lmtp']),
    ({'a': 'b = c'}, 'a = b = c', ['smtpd']),
    # postconf -n shows a run of white space as one blank
    ({'smtpd_banner': 'a  b'}, 'smtpd_banner = a b', ['smtpd']),
    ({'smtpd_client_restrictions': 'permit_mynetworks,\t  reject'},
     'smtpd_client_restrictions = permit_mynetworks, reject', ['smtpd']),
])
def test_taken(machine, host, values, found, tried):
    reads(machine, found)
    try_out(host, str(machine.config), host.effective(), values)
    assert (machine.root / 'tried').read_text().split() == tried


@pytest.mark.parametrize(('values', 'found', 'errors', 'message'), [
    ({'inet_protocols': 'all'}, 'inet_protocols = ipv4', '', "'ipv4' where 'all'"),
    ({'inet_protocols': 'all'}, '', '', 'inet_protocols'),
    ({'nosuch': '1'}, '', 'postconf: warning: /x/main.cf: unused parameter: nosuch=1', 'does not know'),
])
def test_read_otherwise_than_written(machine, host, values, found, errors, message):
    reads(machine, found, errors)
    with pytest.raises(TrialError, match=message):
        try_out(host, str(machine.config), host.effective(), values)


def test_unknown_parameters_of_others_are_not_ours(machine, host):
    reads(machine, 'a = 1', 'postconf: warning: /x/main.cf: unused parameter: theirs=1')
    try_out(host, str(machine.config), host.effective(), {'a': '1'})


def test_postfix_own_reason_when_every_program_would_die(machine, host):
    machine.program('postmap', 'echo "postmap: fatal: host not found: [::1" >&2; exit 1')
    why = host.cause_of_death(str(machine.root))
    with pytest.raises(TrialError, match=r'3\.7\.11 .*not put in place.*host not found: \[::1'):
        raise death(host, str(machine.root), why)
    with pytest.raises(HostError, match=r'put that right first'):
        raise death(host, str(machine.config), why)


def test_postfix_own_reason_when_a_daemon_would_die(machine, host):
    reads(machine, 'a = 1')
    machine.program('smtpd', f'echo "x postfix/smtpd[1]: fatal: bad boolean" >>{machine.log}; exit 1')
    with pytest.raises(TrialError, match='bad boolean'):
        try_out(host, str(machine.config), host.effective(), {'a': '1'})


def test_daemon_that_dies_without_a_word(machine, host):
    reads(machine, 'a = 1')
    machine.program('smtpd', 'exit 1')
    with pytest.raises(TrialError, match='smtpd'):
        try_out(host, str(machine.config), host.effective(), {'a': '1'})
