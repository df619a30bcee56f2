import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import FIELDS, Wanted
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._services import Services

TEXT = 'smtp inet n - y - - smtpd\n# c\nsubmission inet n - y - - smtpd\n  -o a=1\n'


def service(name='smtp', **given):
    return {**dict.fromkeys([*FIELDS, 'command', 'options']), 'type': 'inet', 'state': 'present', 'name': name, **given}


def problems(machine, *services, text=TEXT, trust=None):
    document = Services.read(services, trust or read_trust())
    return [(one.code, one.parameter, one.token) for one in document.judge(machine.host(), document.plan(text), [])]


def test_what_users_write():
    document = Services.read([
        service(chroot='n', command='smtpd -v', options={'a': True, 'smtp_bind_address6': '[2001:db8::1]', 'b': None}),
        service('x', type='unix', state='absent')])
    assert document.wanted == {
        ('smtp', 'inet'): Wanted({'chroot': 'n'}, ['smtpd', '-v'],
                                 {'a': 'yes', 'smtp_bind_address6': '2001:db8::1', 'b': None}),
        ('x', 'unix'): None,
    }


def test_a_service_that_is_named_twice():
    with pytest.raises(CoreError, match='smtp/inet is there twice'):
        Services.read([service(), service(state='absent')])
    Services.read([service(), service(type='unix')])


def test_what_yaml_has_mangled():
    with pytest.raises(Rejected, match=r'smtp_bind_address6: .* is an integer'):
        Services.read([service(options={'smtp_bind_address6': 5599120199162})])


def test_plan():
    todo = Services.read([service('submission', options={'a': '2'}), service(state='absent')]).plan(TEXT)
    assert todo.after == '# c\nsubmission inet n - y - - smtpd\n  -o a=2\n'
    assert todo.values == {'smtp/inet': None, 'submission/inet': 'submission inet n - y - - smtpd -o a=2'}
    assert not Services.read([service(chroot='y'), service('x', state='absent')]).plan(TEXT).changes


def test_plan_of_a_way_back():
    todo = Services({}).plan_back(TEXT, 'smtp inet n - n - - smtpd\n')
    assert todo.values == {'smtp/inet': 'smtp inet n - n - - smtpd', 'submission/inet': None}


@pytest.mark.parametrize(('given', 'found'), [
    ({}, []),
    ({'chroot': 'n', 'maxproc': '100', 'private': 'n', 'command': 'smtpd'}, []),
    ({'type': 'unix', 'wakeup': '60?', 'private': '-', 'command': 'smtp'}, []),
    ({'chroot': 'yes'}, [('bad-field', 'master.cf smtp/inet', 'yes')]),
    ({'maxproc': '-1'}, [('bad-field', 'master.cf smtp/inet', '-1')]),
    ({'maxproc': '1?'}, [('bad-field', 'master.cf smtp/inet', '1?')]),
    ({'private': 'y'}, [('private-inet', 'master.cf smtp/inet', 'y')]),
    ({'name': '2001:db8::25', 'command': 'smtpd'}, [('unbracketed-ipv6', 'master.cf', '2001:db8::25')]),
    ({'name': '[2001:db8::25]:smtp', 'command': 'smtpd'}, []),
    ({'name': '[2001:db8::25]:smtp'}, [('no-command', 'master.cf [2001:db8::25]:smtp/inet', '[2001:db8::25]:smtp')]),
    ({'name': 'a b', 'type': 'unix', 'command': 'smtp'}, [('bad-name', 'master.cf a b/unix', 'a b')]),
    ({'options': {'a b': 'x'}}, [('bad-name', 'a b', 'a b')]),
    ({'options': {'smtp_bind_address6': '192.0.2.1'}},
     [('wrong-family', 'smtp_bind_address6', '192.0.2.1'), ('address-not-here', 'smtp_bind_address6', '192.0.2.1')]),
    ({'options': {'smtp_bind_address_enforce': True, 'smtpd_client_ipv6_prefix_length': 64}},
     [('too-new', 'smtpd_client_ipv6_prefix_length', 'smtpd_client_ipv6_prefix_length')]),
    ({'options': {'mynetworks': '0.0.0.0/0'}}, [('trusts-everybody', 'mynetworks', '0.0.0.0/0')]),
    ({'state': 'absent', 'chroot': 'yes'}, []),
])
def test_what_is_wrong(machine, given, found):
    assert problems(machine, service(**given)) == found


def test_insisting_on_a_network(machine):
    wide = service(options={'mynetworks': '0.0.0.0/0'})
    assert problems(machine, wide, trust=read_trust('0.0.0.0/0')) == []


def test_a_file_of_which_master_dies(machine):
    assert problems(machine, service(), text='smtp inet n - y\n' + TEXT) == [('malformed-line', 'master.cf', 'line 1')]
