"""The module as Ansible runs it: a process of its own, without Ansible's collection loader."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = 'ansible_collections.inet6.postfix.plugins.modules.dns_check'
COLLECTIONS = Path(__file__).parents[4] / '.build' / 'collections'
RIGHT = '''
mail.example.org. AAAA 2001:db8::25
mail.example.org. TXT "v=spf1 a -all"
example.org. TXT "v=spf1 a:mail.example.org -all"
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.example.org.
'''


@pytest.fixture
def run(tmp_path):
    """Give a function that runs the module with options; its exit code and result."""
    def run_module(path=(), **options):
        arguments = {'addresses': '2001:db8::25', 'helo': 'mail.example.org', **options}
        file = tmp_path / 'arguments.json'
        file.write_text(json.dumps({'ANSIBLE_MODULE_ARGS': arguments}))
        done = subprocess.run(
            [sys.executable, '-m', MODULE, file], capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, 'PYTHONPATH': os.pathsep.join(map(str, [*path, COLLECTIONS]))})
        return done.returncode, json.loads(done.stdout or done.stderr)
    return run_module


@pytest.mark.parametrize('check_mode', [False, True])
def test_deliverable(run, name_server, check_mode):
    server = name_server(RIGHT)
    code, result = run(resolvers=str(server.where), names=['example.org'], _ansible_check_mode=check_mode)
    assert (code, result['changed'], result['verdict']) == (0, False, 'deliverable')
    assert result['resolvers'] == [str(server.where)]
    assert result['questions'] == len(server.asked)
    assert result['names'][0]['mx'] == []


def test_not_deliverable(run, name_server):
    server = name_server('')
    code, result = run(resolvers=[str(server.where)], addresses=['2001:db8::25'])
    assert (code, result['failed'], result['verdict']) == (1, True, 'not deliverable')
    assert result['msg'].splitlines()[0].startswith('2001:db8::25 has no PTR record, strict receivers refuse it')
    assert result['addresses'][0]['problems'][0]['code'] == 'no-ptr'


def test_a_survey(run, name_server):
    code, result = run(resolvers=str(name_server('').where), fail=False)
    assert (code, result['verdict'], 'msg' in result) == (0, 'not deliverable', False)


def test_unknown_is_not_fine(run, listener):
    port = listener.getsockname()[1]
    listener.close()
    code, result = run(resolvers=f'[::1]:{port}', timeout=0.1, lifetime=1)
    assert (code, result['verdict']) == (1, 'unknown')
    assert f'[::1]:{port} ' in result['msg']


@pytest.mark.parametrize(('options', 'message'), [
    ({'addresses': 'x'}, 'addresses: x is no complete IPv4 or IPv6 address'),
    ({'resolvers': 'x'}, 'resolvers: x is no address of a resolver'),
    ({'timeout': 0}, 'timeout: 0 is no time to wait'),
])
def test_what_is_refused(run, options, message):
    code, result = run(**options)
    assert (code, result['problems'][0]['token']) == (1, str(next(iter(options.values()))))
    assert result['msg'].startswith(message)


def test_without_dnspython(run, tmp_path):
    (tmp_path / 'dns').mkdir()
    (tmp_path / 'dns' / '__init__.py').write_text('raise ImportError("there is none")')
    code, result = run([tmp_path])
    assert code == 1
    assert result['msg'].startswith('Failed to import the required Python library (dnspython)')
