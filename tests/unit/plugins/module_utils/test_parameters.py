import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import DEAD, ERROR, FATAL, OTHER_MEANING, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    PARAMETERS,
    judge,
    judge_versions,
    read_values,
    same_value,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import release_of
from hypothesis import example, given
from hypothesis import strategies as st

OWNED = sorted(PARAMETERS)


def rejected(wanted, extra=()):
    with pytest.raises(Rejected) as caught:
        read_values(wanted, dict(extra))
    return caught.value.problems


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


def test_values_of_any_type_become_text_and_nothing_said_is_left_out():
    values, warnings = read_values(
        {'inet_protocols': ['ipv4', 'ipv6'], 'inet_interfaces': None, 'mynetworks': '127.0.0.0/8\n::1',
         'proxy_interfaces': ' '},
        {'smtpd_banner': '$myhostname', 'disable_vrfy_command': True, 'relayhost': None})
    assert values == {'inet_protocols': 'ipv4, ipv6', 'mynetworks': '127.0.0.0/8, [::1]', 'smtpd_banner': '$myhostname',
                      'disable_vrfy_command': 'yes'}
    assert warnings == []


def test_warnings_do_not_reject():
    values, warnings = read_values({'inet_protocols': 'ipv6 ipv4'}, {})
    assert values == {'inet_protocols': 'ipv6, ipv4'}
    assert [one.code for one in warnings] == ['order-has-no-effect']


def test_every_problem_is_named_at_once():
    assert {(one.parameter, one.code, one.position) for one in rejected({
        'inet_protocols': 'ipv5',
        'mynetworks': ['127.0.0.0/8', '2001:db8::1/64', '::/256'],
        'smtp_bind_address6': 5599120199162,
        'lmtp_bind_address6': '2001:db8::/32',
    })} == {
        ('inet_protocols', 'unknown-word', 1),
        ('mynetworks', 'host-bits', 2),
        ('mynetworks', 'prefix-overflow', 3),
        ('smtp_bind_address6', 'mangled-value', 0),
        ('lmtp_bind_address6', 'network-for-address', 0),
    }


@pytest.mark.parametrize(('extra', 'code', 'verdict', 'cure'), [
    ({'inet_protocols': 'all'}, 'own-variable', OTHER_MEANING, 'postfix_ipv6_inet_protocols'),
    ({'smtpd banner': 'x'}, 'bad-name', FATAL, 'letters'),
    ({'smtpd_banner=': 'x'}, 'bad-name', FATAL, 'letters'),
    ({'#x': 'x'}, 'bad-name', FATAL, 'letters'),
    ({'x\n': 'x'}, 'bad-name', FATAL, 'letters'),
    ({'': 'x'}, 'bad-name', FATAL, 'letters'),
    ({False: 'x'}, None, None, ''),  # no: x
    ({25: 'x'}, None, None, ''),
    ({None: 'x'}, None, None, ''),
])
def test_extra_parameter_with_a_bad_name(extra, code, verdict, cure):
    problem = rejected({}, extra)[0]
    assert problem.severity == ERROR
    assert (problem.code, problem.verdict) == (code or problem.code, verdict or problem.verdict)
    assert cure in problem.cure


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


# What JSON, YAML and a survey can send, and text that resembles addresses.
SCALARS = (st.none() | st.booleans() | st.integers(-10**20, 10**20) | st.floats() | st.text(max_size=20) | st.dates()
           | st.text(alphabet='0123456789abcdefx.:/[]!#{}$%, \n', max_size=30)
           | st.sampled_from(['all', 'ipv4', 'host', 'yes', 'any', '::1', '192.0.2.0/24', '2001:db8::/32', 'ipv4 all']))
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2), max_leaves=5)
EXTRA = st.text(max_size=10) | st.sampled_from(['smtpd_banner', 'inet_protocols'])


@given(st.dictionaries(st.sampled_from(OWNED), ANYTHING, max_size=4), st.dictionaries(EXTRA, ANYTHING, max_size=2))
@example({}, {'smtpd_banner': 'a\0b'})
def test_whatever_is_said_is_read_back_from_main_cf_or_rejected(wanted, extra):
    try:
        values, warnings = read_values(wanted, extra)
    except Rejected as error:
        problems = error.problems
    else:
        problems = warnings
        assert all('\n' not in text for text in values.values())
        assert MainCf(MainCf('').merged(values)).values() == values
    assert all(str(problem) for problem in problems)


@given(st.dictionaries(st.sampled_from([*OWNED, 'smtpd_banner']), st.text() | st.text(alphabet='01:./[]!, $alipv46')))
def test_judging_never_raises(values):
    for problem in judge(values):
        assert str(problem)


@given(st.sampled_from(OWNED), st.text(alphabet='alipv46hostyes01:./[]!, ', max_size=20))
def test_a_value_is_the_same_as_itself_and_is_judged_alike_when_read_again(name, text):
    assert same_value(name, text, text)
    try:
        values = read_values({name: text}, {})[0]
    except Rejected:
        return
    assert read_values(values, {})[0] == values
