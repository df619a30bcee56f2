import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    ERROR,
    FATAL,
    WARNING,
    Problem,
    Rejected,
    reject_errors,
    shown,
)


def problem(token='ipv5', severity=ERROR):
    return Problem('some-code', 'inet_protocols', token, 1, FATAL, 'is wrong', 'write all', 'postconf(5)', severity)


@pytest.mark.parametrize(('token', 'text'), [
    ('[::1]/128', '[::1]/128'),
    ('100%', '100%'),
    ('', "''"),
    ('a b', "'a b'"),
    ('a\nb', r"'a\nb'"),
    ('a\0b', r"'a\x00b'"),
])
def test_token_as_shown(token, text):
    assert shown(token) == text


def test_long_token_is_cut_and_bytes_that_are_not_utf8_can_be_printed():
    assert len(shown('x' * 10000)) < 200
    shown('\udcff').encode()


def test_message_names_parameter_value_rule_cure_and_manual_page():
    assert str(problem()) == 'inet_protocols: ipv5 is wrong; write all (postconf(5))'


def test_rejected_has_one_line_a_problem():
    assert str(Rejected([problem('a'), problem('b')])).count('\n') == 1


def test_errors_are_raised_without_the_warnings():
    with pytest.raises(Rejected) as caught:
        reject_errors([problem(severity=WARNING), problem('a'), problem('b')])
    assert [one.token for one in caught.value.problems] == ['a', 'b']


def test_warnings_are_returned():
    warnings = [problem(severity=WARNING)]
    assert reject_errors(iter(warnings)) == warnings
    assert reject_errors([]) == []
