import re
import subprocess

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _service
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._boot import back_up, carry_out, changes, drop_in
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._service import Manager

LATE = ('192.0.2.25', '2001:db8::25')
OWN = parse_address('2001:db8::25')

# As the kernel prints them; an interface may have a number of more than two digits.
IF_INET6 = '''\
fe800000000000000042c6fffe336489 1ab 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000025 {index} 40 00 {flags}     eth0
20010db8000000000000000000000250 1ab 40 00 80     eth0
'''
FIB_TRIE = '''\
Local:
  +-- 192.0.2.0/24 2 0 2
     +-- 192.0.2.0/27 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- {local}
           /32 host LOCAL
     |-- 192.0.2.255
        /32 link BROADCAST
'''


def addresses(*texts):
    return [parse_address(text) for text in texts]


@pytest.mark.parametrize('early', [[], ['0.0.0.0', '::'], ['127.0.0.1', '::1', '127.0.0.2']])
def test_nothing_to_wait_for(early):
    assert drop_in(addresses(*early)) is None


def test_waits_for_each_address_once():
    text = drop_in(addresses('2001:db8::25', '::1', '192.0.2.25', '192.0.2.25'))
    assert '\n# Wait for 192.0.2.25, 2001:db8::25\n' in text
    assert text.count('grep -Eq') == text.count('grep -Fw') == 1


def waits(tmp_path, texts, if_inet6='', fib_trie=''):
    """Run the command as systemd would, and tell whether it waits."""
    unit = drop_in(addresses(*texts))
    assert not re.search(r'[%$]|\\(?!\n)', unit), 'systemd would take this for its own'
    command = re.search("sh -c '([^']+)'\n$", unit.replace('\\\n', ' '))[1].replace('sleep 0.2', 'exit 1')
    for name, text in (('if_inet6', if_inet6), ('fib_trie', fib_trie)):
        (tmp_path / name).write_text(text)
        assert f'/proc/self/net/{name}' in command or not text
        command = command.replace(f'/proc/self/net/{name}', str(tmp_path / name))
    return subprocess.run(['sh', '-c', command], check=False).returncode == 1


@pytest.mark.parametrize(('flags', 'late'), [
    ('80', False), ('82', False), ('00', False), ('a0', False), ('01', False), ('31', False), ('b7', False),
    ('40', True), ('c0', True), ('c2', True), ('48', True), ('c8', True), ('88', True), ('61', True),
])
@pytest.mark.parametrize('index', ['02', '1ab'])
def test_waits_for_duplicate_address_detection(tmp_path, flags, late, index):
    assert waits(tmp_path, ['2001:db8::25'], IF_INET6.format(flags=flags, index=index)) == late


@pytest.mark.parametrize(('local', 'late'), [
    ('192.0.2.25', False), ('192.0.2.2', True), ('192.0.2.250', True),
])
def test_waits_for_an_ipv4_address(tmp_path, local, late):
    assert waits(tmp_path, ['192.0.2.25'], fib_trie=FIB_TRIE.format(local=local)) == late


@pytest.mark.parametrize('text', ['192.0.2.0', '192.0.2.255', '192.0.2.77'])
def test_waits_for_an_ipv4_address_that_is_only_routed(tmp_path, text):
    assert waits(tmp_path, [text], fib_trie=FIB_TRIE.format(local='192.0.2.25'))


@pytest.mark.parametrize('text', ['2001:db8::2', '2001:db8::251'])
def test_waits_for_an_address_that_is_not_there(tmp_path, text):
    assert waits(tmp_path, [text], IF_INET6.format(flags='80', index='02'))


@pytest.mark.parametrize(('flags', 'local', 'late'), [
    ('80', '192.0.2.25', False), ('c0', '192.0.2.25', True), ('80', '192.0.2.2', True),
])
def test_waits_for_the_last_of_several(tmp_path, flags, local, late):
    assert waits(tmp_path, LATE, IF_INET6.format(flags=flags, index='02'), FIB_TRIE.format(local=local)) == late


class Systemd:
    """A host on which systemd runs Postfix by one of two units."""

    def __init__(self, machine, monkeypatch):
        self.machine = machine
        self.monkeypatch = monkeypatch
        for name in ('RUNS_SYSTEMD', 'UNITS'):
            monkeypatch.setattr(_boot, name, str(machine.root / name))
            (machine.root / name).mkdir()
        self.host = machine.host()
        self.host.is_default_instance = True
        self.runs('postfix.service')

    def runs(self, unit):
        umbrella = self.machine.root / 'umbrella'
        self.monkeypatch.setattr(_boot, 'UMBRELLA', str(umbrella))
        if '@' in unit:
            umbrella.symlink_to('nowhere')
        else:
            umbrella.unlink(missing_ok=True)
        self.monkeypatch.setattr(_service, 'manager_of', lambda host: Manager('systemd', (), (), unit=unit))

    def drop_in(self, unit='postfix.service'):
        return self.machine.root / 'UNITS' / (unit + '.d') / 'inet6-postfix.conf'

    def converge(self, *texts):
        """Carry out what there is to do; give what systemd was told."""
        told = self.machine.root / 'told'
        told.write_text('')
        self.machine.program('systemctl', f'echo "$@" >>{told}')
        carry_out(self.host, changes(self.host, addresses(*texts)))
        return told.read_text().splitlines()


@pytest.fixture
def systemd(machine, monkeypatch):
    return Systemd(machine, monkeypatch)


@pytest.mark.parametrize('unit', ['postfix.service', 'postfix@-.service'])
def test_comes_and_changes_and_goes(systemd, unit):
    systemd.runs(unit)
    path = systemd.drop_in(unit)
    for texts in (LATE, LATE[:1]):
        assert systemd.converge(*texts) == ['daemon-reload', 'start network-online.target']
        assert path.read_text() == drop_in(addresses(*texts))
        assert path.stat().st_mode & 0o777 == 0o644
    assert systemd.converge() == ['daemon-reload']
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize('texts', [LATE, []])
def test_a_second_run_asks_systemd_nothing(systemd, texts):
    systemd.converge(*texts)
    systemd.monkeypatch.delattr(_service, 'manager_of')
    assert systemd.converge(*texts) == []


def test_moves_when_a_new_release_has_another_unit(systemd):
    systemd.runs('postfix@-.service')
    systemd.converge(*LATE)
    systemd.runs('postfix.service')
    assert systemd.converge(*LATE)
    assert not systemd.drop_in('postfix@-.service').exists()
    assert systemd.drop_in().exists()


@pytest.mark.parametrize('texts', [LATE, []])
def test_what_somebody_else_wrote_stays(systemd, texts):
    systemd.drop_in().parent.mkdir()
    systemd.drop_in().write_text('[Unit]\n')
    assert systemd.converge(*texts) == []
    assert systemd.drop_in().read_text() == '[Unit]\n'


@pytest.mark.parametrize('unit', ['', 'postfix@-.service'])
def test_not_for_a_postfix_that_the_unit_does_not_run(systemd, unit):
    systemd.monkeypatch.setattr(_service, 'manager_of', lambda host: Manager('x', (), (), unit=unit))
    assert changes(systemd.host, [OWN]) == []


def test_not_for_another_instance(systemd):
    systemd.converge(*LATE)
    systemd.host.is_default_instance = False
    assert changes(systemd.host, []) == changes(systemd.host, [OWN]) == []


def test_not_without_systemd(systemd):
    (systemd.machine.root / 'RUNS_SYSTEMD').rmdir()
    assert changes(systemd.host, [OWN]) == []


def test_the_way_back(systemd):
    assert back_up(changes(systemd.host, [OWN]), ()) == {str(systemd.drop_in()): None}
    systemd.converge(*LATE)
    needed = None
    for _run in range(3):
        backup = next(iter(back_up(changes(systemd.host, [OWN]), [needed]).values()))
        needed = needed or backup
    assert systemd.drop_in().with_name(backup.rpartition('/')[2]).read_text() == drop_in(addresses(*LATE))
    assert not backup.endswith('.conf'), 'systemd would read it'
    assert {str(path) for path in systemd.drop_in().parent.iterdir()} == {str(systemd.drop_in()), needed, backup}


def test_a_directory_that_cannot_be_made(systemd):
    todo = changes(systemd.host, [OWN])
    systemd.drop_in().parent.touch()
    with pytest.raises(HostError, match=r'inet6-postfix\.conf: cannot be written: File exists; nothing was changed'):
        carry_out(systemd.host, todo)
