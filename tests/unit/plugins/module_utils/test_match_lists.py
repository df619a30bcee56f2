import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Network
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    ERROR,
    FATAL,
    OBEYED,
    OTHER_MEANING,
    TEMPFAIL,
    WARNING,
)
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import (
    bracket_networks,
    fault_of_trust,
    read_network,
)
from ansible_collections.inet6.postfix.plugins.module_utils._matching import (
    DIES,
    MATCH,
    NO_MATCH,
    TRY_AGAIN,
    UNKNOWN,
    outcome,
)
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of, read_trust
from hypothesis import given
from hypothesis import strategies as st


def judged(text, parameter='mynetworks'):
    return list(kind_of(parameter).judge(parameter, text))


# What the real smtpd says to the clients 192.0.2.1, 198.51.100.1, 2001:db8::1, 2001:db9::1 and mail.example.org
# (203.0.113.9): Y may relay, n may not, E gets 451.  The same in every release from 3.4 to 3.11.
ACCEPTED = [
    ('192.0.2.0/24', 'Ynnnn'),
    ('192.0.2.0/024', 'Ynnnn'),
    ('192.0.2.1', 'Ynnnn'),
    ('[192.0.2.1]', 'Ynnnn'),
    ('[192.0.2.0/24]', 'Ynnnn'),
    ('[192.0.2.0]/24', 'Ynnnn'),
    ('[2001:db8::1]', 'nnYnn'),
    ('[2001:DB8::1]', 'nnYnn'),
    ('[2001:0db8::0001]', 'nnYnn'),
    ('[2001:db8::0.0.0.1]', 'nnYnn'),
    ('[2001:db8::1]/128', 'nnYnn'),
    ('[2001:db8::]/32', 'nnYnn'),
    ('[2001:db8::/32]', 'nnYnn'),
    ('[1:2:3:4:5:6:7::]', 'nnnnn'),
    ('!!192.0.2.1', 'Ynnnn'),
    ('!192.0.2.1 192.0.2.0/24', 'nnnnn'),
    ('192.0.2.0/24 !192.0.2.1', 'Ynnnn'),
    ('192.0.2.0/24,[2001:db8::]/32,,', 'YnYnn'),
    ('example.org', 'nnnnY'),
    ('Mail.Example.Org', 'nnnnY'),
    ('cidr:{{192.0.2.0/24 OK}}', 'Ynnnn'),
    ('inline:{192.0.2.1=OK}', 'Ynnnn'),
    ('$nosuch 192.0.2.1', 'Ynnnn'),
    ('127.0.0.0/8', 'nnnnn'),
    ('[::1]/128', 'nnnnn'),
    ('[fd00::]/8', 'nnnnn'),
    ('10.0.0.0/8', 'nnnnn'),
    ('192.0.2.0/0000000000024', 'Ynnnn'),
    ('[2001::]/16', 'nnYYn'),
    ('', 'nnnnn'),
    # Only the host knows these: its files, its tables, its other parameters.
    ('/etc/postfix/networks', 'EEEEE'),
    ('hash:/etc/postfix/networks', 'EEEEE'),
    ('proxy:mysql:/etc/postfix/networks.cf', 'EEEEE'),
    ('${nosuch', 'FATAL'),
]


@pytest.mark.parametrize('text', [text for text, answers in ACCEPTED])
def test_accepted(text):
    assert judged(text) == []


REFUSED = [
    # a lookup table, to Postfix: the brackets are missing
    ('2001:db8::1', 'EEEEE', 'unbracketed-ipv6', TEMPFAIL, '[2001:db8::1]'),
    ('2001:db8::/32', 'EEEEE', 'unbracketed-ipv6', TEMPFAIL, '[2001:db8::]/32'),
    ('1:2:3:4:5:6:7::', 'EEEEE', 'unbracketed-ipv6', TEMPFAIL, '[1:2:3:4:5:6:7::]'),
    ('cafe:babe::1', 'EEEEE', 'unbracketed-ipv6', TEMPFAIL, '[cafe:babe::1]'),
    ('::1', 'FATAL', 'unbracketed-ipv6', FATAL, '[::1]'),
    ('::/0', 'FATAL', 'unbracketed-ipv6', FATAL, '[::]/0'),
    ('192.0.2.0/24;2001:db8::1', 'EEEEE', None, TEMPFAIL, ''),
    ('192.0.2.1:25', 'EEEEE', None, TEMPFAIL, ''),
    ('CIDR:/etc/x', 'EEEEE', None, TEMPFAIL, ''),
    ('2001:', 'FATAL', None, FATAL, ''),
    ('hash:', 'FATAL', None, FATAL, ''),
    # 451 to the clients of one family
    ('192.0.2.1/24', 'EEnnE', 'host-bits', TEMPFAIL, '192.0.2.0/24 or 192.0.2.1/32'),
    ('[2001:db8::1]/32', 'nnEEn', 'host-bits', TEMPFAIL, '[2001:db8::]/32 or [2001:db8::1]/128'),
    ('[2001:db8::1]/64', 'nnEEn', 'host-bits', TEMPFAIL, '[2001:db8::]/64 or [2001:db8::1]/128'),
    ('[::1]/0', 'nnEEn', 'host-bits', TEMPFAIL, '[::1]/128'),
    ('192.0.2.0/33', 'EEnnE', 'prefix-too-long', TEMPFAIL, '0 to 32'),
    ('192.0.2.0/255', 'EEnnE', 'prefix-too-long', TEMPFAIL, '0 to 32'),
    ('192.0.2.0/289', 'EEnnE', 'prefix-too-long', TEMPFAIL, '0 to 32'),
    ('[2001:db8::]/129', 'nnEEn', 'prefix-too-long', TEMPFAIL, '0 to 128'),
    ('0.0.0.0/18446744073709551616', 'EEnnE', 'prefix-too-long', TEMPFAIL, '0 to 32'),
    ('192.0.2.0/255.255.255.0', 'EEnnE', 'bad-prefix', TEMPFAIL, 'write 192.0.2.0/24'),
    ('192.0.2.0/255.0.255.0', 'EEnnE', 'bad-prefix', TEMPFAIL, 'write 0 to 32'),
    ('[2001:db8::]/ffff:ffff::', 'nnEEn', 'bad-prefix', TEMPFAIL, 'write [2001:db8::]/32'),
    ('[2001:db8::]/ffff::ffff', 'nnEEn', 'bad-prefix', TEMPFAIL, 'write 0 to 128'),
    ('192.0.2.0/24/8', 'EEnnE', 'bad-prefix', TEMPFAIL, '0 to 32'),
    ('192.0.2.1/', 'EEnnE', 'bad-prefix', TEMPFAIL, '0 to 32'),
    ('[2001:db8::]/', 'nnEEn', 'bad-prefix', TEMPFAIL, '0 to 128'),
    ('192.0.2/24', 'EEnnE', 'bad-address', TEMPFAIL, '192.0.2.0/24'),
    ('192.0.2.1]/24', 'EEnnE', 'bad-address', TEMPFAIL, '192.0.2.0/24'),
    ('[]/0', 'EEnnE', 'bad-address', TEMPFAIL, ''),
    ('[2001:db8:::1]', 'nnEEn', 'bad-address', TEMPFAIL, '[2001:db8::]/32'),
    ('[2001:db8::00001]', 'nnEEn', 'bad-address', TEMPFAIL, '[2001:db8::]/32'),
    ('[2001:db8::/32', 'nnEEn', 'unclosed-bracket', TEMPFAIL, 'close'),
    ('[192.0.2.0/24', 'EEnnE', 'unclosed-bracket', TEMPFAIL, 'close'),
    ('[2001:db8::]32', 'nnEEn', 'text-after-bracket', TEMPFAIL, 'write [2001:db8::]'),
    ('[2001:db8::1]:25', 'nnEEn', 'text-after-bracket', TEMPFAIL, 'write [2001:db8::1]'),
    # another network than the one written: the length is kept in eight bits
    ('192.0.2.0/280', 'Ynnnn', 'prefix-overflow', OTHER_MEANING, '0 to 32'),
    ('0.0.0.0/256', 'YYnnY', 'prefix-overflow', OTHER_MEANING, '0 to 32'),
    ('[::]/256', 'nnYYn', 'prefix-overflow', OTHER_MEANING, '0 to 128'),
    ('[2001:db8::]/288', 'nnYnn', 'prefix-overflow', OTHER_MEANING, '0 to 128'),
    ('[::]/4294967296', 'nnYYn', 'prefix-overflow', OTHER_MEANING, '0 to 128'),
    # accepted by Postfix, matches nobody, nothing is said
    ('192.0.2.01', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('3221225985', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('[192.0.2.1', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.1]', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('[]', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('[cafe', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.*', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.1-9', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.1-192.0.2.9', 'nnnnn', 'matches-nobody', DEAD, '192.0.2.0/24'),
    ('192.0.2.1/+32', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('192.0.2.1#x', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('[192.0.2.0]/24x', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('{192.0.2.0/24}', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('"192.0.2.0/24"', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('192.0.2.0/24\xa0', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('[2001:db8::1%eth0]', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('[fe80::%eth0]/10', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('[IPv6:2001:db8::]/32', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('all', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('ALL', 'nnnnn', 'matches-nobody', DEAD, ''),
    ('.example.org', 'nnnnn', None, DEAD, ''),  # unless parent_domain_matches_subdomains is changed
    # anything else
    ('!', 'FATAL', 'nothing-negated', FATAL, 'right after'),
    ('#192.0.2.1', 'nnnnn', 'comment', OTHER_MEANING, 'line of its own'),
    ('/', 'FATAL', None, FATAL, ''),
    # an open relay
    ('0.0.0.0/0', 'YYnnY', 'trusts-everybody', OBEYED, 'your own clients'),
    ('[::]/0', 'nnYYn', 'trusts-everybody', OBEYED, 'your own clients'),
    ('[::/0]', 'nnYYn', 'trusts-everybody', OBEYED, 'your own clients'),
    ('static:all', 'YYYYY', 'trusts-everybody', OBEYED, 'your own clients'),
    ('192.0.0.0/7', 'Ynnnn', 'network-too-wide', OBEYED, 'your own clients'),
    ('[2000::]/15', 'nnYYn', 'network-too-wide', OBEYED, 'your own clients'),
    ('0.0.0.0/9223372036854775808', 'EEnnE', 'prefix-too-long', TEMPFAIL, '0 to 32'),
    ('192.0.2.1/280', 'EEnnE', 'prefix-overflow', TEMPFAIL, '0 to 32'),
    ('[2000::]/3', 'nnYYn', 'network-too-wide', OBEYED, 'your own clients'),
]


@pytest.mark.parametrize(('text', 'answers', 'code', 'verdict', 'cure'), REFUSED)
def test_refused(text, answers, code, verdict, cure):
    problems = judged(text)
    assert len(problems) == 1, f'Postfix answers {answers}'
    problem = problems[0]
    assert (problem.severity, problem.parameter, problem.token, problem.position) == (ERROR, 'mynetworks', text, 1)
    assert (problem.verdict, problem.code) == (verdict, code or problem.code), f'Postfix answers {answers}'
    assert cure in problem.cure


def test_the_table_agrees_with_itself():
    """What smtpd answers decides the verdict."""
    for text, answers, _code, verdict, _cure in REFUSED:
        if verdict in (FATAL, TEMPFAIL, DEAD):
            assert verdict == (FATAL if answers == 'FATAL' else TEMPFAIL if 'E' in answers else DEAD), text


CLIENTS = [('unknown', '192.0.2.1'), ('unknown', '198.51.100.1'), ('unknown', '2001:db8::1'),
           ('unknown', '2001:db9::1'), ('mail.example.org', '203.0.113.9')]
TOLD = {MATCH: 'Y', NO_MATCH: 'n', TRY_AGAIN: 'E'}


@pytest.mark.parametrize(('text', 'answers'), [
    row[:2] for row in ACCEPTED + REFUSED if '$' not in row[0]])
def test_outcome_for_each_client(text, answers):
    found = [outcome(text, *client) for client in CLIENTS]
    if UNKNOWN in found:
        assert '/' in text or ':' in text, 'only a file or a table leaves it open'
    else:
        assert ('FATAL' if DIES in found else ''.join(TOLD[one] for one in found)) == answers


def test_two_exclamation_marks_undo_each_other():
    assert fault_of_trust('!!0.0.0.0/0', read_trust()).code == 'trusts-everybody'
    assert fault_of_trust('!!0.0.0.0/0', read_trust('0.0.0.0/0')) is None
    assert fault_of_trust('!!!0.0.0.0/0', read_trust()) is None


@pytest.mark.parametrize(('text', 'found'), [
    ('/xh:', UNKNOWN), ('static:é', UNKNOWN), ('static:{', UNKNOWN),
    (' '.join(f'{number}::1' for number in range(1, 14)), DIES),
])
def test_outcome_of_tables(text, found):
    assert outcome(text, *CLIENTS[0]) == found


@pytest.mark.parametrize(('text', 'code', 'verdict'), [
    ('[::ffff:192.0.2.1]', 'ipv4-mapped', DEAD),
    ('[::ffff:127.0.0.0]/104', 'ipv4-mapped', DEAD),  # in every main.cf of Debian
    ('[fe80::]/10', 'trusts-link', OBEYED),
    ('[fe80::]/64', 'trusts-link', OBEYED),
])
def test_warned_of(text, code, verdict):
    assert [(one.code, one.verdict, one.severity) for one in judged(text)] == [(code, verdict, WARNING)]


LISTS = [
    ('192.0.2.0/24 junk!! 2001:db8::1', 'YEEEE', [(2, 'matches-nobody'), (3, 'unbracketed-ipv6')]),
    ('192.0.2.0/24 # c', 'Ynnnn', [(2, 'comment')]),
    ('! 192.0.2.1', 'FATAL', [(1, 'nothing-negated')]),
]


@pytest.mark.parametrize(('text', 'answers', 'found'), LISTS)
def test_every_problem_of_a_list_is_found_with_its_position(text, answers, found):
    assert [(one.position, one.code) for one in judged(text)] == found


@pytest.mark.parametrize('text', ['![::]/0', '!0.0.0.0/0', '!0.0.0.0/1, 192.0.2.0/24', '![fe80::]/10'])
def test_what_is_excluded_is_not_trusted(text):
    assert judged(text) == []


@pytest.mark.parametrize('text', ['0.0.0.0/0', '[::]/0', '[fe80::]/10', 'static:all'])
def test_nobody_is_trusted_by_being_debugged(text):
    assert judged(text, 'debug_peer_list') == []


def test_a_bad_item_is_refused_wherever_it_stands():
    assert [one.parameter for one in judged('[2001:db8::1]/64', 'debug_peer_list')] == ['debug_peer_list']


def test_message_of_host_bits_is_the_model_of_all_messages():
    (problem,) = judged('[2001:db8::1]/64')
    assert str(problem) == (
        'mynetworks: [2001:db8::1]/64 has host bits set, Postfix would refuse every IPv6 client with 451, from this '
        'item on; write [2001:db8::]/64 or [2001:db8::1]/128 (postconf(5) mynetworks)')


BRACKETS = [
    ('2001:db8::/32', '[2001:db8::]/32'),
    ('2001:db8::1', '[2001:db8::1]'),
    ('::1', '[::1]'),
    ('::/0', '[::]/0'),
    ('::/256', '[::]/256'),
    ('!2001:db8::1', '![2001:db8::1]'),
    ('!!::1', '!![::1]'),
    ('2001:db8::1/64', '[2001:db8::1]/64'),
    ('::ffff:192.0.2.1', '[::ffff:192.0.2.1]'),
    # already right, or nothing of ours
    ('[2001:db8::]/32', '[2001:db8::]/32'),
    ('[2001:db8::/32]', '[2001:db8::/32]'),
    ('192.0.2.0/24', '192.0.2.0/24'),
    ('example.org', 'example.org'),
    ('cafe', 'cafe'),
    ('hash:/etc/postfix/networks', 'hash:/etc/postfix/networks'),
    ('/etc/postfix/networks', '/etc/postfix/networks'),
    ('$mynetworks', '$mynetworks'),
    ('2001:db8::/32]', '2001:db8::/32]'),
    ('!', '!'),
    ('', ''),
]


@pytest.mark.parametrize(('item', 'written'), BRACKETS)
def test_brackets(item, written):
    assert bracket_networks(item) == written
    assert bracket_networks(written) == written


@given(st.sampled_from([4, 6]).flatmap(lambda family: st.ip_addresses(v=family)), st.integers(0, 400))
def test_a_network_is_read_exactly_when_it_has_no_host_bits(address, prefix):
    spare = address.max_prefixlen - prefix % 256  # Postfix keeps eight bits of it
    found = read_network(bracket_networks(f'{address}/{prefix}'))
    fits = spare >= 0 and not int(address) & ((1 << spare) - 1)
    assert isinstance(found, Network) == fits


@given(st.text(alphabet='01259afx.:/[]!#{}$%, \udcff\0', max_size=30) | st.text(max_size=30))
def test_judging_never_raises(text):
    for problem in judged(text):
        assert problem.token in text
        assert str(problem)
