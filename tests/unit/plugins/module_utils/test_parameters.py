import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import DEAD, FATAL
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    PARAMETERS,
    judge,
    judge_versions,
    same_value,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import release_of
from hypothesis import given
from hypothesis import strategies as st

OWNED = sorted(PARAMETERS)


SAME = [
    ('inet_protocols', 'all', 'ipv6, ipv4'),
    ('inet_protocols', 'ipv4,ipv4', 'ipv4'),
    ('inet_interfaces', '127.0.0.1 ::1', '127.0.0.1, ::1'),
    ('mynetworks', '127.0.0.0/8\n  [::1]/128', '127.0.0.0/8, [::1]/128'),
    ('smtp_bind_address6', '::1', '::1'),
    ('smtpd_banner', 'a, b', 'a, b'),
]
DIFFERENT = [
    ('inet_protocols', 'all', 'ipv4'),
    ('inet_protocols', 'all', 'ipv4, ipv5'),
    ('inet_protocols', '', 'all'),
    ('inet_protocols', 'ALL', 'all'),
    ('mynetworks', '127.0.0.0/8, 10.0.0.0/8', '10.0.0.0/8, 127.0.0.0/8'),  # the first match counts
    ('mynetworks', '2001:db8::/32', '[2001:db8::]/32'),
    ('smtp_bind_address6', '[::1]', '::1'),  # Postfix before 3.7 dies of it
    ('smtpd_banner', 'a, b', 'a b'),
    # Postfix dies of the first; it has to be mended
    ('inet_interfaces', 'all,', 'all'),
    ('inet_interfaces', '127.0.0.1,\r ::1', '127.0.0.1, ::1'),
]


@pytest.mark.parametrize(('name', 'text', 'another', 'same'), [
    *((*row, True) for row in SAME), *((*row, False) for row in DIFFERENT),
])
def test_same_value(name, text, another, same):
    assert same_value(name, text, another) == same
    assert same_value(name, another, text) == same


@pytest.mark.parametrize(('values', 'problems'), [
    ({'inet_protocols': 'ipv4', 'inet_interfaces': '127.0.0.1, ::1'}, [('inet_interfaces', '::1', 2, FATAL)]),
    ({'inet_protocols': 'ipv4', 'inet_interfaces': '[::1]'}, [('inet_interfaces', '[::1]', 1, FATAL)]),
    ({'inet_protocols': 'ipv6', 'inet_interfaces': '127.0.0.1 ::1'}, [('inet_interfaces', '127.0.0.1', 1, FATAL)]),
    ({'inet_protocols': 'ipv4', 'proxy_interfaces': '2001:db8::1'}, [('proxy_interfaces', '2001:db8::1', 1, FATAL)]),
    ({'inet_protocols': 'ipv4', 'smtp_bind_address6': '::1'}, [('smtp_bind_address6', '::1', 0, DEAD)]),
    ({'inet_protocols': 'ipv6', 'lmtp_bind_address': '192.0.2.1'}, [('lmtp_bind_address', '192.0.2.1', 0, DEAD)]),
    ({'inet_protocols': 'ipv4', 'smtp_bind_address': '2001:db8::1'}, [('smtp_bind_address', '2001:db8::1', 0, FATAL)]),
    ({'inet_protocols': 'ipv4', 'smtp_bind_address': '[2001:db8::1]'},
     [('smtp_bind_address', '[2001:db8::1]', 0, FATAL)]),
    ({'inet_protocols': 'ipv4', 'smtp_bind_address': '::ffff:192.0.2.1'}, []),
    ({'inet_protocols': 'ipv4', 'inet_interfaces': '::ffff:192.0.2.1'}, []),
    ({'inet_protocols': 'ipv4', 'smtp_bind_address6': ''}, []),
    ({'inet_protocols': 'all', 'inet_interfaces': '127.0.0.1, ::1', 'smtp_bind_address6': '::1'}, []),
    ({'inet_protocols': 'ipv4', 'inet_interfaces': 'localhost'}, []),
    ({'inet_protocols': 'ipv4', 'mynetworks': '[::1]/128'}, []),
    ({'inet_protocols': '$x', 'inet_interfaces': '::1'}, []),
    ({'inet_interfaces': '::1'}, []),
])
def test_addresses_of_a_family_that_is_off(values, problems):
    assert [(one.parameter, one.token, one.position, one.verdict) for one in judge(values)
            if one.code == 'protocol-off'] == problems


@pytest.mark.parametrize(('name', 'version', 'too_new'), [
    ('smtp_bind_address_enforce', '3.5.25', True),
    ('smtp_bind_address_enforce', '3.7.11', False),
    ('smtp_bind_address_enforce', '3.10.5', False),
    ('smtp_bind_address_enforce', '4.0.0', False),
    ('smtpd_client_ipv6_prefix_length', '3.7.11', True),
    ('smtpd_client_ipv6_prefix_length', '3.8.0', False),
    ('smtpd_client_ipv6_prefix_length', '3.12-20260101', False),
    ('smtp_balance_inet_protocols', '3.2.9', True),
    ('smtpd_banner', '2.0.0', False),
])
def test_parameter_that_the_release_does_not_know(name, version, too_new):
    problems = list(judge_versions([name], release_of(version)))
    assert bool(problems) == too_new
    for problem in problems:
        assert '.'.join(map(str, release_of(version))) in str(problem)
        assert '.'.join(map(str, PARAMETERS[name].since)) in str(problem)


@given(st.dictionaries(st.sampled_from([*OWNED, 'smtpd_banner']), st.text() | st.text(alphabet='01:./[]!, $alipv46')))
def test_judging_never_raises(values):
    for problem in judge(values):
        assert str(problem)


@given(st.sampled_from(OWNED), st.text(alphabet='alipv46hostyes01:./[]!, ', max_size=20))
def test_a_value_is_the_same_as_itself(name, text):
    assert same_value(name, text, text)
