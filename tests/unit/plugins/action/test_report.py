"""The action in a real run of Ansible."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import SCHEMA
from browser.fleet import fleet

ROOT = Path(__file__).parents[4]
HOSTS = fleet(4)
MISSING = 'mx.example.org'


def run(directory, *arguments, tasks):
    """Let a play of all hosts register what it found, and write reports as the first of them."""
    inventory = {'all': {'hosts': {
        **{name: {'__postfix_ipv6_info': found.info, '__postfix_ipv6_dns': found.dns, '__postfix_ipv6_mail': found.mail}
           for name, found in HOSTS.items()},
        MISSING: None}}}
    play = {'hosts': 'all', 'gather_facts': False, 'tasks': [
        {'inet6.postfix.report': options, 'run_once': True, 'ignore_errors': True} for options in tasks]}
    (directory / 'inventory.yml').write_text(yaml.safe_dump(inventory))
    (directory / 'play.yml').write_text(yaml.safe_dump([play]))
    done = subprocess.run(
        [Path(sys.executable).with_name('ansible-playbook'), '-i', 'inventory.yml', 'play.yml', *arguments],
        cwd=directory, check=False, capture_output=True, text=True, env={
            **os.environ, 'ANSIBLE_COLLECTIONS_PATH': str(ROOT / '.build' / 'collections'), 'ANSIBLE_NOCOLOR': '1',
            'ANSIBLE_HOME': str(directory / 'ansible')})
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'changed=0' in done.stdout
    return done.stdout + done.stderr


def read(directory):
    return json.loads((directory / 'report.json').read_text())


@pytest.mark.parametrize('arguments', [(), ('--check',)])
def test_all_hosts_of_the_play(tmp_path, arguments):
    run(tmp_path, *arguments, tasks=[{'directory': 'new/reports'}])
    data = read(tmp_path / 'new' / 'reports')
    assert (data['schema'], data['title'], data['changes']) == (SCHEMA, 'IPv6 in Postfix', None)
    assert {host['name']: bool(host['listeners']) for host in data['hosts']} == {
        **dict.fromkeys(HOSTS, True), MISSING: False}
    assert data['hosts'][-1]['findings'] == [{'code': 'failed', 'severity': 'error', 'message': 'no result'}]
    assert {path.name for path in (tmp_path / 'new' / 'reports').iterdir()} == {
        'report.csv', 'report.html', 'report.json'}


def test_what_is_asked_for(tmp_path):
    options = {'directory': str(tmp_path), 'title': 'Ours', 'hosts': [MISSING, 'nobody.example.org'], 'keep': 1}
    run(tmp_path, tasks=[options, options])
    data = read(tmp_path)
    assert data['title'] == 'Ours'
    assert [host['name'] for host in data['hosts']] == [MISSING, 'nobody.example.org']
    assert data['changes']['hosts'] == []
    assert len(list(tmp_path.glob('report-*.json'))) == 1


def test_failures_say_why(tmp_path):
    said = run(tmp_path, tasks=[
        {'directory': 'reports', 'keep': -1}, {'directory': 'play.yml'}, {'directory': 'reports', 'colour': 'red'}])
    assert 'ignored=3' in said
    for words in ('keep: -1 is no number of reports; write 0 or more', 'name one that this user may write to',
                  'colour'):
        assert words in said
