import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import inet_services

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
