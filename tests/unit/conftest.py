"""What several unit tests share: a quick profile for hypothesis, a host of small shell scripts, an SMTP server."""

import contextlib
import socket
import threading

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host
from ansible_collections.inet6.postfix.plugins.module_utils._programs import run
from hypothesis import settings

# The same examples in every run: a red test is red for everybody.
settings.register_profile('unit', max_examples=150, deadline=None, derandomize=True)
settings.load_profile('unit')


class Machine:
    """A directory with a configuration of Postfix, and one with programs: shell scripts that a test writes."""

    def __init__(self, root):
        """Make both below a directory."""
        self.root = root
        self.config = root / 'etc'
        self.queue = root / 'queue'
        self.log = root / 'mail.log'
        for directory in (self.config, self.queue / 'pid', root / 'bin'):
            directory.mkdir(parents=True)
        self.log.touch()
        self.program('postmap', 'exit 0\n')
        self.effective = {'queue_directory': self.queue, 'inet_protocols': 'all', 'inet_interfaces': 'all',
                          'master_service_disable': '', 'maillog_file': self.log, 'daemon_directory': root / 'bin'}

    def program(self, name, script):
        """Install a program, or another one in its place."""
        path = self.root / 'bin' / name
        path.write_text('#!/bin/sh\n' + script)
        path.chmod(0o755)

    def find(self, name):
        """Do what AnsibleModule.get_bin_path does."""
        path = self.root / 'bin' / name
        return str(path) if path.exists() else None

    def host(self, **effective):
        """Give the host, whose postconf tells the effective values given here or above."""
        self.effective.update(effective)
        told = self.root / 'told'
        told.write_text(''.join(f'{name} = {value}\n' for name, value in self.effective.items()))
        self.program('postconf', f'case "$1" in -d) printf "/etc/postfix\\n3.7.11\\n";; *) cat {told};; esac\n')
        return Host(run, self.find, str(self.config))


@pytest.fixture
def machine(tmp_path):
    """Give a machine on which nothing is installed."""
    return Machine(tmp_path)


class Several:
    """Three instances of Postfix: the default one, postfix-out, and one that has no name."""

    def __init__(self, machine):
        """Make their directories."""
        self.machine = machine
        self.run = machine.host()._run
        self.directories = {'-': machine.config, 'postfix-out': machine.root / 'out',
                            'nameless': machine.root / 'nameless'}
        for directory in self.directories.values():
            directory.mkdir(exist_ok=True)

    def install(self):
        """Let postconf tell of all three."""
        others = f"{self.directories['postfix-out']}, {self.directories['nameless']}"
        self.machine.program('postconf', f'''
case "$1 $2" in
-d*) printf '{self.machine.config}\\n3.7.11\\n';;
'-c {self.machine.config}') echo 'multi_instance_directories = {others}';;
"-c {self.directories['postfix-out']}") echo 'multi_instance_name = postfix-out';;
*) echo 'multi_instance_name =';;
esac
''')

    def default(self):
        """Give the default instance."""
        self.install()
        return Host(self.run, self.machine.find)


@pytest.fixture
def several(machine):
    """Give a machine with several instances of Postfix."""
    return Several(machine)


@pytest.fixture
def listener():
    """Listen on ::1."""
    try:
        server = socket.create_server(('::1', 0), family=socket.AF_INET6)
    except OSError as error:
        pytest.skip(f'this machine has no ::1: {error}')
    with server:
        yield server


@pytest.fixture
def served(listener):
    """Let a function talk to one client on ::1; gives where it does."""
    threads = []

    def serve(talk):
        def answer():
            connection, peer = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                talk(connection)

        threads.append(threading.Thread(target=answer))
        threads[-1].start()
        return listener.getsockname()[:2]

    yield serve
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
