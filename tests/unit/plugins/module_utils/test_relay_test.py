import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import Trust
from ansible_collections.inet6.postfix.plugins.module_utils._relay_test import (
    ACCEPTED,
    DEFERRED,
    NOT_TESTED,
    REFUSED,
    Form,
    attempts,
    forms,
    is_stranger,
    verdict_of,
    worst,
)
from ansible_collections.inet6.postfix.plugins.module_utils._smtp import Reply

SENDER, RECIPIENT, HERE = 'relay-test@example.net', 'relay-test@example.com', 'mail.example.org'
FORMS = forms(SENDER, RECIPIENT, HERE)
OK = Reply(250, '2.1.0 Ok')
DENIED = Reply(554, '5.7.1 <relay-test@example.com>: Relay access denied')
PLAIN, NULL, OWN = FORMS[:3]


def test_forms():
    assert [(form.sender, form.recipient) for form in FORMS] == [
        ('relay-test@example.net', 'relay-test@example.com'),
        ('', 'relay-test@example.com'),
        ('postmaster@mail.example.org', 'relay-test@example.com'),
        ('relay-test@example.net', 'relay-test%example.com@mail.example.org'),
        ('relay-test@example.net', '@mail.example.org:relay-test@example.com'),
        ('relay-test@example.net', '"relay-test@example.com"@mail.example.org'),
        ('relay-test@example.net', 'relay-test@example.com@mail.example.org'),
        ('relay-test@example.net', 'example.com!relay-test@mail.example.org'),
    ]
    assert len({form.name for form in FORMS}) == len(FORMS)


def test_fewer_than_the_errors_that_postfix_lets_pass():
    """From smtpd_soft_error_limit on, it lets a client wait; from smtpd_hard_error_limit on, it closes."""
    assert len(FORMS) < 10


@pytest.mark.parametrize(('form', 'command', 'code', 'text', 'verdict'), [
    (PLAIN, 'RCPT', 250, '2.1.5 Ok', ACCEPTED),
    (PLAIN, 'RCPT', 251, 'User not local; will forward', ACCEPTED),
    (PLAIN, 'RCPT', 554, '5.7.1 <a@example.com>: Relay access denied', REFUSED),
    (PLAIN, 'RCPT', 454, '4.7.1 <a@example.com>: Relay access denied', REFUSED),  # Postfix's default
    (PLAIN, 'RCPT', 550, '5.7.1 Relaying denied', REFUSED),
    (PLAIN, 'RCPT', 550, '5.1.1 <a@b>: Recipient address rejected: User unknown in local recipient table', REFUSED),
    (PLAIN, 'RCPT', 450, '4.2.0 <a@example.com>: Recipient address rejected: Greylisted', DEFERRED),
    (PLAIN, 'RCPT', 451, '4.3.0 <a@example.com>: Temporary lookup failure', DEFERRED),
    (PLAIN, 'RCPT', 450, '4.1.8 <a@example.net>: Sender address rejected: Domain not found', DEFERRED),
    (PLAIN, 'RCPT', 421, '4.7.0 mail.example.org Error: too many errors', NOT_TESTED),
    (PLAIN, 'RCPT', 354, 'go ahead', NOT_TESTED),
    (PLAIN, 'RCPT', 0, '', NOT_TESTED),
    # It may still relay for another client or sender.
    (PLAIN, 'RCPT', 550, '5.7.27 <a@example.net>: Sender address rejected: Domain does not accept mail', NOT_TESTED),
    (PLAIN, 'RCPT', 554, '5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied', NOT_TESTED),
    (PLAIN, 'RCPT', 554, '5.7.1 Service unavailable; Client host [192.0.2.1] blocked using x', NOT_TESTED),
    (PLAIN, 'RCPT', 550, '5.7.1 Service unavailable; client [192.0.2.1] blocked using x', NOT_TESTED),  # postscreen
    (PLAIN, 'RCPT', 504, '5.5.2 <x>: Helo command rejected: need fully-qualified hostname', NOT_TESTED),
    (NULL, 'RCPT', 554, '5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied', NOT_TESTED),
    (PLAIN, 'MAIL', 553, '5.7.1 not welcome', NOT_TESTED),
    (PLAIN, 'MAIL', 530, '5.7.0 Must issue a STARTTLS command first', NOT_TESTED),
    (OWN, 'MAIL', 530, '5.7.0 Must issue a STARTTLS command first', NOT_TESTED),
    (PLAIN, 'MAIL', 452, '4.3.1 Insufficient system storage', DEFERRED),
    # These senders are well refused.
    (OWN, 'RCPT', 553, '5.7.1 <postmaster@x>: Sender address rejected: not logged in', REFUSED),
    (OWN, 'MAIL', 550, '5.7.1 not you', REFUSED),
    (NULL, 'MAIL', 550, 'no bounces here', REFUSED),
])
def test_verdicts(form, command, code, text, verdict):
    assert verdict_of(form, command, Reply(code, text)) == verdict


@pytest.mark.parametrize(('verdicts', 'found'), [
    ([], NOT_TESTED),
    ([REFUSED, REFUSED], REFUSED),
    ([REFUSED, NOT_TESTED], NOT_TESTED),
    ([NOT_TESTED, DEFERRED, REFUSED], DEFERRED),
    ([DEFERRED, REFUSED, ACCEPTED], ACCEPTED),
])
def test_the_worst_counts(verdicts, found):
    assert worst(verdicts) == found


class Server:
    """Answers each command, by its first word; counts recipients, and says from which one on it answers otherwise."""

    def __init__(self, answers, last=None, then=None):
        self.answers, self.last, self.then, self.heard = answers, last, then, []

    def __call__(self, command):
        self.heard.append(command)
        if self.last is not None and len(self.heard) > self.last:
            if isinstance(self.then, Reply):
                return self.then
            raise self.then
        return self.answers[command.split()[0]]


def test_each_form_in_a_transaction_of_its_own():
    server = Server({'MAIL': OK, 'RCPT': DENIED, 'RSET': OK})
    done, ended = attempts(server, FORMS)
    assert (len(done), {one.verdict for one in done}, ended) == (len(FORMS), {REFUSED}, '')
    assert server.heard[:6] == [
        'MAIL FROM:<relay-test@example.net>', 'RCPT TO:<relay-test@example.com>', 'RSET',
        'MAIL FROM:<>', 'RCPT TO:<relay-test@example.com>', 'RSET']
    assert len(server.heard) == 3 * len(FORMS)


def test_no_recipient_where_the_sender_is_refused():
    server = Server({'MAIL': Reply(550, 'no'), 'RSET': OK})
    done, ended = attempts(server, FORMS)
    assert [one.verdict for one in done] == [NOT_TESTED, REFUSED, REFUSED] + [NOT_TESTED] * 5
    assert (done[0].reply, ended) == ('550 no', '')
    assert server.heard == [step for form in FORMS for step in (f'MAIL FROM:<{form.sender}>', 'RSET')]


@pytest.mark.parametrize(('last', 'then', 'done', 'ended', 'commands'), [
    (4, Reply(421, 'too many errors'), [REFUSED, NOT_TESTED], '421 too many errors', 5),
    (2, Reply(421, 'too many errors'), [REFUSED], '421 too many errors', 3),
    (2, Reply(500, 'what?'), [REFUSED], '500 what?', 3),
    (4, OSError('timed out'), [REFUSED], 'timed out', 5),
    (0, OSError('closed'), [], 'closed', 1),
])
def test_it_ends_early(last, then, done, ended, commands):
    server = Server({'MAIL': OK, 'RCPT': DENIED, 'RSET': OK}, last, then)
    found, why = attempts(server, FORMS)
    assert ([one.verdict for one in found], why, len(server.heard)) == (done, ended, commands)


def test_no_forms():
    assert attempts(Server({}), []) == ([], '')
    assert attempts(Server({'MAIL': OK, 'RCPT': OK, 'RSET': OK}), [Form('x', '', 'y', '')])[0][0].verdict == ACCEPTED


@pytest.mark.parametrize(('mynetworks', 'address', 'stranger'), [
    ('127.0.0.0/8, [::1]/128', '198.51.100.7', True),
    ('127.0.0.0/8, [::1]/128', '2001:db8::7', True),
    ('127.0.0.0/8, [::1]/128', '127.0.0.1', False),
    ('127.0.0.0/8 [2001:db8::]/32', '2001:db8::7', False),
    ('![2001:db8::7] [2001:db8::]/32', '2001:db8::7', True),
    ('', '2001:db8::7', True),
    ('cidr:/etc/postfix/clients', '2001:db8::7', None),
    ('2001:db8::/32', '2001:db8::7', None),
    ('[2000::]/3 [2001:db8::]/32', '2001:db8::7', False),
    ('[2000::]/3 192.0.2.0/24', '2001:db8::7', True),
    ('[2000::]/4', '2001:db8::7', False),
])
def test_strangers(mynetworks, address, stranger):
    assert is_stranger(mynetworks, address, Trust(allowed=frozenset(['[2000::]/4']))) is stranger
