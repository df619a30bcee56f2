import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._argument_specs import FAULTS, specification
from ansible_collections.inet6.postfix.plugins.plugin_utils._fleet import judge_fleet


def judged(fleet):
    return judge_fleet({host: (variables, []) for host, variables in fleet.items()})


def test_nothing_to_say():
    assert judged({'a': {'postfix_ipv6_inet_protocols': 'all'}, 'b': {}}) == []


def test_each_problem_is_said_once_with_its_hosts():
    fleet = {
        'a': {'postfix_ipv6_inet_protocols': 'ipv5', 'postfix_ipv6_mynetworks': '2001:db8::1/64'},
        'b': {'postfix_ipv6_inet_protocols': 'ipv5'},
        'c': {'postfix_ipv6_inet_protocols': 'all', 'postfix_ipv6_extra_parameters': {'inet_interfaces': 'all'}},
    }
    said = judged(fleet)
    assert len(said) == 3
    for problem, (token, hosts) in zip(said, [('ipv5', '[a, b]'), ('host bits', '[a]'), ('inet_interfaces', '[c]')],
                                       strict=True):
        assert token in problem
        assert problem.endswith(hosts)


@pytest.mark.parametrize(('number', 'named'), [
    (1, '[h0]'), (10, ', h9]'), (11, ', h9 and 1 more hosts]'), (1000, ', h9 and 990 more hosts]'),
])
def test_many_hosts_are_counted(number, named):
    hosts = [f'h{index}' for index in range(number)]
    (problem,) = judged({host: {'postfix_ipv6_inet_protocols': 'ipv5'} for host in hosts})
    assert problem.endswith(named)


def test_the_policy_of_each_host():
    fleet = {'a': {'postfix_ipv6_mynetworks': '10.0.0.0/8', 'postfix_ipv6_widest_networks': {'ipv4': 16}},
             'b': {'postfix_ipv6_mynetworks': '10.0.0.0/8'},
             'c': {'postfix_ipv6_mynetworks': '2000::/3', 'postfix_ipv6_allowed_networks': '2000::/3'}}
    (problem,) = judged(fleet)
    assert 'is wider than /16' in problem
    assert problem.endswith('[a]')


def test_a_policy_that_is_none_hides_no_other_problem():
    said = judged({'a': {'postfix_ipv6_widest_networks': 8, 'postfix_ipv6_inet_protocols': 'ipv5'}})
    assert [problem.partition(':')[0] for problem in said] == ['widest_networks', 'inet_protocols']


def test_a_warning_stops_nothing():
    assert judged({'a': {'postfix_ipv6_mynetworks': 'fe80::/10, 127.0.0.0/8, ::1/128'}}) == []


def test_an_address_belongs_to_one_host():
    fleet = {
        'a': {'postfix_ipv6_smtp_bind_address6': '2001:db8::25', 'postfix_ipv6_smtp_bind_address': '192.0.2.25'},
        'b': {'postfix_ipv6_smtp_bind_address6': '2001:DB8:0::25', 'postfix_ipv6_smtp_bind_address': '192.0.2.26'},
        'c': {'postfix_ipv6_smtp_bind_address6': '::', 'postfix_ipv6_lmtp_bind_address6': '::1'},
        'd': {'postfix_ipv6_smtp_bind_address6': '::', 'postfix_ipv6_lmtp_bind_address6': '::1'},
    }
    (problem,) = judged(fleet)
    assert problem.startswith('smtp_bind_address6: 2001:db8::25 is claimed by several hosts')
    assert problem.endswith('[a, b]')


@pytest.mark.parametrize('extra', ['smtpd_banner = x', ['smtpd_banner'], 25, True])
def test_extra_parameters_of_another_type_are_a_problem(extra):
    assert judged({'a': {'postfix_ipv6_extra_parameters': extra}})


@pytest.mark.parametrize(('name', 'value', 'said'), [
    ('enabled', 'maybe', 'maybe is neither true nor false; write one of the two'),
    ('backups', 'x', 'x is no whole number; write one, such as 5'),
    ('timeout', None, 'None is no whole number; write one, such as 5'),
    ('outbound', 'ipv5', 'ipv5 is none of its choices; write both, ipv4 or ipv6'),
    ('destinations', 'example.org', 'example.org is no dictionary; write it as {name: value}'),
    ('instances', {'-': True}, "\"{'-': True}\" is no list; write it as [one, another]"),
    ('services', ['smtp'], "['smtp'] is no list of dictionaries; write it as [{name: value}]"),
])
def test_what_ansible_refuses_of_a_role(name, value, said):
    assert judged({'a': {f'postfix_ipv6_{name}': value}}) == [
        f'postfix_ipv6_{name}: {said} (role postfix_ipv6) [a]']


@pytest.mark.parametrize(('name', 'value'), [('widest_networks', {'ipv4': 'x'}), ('extra_parameters', 5)])
def test_what_both_refuse_is_said_once(name, value):
    (problem,) = judged({'a': {f'postfix_ipv6_{name}': value}})
    assert name in problem


@pytest.mark.parametrize(('name', 'value'), [
    ('enabled', 'no'), ('backups', '7'), ('outbound', 'ipv4'), ('outbound', ''), ('outbound', None),
    ('instances', '-, postfix-out'), ('absent', 'relayhost'),
    ('destinations', '{"example.org": "ipv4"}'), ('services', [{'name': 'smtp'}]),
])
def test_what_ansible_takes_of_a_role(name, value):
    assert judged({'a': {f'postfix_ipv6_{name}': value}}) == []


@pytest.mark.parametrize('serial', [None, '', 1, '5', '1 10% 100%', '1, 10%,100%', [1, '10%'], '["1", "10%"]', '01'])
def test_sizes_of_batches(serial):
    assert judged({'a': {'postfix_ipv6_serial': serial}}) == []


@pytest.mark.parametrize(('serial', 'word'), [
    ('abc', 'abc'), (0, '0'), ('0%', '0%'), ('1 ten', 'ten'), (0.5, '0.5'), ([1, True], 'True'), ('-1', '-1'),
    ('10 %', '%')])
def test_what_is_no_size_of_a_batch(serial, word):
    (problem,) = judged({'a': {'postfix_ipv6_serial': serial}})
    assert problem == (f'postfix_ipv6_serial: {word} is no number of hosts and no percentage, all hosts would be one '
                       'batch; write sizes of batches, as in 1 10% 100% (playbook inet6.postfix.enable) [a]')


def test_every_type_of_the_role_has_words_for_its_fault():
    kinds = {option['type'] for option in specification().values() if not option.get('choices')}
    assert kinds - set(FAULTS) == {'path', 'raw', 'str'}  # Ansible makes these of anything
