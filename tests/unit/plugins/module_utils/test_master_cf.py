import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import (
    FIELDS,
    MasterCf,
    Wanted,
    inet_services,
    words_with_positions,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import words
from hypothesis import given
from hypothesis import strategies as st

DEBIAN = '''\
# service type  private unpriv  chroot  wakeup  maxproc command + args
smtp      inet  n       -       y       -       -       smtpd
#smtp     inet  n       -       y       -       1       postscreen
submission inet n       -       y       -       -       smtpd
  -o syslog_name=postfix/submission
# between
  -o smtpd_client_restrictions=permit_mynetworks,reject
submissions inet n - y - - smtpd
  -o { smtpd_tls_wrappermode = yes }
pickup    unix  n       -       y       60      1       pickup
127.0.0.1:10025 inet n  -       y       -       -       smtpd
[::1]:10025 inet n      -       y       -       -       smtpd
qmtp      inet  n       -       n       -       -       qmqpd
'''


def services(text, disabled=''):
    return [(one.host, one.port, one.command, one.greets) for one in inet_services(text, disabled)]


def test_the_file_of_debian():
    assert services(DEBIAN) == [
        (None, 'smtp', 'smtpd', True),
        (None, 'submission', 'smtpd', True),
        (None, 'submissions', 'smtpd', False),
        ('127.0.0.1', '10025', 'smtpd', True),
        ('::1', '10025', 'smtpd', True),
        (None, 'qmtp', 'qmqpd', False),
    ]


def test_arguments_keep_their_commas():
    assert list(inet_services(DEBIAN))[1].arguments == (
        '-o', 'syslog_name=postfix/submission', '-o', 'smtpd_client_restrictions=permit_mynetworks,reject')


NAMES = [
    ('smtp', None, 'smtp'),
    ('25', None, '25'),
    (':25', None, '25'),
    ('127.0.0.1:smtp', '127.0.0.1', 'smtp'),
    ('localhost:25', 'localhost', '25'),
    ('[::1]:25', '::1', '25'),
    ('[IPv6:2001:db8::2]:2525', '2001:db8::2', '2525'),
    ('[ipv6:::1]:25', '::1', '25'),
    ('2001:db8::2:2525', '2001:db8::2', '2525'),  # the last colon
    (':::25', '::', '25'),
    ('[127.0.0.1]:25', '127.0.0.1', '25'),
]


@pytest.mark.parametrize(('name', 'host', 'port'), NAMES)
def test_endpoint(name, host, port):
    assert services(f'{name} inet n - y - - smtpd\n') == [(host, port, 'smtpd', True)]


@pytest.mark.parametrize(('arguments', 'greets'), [
    ('', True),
    ('-o smtpd_tls_wrappermode=no', True),
    ('-o smtpd_tls_wrappermode=yes', False),
    ('-o { smtpd_tls_wrappermode = yes }', False),
    ('-o {smtpd_tls_wrappermode=yes}', False),
    ('-o smtpd_tls_wrappermode=YES', False),
    ('-osmtpd_tls_wrappermode=yes', False),
])
def test_greeting_in_plain_text(arguments, greets):
    assert services(f'465 inet n - y - - smtpd {arguments}\n') == [(None, '465', 'smtpd', greets)]


@pytest.mark.parametrize(('disabled', 'left'), [
    ('', ['smtp', '10025']),
    ('inet', []),
    ('smtp.inet', ['10025']),
    ('smtp/inet', ['10025']),
    ('submission/inet, smtp/inet', ['10025']),
    ('unix', ['smtp', '10025']),
])
def test_disabled_services(disabled, left):
    text = 'smtp inet n - y - - smtpd\n10025 inet n - y - - smtpd\n'
    assert [port for host, port, command, greets in services(text, disabled)] == left


@pytest.mark.parametrize('text', [
    '', '# x\n', 'smtp inet n\n', '  smtp inet n - y - - smtpd\n', 'smtp unix - - y - - smtp\n',
])
def test_no_service(text):
    assert services(text) == []


# --- Changes

SMTP, SUBMISSION, SUBMISSIONS, PICKUP = (
    ('smtp', 'inet'), ('submission', 'inet'), ('submissions', 'inet'), ('pickup', 'unix'))
PIPE = """\
maildrop  unix  -       n       n       -       -       pipe
  flags=DRXhu user=vmail argv=/usr/bin/maildrop -o ${recipient}
"""


def changed(text, key, wanted):
    """Give the lines that a change takes out, and those that it puts there."""
    before, after = text.splitlines(), MasterCf(text).merged({key: wanted}).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize(('key', 'wanted', 'gone', 'new'), [
    (SMTP, Wanted({'chroot': 'y', 'maxproc': '-'}, ['smtpd']), [], []),
    (SMTP, Wanted({'chroot': 'n', 'maxproc': '100'}),
     ['smtp      inet  n       -       y       -       -       smtpd'],
     ['smtp      inet  n       -       n       -       100     smtpd']),
    (SMTP, Wanted(command=['postscreen']),
     ['smtp      inet  n       -       y       -       -       smtpd'],
     ['smtp      inet  n       -       y       -       -       postscreen']),
    (SMTP, Wanted(options={'a': '1', 'b': 'c d', 'e': ''}), [], ['  -o a=1', '  -o { b = c d }', '  -o e=']),
    (SUBMISSION, Wanted(options={'syslog_name': 'x', 'new': '1'}),
     ['  -o syslog_name=postfix/submission'], ['  -o syslog_name=x', '  -o new=1']),
    (SUBMISSION, Wanted(options={'syslog_name': None, 'smtpd_client_restrictions': None, 'never': None}),
     ['  -o syslog_name=postfix/submission', '  -o smtpd_client_restrictions=permit_mynetworks,reject'], []),
    (SUBMISSIONS, Wanted(options={'smtpd_tls_wrappermode': 'no'}),
     ['  -o { smtpd_tls_wrappermode = yes }'], ['  -o smtpd_tls_wrappermode=no']),
    (SUBMISSIONS, None, ['submissions inet n - y - - smtpd', '  -o { smtpd_tls_wrappermode = yes }'], []),
    (('nosuch', 'inet'), None, [], []),
    (('[::1]:2525', 'inet'), Wanted({'chroot': 'y'}, ['smtpd'], {'a': '1', 'b': None}), [],
     ['[::1]:2525 inet  n       -       y       -       -       smtpd', '  -o a=1']),
    (('x', 'unix'), Wanted(command=['pipe', 'flags=R', 'argv=/x'], options={'a': '1'}), [],
     ['x         unix  -       -       n       -       -       pipe', '  -o a=1', '  flags=R argv=/x']),
])
def test_a_change_touches_what_differs(key, wanted, gone, new):
    assert changed(DEBIAN, key, wanted) == (gone, new)


def test_options_stand_before_the_arguments_of_the_command():
    key = ('maildrop', 'unix')
    assert not MasterCf(PIPE).entry(key).options, 'that -o is for maildrop'
    assert changed(PIPE, key, Wanted(options={'a': '1'})) == ([], ['  -o a=1'])
    text = MasterCf(PIPE).merged({key: Wanted(options={'a': '1'})})
    assert text.splitlines()[1:] == ['  -o a=1', PIPE.splitlines()[1]]
    text = MasterCf(text).merged({key: Wanted(command=['pipe', 'argv=/x'], options={'b': '2'})})
    assert text.splitlines()[1:] == ['  -o a=1', '  -o b=2 argv=/x']


@pytest.mark.parametrize('ending', ['\n', '\r\n'])
def test_line_endings_are_kept(ending):
    text = DEBIAN.replace('\n', ending)
    for key, wanted in ((SMTP, Wanted(options={'a': '1'})), (('x', 'unix'), Wanted(command=['smtp'])),
                        (SUBMISSION, Wanted(options={'syslog_name': None}))):
        assert MasterCf(text).merged({key: wanted}).replace(ending, '') == \
            MasterCf(DEBIAN).merged({key: wanted}).replace('\n', '')


def test_a_last_line_without_its_end():
    assert MasterCf('smtp inet n - y - - smtpd').merged({PICKUP: Wanted(command=['pickup'])}).splitlines() == [
        'smtp inet n - y - - smtpd', 'pickup    unix  -       -       n       -       -       pickup']
    assert MasterCf('smtp inet n - y - - smtpd').merged({SMTP: Wanted(options={'a': '1'})}) == \
        'smtp inet n - y - - smtpd\n  -o a=1'


def test_of_several_settings_the_last_counts():
    text = 'smtp inet n - y - - smtpd -o a=1 -oa=2 -o { a = 3 }\n'
    assert [option.value for option in MasterCf(text).entry(SMTP).options] == ['1', '2', '3']
    assert MasterCf(text).merged({SMTP: Wanted(options={'a': '3'})}) == 'smtp inet n - y - - smtpd -o { a = 3 }\n'
    assert MasterCf(text).merged({SMTP: Wanted(options={'a': '4'})}) == 'smtp inet n - y - - smtpd -o a=4\n'


def test_lines_that_are_none():
    assert MasterCf('smtp inet n - y - -\nsmtp inet n - y - - smtpd\n').malformed == [1]


PIECES = st.lists(st.sampled_from([
    'smtp', 'inet', 'unix', '-', 'n', 'y', 'smtpd', '-o', 'a=1', '-oa=2', '{ a = 3 }', '{', '}', ' ', '\t', '\n', '\n ',
    '\n  -o b=2', '\r\n', '# c\n', '\0', 'smtp inet n - y - - smtpd', '\npickup unix n - y 60 1 pickup']),
    max_size=20).map(' '.join)
WANTED = st.builds(
    Wanted, st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(['-', 'n', 'y', '100'])),
    st.sampled_from([['smtpd'], ['pipe', 'argv=/x'], ['postscreen']]),
    st.dictionaries(st.sampled_from('ab'), st.sampled_from(['1', 'x y', '', None])))


@given(PIECES, st.sampled_from([SMTP, PICKUP]), WANTED)
def test_what_is_wanted_is_read_back_and_nothing_else_changes(text, key, wanted):
    before, merged = MasterCf(text), MasterCf(text).merged({key: wanted})
    after = MasterCf(merged)
    entry = after.entry(key)
    assert after.merged({key: wanted}) == merged
    assert {name: entry.fields[name].text for name in wanted.fields} == wanted.fields
    assert entry.command == list(wanted.command)
    found = {option.name: option.value for option in entry.options}
    assert {name: found.get(name) for name in wanted.options} == wanted.options
    others = [[word.text for word in one.words] for one in before.entries if one.key != key]
    assert [[word.text for word in one.words] for one in after.entries if one.key != key] == others


@given(st.text(alphabet='ab{} \t\r,=-', max_size=30))
def test_words_are_those_that_lists_have(text):
    found = list(words_with_positions(text))
    assert [word.text for word in found] == words(text, ' \t\r\n')
    assert all(text[word.start:word.end] == word.text for word in found)
