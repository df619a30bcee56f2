import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _settings
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings


@pytest.mark.parametrize(('content', 'absent', 'wanted'), [
    ('', [], {}),
    ('# x\ninet_protocols = all\n', [], {'inet_protocols': 'all'}),
    ('a = 1', ['b'], {'a': '1', 'b': None}),
    ('a =\n', [], {'a': ''}),
    ('a = 1,\n  2\n', [], {'a': '1,  2'}),
    ('', ['a', 'a'], {'a': None}),
])
def test_wanted(content, absent, wanted):
    assert Settings.read(content, absent, USUAL_TRUST).wanted == wanted


@pytest.mark.parametrize(('content', 'absent', 'message'), [
    ('inet_protocols: all\n', [], 'line 1'),
    ('a = 1\njunk\n', [], 'line 2'),
    ('a = 1\n', ['a'], 'a is also given a value'),
])
def test_not_to_be_understood(content, absent, message):
    with pytest.raises(CoreError, match=message):
        Settings.read(content, absent, USUAL_TRUST)


PLANS = [  # main.cf, what is wanted, what changes, main.cf afterwards
    ('', {}, {}, ''),
    ('a = 1\n', {'a': '1'}, {}, 'a = 1\n'),
    ('a = 1\n', {'a': '2'}, {'a': '2'}, 'a = 2\n'),
    ('', {'a': '1'}, {'a': '1'}, 'a = 1\n'),
    ('a = 1\nb = 2\n', {'a': None}, {'a': None}, 'b = 2\n'),
    ('b = 2\n', {'a': None}, {}, 'b = 2\n'),
    ('a = 1\n', {'a': ''}, {'a': ''}, 'a = \n'),
    ('a =\n', {'a': ''}, {}, 'a =\n'),
    # what is written differently and means the same stays as it is written
    ('inet_protocols=ipv6 ipv4\n', {'inet_protocols': 'all'}, {}, 'inet_protocols=ipv6 ipv4\n'),
    ('mynetworks =\n  127.0.0.0/8,\n  # us\n  [::1]\n', {'mynetworks': '127.0.0.0/8, [::1]'}, {},
     'mynetworks =\n  127.0.0.0/8,\n  # us\n  [::1]\n'),
    # earlier settings of the same parameter go, and no value changes
    ('a = 1\na = 2\n', {'a': '2'}, {}, 'a = 2\n'),
    ('inet_protocols = ipv4\ninet_protocols = ipv4,ipv6\n', {'inet_protocols': 'all'}, {},
     'inet_protocols = ipv4,ipv6\n'),
    # a name that is the begin of another
    ('smtp_bind_address6 = ::1\n', {'smtp_bind_address': '192.0.2.1'}, {'smtp_bind_address': '192.0.2.1'},
     'smtp_bind_address6 = ::1\nsmtp_bind_address = 192.0.2.1\n'),
    # a file that Postfix dies of is mended
    ('inet_interfaces = all,\n', {'inet_interfaces': 'all'}, {'inet_interfaces': 'all'}, 'inet_interfaces = all\n'),
    ('inet_interfaces = 127.0.0.1,\r\n ::1\r\n', {'inet_interfaces': '127.0.0.1, ::1'},
     {'inet_interfaces': '127.0.0.1, ::1'}, 'inet_interfaces = 127.0.0.1, ::1\r\n'),
]


@pytest.mark.parametrize(('before', 'wanted', 'values', 'after'), PLANS)
def test_plan(before, wanted, values, after):
    todo = Settings(wanted).plan(before)
    assert (todo.values, todo.after) == (values, after)
    assert todo.changes == (before != after)
    assert not Settings(wanted).plan(after).changes


@pytest.mark.parametrize(('before', 'backup', 'values'), [
    ('a = 1\n', 'a = 1\n', {}),
    ('a = 1\n', '# a comment\na = 1\n', {}),
    ('a = 2\nb = 3\nd = 4\n', 'a = 1\nc = 5\nd = 4\n', {'a': '1', 'b': None, 'c': '5'}),
    ('a = 1\n', '', {'a': None}),
])
def test_plan_of_a_way_back(before, backup, values):
    todo = Settings({}).plan_back(before, backup)
    assert (todo.values, todo.after, todo.changes) == (values, backup, before != backup)


OURS = 'texthash:/x'


@pytest.mark.parametrize(('before', 'wanted', 'is_member', 'after'), [
    ('', {}, True, f'transport_maps = {OURS}\n'),
    ('', {}, False, ''),
    ('transport_maps = hash:/y,  hash:/z\n', {}, True, f'transport_maps = hash:/y, hash:/z, {OURS}\n'),
    (f'transport_maps = {OURS} hash:/y\n', {}, True, f'transport_maps = {OURS} hash:/y\n'),
    (f'transport_maps = {OURS} hash:/y\n', {}, False, 'transport_maps = hash:/y\n'),
    (f'transport_maps = {OURS}\na = 1\n', {}, False, 'a = 1\n'),
    ('transport_maps = hash:/y\n', {}, False, 'transport_maps = hash:/y\n'),
    ('transport_maps = hash:/y\n', {'transport_maps': 'hash:/z'}, True, f'transport_maps = hash:/z, {OURS}\n'),
    (f'transport_maps = hash:/z, {OURS}\n', {'transport_maps': 'hash:/z'}, True,
     f'transport_maps = hash:/z, {OURS}\n'),
    (f'transport_maps = hash:/z, {OURS}\n', {'transport_maps': 'hash:/z'}, False, 'transport_maps = hash:/z\n'),
])
def test_lists_of_which_an_item_is_ours(before, wanted, is_member, after):
    settings = Settings(wanted, members={'transport_maps': (OURS, is_member)})
    assert settings.plan(before).after == after
    assert not settings.plan(after).changes


@pytest.mark.parametrize(('installed', 'is_default', 'wanted', 'warns'), [
    (True, True, 'all', True), (True, True, 'ipv4', False), (False, True, 'all', False), (True, False, 'all', False),
])
def test_a_change_that_another_program_may_undo(machine, monkeypatch, installed, is_default, wanted, warns):
    file = machine.root / 'mail'
    file.write_text('MAIL_CREATE_CONFIG="yes"\n')
    monkeypatch.setattr(_settings, 'GENERATOR_SETTINGS', str(file))
    host = machine.host()
    host.is_default_instance = is_default
    if installed:
        machine.program('config.postfix', 'exit 1')
    settings = Settings({'inet_protocols': wanted})
    found = settings.judge(host, settings.plan('inet_protocols = ipv4\n'), host.addresses())
    assert ('generated' in [problem.code for problem in found]) == warns


@pytest.mark.parametrize(('form', 'text', 'found'), [
    ('{}', '[2001:db8::]/32\n', []),
    ('{}', '192.0.2.0/24\n2001:db8::/32\n', ['unbracketed-ipv6']),
    ('127.0.0.1, !{}', '2001:db8::/32\n', ['unbracketed-ipv6']),
    ('cidr:{}', '2001:db8::/32 OK\n', []),
    ('cidr:{}', '2001:db8::1/32 OK\n', ['host-bits']),
])
def test_files_that_a_list_names(machine, form, text, found):
    (machine.root / 'clients').write_text(text)
    settings = Settings({'mynetworks': form.format(machine.root / 'clients')})
    assert [one.code for one in settings._judge_expanded(machine.host(), str(machine.config))] == found
