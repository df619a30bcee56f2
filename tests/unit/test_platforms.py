"""What the code makes of systems that the lab has no hosts of: platforms.yml says what is known of them."""

import os
import time
from pathlib import Path

import pytest
import yaml
from ansible_collections.inet6.postfix.plugins.module_utils import _boot, _host, _log_sources, _postfix_log
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, HostError
from ansible_collections.inet6.postfix.plugins.module_utils._log_sources import journalctl_of_host, sources
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, judge_versions
from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import all_from_now
from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of

PLATFORMS = yaml.safe_load(Path(__file__).with_name('platforms.yml').read_text())['platforms']
PATHS = {path for facts in PLATFORMS.values() for path in facts['paths']} | {*_log_sources.JOURNALS}
COMMANDS = {'systemd': ('systemctl', 'journalctl'), 'rc-service': ('rc-service', 'service')}


class Platform:
    """A host of a system, with its logs below a directory."""

    def __init__(self, machine, monkeypatch, facts):
        """Install what the system has."""
        self.machine = machine
        self.facts = facts
        for name in ('isdir', 'exists', 'lexists'):
            monkeypatch.setattr(os.path, name, self._known(getattr(os.path, name)))
        monkeypatch.setattr(_boot, 'UNITS', str(machine.root / 'units'))
        for name in ('MAIL_FILES', 'SHARED_FILES'):
            files = tuple(map(self.below, getattr(_postfix_log, name)))
            for module in (_postfix_log, _log_sources):
                monkeypatch.setattr(module, name, files)
        for path in map(Path, map(self.below, facts['logs'])):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        for command in COMMANDS[facts['manager'].partition(' ')[0]]:
            machine.program(command, 'exit 1')
        self.shows(facts['shown'])
        run = machine.host()._run
        machine.program('postconf', f'printf "{machine.config}\\n{facts["postfix"]}\\n"')
        self.host = Host(run, machine.find)

    def _known(self, usual):
        """Answer for the paths that differ by the system; for all others as ever."""
        return lambda path: path in self.facts['paths'] if path in PATHS else usual(path)

    def below(self, path):
        return str(self.machine.root) + path

    def shows(self, units):
        if units:
            self.machine.program('systemctl', f"cat <<'UNITS'\n{units}UNITS\n")


@pytest.fixture(params=PLATFORMS)
def platform(request, machine, monkeypatch):
    """A host of each of the systems."""
    return Platform(machine, monkeypatch, PLATFORMS[request.param])


def test_who_runs_it(platform):
    manager = manager_of(platform.host)
    assert manager.name == platform.facts['manager']
    for name in ('stop', 'prepare', 'start'):
        assert [' '.join(command) for command in getattr(manager, name)] == platform.facts[name], name


@pytest.mark.parametrize(('states', 'failed'), [
    # of an umbrella first, which says "active" whatever becomes of the daemon
    (('inactive', 'failed'), True), (('active', 'inactive'), True), (('inactive', 'inactive'), False),
])
def test_whether_it_should_run(platform, states, failed):
    shown = platform.facts['shown']
    if shown:
        umbrella, daemon = states
        is_umbrella = 'oneshot' in shown
        first, _active, rest = shown.partition('ActiveState=active')
        platform.shows(first + f'ActiveState={umbrella if is_umbrella else daemon}'
                       + rest.replace('ActiveState=active', f'ActiveState={daemon}'))
        failed = failed if is_umbrella else daemon == 'failed'
    assert manager_of(platform.host).failed == (failed and bool(shown))


def test_which_unit_waits_at_boot(platform):
    found = _boot.changes(platform.host, [parse_address('2001:db8::25')])
    wanted = platform.facts['drop_in']
    assert [change.path for change in found] == ([f'{_boot.UNITS}/{wanted}'] if wanted else [])


def test_release_and_what_is_too_new_for_it(platform):
    host = platform.host
    assert host.is_default_instance
    assert '.'.join(map(str, host.release)) == platform.facts['postfix'].rpartition('.')[0]
    variables = [row.name for row in PARAMETERS.values() if row.has_variable]
    assert [problem.parameter for problem in judge_versions(variables, host.release)] == platform.facts['too_new']


def test_where_the_log_of_mail_is(platform):
    journal = journalctl_of_host(platform.machine.find)
    found = sources(None, '', time.time() - 60, bool(journal))
    assert [name.removeprefix(platform.below('')) for name in found.names] == [platform.facts['mail_log']]


def test_where_postfix_tells_of_its_errors(platform):
    line = 'x postfix/master[1]: fatal: told in '
    platform.machine.program('journalctl', f'echo "{line}journal"')
    lines = all_from_now(platform.host, '')
    for path in platform.facts['logs']:
        Path(platform.below(path)).write_text(f'{line}{path}\n')
    assert lines() == [line + platform.facts['tells_of_errors']]


def test_another_system_than_linux(machine, monkeypatch):
    """FreeBSD's Postfix is in /usr/local, where Ansible finds it, and no /proc says where it listens."""
    machine.program('postconf', 'exit 1')
    monkeypatch.setattr(os, 'uname', lambda: os.uname_result(('FreeBSD', 'mx', '14.3-RELEASE', '', 'amd64')))
    monkeypatch.setattr(_host, 'SOCKETS', str(machine.root / 'proc'))
    with pytest.raises(HostError, match=r'FreeBSD 14\.3-RELEASE.*only Linux is supported.*nothing was changed'):
        Host(None, machine.find)
