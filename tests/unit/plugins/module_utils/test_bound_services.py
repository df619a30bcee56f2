import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._bound_services import bound_services, judge_listeners
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import MasterCf

SUBMISSION = 'submission inet n       -       y       -       -       smtpd\n  -o smtpd_tls_security_level=encrypt\n'
TEXT = 'smtp      inet  n       -       y       -       -       smtpd\n' + SUBMISSION


def bound(listeners, text=TEXT):
    master_cf = MasterCf(text)
    return master_cf.merged(bound_services(listeners, master_cf))


def lines(text):
    return [' '.join(word.text for word in entry.words) for entry in MasterCf(text).entries]


LIKE = 'inet n - y - - smtpd -o smtpd_tls_security_level=encrypt'


def test_one_address_two_and_all_again():
    one = bound({'submission': '2001:db8::25'})
    assert lines(one) == [lines(TEXT)[0], f'[2001:db8::25]:submission {LIKE}']
    two = bound({'submission': ['[2001:DB8::25]', '192.0.2.25']}, one)
    assert two == one + two[len(one):], 'what is there stays as it is'
    assert lines(two)[1:] == [f'[2001:db8::25]:submission {LIKE}', f'192.0.2.25:submission {LIKE}']
    assert bound({'submission': '2001:db8::25, 192.0.2.25'}, two) == two
    assert lines(bound({'submission': 'all'}, two)) == lines(TEXT)


def test_nothing_said_and_nothing_to_do():
    assert bound({}) == TEXT
    assert bound({'submission': 'all'}) == TEXT


@pytest.mark.parametrize(('listeners', 'found'), [
    ({'submission': '2001:db8::25', 'smtp': 'all'}, []),
    ({'587': '2001:db8::25'}, [('no-such-service', '587')]),
    ({'submission': []}, [('no-address', 'submission')]),
    ({'submission': 'mail.example.org'}, [('bad-address', 'mail.example.org')]),
    ({'submission': ['all', '192.0.2.25']}, [('bad-address', 'all')]),
    ({'submission': '2001:db8::/32'}, [('bad-address', '2001:db8::/32')]),
])
def test_what_is_wrong(listeners, found):
    assert [(one.code, one.token) for one in judge_listeners(listeners, MasterCf(TEXT))] == found


def test_what_yaml_has_mangled():
    with pytest.raises(Rejected, match='is an integer'):
        bound({'submission': 5599120199162})
