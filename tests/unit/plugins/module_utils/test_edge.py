import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._edge import serve
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_values


class Ended(Exception):
    """The module has said what there is to say."""


class Module:
    """What serve() needs of an AnsibleModule."""

    def __init__(self, machine):
        host = machine.host()
        self.run_command = host._run
        self.get_bin_path = machine.find
        self.params = {'config_directory': str(machine.config)}
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
    assert end_of(module, lambda host: {'changed': False, 'warnings': ['w']}) == ('ok', {'changed': False})
    assert module.warned == ['w']


def test_work_is_done_on_the_host(machine):
    assert end_of(Module(machine), lambda host: {'version': host.mail_version}) == ('ok', {'version': '3.7.11'})


def test_rejected_values_as_text_and_as_data(machine):
    how, result = end_of(Module(machine), lambda host: read_values({'inet_protocols': 'ipv5'}, {}))
    assert how == 'failed'
    assert 'inet_protocols' in result['msg']
    assert [(one['code'], one['token'], one['position']) for one in result['problems']] == [('unknown-word', 'ipv5', 1)]


def test_other_errors_with_what_postfix_logged(machine):
    def work(host):
        error = CoreError('Postfix does not run')
        error.log = ['fatal: x']
        raise error

    assert end_of(Module(machine), work) == ('failed', {'msg': 'Postfix does not run', 'log': ['fatal: x']})


def test_host_without_postfix(machine):
    module = Module(machine)
    module.get_bin_path = lambda name: None
    how, result = end_of(module, lambda host: {})
    assert how == 'failed'
    assert 'install' in result['msg']
