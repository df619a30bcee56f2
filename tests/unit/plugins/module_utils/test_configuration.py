import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._configuration import documents
from ansible_collections.inet6.postfix.plugins.module_utils._host import read_text
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._tables import OWNER

NOTHING = dict.fromkeys(
    ('restore', 'content', 'absent', 'services', 'outbound', 'destinations', 'mx_hosts', 'listeners'))
MASTER_CF = 'smtp unix - - y - - smtp\n'


def changes(machine, options):
    """Give the files that would change, with what they would say."""
    host = machine.host()
    todo = {one.name: one.plan(read_text(host.path(one.name)) or '')
            for one in documents(host, {**NOTHING, **options}, USUAL_TRUST)}
    return {name: plan.after for name, plan in todo.items() if plan.changes}


def test_domains_whose_mail_ends_on_the_host(machine):
    """Postfix tells its default of mydestination; tables are not looked into."""
    host = machine.host(mydestination='mail.example.org, localhost, hash:/etc/postfix/domains')
    (machine.config / 'main.cf').write_text('virtual_mailbox_domains = shop.example.org other.example\n')
    (machine.config / 'master.cf').write_text(MASTER_CF)
    destinations = {'example.org': 'ipv4', 'shop.example.org': 'ipv6'}
    table = documents(host, {**NOTHING, 'destinations': destinations}, USUAL_TRUST)[0]
    assert [problem.token for problem in table.judge(host, table.plan(''), [])] == ['shop.example.org']
    assert table.plan('').values == {
        'inet6-postfix.transport: example.org': 'inet6-ipv4:', 'inet6-postfix.transport: .example.org': 'inet6-ipv4:',
        'inet6-postfix.transport: mail.example.org': ':', 'inet6-postfix.transport: shop.example.org': ':',
        'inet6-postfix.transport: .shop.example.org': 'inet6-ipv6:'}


def test_what_somebody_wants_of_a_transport_of_ours_comes_on_top(machine):
    host = machine.host()
    (machine.config / 'master.cf').write_text(MASTER_CF)
    wanted = {'name': 'inet6-ipv6', 'type': 'unix', 'state': 'present', 'command': None, 'maxproc': '5',
              **dict.fromkeys(('private', 'unprivileged', 'chroot', 'wakeup')),
              'options': {'smtp_bind_address6': '2001:db8::25', 'syslog_name': 'postfix/own'}}
    options = {**NOTHING, 'destinations': {'example.org': 'ipv6'}, 'services': [wanted]}
    service = documents(host, options, USUAL_TRUST)[2].wanted['inet6-ipv6', 'unix']
    assert (service.fields['chroot'], service.fields['maxproc'], service.command) == ('y', '5', ['smtp'])
    assert service.options == {'syslog_name': 'postfix/own', 'inet_protocols': 'ipv6', 'inet_interfaces': None,
                               'smtp_bind_address6': '2001:db8::25'}


@pytest.mark.parametrize(('said', 'changed'), [
    ({}, []),
    ({'destinations': {}}, ['inet6-postfix.transport', 'master.cf', 'main.cf']),
    ({'mx_hosts': {}}, ['inet6-postfix.dns-filter', 'main.cf']),
])
def test_policies_stay_where_nothing_is_said_of_them(machine, said, changed):
    """What looks at a host says nothing of them."""
    (machine.config / 'master.cf').write_text(MASTER_CF)
    policies = {'destinations': {'example.org': 'ipv4'}, 'mx_hosts': {'mx.example.net': 'ipv4'}}
    for name, text in changes(machine, policies).items():
        (machine.config / name).write_text(text)
    assert list(changes(machine, said)) == changed


@pytest.mark.parametrize(('name', 'text'), [
    ('inet6-postfix.transport', f'{OWNER}example.org inet6-ipv4:\n'),
    ('master.cf', f'{MASTER_CF}inet6-ipv4 unix - - y - - smtp\n'),
    ('main.cf', 'transport_maps = texthash:$config_directory/inet6-postfix.transport\n'),
])
def test_what_is_left_of_earlier_policies_goes(machine, name, text):
    """Also where somebody has taken the rest of it out by hand."""
    (machine.config / 'master.cf').write_text(MASTER_CF)
    assert changes(machine, {'destinations': {}}) == {}
    (machine.config / name).write_text(text)
    assert list(changes(machine, {'destinations': {}})) == [name]
