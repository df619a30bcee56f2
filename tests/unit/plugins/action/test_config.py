"""The action in real runs of Ansible: what the module is given, by its own word. Its Postfix is nowhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[4]
ROLE = {'ansible.builtin.import_role': {'name': 'inet6.postfix.postfix_ipv6', 'rolespec_validate': False}}
WANTED = {  # in the types that an inventory has
    'postfix_ipv6_mynetworks': ['127.0.0.0/8', '2001:db8::/32'], 'postfix_ipv6_smtp_bind_address_enforce': True,
    'postfix_ipv6_smtpd_client_ipv6_prefix_length': 64, 'postfix_ipv6_backups': 7,
    'postfix_ipv6_start_stopped': True, 'postfix_ipv6_absent': ['relayhost', 'smtp_bind_address'],
    'postfix_ipv6_destinations': {'example.org': 'ipv4'}, 'postfix_ipv6_outbound': 'ipv4'}
CONTENT = [
    'inet_protocols = all', 'mynetworks = 127.0.0.0/8, [2001:db8::]/32', 'smtp_bind_address_enforce = yes',
    'smtpd_client_ipv6_prefix_length = 64']
OPTIONS = {'backups': 7, 'start_stopped': True, 'absent': ['relayhost', 'smtp_bind_address'],
           'destinations': {'example.org': 'ipv4'}, 'outbound': 'ipv4'}
TEXTS = {
    'postfix_ipv6_mynetworks': '127.0.0.0/8, 2001:db8::/32', 'postfix_ipv6_smtp_bind_address_enforce': 'yes',
    'postfix_ipv6_smtpd_client_ipv6_prefix_length': '64', 'postfix_ipv6_backups': '7',
    'postfix_ipv6_start_stopped': 'true', 'postfix_ipv6_absent': 'relayhost,smtp_bind_address',
    'postfix_ipv6_destinations': '{"example.org": "ipv4"}', 'postfix_ipv6_outbound': 'ipv4'}
TYPED = ['instances', 'outbound', 'destinations', 'services', 'backups', 'start_stopped']
"""Options for which there is more than text."""


def yaml_of(variables):
    return yaml.safe_dump(variables)


def named(variables):
    """Let each variable be that of another one's value."""
    others = {name: name.replace('postfix_ipv6_', 'site_') for name in variables}
    return {**{others[name]: value for name, value in variables.items()},
            **{name: f'{{{{ {other} }}}}' for name, other in others.items()}}


HOSTS = {  # with the YAML of what an inventory says of each
    'inventory': yaml_of(WANTED),
    'survey': '\n'.join(f"{name}: !unsafe '{value}'" for name, value in TEXTS.items()),  # AWX marks answers so
    'others': yaml_of(named(WANTED)),
    'blank': yaml_of({f'postfix_ipv6_{name}': ' ' for name in TYPED}),
    'null': yaml_of({f'postfix_ipv6_{name}': None for name in TYPED}),
    'omit': yaml_of({f'postfix_ipv6_{name}': '{{ omit }}' for name in TYPED}),
    'unsafe': "postfix_ipv6_extra_parameters: {smtpd_banner: !unsafe '{{ 1 + 1 }}'}",
    'back': yaml_of({**WANTED, 'postfix_ipv6_restore': 'newest'}),
    'misread': yaml_of({'postfix_ipv6_mynetworks': '2001:db8::1/64', 'postfix_ipv6_inet_protocols': 'ipv5'}),
    'undefined': yaml_of({'postfix_ipv6_absent': '{{ nobody_has_this }}'}),
}
OWN = {  # tasks that anybody may write
    'config': {'inet6.postfix.config': {'content': 'inet_protocols = all'}},
    'info': {'inet6.postfix.info': {'content': 'inet_protocols = all'}},
    'both': {'inet6.postfix.config': {'content': '', 'template': 'main.cf.j2'}},
    'look': {'inet6.postfix.info': {'variable_prefix': 'postfix_ipv6_'}},
}


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """Run a play in check mode on this machine, for a directory where no Postfix is; give what became of each host."""

    def run(hosts, tasks, *arguments):
        directory = tmp_path_factory.mktemp('project')
        (directory / 'host_vars').mkdir()
        (directory / 'inventory.yml').write_text(yaml.safe_dump({'all': {'hosts': dict.fromkeys(hosts), 'vars': {
            'ansible_connection': 'local', 'ansible_python_interpreter': sys.executable,
            'postfix_ipv6_config_directory': str(directory / 'none')}}}))
        for name, variables in hosts.items():
            (directory / 'host_vars' / f'{name}.yml').write_text(variables)
        (directory / 'play.yml').write_text(yaml.safe_dump([{'hosts': 'all', 'gather_facts': False, 'tasks': tasks}]))
        done = subprocess.run(
            [Path(sys.executable).with_name('ansible-playbook'), '-i', 'inventory.yml', 'play.yml', '--check',
             *arguments],
            cwd=directory, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, env={
                **os.environ, 'ANSIBLE_COLLECTIONS_PATH': os.pathsep.join(
                    [str(ROOT / '.build' / 'collections'), os.environ.get('ANSIBLE_COLLECTIONS_PATH', '')]),
                'ANSIBLE_HOME': str(directory / 'ansible'), 'ANSIBLE_STDOUT_CALLBACK': 'ansible.posix.json',
                'ANSIBLE_INJECT_INVOCATION': '1'})
        report = json.JSONDecoder().raw_decode(done.stdout, done.stdout.index('{'))[0]
        return [task['hosts'] for task in report['plays'][-1]['tasks']]

    return run


@pytest.fixture(scope='module')
def role(run):
    """What became of each of HOSTS."""
    (results,) = run(HOSTS, [ROLE])
    return results


@pytest.fixture(scope='module')
def own(run):
    """What became of each of OWN."""
    results = run({'mail': HOSTS['inventory']}, [{**task, 'ignore_errors': True} for task in OWN.values()])
    return {name: result['mail'] for name, result in zip(OWN, results, strict=True)}


@pytest.mark.parametrize('name', ['inventory', 'survey', 'others'])
def test_values_of_any_type(role, name):
    assert_given(role[name])


@pytest.mark.parametrize('texts', [False, True], ids=['json', 'text'])
def test_values_of_a_command_line(run, texts):
    given = {name: value for name, value in TEXTS.items() if texts and name != 'postfix_ipv6_destinations'}
    said = [part for name, value in given.items() for part in ('-e', f"{name}='{value}'")]
    rest = {name: value for name, value in WANTED.items() if name not in given}
    ((result,),) = (result.values() for result in run({'mail': '{}'}, [ROLE], *said, '-e', json.dumps(rest)))
    assert_given(result)


@pytest.mark.parametrize('name', ['blank', 'null', 'omit'])
def test_what_says_nothing(role, name):
    arguments = role[name]['invocation']['module_args']
    assert {name: arguments[name] for name in TYPED} == {
        'instances': None, 'outbound': None, 'destinations': None, 'services': None, 'backups': 5,
        'start_stopped': False}


def test_what_is_unsafe_is_no_template(role):
    content = role['unsafe']['invocation']['module_args']['content']
    assert 'smtpd_banner = {{ 1 + 1 }}' in content.splitlines()


def test_a_way_back(role):
    arguments = role['back']['invocation']['module_args']
    assert {name: arguments[name] for name in ('restore', 'content', 'absent', 'destinations', 'backups')} == {
        'restore': 'newest', 'content': None, 'absent': None, 'destinations': None, 'backups': 7}


@pytest.mark.parametrize(('name', 'words'), [
    ('misread', ['mynetworks: [2001:db8::1]/64 has host bits set', 'inet_protocols: ipv5 is not a word']),
    ('undefined', ['nobody_has_this']),
])
def test_what_stops_before_the_module_runs(role, name, words):
    assert 'invocation' not in role[name]
    for word in words:
        assert word in role[name]['msg']


def test_problems_are_given_one_by_one(role):
    assert [(one['parameter'], one['code']) for one in role['misread']['problems']] == [
        ('inet_protocols', 'unknown-word'), ('mynetworks', 'host-bits')]


@pytest.mark.parametrize('name', ['config', 'info'])
def test_variables_do_not_count_for_a_task_of_ones_own(own, name):
    arguments = own[name]['invocation']['module_args']
    assert (arguments['content'], arguments['absent'], arguments['destinations']) == (
        'inet_protocols = all', None, None)


def test_a_template_and_content_together(own):
    assert 'mutually exclusive: content|template' in own['both']['msg']


def test_info_is_given_what_it_takes_and_nothing_of_how_files_are_changed(own):
    arguments = own['look']['invocation']['module_args']
    assert (arguments['destinations'], arguments['outbound']) == (OPTIONS['destinations'], OPTIONS['outbound'])
    assert 'backups' not in arguments


def assert_given(result):
    arguments = result['invocation']['module_args']
    assert [line for line in arguments['content'].splitlines() if not line.startswith('#')] == CONTENT
    assert {name: arguments[name] for name in OPTIONS} == OPTIONS
    assert (arguments['template'], arguments['variable_prefix']) == (None, None)
