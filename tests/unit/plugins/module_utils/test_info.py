import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _info
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._convergence import converge
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    ERROR,
    OBEYED,
    WARNING,
    CoreError,
    Fault,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, HostError
from ansible_collections.inet6.postfix.plugins.module_utils._info import (
    by_family,
    info,
    nothing_there,
)
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings


def test_who_may_relay_by_family():
    items = ['127.0.0.0/8', '[::1]/128', '2001:db8::1', '!192.0.2.1', 'hash:/etc/clients', 'mail.example.org']
    assert by_family(', '.join(items)) == {
        'all': items,
        'ipv4': ['127.0.0.0/8', '!192.0.2.1'], 'ipv6': ['[::1]/128'],
        'other': ['2001:db8::1', 'hash:/etc/clients', 'mail.example.org']}


FINE = {'inet_protocols': 'all', 'mynetworks': '127.0.0.0/8 [::1]/128'}
BOTH = {4: ['eth0'], 6: ['eth0']}


@pytest.mark.parametrize(('values', 'running', 'enabled', 'routes', 'codes'), [
    ({}, True, True, BOTH, []),
    ({}, True, None, BOTH, []),
    ({}, False, True, BOTH, ['not-running']),
    ({}, True, False, BOTH, ['not-at-boot']),
    ({}, True, True, {4: ['eth0'], 6: []}, ['no-default-route']),
    ({'inet_protocols': 'ipv4'}, True, True, {4: ['eth0'], 6: []}, []),
    ({'mynetworks': '127.0.0.0/8'}, True, True, BOTH, ['loopback-not-trusted']),
    ({'mynetworks': '127.0.0.0/8', 'inet_protocols': 'ipv4'}, True, True, BOTH, []),
    ({'mynetworks': ''}, True, True, BOTH, []),
    ({'mynetworks': '127.0.0.0/8 hash:/etc/clients'}, True, True, BOTH, []),
])
def test_worries(values, running, enabled, routes, codes):
    found = _info._worries({**FINE, **values}, running, {'enabled': enabled}, routes)
    assert [(one.code, one.severity) for one in found] == [(code, WARNING) for code in codes]


MASTER_CF = '''\
# ==
smtp inet n - y - - smtpd
smtp unix - - y - - smtp
  -o inet_protocols=ipv4 -o smtp_tls_security_level=may
'''


def test_parameters_and_where_they_come_from(machine):
    (machine.config / 'master.cf').write_text(MASTER_CF)
    main_cf = MainCf('# mail\ninet_protocols = ipv4\nmynetworks =\n  127.0.0.0/8\ninet_protocols = all\n')
    now = {'inet_protocols': 'all', 'mynetworks': '127.0.0.0/8', 'inet_interfaces': 'all', 'relayhost': '',
           'smtp_fallback_relay': ''}
    assert list(_info._parameters(machine.host(), main_cf, now)) == [
        {'name': 'inet_protocols', 'value': 'all', 'line': 5,
         'overrides': [{'service': 'smtp/unix', 'value': 'ipv4', 'line': 3}]},
        {'name': 'mynetworks', 'value': '127.0.0.0/8', 'line': 3, 'overrides': []},
        {'name': 'inet_interfaces', 'value': 'all', 'line': None, 'overrides': []},
        {'name': 'relayhost', 'value': '', 'line': None, 'overrides': []},
    ]


REFUSAL = Fault('bad', OBEYED, 'is bad', 'write good').of('inet_protocols', 'ipv7')


@pytest.mark.parametrize(('objection', 'code', 'message'), [
    (Rejected([REFUSAL]), 'bad', 'inet_protocols: ipv7 is bad; write good (postconf(5) inet_protocols)'),
    (CoreError('postmap: fatal'), 'postfix', 'postmap: fatal'),
])
def test_what_stops_a_change_is_a_finding(machine, tmp_path, objection, code, message):
    def documents():
        raise objection

    (machine.config / 'main.cf').write_text('inet_protocols = all\nmynetworks = 192.0.2.1/24\n')
    machine.effective['mynetworks'] = '192.0.2.1/24'
    result = info(machine.host(), documents, USUAL_TRUST, str(tmp_path))
    assert (result['verdict'], result['running']) == ('not ready', False)
    assert (result['changes'], result['action']) == ([], 'none')
    assert result['findings'][0] == {'code': code, 'severity': ERROR, 'message': message}
    codes = [one['code'] for one in result['findings'][1:]]
    assert codes[:2] == ['host-bits', 'not-running']
    assert {one['severity'] for one in result['findings'][1:]} == {WARNING}


DEBIANS = '127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128'


@pytest.fixture
def looked_at(machine, tmp_path):
    """Give a function that looks at Debian's Postfix, which does not run, and at what would become of it."""
    (machine.config / 'main.cf').write_text(f'inet_protocols = ipv4\nmynetworks = {DEBIANS}\n')
    (machine.config / 'master.cf').write_text(MASTER_CF)
    machine.program('smtpd', 'exit 0\n')
    machine.effective.update(mynetworks=DEBIANS, default_transport='smtp')

    def look():
        return info(machine.host(), lambda: [Settings.read('inet_protocols = all', [], USUAL_TRUST)], USUAL_TRUST,
                    str(tmp_path))

    return look


def test_what_debian_writes_is_no_worry_and_what_is_stopped_is_said_once(looked_at):
    result = looked_at()
    assert [change['after'] for change in result['changes']] == ['all']
    assert [(one['code'], one['severity']) for one in result['findings']] == [('not-running', WARNING)]


def test_others_reach_what_a_proxy_listens_for(looked_at, monkeypatch):
    monkeypatch.setattr(_info, 'all_listeners', lambda pid: [Endpoint(parse_address('2001:db8::25'), 25)])
    monkeypatch.setattr(Host, 'addresses', lambda self: OWN)
    result = looked_at()
    assert (result['listeners']['ipv6'], result['reachable']) == ([], ['2001:db8::25'])


@pytest.mark.parametrize(('missing', 'ordered'), [([], True), ([{'path': '/etc/systemd/system/x.conf'}], False)])
def test_whether_boot_waits_for_the_addresses(looked_at, monkeypatch, missing, ordered):
    monkeypatch.setattr(_info, 'converge', lambda *arguments: {**converge(*arguments), 'boot': missing})
    assert looked_at()['boot']['ordered'] is ordered


def test_a_host_without_postfix_is_not_ready():
    assert nothing_there(HostError('install it')) == {
        'changed': False, 'verdict': 'not ready',
        'findings': [{'code': 'host', 'severity': ERROR, 'message': 'install it'}]}


def entry(text, scope='global', **state):
    return HostAddress(parse_address(text), **{'temporary': False, 'deprecated': False, 'tentative': False, **state},
                       scope=scope)


OWN = [entry('127.0.0.1', 'host'), entry('192.0.2.25'), entry('::1', 'host'), entry('fe80::1', 'link'),
       entry('2001:db8::25'), entry('2001:db8::99', temporary=True), entry('2001:db8::98', deprecated=True),
       entry('2001:db8::97', tentative=True)]


@pytest.mark.parametrize(('listeners', 'reachable'), [
    (['0.0.0.0', '::'], ['192.0.2.25', '2001:db8::25']),
    (['0.0.0.0', '::1'], ['192.0.2.25']),
    (['127.0.0.1', '2001:db8::25'], ['2001:db8::25']),
    (['2001:db8::24'], []),
    ([], []),
])
def test_where_other_hosts_reach_postfix(listeners, reachable):
    endpoints = [Endpoint(parse_address(text), 25) for text in listeners]
    assert [str(one) for one in _info._reachable(endpoints, OWN)] == reachable
    assert _info._reachable([one._replace(port=587) for one in endpoints], OWN) == []


@pytest.mark.parametrize(('text', 'origin'), [('example.org\nmore\n', 'example.org'), ('', ''), (None, '')])
def test_the_origin_may_be_in_a_file(tmp_path, text, origin):
    file = tmp_path / 'mailname'
    if text is not None:
        file.write_text(text)
    assert (_info._origin(str(file)), _info._origin('example.net')) == (origin, 'example.net')
