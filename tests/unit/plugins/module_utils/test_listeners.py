import socket

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, WARNING
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import (
    Endpoint,
    Sockets,
    difference,
    expected,
    judge_services,
    listed,
    reachable_at,
)
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import inet_services


def endpoints(*texts):
    found = []
    for text in texts:
        address, colon, port = text.rpartition(':')
        found.append(Endpoint(parse_address(address.strip('[]')), int(port)))
    return frozenset(found)


def addresses(*texts):
    return [parse_address(text) for text in texts]


OWN = addresses('127.0.0.1', '192.0.2.1', '::1', 'fe80::1', '2001:db8::1')
NAMES = {'localhost': ['127.0.0.1', '::1'], 'mail.example.org': ['192.0.2.1', '2001:db8::1']}


NEW = (3, 10)


def resolve(name, family):
    return [one for one in addresses(*NAMES.get(name, [name] if parse_address(name) else [])) if one.family == family]


EXPECTED = [  # service, families, inet_interfaces, where master listens
    ('25', (4, 6), 'all', ['0.0.0.0:25', '[::]:25']),
    ('25', (4,), 'all', ['0.0.0.0:25']),
    ('25', (6,), 'all', ['[::]:25']),
    ('25', (), 'all', []),
    ('smtp', (4, 6), 'all', ['0.0.0.0:25', '[::]:25']),
    ('25', (4, 6), 'loopback-only', ['127.0.0.1:25', '[::1]:25']),
    ('25', (4,), 'loopback-only', ['127.0.0.1:25']),
    ('25', (4, 6), '127.0.0.1, [2001:db8::1]', ['127.0.0.1:25', '[2001:db8::1]:25']),
    ('25', (4, 6), 'localhost', ['127.0.0.1:25', '[::1]:25']),
    ('25', (6,), 'mail.example.org 127.0.0.1', ['[2001:db8::1]:25']),
    ('25', (4, 6), 'nosuch.invalid', []),
    ('25', (4, 6), '', []),
    ('127.0.0.1:10025', (4, 6), 'all', ['127.0.0.1:10025']),  # inet_interfaces does not count for it
    ('[::1]:10025', (4,), 'all', []),
    ('localhost:10025', (4, 6), '', ['127.0.0.1:10025', '[::1]:10025']),
    ('[::]:25', (4, 6), 'loopback-only', ['[::]:25']),
    ('025', (4,), 'all', ['0.0.0.0:25']),
    ('99999', (4,), 'all', ['0.0.0.0:34463']),  # modulo 65536, as in Postfix
    ('no-such-service', (4,), 'all', []),
]


@pytest.mark.parametrize(('service', 'families', 'inet_interfaces', 'where'), EXPECTED)
def test_expected(service, families, inet_interfaces, where):
    services = list(inet_services(f'{service} inet n - y - - smtpd\n'))
    found = expected(services, families, inet_interfaces, OWN, resolve, NEW)
    assert found.endpoints == endpoints(*where)
    assert found.greeting == found.endpoints


def test_what_does_not_greet_is_only_listened_on():
    services = inet_services('465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes\n628 inet n - y - - qmqpd\n')
    found = expected(services, (4,), 'all', OWN, resolve, NEW)
    assert (found.endpoints, found.greeting) == (endpoints('0.0.0.0:465', '0.0.0.0:628'), frozenset())


DIFFERENCES = [  # what is wanted, what runs, what lacks, what is too many
    (['0.0.0.0:25', '[::]:25'], ['0.0.0.0:25', '[::]:25'], [], []),
    (['0.0.0.0:25', '[::]:25'], ['0.0.0.0:25'], ['[::]:25'], []),
    (['0.0.0.0:25'], ['0.0.0.0:25', '[::]:25'], [], ['[::]:25']),
    (['[::1]:25'], ['0.0.0.0:25'], ['[::1]:25'], ['0.0.0.0:25']),
    (['0.0.0.0:25'], [], ['0.0.0.0:25'], []),
    ([], [], [], []),
    # a service of master.cf that nobody has loaded yet is for a reload
    (['0.0.0.0:25', '0.0.0.0:587'], ['0.0.0.0:25'], [], []),
    (['0.0.0.0:25'], ['0.0.0.0:25', '0.0.0.0:587'], [], []),
    (['0.0.0.0:25', '[::]:25', '[::]:587'], ['0.0.0.0:25'], ['[::]:25'], []),
]


@pytest.mark.parametrize(('wanted', 'running', 'lacking', 'surplus'), DIFFERENCES)
def test_difference(wanted, running, lacking, surplus):
    found = difference(endpoints(*wanted), Sockets(endpoints(*running), exact=True))
    assert found == (sorted(endpoints(*lacking)), sorted(endpoints(*surplus)))


def test_sockets_of_others_are_not_too_many():
    running = Sockets(endpoints('0.0.0.0:25', '[::]:25'), exact=False)
    assert difference(endpoints('0.0.0.0:25'), running) == ([], [])


def test_listed():
    assert listed(endpoints('[::]:25', '0.0.0.0:25')) == '0.0.0.0:25, [::]:25'
    assert listed([]) == 'nothing'


@pytest.mark.parametrize(('endpoint', 'own', 'where'), [
    ('[2001:db8::1]:25', [], ('2001:db8::1', 25)),
    ('[::]:25', ['2001:db8::1', '::1'], ('::1', 25)),
    ('0.0.0.0:25', ['192.0.2.1', '127.0.0.1'], ('127.0.0.1', 25)),
    ('[::]:25', ['127.0.0.1', 'fe80::1', '2001:db8::1'], ('2001:db8::1', 25)),
    ('[::]:25', ['127.0.0.1', 'fe80::1'], None),
    ('[::]:25', [], None),
])
def test_where_this_host_can_connect(endpoint, own, where):
    assert reachable_at(*endpoints(endpoint), addresses(*own)) == where


HOSTS = {('localhost', 4): ['127.0.0.1'], ('six.example.org', 6): ['2001:db8::6']}


def resolve_as_a_host(name, family):
    address = parse_address(name)
    numeric = [address] if address and address.family == family else []
    return numeric + [parse_address(text) for text in HOSTS.get((name, family), ())]


def services_judged(name, families=(4, 6), release=NEW):
    services = inet_services(f'{name} inet n - y - - smtpd\n')
    return [(one.code, one.severity) for one in judge_services(services, families, resolve_as_a_host, release)]


@pytest.mark.parametrize(('name', 'families', 'found'), [
    ('smtp', (4, 6), []),
    ('submissions', (4,), []),
    ('[::1]:10025', (4, 6), []),
    ('localhost:10025', (4,), []),
    ('six.example.org:smtp', (4, 6), []),
    ('[::1]:10025', (), []),  # master skips all of them
    ('[::1]:10025', (4,), [('protocol-off', ERROR)]),
    ('six.example.org:smtp', (4,), [('unknown-host', ERROR)]),
    ('nosuch.example.org:smtp', (4, 6), [('unknown-host', ERROR)]),
    ('nosuchservice', (4, 6), [('unknown-port', ERROR)]),
    ('[::1:25', (4, 6), [('unclosed-bracket', ERROR)]),
    ('[::1%eth0]:25', (4, 6), [('zone', ERROR)]),
    ('*:25', (4, 6), [('bad-host', ERROR)]),
    ('[2001:db8::25]:99999', (4, 6), [('port-out-of-range', WARNING)]),  # it listens on 34463, and lives
])
def test_services_that_kill_master(name, families, found):
    assert services_judged(name, families) == found


def test_ports_that_only_postfix_knows(monkeypatch):
    def unknown(name, protocol):
        raise OSError(name)

    monkeypatch.setattr(socket, 'getservbyname', unknown)
    assert services_judged('smtp', release=(3, 6)) == []
    assert services_judged('smtp', release=(3, 5)) == [('unknown-port', ERROR)]


def test_message_of_a_service_whose_protocol_is_off():
    (problem,) = judge_services(
        inet_services('[::1]:10025 inet n - y - - smtpd\n'), (4,), resolve_as_a_host, NEW)
    assert str(problem) == (
        'master.cf: [::1]:10025 is for IPv6, which inet_protocols turns off, master would die of it; set '
        'inet_protocols = all, or take the service out (master(5))')
