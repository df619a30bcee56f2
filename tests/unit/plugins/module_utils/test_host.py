import errno
import fcntl
import os
import socket
import subprocess
import sys

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _host
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._host import (
    Host,
    HostError,
    bind_error,
    master_pid,
    printable,
    read_text,
    reason,
    resolve,
)
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Endpoint


@pytest.mark.parametrize(('text', 'shown'), [('a\xe9\n', 'a\xe9\n'), ('a\udcff', 'a\ufffd'), ('', '')])
def test_printable(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize('data', [b'', b'a = 1\r\nb\r\n', b'\xff\xfe\0\n', 'é'.encode(), b'\xef\xbb\xbfa'])
def test_file_is_read_without_loss(tmp_path, data):
    (tmp_path / 'main.cf').write_bytes(data)
    assert read_text(str(tmp_path / 'main.cf')).encode('utf-8', 'surrogateescape') == data


def test_absent_is_not_unreadable(tmp_path):
    assert read_text(str(tmp_path / 'main.cf')) is None
    os.mkfifo(tmp_path / 'pipe')
    for path in (tmp_path, tmp_path / 'pipe'):
        with pytest.raises(HostError, match='no regular file'):
            read_text(str(path))


@pytest.mark.parametrize(('errors', 'line'), [
    ('', ''),
    ('\n', ''),
    ('a\nb\n', 'b'),
    ('postconf: warning: x\npostconf: fatal: y\n', 'postconf: fatal: y'),
    ('postconf: fatal: y\npostconf: warning: x\n', 'postconf: fatal: y'),
    ('smtpd: error: y\nsee the log\n', 'smtpd: error: y'),
    ('fatal: \udcff', 'fatal: \ufffd'),
])
def test_reason(errors, line):
    assert reason(errors) == line


@pytest.mark.parametrize(('name', 'family', 'addresses'), [
    ('127.0.0.1', 4, ['127.0.0.1']),
    ('127.0.0.1', 6, []),
    ('::1', 6, ['::1']),
    ('::1', 4, []),
    ('FD00::2', 6, ['fd00::2']),
    ('nosuch.invalid', 4, []),
    ('x' * 300, 4, []),
    ('a..b', 4, []),
    ('', 4, None),
])
def test_resolve(name, family, addresses):
    found = resolve(name, family)
    if addresses is not None:
        assert found == [parse_address(text) for text in addresses]


def test_no_postfix():
    with pytest.raises(HostError, match='install'):
        Host(None, lambda name: None)


def test_no_such_directory(machine):
    machine.host()
    with pytest.raises(HostError, match=r'config_directory: .*nosuch'):
        Host(lambda command: (0, '/etc/postfix\n3.7.11\n', ''), machine.find, str(machine.root / 'nosuch'))


def test_installed_postfix(machine):
    host = machine.host()
    assert host.mail_version == '3.7.11'
    assert not host.is_default_instance
    assert host.control('stop') == ('postfix', '-c', str(machine.config), 'stop')
    assert host.has('postconf')
    assert not host.has('postfix')


def test_run(machine):
    host = machine.host()
    machine.program('echo', 'echo "$@"; echo oh >&2; exit 3')
    assert host.run('echo', 'a b', 'c') == (3, 'a b c\n', 'oh\n')
    with pytest.raises(HostError, match='nosuch'):
        host.run('nosuch')


def test_path_follows_symbolic_links(machine):
    (machine.config / 'main.cf').symlink_to(machine.root / 'real.cf')
    assert machine.host().path('main.cf') == os.path.realpath(machine.root / 'real.cf')


def test_effective(machine):
    effective = machine.host(inet_protocols='ipv4', inet_interfaces='127.0.0.1, [::1]').effective()
    assert effective.queue_directory == str(machine.queue)
    assert effective.listens_by == ((4,), ('127.0.0.1', '[::1]'))


def test_effective_gives_postfix_own_reason(machine):
    host = machine.host()
    machine.program('postconf', 'echo "postconf: fatal: bad thing" >&2; exit 1')
    with pytest.raises(HostError, match='bad thing'):
        host.effective()


def usual(machine, monkeypatch, main_cf='inet_protocols = ipv4', version='3.7.11'):
    """Let a configuration be where it usually is, and postconf note each time that it is asked."""
    run = machine.host()._run
    monkeypatch.setattr(_host, 'USUAL_DIRECTORY', str(machine.config))
    (machine.config / 'main.cf').write_text(f'{main_cf}\n')
    machine.program('postconf', f'''
echo asked >> {machine.root}/asked
if [ "$1" = -d ]; then printf '/etc/built-in\\n3.7.11\\n'; exit; fi
grep -q dies {machine.config}/main.cf && exit 1
echo config_directory = {machine.config}
echo mail_version = {version}
cat {machine.config}/main.cf
''')
    return Host(run, machine.find)


def asked(machine):
    return len((machine.root / 'asked').read_text().splitlines())


def test_postconf_is_asked_once_where_postfix_is_as_usual(machine, monkeypatch):
    host = usual(machine, monkeypatch)
    assert (host.mail_version, host.config_directory) == ('3.7.11', str(machine.config))
    assert host.is_default_instance
    assert host.effective().inet_protocols == host.effective(str(machine.config)).inet_protocols == 'ipv4'
    assert asked(machine) == 1


def test_postconf_is_asked_again_of_another_main_cf(machine, monkeypatch):
    host = usual(machine, monkeypatch)
    (machine.config / 'main.cf').write_text('inet_protocols = ipv6\n')
    assert host.effective().inet_protocols == 'ipv6'
    assert host.effective().inet_protocols == 'ipv6'
    assert asked(machine) == 2
    os.link(machine.config / 'main.cf', machine.root / 'main.cf')
    host.effective(str(machine.root))
    assert asked(machine) == 3, 'another directory is another main.cf'


@pytest.mark.parametrize(('main_cf', 'environment'), [
    ('mail_version = 9.9', {}),
    ('x = y\nconfig_directory = /etc/postfix', {}),
    ('x = y', {'MAIL_CONFIG': '/etc/postfix-out'}),
    ('dies', {}),
])
def test_what_is_built_in_is_asked_for_where_something_else_may_be_shown(machine, monkeypatch, main_cf, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(HostError, match='/etc/built-in is no directory'):
        usual(machine, monkeypatch, main_cf, version='9.9')


@pytest.mark.parametrize('when_time_is_up', ['exit 124', 'kill $$'], ids=['coreutils', 'BusyBox'])
@pytest.mark.parametrize(('script', 'dies'), [('exit 0', False), ('exit 1', True), ('exec sleep 60', False)])
def test_daemon_that_dies_of_its_configuration(machine, script, dies, when_time_is_up):
    machine.program('smtpd', script)
    directory = str(machine.root / 'bin')
    # The real one, sooner.
    machine.program('timeout', f'shift; timeout 0.2 "$@"; code=$?; [ $code != 124 ] || {when_time_is_up}; exit $code')

    def run(arguments, **options):
        path = machine.find(arguments[0]) or arguments[0]
        return machine_run([path, *arguments[1:]], **options)

    machine_run = machine.host()._run
    assert Host(run, machine.find, str(machine.config)).daemon_dies('smtpd', directory, str(machine.config)) == dies


@pytest.mark.parametrize(('inet_protocols', 'families'), [('ipv4', [4]), ('', []), ('$x', [])])
def test_families(machine, inet_protocols, families):
    assert machine.host().families(inet_protocols) == families


def test_families_that_the_kernel_has(machine):
    assert machine.host().families('all') == [4, 6] if os.path.exists('/proc/net/if_inet6') else [4]


def refused(path):
    """Be a container in which even root may not see the descriptors of a process."""
    raise PermissionError(errno.EACCES, path)


def test_addresses_of_this_machine(machine):
    assert parse_address('127.0.0.1') in [entry.address for entry in machine.host().addresses()]


def test_ipv6_is_not_disabled_where_a_loopback_address_is(machine, listener):
    with open('/proc/sys/net/ipv6/conf/all/disable_ipv6') as setting:
        assert machine.host().ipv6_disabled() == (setting.read().strip() == '1')


@pytest.mark.parametrize('visible', [True, False])
@pytest.mark.parametrize('lock', ['flock', 'lockf'])
def test_running_master(machine, lock, visible, monkeypatch):
    if not visible:
        monkeypatch.setattr(os, 'listdir', refused)
    script = f'''
import fcntl, os, sys, time
stream = open(sys.argv[1], 'r+')
stream.write(f'{{os.getpid():10d}}\\n')
stream.flush()
fcntl.{lock}(stream, fcntl.LOCK_EX)
print('locked', flush=True)
time.sleep(60)
'''
    path = machine.queue / 'pid' / 'master.pid'
    path.touch()
    with subprocess.Popen([sys.executable, '-c', script, str(path)], stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            assert master_pid(str(machine.queue)) == process.pid
        finally:
            process.kill()
    assert master_pid(str(machine.queue)) is None, 'its number is still in the file'


@pytest.mark.parametrize('visible', [True, False])
@pytest.mark.parametrize('text', [None, '', '\n', 'x\n', '1\n', f'{os.getpid()}\n'])
def test_no_running_master(machine, text, visible, monkeypatch):
    if not visible:
        monkeypatch.setattr(os, 'listdir', refused)
    if text is not None:
        (machine.queue / 'pid' / 'master.pid').write_text(text)
    assert master_pid(str(machine.queue)) is None


def test_process_that_locks_another_file_is_not_the_master(machine):
    path = machine.queue / 'pid' / 'master.pid'
    path.write_text(f'{os.getpid()}\n')
    with open(machine.root / 'other', 'w') as other, open(path):
        fcntl.flock(other, fcntl.LOCK_EX)
        assert master_pid(str(machine.queue)) is None


@pytest.mark.parametrize('visible', [True, False])
def test_lock_of_another_process(machine, visible, monkeypatch):
    if not visible:
        monkeypatch.setattr(os, 'listdir', refused)
    path = machine.queue / 'pid' / 'master.pid'
    path.write_text('1\n')
    with open(path) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert master_pid(str(machine.queue)) is None


@pytest.mark.parametrize(('address', 'theirs', 'ours', 'free'), [
    ('127.0.0.1', False, False, False),
    ('::1', False, False, False),
    ('::1', False, True, False),
    ('::1', True, False, False),
    ('::1', True, True, True),  # Postfix since 3.6 beside another instance of it
])
def test_a_port_that_somebody_has(address, theirs, ours, free):
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    with socket.create_server((address, 0), family=family, reuse_port=theirs) as other:
        taken = Endpoint(parse_address(address), other.getsockname()[1])
        assert bind_error(taken, reuse_port=ours) == ('' if free else os.strerror(errno.EADDRINUSE))
    assert bind_error(taken, reuse_port=ours) == '', 'nobody has it any more, and we have let go of it'


def test_ipv4_takes_nothing_from_ipv6():
    with socket.create_server(('0.0.0.0', 0)) as other:
        assert bind_error(Endpoint(parse_address('::'), other.getsockname()[1]), reuse_port=False) == ''


def test_an_address_that_is_not_here():
    assert bind_error(Endpoint(parse_address('2001:db8::1'), 0), reuse_port=True) == os.strerror(errno.EADDRNOTAVAIL)


def test_where_master_listens(machine):
    (machine.config / 'master.cf').write_text('25 inet n - y - - smtpd\n[::1]:10025 inet n - y - - smtpd\n')
    host = machine.host(inet_protocols='ipv4', inet_interfaces='127.0.0.1')
    found = host.expected(host.effective(), [])
    assert {str(one) for one in found.endpoints} == {'127.0.0.1:25'}
