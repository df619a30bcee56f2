import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._instances import combined, instances

OK = {'changed': False, 'action': 'none', 'warnings': []}


@pytest.mark.parametrize(('names', 'found'), [
    (['-'], ['-']),
    (['postfix-out'], ['postfix-out']),
    (['postfix-out', '-'], ['postfix-out', '-']),
    (['all'], ['-', 'postfix-out', 'nameless']),
])
def test_instances_by_their_names(several, names, found):
    hosts = instances(several.default(), names)
    assert [name.rpartition('/')[2] for name in hosts] == found
    assert all(host.config_directory == str(several.directories[name.rpartition('/')[2]])
               for name, host in hosts.items())


@pytest.mark.parametrize('names', [['nosuch'], ['-', 'nosuch'], ['all', 'nosuch']])
def test_no_such_instance(several, names):
    with pytest.raises(HostError, match=r'nosuch is no instance of Postfix on this host; there are: -, postfix-out, /'):
        instances(several.default(), names)


def test_the_default_instance_alone_asks_nothing(several):
    default = several.default()
    several.machine.program('postconf', 'exit 1')
    assert instances(default, ['-']) == {'-': default}


def test_one_result_is_what_it_is():
    assert combined({'-': {**OK, 'x': 1}}) == {**OK, 'x': 1}


def test_several_results():
    found = combined({'-': {**OK, 'diff': [{'before': ''}]},
                      'out': {'changed': True, 'action': 'restart', 'warnings': ['w'], 'x': 1},
                      'in': {'changed': True, 'action': 'reload'}})
    assert (found['changed'], found['action'], found['warnings']) == (True, 'restart', ['instance out: w'])
    assert found['diff'] == [{'before': ''}]
    assert found['instances']['out'] == {'changed': True, 'action': 'restart', 'x': 1}
    assert 'action' not in combined({'-': {'changed': False}, 'out': {'changed': True}})
