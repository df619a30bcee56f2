import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _test_mail
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._test_mail import send_test_mail

TAKEN = ['220 mail.example.org', '250 mail.example.org', '250 2.1.0 Ok', '250 2.1.5 Ok', '354 End',
         '250 2.0.0 Ok: queued as 4F2C31A0B7']
COMMANDS = ['EHLO [IPv6:::1]', 'MAIL FROM:<>', 'RCPT TO:<postmaster>', 'DATA']


def line(status, words='delivered to mailbox', queue_id='4F2C31A0B7'):
    return f'Nov 21 18:00:00 mail postfix/local[7]: {queue_id}: to=<a@example.org>, status={status} ({words})\n'


@pytest.fixture
def mail(machine, served, monkeypatch):
    """Send a mail to a server that gives some answers and then logs something; the commands go into a list."""
    monkeypatch.setattr(_test_mail, 'POLL_SECONDS', 0.01)

    def mail(answers, log='', commands=None, seconds=2.0, **options):
        def talk(connection):
            with connection.makefile('rb') as stream:
                for answer in answers:
                    connection.sendall(answer.encode() + b'\r\n')
                    said = [stream.readline()]
                    while said[0].startswith(b'From: ') and said[-1] != b'.\r\n':
                        said.append(stream.readline())
                    if commands is not None:
                        commands.append(b''.join(said).decode().rstrip())
                with open(machine.log, 'a') as stream_of_log:
                    stream_of_log.write(log)

        address, port = served(talk)
        given = {'sender': '', 'recipient': 'postmaster', **options}
        return send_test_mail(
            machine.host(), address, port, given['sender'], given['recipient'], seconds, check_mode=False)

    return mail


def test_a_mail_is_followed_to_its_end(mail):
    commands = []
    result = mail(TAKEN, line('deferred', queue_id='ABCDEF') + line('sent'), commands)
    assert result == {'changed': True, 'queue_id': '4F2C31A0B7', 'status': 'sent', 'log': [line('sent').rstrip()]}
    assert (commands[:4], commands[5]) == (COMMANDS, 'QUIT')
    assert commands[4].endswith('\n.')
    assert 'Subject: Test mail over ::1\r\n' in commands[4]


@pytest.mark.parametrize(('answers', 'said'), [
    (['554 no'], 'was not accepted: 554 no'),
    (['220 mail', '250 mail', '250 Ok', '454 4.7.1 <a@b>: Relay access denied'], 'was not accepted: 454 4.7.1'),
    ([*TAKEN[:5], '250 taken'], 'was not accepted: 250 taken'),
    (['nonsense'], 'could not be sent: this is no answer of SMTP'),
])
def test_a_mail_that_is_not_accepted(mail, answers, said):
    with pytest.raises(CoreError, match=said):
        mail(answers)


@pytest.mark.parametrize(('log', 'said'), [
    (line('bounced', 'no such user'), r'as 4F2C31A0B7, and it was bounced\. It logged: .*no such user'),
    ('', r'nothing was heard of it for 0\.2 s\. It logged: nothing'),
])
def test_a_mail_that_does_not_arrive(mail, log, said):
    with pytest.raises(CoreError, match=said):
        mail(TAKEN, log, seconds=0.2)


@pytest.mark.parametrize(('name', 'text'), [
    ('recipient', ''), ('recipient', 'a b'), ('recipient', 'a>\r\nDATA'), ('sender', 'a@b@c'), ('recipient', '<a@b>'),
])
def test_what_is_no_address_is_not_sent(machine, name, text):
    options = {'sender': '', 'recipient': 'postmaster', name: text}
    with pytest.raises(CoreError, match=f'{name}: .* is no simple mail address'):
        send_test_mail(machine.host(), '::1', 25, options['sender'], options['recipient'], 1, check_mode=False)


def test_check_mode_sends_nothing(machine):
    assert send_test_mail(machine.host(), '::1', 1, '', 'postmaster', 1, check_mode=True) == {
        'changed': True, 'queue_id': '', 'status': '', 'log': []}
