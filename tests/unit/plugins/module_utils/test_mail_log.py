import gzip
import json
import os
import time
import tracemalloc
from pathlib import Path

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _log_sources
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._mail_log import (
    Delivery,
    Tally,
    delivery,
    log_of_postfix,
    mail_log,
)

LOGS = Path(__file__).with_name('mail_log')
"""Logged by Postfix itself: one line of each form, by rsyslog, postlogd(8) and systemd's journal."""
NOW = time.time()
HEAD = b'Nov 21 03:14:05 mail postfix/'
SENT = (b'smtp[1]: 4F1BF1D88F9: to=<a@example.net>, relay=mx[%s]:25, delay=0.5, delays=0/0/0/0, dsn=2.0.0, '
        b'status=sent (ok)')


def counted(*texts, head=HEAD, **options):
    tally = Tally(**{'since': 0, 'until': NOW + 1, **options})
    tally.add([b''.join(head + text + b'\n' for text in texts)], NOW)
    return tally.summary(10)


# --- Real logs. The numbers were found with grep(1).

REAL = [
    ('postfix-3.5.log', 5, 6), ('postfix-3.7.log', 5, 6), ('postfix-3.10.log', 7, 7), ('journal-3.7.log', 6, 6),
]


@pytest.mark.parametrize(('name', 'deferred4', 'deferred6'), REAL)
def test_real_logs(name, deferred4, deferred6):
    found = mail_log(0, NOW + 1, [str(LOGS / name)], '', None, None, 50)
    assert found['received'] == {'ipv4': 3, 'ipv6': 3, 'unknown': 0, 'local': 1, 'returned': 1,
                                 'loopback': {'ipv4': 1, 'ipv6': 1}, 'ipv6_percent': 50.0}
    assert [found['refused'][family] for family in ('ipv4', 'ipv6', 'unknown')] == [1, 4, 0]
    assert [found['sent'][family] for family in ('ipv4', 'ipv6', 'unix')] == [7, 3, 0]
    assert found['sent']['loopback'] == {'ipv4': 1, 'ipv6': 0}
    assert found['sent']['ipv6_percent'] == 33.3
    assert [found['deferred'][family] for family in ('ipv4', 'ipv6', 'unix', 'none')] == [deferred4, deferred6, 0, 5]
    assert [found['bounced'][family] for family in ('ipv4', 'ipv6', 'unix', 'none')] == [2, 2, 0, 0]
    assert found['probes'] == 2
    assert found['other_agents']['local'] == {'sent': 1, 'deferred': 0, 'bounced': 0}
    assert {(each['domain'], each['family']) for each in found['sent']['destinations']} >= {
        ('example.com', 'ipv4'), ('example.net', 'ipv6'), ('lmtp4.example.org', 'ipv4')}
    groups = {(group['family'], group['words']): group['count'] for group in found['deferred']['groups']}
    assert groups['none', 'connect to HOST[IPv6]:25: Network is unreachable'] == 1
    assert groups['ipv6', 'lost connection with HOST[IPv6] while receiving the initial server greeting'] == 1
    assert found['sent']['delay']['ipv6']['max'] < 1
    assert found['sent']['delay']['ipv4']['max'] == 1  # said by an address without quotes that imitates a delivery
    assert found['sent']['delay']['unix'] is None
    assert (found['sources'], found['warnings']) == ([str(LOGS / name)], [])
    json.dumps(found)


# --- What arrives

ARRIVALS = [
    (b'smtpd[1]: 4F1BF1D88F9: client=mx.example.net[192.0.2.1]', 'ipv4'),
    (b'submission/smtpd[1]: 4jWysj3WSHzGZBr: client=unknown[2001:db8::1], sasl_method=PLAIN, sasl_username=a', 'ipv6'),
    (b'smtpd[1]: 4F1BF1D88F9: client=mx.example.net[::ffff:192.0.2.1]', 'ipv4'),
    (b'smtpd[1]: 4F1BF1D88F9: client=unknown[unknown]', 'unknown'),
    (b'pickup[1]: 4F1BF1D88F9: uid=0 from=<root>', 'local'),
    (b'after/smtpd[1]: 4F1BF1D88F9: client=localhost[127.0.0.1], orig_client=unknown[2001:db8::1]', 'ipv6'),
    ((b'reinject/smtpd[1]: 4F1BF1D88F9: client=localhost[127.0.0.1], orig_queue_id=4XyZ12abcDz1Q, orig_client='
     b'mx[2001:db8::1]'), 'returned'),
    (b'smtpd[1]: NOQUEUE: client=unknown[198.51.100.7]', None),  # smtpd_proxy_filter: it comes again
    (b'smtpd[1]: connect from mx.example.net[192.0.2.1]', None),
    (b'smtpd[1]: warning: hello: client=x[192.0.2.1]', None),
    (b'cleanup[1]: 4F1BF1D88F9: client=mx.example.net[192.0.2.1]', None),
    (b'pickup[1]: warning: 4F1BF1D88F9: uid=0', None),
]


@pytest.mark.parametrize(('text', 'counts_as'), ARRIVALS)
def test_arrivals(text, counts_as):
    received = counted(text)['received']
    assert {name: received[name] for name in ('ipv4', 'ipv6', 'unknown', 'local', 'returned')} == {
        **dict.fromkeys(('ipv4', 'ipv6', 'unknown', 'local', 'returned'), 0), **({counts_as: 1} if counts_as else {})}


def test_share_is_of_other_hosts():
    received = counted(*(b'smtpd[1]: 4F1BF1D88F9: client=x[%s]' % address for address in (
        b'127.0.0.1', b'127.0.0.1', b'::1', b'192.0.2.1', b'192.0.2.2', b'2001:db8::1')))['received']
    assert (received['ipv4'], received['ipv6'], received['loopback']) == (4, 2, {'ipv4': 2, 'ipv6': 1})
    assert received['ipv6_percent'] == 33.3


def test_share_of_nothing():
    assert counted()['received']['ipv6_percent'] is counted()['sent']['ipv6_percent'] is None


REFUSALS = [
    ((b'smtpd[1]: NOQUEUE: reject: RCPT from mx.example.net[2001:db8::77]: 554 5.7.1 <a@example.org>: Relay access '
     b'denied; from=<b@example.org> to=<a@example.org> proto=ESMTP helo=<[{weird},?status=sent??x?>'),
     'ipv6', '554 5.7.1 <MAIL>: Relay access denied'),
    ((b'smtpd[1]: 4F1BF1D88F9: reject: RCPT from mx.example.net[192.0.2.7]: 550 5.1.1 <a@example.org>: Recipient '
     b'address rejected: User unknown; from=<> to=<a@example.org> proto=ESMTP helo=<x>'),
     'ipv4', '550 5.1.1 <MAIL>: Recipient address rejected: User unknown'),
    ((b'postscreen[385]: NOQUEUE: reject: RCPT from [2001:db8::77]:39663: 550 5.3.2 Service currently unavailable; '
     b'from=<b@example.org>, to=<a@example.org>, proto=ESMTP, helo=<client.example.com>'),
     'ipv6', '550 5.3.2 Service currently unavailable'),
    (b'postscreen[385]: NOQUEUE: reject: CONNECT from [192.0.2.7]:39663: all server ports busy',
     'ipv4', 'all server ports busy'),
    (b'cleanup[9]: 4F1BF1D88F9: milter-reject: END-OF-MESSAGE from mx[192.0.2.7]: 5.7.1 Spam; from=<> to=<>',
     'ipv4', '5.7.1 Spam'),
    (b'smtpd[1]: NOQUEUE: reject: CONNECT from unknown[unknown]: 421 4.7.0 Error; proto=SMTP', 'unknown',
     '421 4.7.0 Error; proto=SMTP'),
    (b'smtpd[1]: NOQUEUE: reject_warning: RCPT from mx.example.net[192.0.2.7]: 554 5.7.1 x; from=<>', None, None),
    (b'cleanup[9]: 4F1BF1D88F9: reject: header Subject: x from mx[192.0.2.7]; from=<> to=<>: 5.7.1 no', None, None),
]


@pytest.mark.parametrize(('text', 'family', 'words'), REFUSALS)
def test_refusals(text, family, words):
    refused = counted(text)['refused']
    assert [group['words'] for group in refused['groups']] == ([words] if words else [])
    assert [name for name in ('ipv4', 'ipv6', 'unknown') if refused[name]] == ([family] if family else [])


# --- What leaves

DELIVERIES = [
    ((b'a@example.net>, relay=mx.example.net[2001:db8::26]:25, delay=0.07, delays=0/0.02/0/0.04, '
     b'dsn=2.0.0, status=sent (250 2.0.0 Ok)'), b'a@example.net', b'2001:db8::26', b'0.07', b'sent', b'250 2.0.0 Ok'),
    ((b'a@example.net>, orig_to=<root>, relay=mx[192.0.2.1]:25, conn_use=2, delay=11, delays=1/2/3/5, '
     b'dsn=5.1.1, status=bounced (host mx[192.0.2.1] said: 550 (no))'), b'a@example.net', b'192.0.2.1', b'11',
     b'bounced', b'host mx[192.0.2.1] said: 550 (no)'),
    ((b'a@example.net>, relay=none, delay=0, delays=0/0/0/0, dsn=4.4.1, status=deferred (connect to '
     b'mx[192.0.2.1]:25: Connection refused)'), b'a@example.net', b'', b'0', b'deferred',
     b'connect to mx[192.0.2.1]:25: Connection refused'),
    (b'a@example.net>, relay=mail[private/lmtp], delay=1, delays=0/0/0/0, dsn=2.0.0, status=sent (x)',
     b'a@example.net', b'private/lmtp', b'1', b'sent', b'x'),
    ((b'"quoted, relay=evil[192.0.2.66]:25, delay=1"@example.com>, relay=mx[2001:db8::1]:25, delay=1, '
     b'delays=0/0/0/0, dsn=2.0.0, status=sent (x)'), b'@example.com', b'2001:db8::1', b'1', b'sent', b'x'),
    ((b'"x>, relay=evil[192.0.2.66]:25, delay=9, delays=1/1/1/1, dsn=2.0.0, status=sent (y)"@'
     b'example.com>, relay=mx[2001:db8::1]:25, delay=1, delays=0/0/0/0, dsn=2.0.0, status=bounced (z)'),
     b'@example.com', b'2001:db8::1', b'1', b'bounced', b'z'),
    ((b'"a b [c] \\"> d"@example.com>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/0, dsn=2.0.0, '
     b'status=sent (x)'), b'@example.com', b'192.0.2.1', b'1', b'sent', b'x'),
    ((b'a b [c] "> d@example.com>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/0, dsn=2.0.0, '
     b'status=sent (x)'), b'a b [c] "> d@example.com', b'192.0.2.1', b'1', b'sent', b'x'),
    (b'"a@example.com>, relay=mx[192.0.2.1]:25, delay=1, status=sent (x)', b'"a@example.com',
     b'192.0.2.1', b'1', b'sent', b'x'),
    ((b'a@example.com>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/0, dsn=4.0.0, status=deferred '
     b'(host mx[192.0.2.1] said: 450 to=<b@c>, relay=x[2001:db8::1]:25, delay=2, status=sent (z'), b'a@example.com',
     b'192.0.2.1', b'1', b'deferred',
     b'host mx[192.0.2.1] said: 450 to=<b@c>, relay=x[2001:db8::1]:25, delay=2, status=sent (z'),
]


@pytest.mark.parametrize(('text', 'recipient', 'relay', 'delay', 'status', 'words'), DELIVERIES)
def test_deliveries(text, recipient, relay, delay, status, words):
    assert delivery(b'1]: 4F1BF1D88F9: to=<' + text) == Delivery(recipient, relay, delay, status, words)


@pytest.mark.parametrize('text', [
    b'', b'1]: connect to mx[192.0.2.1]:25: Connection refused', b'1]: 4F1BF1D88F9: to=<a@example.net>',
    b'1]: 4F1BF1D88F9: to=<a@example.net>, relay=mx[192.0.2.1]:25, delay=x, status=sent (x)',
    b'1]: 4F1BF1D88F9: to=<a@example.net>, relay=mx[192.0.2.1]:25, delay=' + b'9' * 400 + b', status=sent (x)',
    b'1]: warning: 4F1BF1D88F9: to=<a@example.net>, relay=mx[192.0.2.1]:25, delay=1, status=sent (x)',
    b'1]: 4F1BF1D88F9: from=<a@example.net>, status=expired, returned to sender',
])
def test_what_is_no_delivery(text):
    assert delivery(text) is None


@pytest.mark.parametrize(('address', 'family'), [
    (b'192.0.2.1', 'ipv4'), (b'2001:db8::1', 'ipv6'), (b'::ffff:192.0.2.1', 'ipv4')])
def test_family_of_a_relay(address, family):
    sent = counted(SENT % address)['sent']
    assert {name for name in ('ipv4', 'ipv6', 'unix') if sent[name]} == {family}
    assert sent['delay'][family]['max'] == 0.5
    assert sent['destinations'] == [{'domain': 'example.net', 'family': family, 'count': 1}]


@pytest.mark.parametrize(('status', 'counts_as'), [
    (b'sent', 'sent'), (b'deferred', 'deferred'), (b'SOFTBOUNCE', 'deferred'), (b'bounced', 'bounced'),
    (b'deliverable', 'probes'), (b'undeliverable', 'probes'), (b'expired', None)])
def test_statuses(status, counts_as):
    found = counted((SENT % b'2001:db8::1').replace(b'status=sent', b'status=' + status))
    assert {name: found[name]['ipv6'] for name in ('sent', 'deferred', 'bounced')} | {'probes': found['probes']} == {
        name: int(name == counts_as) for name in ('sent', 'deferred', 'bounced', 'probes')}


@pytest.mark.parametrize('agent', ['local', 'virtual', 'pipe', 'error', 'discard'])
def test_other_agents(agent):
    line = agent.encode() + (b'[1]: 4F1BF1D88F9: to=<a@example.org>, relay=%b, delay=0, delays=0/0/0/0, dsn=4.0.0, '
                             b'status=deferred (delivery temporarily suspended: x)' % agent.encode())
    found = counted(line)
    assert found['other_agents'][agent] == {'sent': 0, 'deferred': 1, 'bounced': 0}
    assert sum(found['deferred'][family] for family in ('ipv4', 'ipv6', 'unix', 'none')) == 0


def test_largest_come_first_and_the_rest_is_counted():
    tally = Tally(0, NOW + 1)
    tally.add([b''.join(HEAD + (SENT % b'192.0.2.1').replace(b'example.net', b'%c.example' % name) + b'\n'
                        for name in b'aaabbc')], NOW)
    sent = tally.summary(2)['sent']
    assert [(each['domain'], each['count']) for each in sent['destinations']] == [('a.example', 3), ('b.example', 2)]
    assert sent['other_destinations'] == 1


# --- Which lines count

@pytest.mark.parametrize('head', [
    b'Nov 21 03:14:05 mail postfix/', b'2026-11-21T03:14:05.123456+01:00 mail postfix/',
    b'1795279711.813711 mail postfix/', b'Nov  1 03:14:05 mail postfix/inet6-ipv4/',
    b'2026-11-21T03:14:05Z mail postfix-out/'])
def test_heads(head):
    assert counted(SENT % b'192.0.2.1', head=head)['sent']['ipv4'] == 1


@pytest.mark.parametrize('head', [
    b'', b'Nov 21 03:14:05 mail sshd[7]: postfix/', b'Nov 21 03:14:05 mail x: postfix/', b'Nov 21 03:14:05 postfix/',
    b'    postfix/', b'Nov 21 03:14:05 mail postfix'])
def test_imitations(head):
    assert counted(SENT % b'192.0.2.1', head=head)['sent']['ipv4'] == 0


@pytest.mark.parametrize(('syslog_name', 'names'), [
    (None, {'postfix', 'postfix/inet6-ipv4', 'postfix-out', 'mx'}), ('postfix', {'postfix', 'postfix/inet6-ipv4'}),
    ('postfix/inet6-ipv4', {'postfix/inet6-ipv4'}), ('postfix-out', {'postfix-out'}), ('post', set())])
def test_syslog_name(syslog_name, names):
    for name in ('postfix', 'postfix/inet6-ipv4', 'postfix-out', 'mx'):
        head = b'Nov 21 03:14:05 mail %s/' % name.encode()
        assert counted(SENT % b'192.0.2.1', head=head, syslog_name=syslog_name)['sent']['ipv4'] == (name in names)


@pytest.mark.parametrize(('since', 'until', 'count'), [
    (1000, 1002, 2), (1001, 1002, 1), (1000, 1001, 1), (1003, 1004, 0)])
def test_window(since, until, count):
    lines = [b'%d.000000 mail postfix/' % moment + SENT % b'192.0.2.1' + b'\n' for moment in (1000, 1001, 1002)]
    tally = Tally(since, until)
    tally.add([b''.join(lines)], NOW)
    assert tally.summary(1)['sent']['ipv4'] == count


def test_order_of_since_and_until():
    with pytest.raises(CoreError, match=r'^since: 1970-01-01T00:00:02\+00:00 is not before 1970-01-01T00:00:01\+00:00'):
        mail_log(2, 1, None, '', None, None, 10)


@pytest.mark.parametrize('top', [0, 101, -1])
def test_top(top):
    with pytest.raises(CoreError, match=rf'^top: {top} is not between 1 and 100'):
        mail_log(0, 1, None, '', None, None, top)


# --- Where they are

def test_rotated_and_damaged(tmp_path):
    line = HEAD + SENT % b'192.0.2.1' + b'\n'
    (tmp_path / 'mail.log').write_bytes(line)
    (tmp_path / 'mail.log.1.gz').write_bytes(gzip.compress(line * 2))
    (tmp_path / 'mail.log.2.gz').write_bytes(gzip.compress(os.urandom(100_000))[:-1000])
    (tmp_path / 'mail.log.3.zst').write_bytes(b'?')
    found = mail_log(0, NOW + 100, [str(tmp_path / 'mail.log')], '', None, None, 10)
    assert found['sent']['ipv4'] == 3
    (warning,) = found['warnings']
    assert warning == ('not counted, or not to the end, as the compression is unknown here or the file is damaged: '
                       f'{tmp_path}/mail.log.3.zst, {tmp_path}/mail.log.2.gz; decompress what matters')


def test_journal(machine, monkeypatch):
    monkeypatch.setattr(_log_sources, 'MAIL_FILES', (str(machine.root / 'none'),))
    machine.program('journalctl', f'cat {LOGS / "journal-3.7.log"}\n')
    found = mail_log(0, NOW + 1, None, '', machine.find('journalctl'), None, 10)
    assert (found['sources'], found['sent']['ipv6']) == (['journal'], 3)


def test_log_of_postfix(machine):
    machine.host(maillog_file='/var/log/postfix.log')
    assert log_of_postfix(machine.find) == ''  # there is no /etc/postfix here
    assert log_of_postfix({}.get) == ''
    default = f'printf "{machine.config}\\n3.7.11\\n"'
    machine.program('postconf', f'case "$1" in -d) {default};; *) cat {machine.root}/told;; esac\n')
    assert log_of_postfix(machine.find) == '/var/log/postfix.log'


# --- However long the log is

def hostile(number):
    words = f'{number} words of no meaning '.encode() * 20
    sent = SENT % b'192.0.2.1'
    return [
        b'smtpd[1]: NOQUEUE: reject: RCPT from x[2001:db8::1]: 554 w%s; from=<>' % words.replace(b' ', b'x')[:300],
        sent.replace(b'example.net', b'd%d.example' % number + b'\xff' * 100),
        sent.replace(b'sent (ok', b'deferred (' + bytes([97 + number % 26]) * (number % 90)),
        sent.replace(b'sent (ok', b'bounced (' + '\u6587'.encode() * (number % 90) + words),
    ]


@pytest.mark.parametrize('long', [
    HEAD + b'smtpd[1]: 4F1BF1D88F9: client=x[%s]', b'Nov 21 03:14:05 %s postfix/pickup[1]: 4F1BF1D88F9: uid=0',
    HEAD + b'smtp[1]: 4F1BF1D88F9: to=<a@%s>, relay=x[192.0.2.1]:25, delay=1, status=sent (x)',
    HEAD + b'smtp[1]: 4F1BF1D88F9: to=<a@x>, relay=x[%s]:25, delay=1, status=sent (x)',
    HEAD + b'smtp[1]: 4F1BF1D88F9: to=<a@x>, relay=x[192.0.2.1]:25, delay=1, status=deferred (%s)',
    HEAD + b'smtpd[1]: NOQUEUE: reject: RCPT from x[%s]: 450 %s; from=<>'.replace(b'[%s]', b'[192.0.2.1]')])
def test_nothing_long_is_kept(long):
    tally = Tally(0, NOW + 1)
    tracemalloc.start()
    try:
        tally.add((long % (b'%02d' % number * 50_000) + b'\n' for number in range(100)), NOW)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_summary_stays_small():
    texts = [text for number in range(5000) for text in hostile(number)]
    found = counted(*texts)
    assert found['refused']['ipv6'] == found['sent']['ipv4'] == 5000
    assert found['deferred']['ipv4'] == found['bounced']['ipv4'] == 5000
    for name in ('refused', 'deferred', 'bounced'):
        assert sum(group['count'] for group in found[name]['groups']) + found[name]['others'] == 5000
    assert len(json.dumps(found)) < 24_000
