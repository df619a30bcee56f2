import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._pattern_files import judge_files
from oracle.cases import FILES

PATH = '/etc/postfix/networks'
OLD, NEW = (3, 7), (3, 8)


def judged(text, prefix='', release=NEW, trust=USUAL_TRUST, parameter='mynetworks', **files):
    files = {PATH: text, **{f'/etc/postfix/{name}': content for name, content in files.items()}}
    return list(judge_files({parameter: f'127.0.0.0/8, {prefix}{PATH}'}, files.get, release, trust))


@pytest.mark.parametrize(('prefix', 'text', 'codes_before', 'codes_since'), [
    (prefix, text, before, since) for prefix, text, outcomes, later, before, since in FILES])
def test_files_that_the_oracle_shows_to_postfix(prefix, text, codes_before, codes_since):
    assert [one.code for one in judged(text, prefix, OLD)] == codes_before
    assert [one.code for one in judged(text, prefix, NEW)] == codes_since


def test_message():
    (problem,) = judged('# offices\n192.0.2.0/24\n[2001:db8::1]/64\n')
    assert str(problem) == (
        'mynetworks: [2001:db8::1]/64 in line 3 of /etc/postfix/networks has host bits set, Postfix would refuse every '
        'IPv6 client with 451, from this item on; write [2001:db8::]/64 or [2001:db8::1]/128 (postconf(5) mynetworks)')
    (problem,) = judged('2001:db8::1/64 OK\n', 'cidr:')
    assert str(problem) == (
        'mynetworks: 2001:db8::1/64 in line 1 of /etc/postfix/networks has host bits set, Postfix skips this line; '
        'write [2001:db8::]/64 or [2001:db8::1]/128 (postconf(5) mynetworks)')


def test_files_that_files_name_are_read_once():
    text = '/etc/postfix/more\n/etc/postfix/networks\n'
    assert [one.token for one in judged(text, more='192.0.2.1/24 /etc/postfix/more')] == ['192.0.2.1/24']


def test_a_file_that_negates_itself_comes_to_an_end():
    assert judged(f'!{PATH}\n', '!') == []


def test_nothing_is_shown_of_a_file_but_addresses():
    for problem in judged('root:$6$salt$hash:19000:0:99999:7:::\n.secret.example.org\n'):
        assert str(problem).startswith('mynetworks: item in line ')
        assert not any(part in str(problem) for part in ('root', 'salt', 'secret'))


def test_what_is_wrong_with_a_line_is_told_all_the_same():
    (problem,) = judged('192.0.2.0/24 #secret\n  198.51.100.0/24\n')
    assert str(problem).startswith('mynetworks: item in line 1 of /etc/postfix/networks begins a comment that goes on')
    assert 'line of its own' in str(problem)
    (problem,) = judged('  secret.example.org\n')
    assert 'begins with white space' in str(problem)
    assert 'secret' not in str(problem)
    (problem,) = judged('secret.example.org\n', 'cidr:')
    assert 'has no result behind it' in str(problem)
    assert 'secret' not in str(problem)


def test_lines_are_numbered_where_they_begin():
    (problem,) = judged('192.0.2.1/24\n  OK\n', 'cidr:')
    assert 'in line 1 of' in problem.rule


def test_tables_in_the_list_itself():
    def tokens(text):
        return [one.token for one in judge_files({'mynetworks': text}, {}.get, NEW, USUAL_TRUST)]

    assert tokens('cidr:{{192.0.2.0/24 OK}, {0.0.0.0/0 OK}}') == ['0.0.0.0/0']
    assert tokens('cidr:{{192.0.2.1/24 OK} {[::]/0 OK}}') == ['192.0.2.1/24', '[::]/0']
    assert tokens('cidr:{{ 0.0.0.0/0 OK }}') == ['0.0.0.0/0']
    assert tokens('!cidr:{{0.0.0.0/0 OK}}') == []


def test_what_follows_a_nul_is_lost_to_every_release():
    for release in (OLD, NEW):
        (problem,) = judged('/etc/postfix/more\0x\n', release=release, more='192.0.2.1/24\n')
        assert problem.code == 'host-bits'


def test_whom_nobody_trusts_may_be_many():
    assert judged('0.0.0.0/0 OK\n', 'cidr:', parameter='debug_peer_list') == []
    assert judged('0.0.0.0/0 reject\n', 'cidr:', parameter='postscreen_access_list') == []
    assert judged('0.0.0.0/0 OK\n', '!cidr:') == []
    assert judged('[::]/0\n', '!') == []
    assert judged('/etc/postfix/more\n', '!', more='[::]/0\n') == []
    assert judged('2000::/3 OK\n', 'cidr:', trust=read_trust('2000::/3')) == []
    assert judged('[2000::]/3\n', trust=read_trust('2000::/3')) == []
    assert [one.code for one in judged('[2001:db8::]/29\n', trust=read_trust('', {'ipv6': 32}))] == ['network-too-wide']


def test_files_of_access_lists():
    (problem,) = judged('2001:db8::1/32 reject\n', 'cidr:', parameter='postscreen_access_list')
    assert problem.code == 'host-bits'
    assert judged('192.0.2.1/24\n', parameter='postscreen_access_list') == []


def test_what_is_no_file_of_patterns_is_left_alone():
    def read(path):
        raise AssertionError(path)

    values = {'mynetworks': '192.0.2.0/24, hash:/etc/postfix/x, cidr:relative, $more', 'relayhost': '/etc/postfix/x'}
    assert list(judge_files(values, read, NEW, USUAL_TRUST)) == []
    assert list(judge_files({'mynetworks': PATH}, {}.get, NEW, USUAL_TRUST)) == []
