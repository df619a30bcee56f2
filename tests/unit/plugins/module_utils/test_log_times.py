import time
from datetime import UTC, datetime

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._log_times import Clock, moment


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch):
    """Let local time differ from UTC, and change in summer."""
    monkeypatch.setenv('TZ', 'CET-1CEST,M3.5.0,M10.5.0/3')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def utc(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


NOW = utc(2026, 11, 21, 12)


@pytest.mark.parametrize(('head', 'when'), [
    (b'Nov 21 03:14:05 mail postfix/smtp', utc(2026, 11, 21, 2, 14, 5)),
    (b'Nov  1 03:14:05 mail postfix/smtp', utc(2026, 11, 1, 2, 14, 5)),
    (b'Jul 21 03:14:05 mail postfix/smtp', utc(2026, 7, 21, 1, 14, 5)),
    (b'Dec 31 23:59:59 mail postfix/smtp', utc(2025, 12, 31, 22, 59, 59)),
    (b'Feb 29 03:14:05 mail postfix/smtp', utc(2024, 2, 29, 2, 14, 5)),
    (b'2026-11-21T03:14:05.123456+01:00 mail postfix/smtp', utc(2026, 11, 21, 2, 14, 5)),
    (b'2026-11-21T03:14:05+0100 mail postfix/smtp', utc(2026, 11, 21, 2, 14, 5)),
    (b'2026-11-21T03:14:05,123-05:30 mail postfix/smtp', utc(2026, 11, 21, 8, 44, 5)),
    (b'2026-11-21T03:14:05Z mail postfix/smtp', utc(2026, 11, 21, 3, 14, 5)),
    (b'1795279711.813711 mail.example.org postfix/smtp', 1795279711),
])
def test_forms_of_time(head, when):
    assert Clock(NOW).read(head) == (when, b'postfix')


@pytest.mark.parametrize(('newest', 'when'), [
    (utc(2027, 1, 1, 0, 5), utc(2026, 12, 31, 22)), (utc(2026, 12, 31, 22), utc(2026, 12, 31, 22)),
    (utc(2026, 12, 30, 23), utc(2026, 12, 31, 22)), (utc(2026, 12, 30, 20), utc(2025, 12, 31, 22)),
])
def test_turn_of_the_year(newest, when):
    assert Clock(newest).read(b'Dec 31 23:00:00 mail postfix/smtp') == (when, b'postfix')


@pytest.mark.parametrize('head', [
    b'', b'postfix/smtp', b'Nov 21 03:14:05 postfix/smtp', b'Nov 21 03:14:05 mail smtp', b'Xxx 21 03:14:05 mail a/smtp',
    b'Nov 31 03:14:05 mail a/smtp', b'Nov  0 03:14:05 mail a/smtp', b'2026-13-21T03:14:05Z mail a/smtp',
    b'0000-01-01T00:00:00Z mail a/smtp', b'2026-11-21T03:14:05 mail a/smtp',
    b' Nov 21 03:14:05 mail a/smtp', b'Nov 21 03:14:05 mail sshd: postfix/smtp', b'Nov 21 03:14:05 mail a/smtp: x/smtp',
])
def test_what_is_no_head(head):
    assert Clock(NOW).read(head) is None


@pytest.mark.parametrize(('head', 'name'), [
    (b'Nov 21 03:14:05 mail postfix/inet6-ipv4/smtp', b'postfix/inet6-ipv4'),
    (b'Nov 21 03:14:05 mail postfix-out/smtp', b'postfix-out'),
    (b'Nov 21 03:14:05 mail postfix@mx/submission/smtpd', b'postfix@mx/submission'),
])
def test_names(head, name):
    assert Clock(NOW).read(head)[1] == name


@pytest.mark.parametrize(('text', 'when'), [
    ('0', NOW), ('3600', NOW - 3600), ('90s', NOW - 90), ('5m', NOW - 300), ('12h', NOW - 43200), ('1d', NOW - 86400),
    ('2w', NOW - 1209600), ('9999999999w', 0), ('2026-11-21T03:14:00+01:00', utc(2026, 11, 21, 2, 14)),
    ('2026-11-21T03:14:00Z', utc(2026, 11, 21, 3, 14)), ('2026-11-21 03:14:00', utc(2026, 11, 21, 2, 14)),
    ('2026-11-21', utc(2026, 11, 20, 23)), ('1900-01-01', 0),
])
def test_moments(text, when):
    assert moment('since', text, NOW) == when


@pytest.mark.parametrize('text', ['', 'x', '1y', '-1', '1.5h', 'yesterday', '2026-13-01', '\0', '12 h'])
def test_what_is_no_moment(text):
    with pytest.raises(CoreError, match=r'^since: .* is neither an age nor a time; write 3600, 12h'):
        moment('since', text, NOW)
