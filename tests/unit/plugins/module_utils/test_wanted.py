import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, FATAL, OTHER_MEANING, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import examine, read_values
from hypothesis import example, given
from hypothesis import strategies as st

OWNED = sorted(PARAMETERS)


def rejected(wanted, extra=()):
    with pytest.raises(Rejected) as caught:
        read_values(wanted, dict(extra))
    return caught.value.problems


def test_values_of_any_type_become_text_and_nothing_said_is_left_out():
    values = read_values(
        {'inet_protocols': ['ipv4', 'ipv6'], 'inet_interfaces': None, 'mynetworks': '127.0.0.0/8\n::1',
         'proxy_interfaces': ' '},
        {'smtpd_banner': '$myhostname', 'disable_vrfy_command': True, 'relayhost': None})
    assert values == {'inet_protocols': 'ipv4, ipv6', 'mynetworks': '127.0.0.0/8, [::1]', 'smtpd_banner': '$myhostname',
                      'disable_vrfy_command': 'yes'}


def test_warnings_do_not_reject():
    values, problems = examine({'inet_protocols': 'ipv6 ipv4'}, {})
    assert [one.code for one in problems] == ['order-has-no-effect']
    assert read_values({'inet_protocols': 'ipv6 ipv4'}, {}) == values == {'inet_protocols': 'ipv6, ipv4'}


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
        values, problems = examine(wanted, extra)
        assert read_values(wanted, extra) == values
    except Rejected as error:
        problems = error.problems
    else:
        assert all('\n' not in text for text in values.values())
        assert MainCf(MainCf('').merged(values)).values() == values
    assert all(str(problem) for problem in problems)


@given(st.sampled_from(OWNED), st.text(alphabet='alipv46hostyes01:./[]!, ', max_size=20))
def test_a_value_is_judged_alike_when_read_again(name, text):
    try:
        values = read_values({name: text}, {})
    except Rejected:
        return
    assert read_values(values, {}) == values
