import pytest
from ansible_collections.inet6.postfix.plugins.filter.verification import FilterModule

verification = FilterModule().filters()['verification']


def info(**more):
    return {
        'verdict': 'ready', 'findings': [], 'running': True, 'action': 'none', 'reason': '',
        'listeners': {'ipv4': ['0.0.0.0:25'], 'ipv6': ['[::]:25']}, 'reachable': ['192.0.2.25', '2001:db8::25'],
        'mynetworks': {'now': {'all': ['127.0.0.0/8', '[::1]/128']}}, **more}


def probe(verdict='works', relay='refused', stranger=True, problem=''):
    return {'sessions': {'ipv6': {
        'address': '2001:db8::25', 'port': 25, 'verdict': verdict, 'relay': {'verdict': relay, 'stranger': stranger},
        'problem': problem}}}


def test_where_to_connect():
    found = verification(info(), ['mail.example.org'])
    assert found['targets'] == [{'host': host, 'mynetworks': '127.0.0.0/8 [::1]/128'}
                                for host in ('192.0.2.25', '2001:db8::25', 'mail.example.org')]
    assert (found['failures'], found['warnings'], found['relays']) == ([], [], False)


@pytest.mark.parametrize(('more', 'address'), [
    ({}, '2001:db8::25'),
    ({'reachable': ['192.0.2.25']}, '::1'),
    ({'listeners': {'ipv4': ['0.0.0.0:25'], 'ipv6': ['[::]:587']}}, ''),
    ({'listeners': {'ipv4': ['0.0.0.0:25'], 'ipv6': []}}, ''),
])
def test_where_to_send_a_mail(more, address):
    assert verification(info(**more))['mail_address'] == address


def test_instances():
    other = info(reachable=['192.0.2.26', '192.0.2.25'], mynetworks={'now': {'all': ['192.0.2.0/24']}}, running=False)
    found = verification({'instances': {'-': info(), 'postfix-out': other}})
    assert [(one['host'], one['mynetworks']) for one in found['targets']] == [
        ('192.0.2.25', '127.0.0.0/8 [::1]/128'), ('192.0.2.26', '192.0.2.0/24'),
        ('2001:db8::25', '127.0.0.0/8 [::1]/128')]
    assert found['failures'] == ['instance postfix-out: Postfix does not run, so nothing is proven; start it']


def test_what_does_not_run_as_it_should():
    found = verification(info(action='restart', reason='Postfix does not listen on [::]:25'))
    (failure,) = found['failures']
    assert failure == ('the running Postfix is not what its configuration asks for (Postfix does not listen on '
                       '[::]:25); run the playbook inet6.postfix.enable')


def test_what_was_found_before():
    findings = [{'code': 'a', 'severity': 'error', 'message': 'mend it'},
                {'code': 'b', 'severity': 'warning', 'message': 'look at it'}]
    found = verification(info(findings=findings))
    assert (found['failures'], found['warnings']) == (['mend it'], ['look at it'])
    nothing = verification({'verdict': 'not ready', 'findings': findings[:1]})
    assert (nothing['failures'], nothing['targets'], nothing['mail_address']) == (['mend it'], [], '')


@pytest.mark.parametrize(('one', 'failures', 'warnings', 'relays'), [
    (probe(), [], [], False),
    (probe(relay='accepted', problem='is an open relay'), ['is an open relay'], [], True),
    (probe(relay='accepted', stranger=None, problem='is an open relay'), ['is an open relay'], [], True),
    (probe(relay='accepted', stranger=False, problem='may relay'), [], ['may relay'], False),
    (probe(relay='not tested', problem='not known'), [], ['not known'], False),
    (probe('unreachable', problem='timed out'),
     ['timed out', 'If only controller may not connect, set postfix_ipv6_probe_from to a host that may'], [], False),
    (probe('greets with 554', problem='554 no'), ['554 no'], [], False),
])
def test_what_came_of_probes(one, failures, warnings, relays):
    found = verification(info(), [], [probe(), one], 'controller')
    assert (found['failures'], found['warnings'], found['relays']) == (failures, warnings, relays)
    answers = '2001:db8::25 port 25 answers'
    refuses = one['sessions']['ipv6']['relay']['verdict'] == 'refused'
    assert found['proven'] == [f'{answers}, and relays for no stranger', *(
        [] if failures else [f'{answers}, and relays for no stranger' if refuses else answers])]
