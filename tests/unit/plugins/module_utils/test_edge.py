import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._edge import serve
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import read_values


class Ended(Exception):
    """The module has said what there is to say."""


class Module:
    """What serve() needs of an AnsibleModule."""

    def __init__(self, machine):
        machine.host()
        self.get_bin_path = machine.find
        self.check_mode = False
        self.params = {'config_directory': str(machine.config), 'instances': None}
        self.warned = []
        self.warn = self.warned.append

    def exit_json(self, **result):
        raise Ended('ok', result)

    def fail_json(self, **result):
        raise Ended('failed', result)


def end_of(module, work):
    with pytest.raises(Ended) as caught:
        serve(module, work)
    return caught.value.args


def test_result_and_warnings(machine):
    module = Module(machine)
    work = {'changed': False, 'warnings': ['w']}
    assert end_of(module, lambda host, check_mode: work) == ('ok', {'changed': False})
    assert module.warned == ['w']


def test_work_is_done_on_the_host(machine):
    how, result = end_of(Module(machine), lambda host, check_mode: {'version': host.mail_version})
    assert (how, result) == ('ok', {'version': '3.7.11'})


def test_rejected_values_as_text_and_as_data(machine):
    how, result = end_of(Module(machine), lambda host, check_mode: read_values({'inet_protocols': 'ipv5'}, {}))
    assert how == 'failed'
    assert 'inet_protocols' in result['msg']
    assert [(one['code'], one['token'], one['position']) for one in result['problems']] == [('unknown-word', 'ipv5', 1)]


def test_other_errors_with_what_postfix_logged(machine):
    def work(host, check_mode):
        error = CoreError('Postfix does not run')
        error.log = ['fatal: x']
        raise error

    assert end_of(Module(machine), work) == (
        'failed', {'msg': 'Postfix does not run', 'log': ['fatal: x'], 'rolled_back': False})


def test_a_program_that_cannot_be_started(machine):
    machine.program('false', '')
    os.chmod(machine.find('false'), 0)
    failed = end_of(Module(machine), lambda host, check_mode: host.run('false'))
    assert failed == ('failed', {'msg': f'{machine.root}/bin/false: cannot be started: Permission denied',
                                 'log': [], 'rolled_back': False})


def test_host_without_postfix(machine):
    module = Module(machine)
    module.get_bin_path = lambda name: None
    how, result = end_of(module, lambda host, check_mode: {})
    assert how == 'failed'
    assert 'install' in result['msg']


def do_in_turn(several, work, check_mode=False):
    """Serve all instances, and give how that ended with the calls: instance, and whether in check mode."""
    module = Module(several.machine)
    several.install()
    module.check_mode = check_mode
    module.params = {'config_directory': None, 'instances': ['all']}
    calls = []

    def counted(host, check_mode):
        calls.append((host.instance_name, check_mode))
        return work(host, check_mode)

    return *end_of(module, counted), calls


def test_several_instances_are_asked_before_one_is_touched(several):
    how, result, calls = do_in_turn(several, lambda host, check_mode: {'changed': not check_mode})
    assert (how, result['changed']) == ('ok', True)
    assert calls == [('-', True), ('postfix-out', True), ('', True), ('-', False), ('postfix-out', False), ('', False)]


def test_in_check_mode_several_instances_are_only_asked(several):
    how, result, calls = do_in_turn(several, lambda host, check_mode: {'changed': False}, check_mode=True)
    assert calls == [('-', True), ('postfix-out', True), ('', True)]


def test_no_instance_is_touched_when_one_objects(several):
    def work(host, check_mode):
        if host.instance_name == 'postfix-out':
            raise CoreError('no')
        return {'changed': False}

    how, result, calls = do_in_turn(several, work)
    assert (how, result['msg']) == ('failed', 'instance postfix-out: no')
    assert [check_mode for name, check_mode in calls] == [True, True, True]


def test_the_others_go_on_when_one_fails_later(several):
    def work(host, check_mode):
        if host.instance_name == '-' and not check_mode:
            raise CoreError('no')
        return {'changed': False}

    how, result, calls = do_in_turn(several, work)
    assert (how, result['msg'], len(calls)) == ('failed', 'instance -: no', 6)
