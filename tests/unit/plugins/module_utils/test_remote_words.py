import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._remote_words import (
    LONGEST_EXAMPLE,
    LONGEST_WORDS,
    common_words,
    example,
    readable,
)

# The first ones are logged by Postfix 3.5, 3.7 and 3.10; the rest are forms that large hosts answer in.
WORDS = [
    ('host mx4.example.net[192.0.2.26] said: 550 5.1.1 <unknown@example.com>: Recipient address rejected: User unknown',
     '550 5.1.1 <MAIL>: Recipient address rejected: User unknown'),
    (('host mx6.example.net[2001:db8::26] said: 421-4.7.0 Try again later, closing connection. (RCPT) 421 4.7.0 '
     'q1-20020a170902 {brace} ?? (in reply to RCPT TO command)'),
     '421 4.7.0 Try again later, closing connection. (RCPT) ID {brace} ??'),
    (('host mx4.example.net[192.0.2.26] said: 550-5.7.26 This mail is blocked. 550-5.7.26 SPF [example.org] with ip: '
     '[192.0.2.25] = did not pass 550 5.7.26 See https://mail.example.com/81126#auth d9443c01a7-1fd - gsmtp'),
     '550 5.7.26 This mail is blocked. SPF [HOST] with ip: [IPv4] = did not pass See URL ID - gsmtp'),
    (('host mx4.example.net[192.0.2.26] said: 452 4.2.2 Mailbox of <a@example.com> is over quota: 104857 of 100000 '
     'bytes [2001:db8::99]'), '452 4.2.2 Mailbox of <MAIL> is over quota: N of N bytes [IPv6]'),
    ('host mxbad.example.net[2001:db8::27] refused to talk to me: 554 5.7.1 Client host [2001:db8::25] blocked',
     'host HOST[IPv6] refused to talk to me: 554 5.7.1 Client host [IPv6] blocked'),
    ('lost connection with mxdrop.example.net[2001:db8::28] while receiving the initial server greeting',
     'lost connection with HOST[IPv6] while receiving the initial server greeting'),
    ('connect to gone.example.net[2001:db8::29]:25: Network is unreachable',
     'connect to HOST[IPv6]:25: Network is unreachable'),
    ('connect to 192.0.2.26[192.0.2.26]:26: Connection refused', 'connect to HOST[IPv4]:26: Connection refused'),
    ('unable to look up host nosuch.example.net: Temporary failure in name resolution',
     'unable to look up host HOST: Temporary failure in name resolution'),
    ('Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try again',
     'Host or domain name not found. Name service error for name=HOST type=MX: Host not found, try again'),
    ('250-first 250 second', '250 first second'),
    ('450 4.7.1 Client was throttled (S3150), wait 30s', '450 4.7.1 Client was throttled (S3150), wait Ns'),
    ('554 5.7.0 Reject, id=12345-06', '554 5.7.0 Reject, id=N-N'),
    ('queued as 4XyZ12abcDz1Q at 10:25 over IPv6 by TLSv1.3', 'queued as ID at N:N over IPv6 by TLSv1.3'),
    ('message <20261121165127.CC0A71D880E@mail.example.org> ::ffff:192.0.2.1', 'message <MAIL> IPv6'),
    ('', ''), (' ', ' '), ('[', '['), ('a[b', 'HOST[b'), ('=', '='), ('x==1', 'x==1'), ('.', '.'), ('..a..', '..a..'),
]


@pytest.mark.parametrize(('text', 'words'), WORDS)
def test_words(text, words):
    assert common_words(text) == words


def test_a_thousand_answers_are_one_group():
    assert len({
        common_words(f'host mx{number}.example.net[2001:db8::{number:x}] said: 450 4.2.0 <user{number}@example.org>: '
                     f'Greylisted for {number} seconds, see https://example.org/{number}.html (4b{number:09d}Xz)')
        for number in range(1000)}) == 1


def test_what_differs_stays_apart():
    codes = ('450 4.2.0', '450 4.2.1', '550 5.7.1', '550')
    assert len({common_words(f'host a.example.org[192.0.2.1] said: {code} no') for code in codes}) == 4


def test_lengths_are_bounded():
    assert len(common_words('word ' * 1000)) == LONGEST_WORDS
    assert len(example('x' * 1000)) == LONGEST_EXAMPLE
    assert example('x') == 'x'


@pytest.mark.parametrize(('text', 'shown'), [
    (b'plain', 'plain'), ('gr\u00fc\u00df'.encode(), 'gr\u00fc\u00df'), (b'a\xff\xfeb', 'a??b'),
    (b'a\x00\x1bb', 'a??b'), ('a\u202eb'.encode(), 'a?b'),
])
def test_readable(text, shown):
    assert readable(text) == shown
