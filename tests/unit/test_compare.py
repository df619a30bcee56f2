"""By which rules the oracle finds that we and Postfix disagree: what it let pass, nobody would see."""

from random import Random

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import FATAL, OTHER_MEANING, Fault
from oracle import compare, subjects
from oracle.core import Opinion

LINK_LOCAL, ZONE = [('link-local', FATAL)], [('zone', FATAL)]
OTHER_ZONE = [('zone', OTHER_MEANING)]


def ok(meaning):
    return {'verdict': 'ok', 'meaning': meaning}


def dies(reason):
    return {'verdict': 'fatal', 'reason': reason}


@pytest.mark.parametrize(('parameter', 'value', 'problems', 'answer', 'agree'), [
    # What we accept is what it looks like, numbers with a sign too.
    ('smtpd_client_ipv6_prefix_length', '+64', [], ok(64), True),
    ('smtpd_client_ipv6_prefix_length', '+64', [], ok(0), False),
    ('smtp_connect_timeout', '-2m', [], ok(-120), True),
    ('smtp_connect_timeout', '-2m', [], ok(120), False),
    ('inet_interfaces', '192.0.2.1\r2001:db8::1', [], ok(['192.0.2.1', '2001:db8::1']), True),
    ('inet_interfaces', '192.0.2.1\r2001:db8::1', [], ok(['192.0.2.1']), False),
    # Only the name of a service may be one that a host lacks.
    ('relayhost', 'mail.example.org:smtps', [], dies('unknown service: smtps'), True),
    ('relayhost', 'mail.example.org:smtp]', [], dies('unknown service: smtp]'), False),
    ('relayhost', 'mail.example.org:smtp', [], dies('unknown service: smtp and more'), False),
    # A zone makes another address of one, so Postfix has to leave it out.
    ('proxy_interfaces', '::1%eth0', OTHER_ZONE, ok(['::1']), True),
    ('proxy_interfaces', '::1%eth0', OTHER_ZONE, ok(['::1%eth0']), False),
    # Addresses in a list may be taken, and a daemon die of them later; in an endpoint they are refused at once.
    ('inet_interfaces', 'fe80::1', LINK_LOCAL, ok(['fe80::1']), True),
    ('inet_interfaces', '::1%lo', ZONE, ok(['::1']), True),
    ('inet_interfaces', '2001:db8::1', [('bad-address', FATAL)], ok(['2001:db8::1']), False),
    ('master.cf', '[::1%lo]:25', ZONE, dies('bad hostname'), True),
    ('master.cf', '[::1%lo]:25', ZONE, ok(['::1', '25']), False),
    ('relayhost', '[::1%lo]:25', ZONE, ok([['::1', '25']]), False),
])
def test_agreement(parameter, value, problems, answer, agree):
    item = subjects.item(Random(0), parameter, value)
    problems = [Fault(code, verdict, 'is wrong', 'mend it').of(parameter, value) for code, verdict in problems]
    found = compare.disagreement(item, Opinion(problems, []), answer, (3, 7))
    assert (found is None) == agree, found


@pytest.mark.parametrize(('value', 'outcomes', 'agree'), [
    (', 192.0.2.0/24', ['match', 'no match'], True),
    (', 192.0.2.0/24', ['match', 'match'], False),
    ('192.0.2.0/24, 2001:db8::/64', ['match', 'match'], True),
])
def test_a_list_of_one_item_matches_what_it_looks_like(value, outcomes, agree):
    """What we say of its clients may be the same as what Postfix says, and both be wrong."""
    clients = [['one.example', '192.0.2.1'], ['two.example', '198.51.100.1']]
    item = subjects.item(Random(0), 'mynetworks', value, clients)
    found = compare.disagreement(item, Opinion([], outcomes), ok(outcomes), (3, 7))
    assert (found is None) == agree, found
