"""Whatever somebody writes, in whatever encoding and length: the core's own errors come of it, in linear time."""

import ast
import contextlib
import json
import re
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _errors
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import LISTENER, RELAY, read_endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._mail_log import Tally
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import inet_services
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._matching import outcome
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, judge, read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._pattern_files import judge_files
from ansible_collections.inet6.postfix.plugins.module_utils._validation import validate
from hypothesis import given
from hypothesis import strategies as st

CORE = Path(_errors.__file__).parent

NAMES = st.sampled_from(sorted(PARAMETERS)) | st.just('smtpd_banner')
ANY_CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=40)  # lone surrogates too
PIECES = ('[', ']', ':', '::', '/', '!', ',', ' ', '#', '{', '}', '$', '%', '.', '0', '1', '255', '2001:db8', 'ffff',
          'ipv6', '/ffff:ffff::', 'all', 'cidr:', '/etc/x', '\n', '\r', '\t', '=', 'if ', 'h', '-', '+', '\u00e9',
          '\ufb00', '\u0661')
NEARLY = st.lists(st.sampled_from(PIECES), max_size=12).map(''.join)
TEXT = NEARLY | ANY_CHARACTERS
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.dates(), st.binary(max_size=3))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6)


@given(NAMES, VALUES)
def test_values_of_any_type(name, value):
    found = validate({name: value})
    assert found['valid'] == (not found['message'])
    json.dumps(found)


@given(NAMES, TEXT, TEXT)
def test_texts_beside_each_other(name, text, protocols):
    for problem in judge({name: text, 'inet_protocols': protocols}):
        assert problem.parameter in (name, 'inet_protocols')
        assert problem.rule
        assert problem.cure
        assert '\n' not in str(problem)


@given(TEXT)
def test_whole_files(text):
    json.dumps(validate(content=text))
    main_cf = MainCf(text)
    assert main_cf.merged({}) == text
    list(inet_services(text, text))
    for use in (RELAY, LISTENER):
        read_endpoint(text, use)
    outcome(text, 'mail.example.org', '2001:db8::1')


@given(TEXT, st.sampled_from(['', '!', 'cidr:', '!cidr:']), st.sampled_from([(3, 5), (3, 10)]))
def test_files_of_patterns(text, prefix, release):
    files = {'/x': text, '/etc/x': text}
    for problem in judge_files({'mynetworks': f'{prefix}/x'}, files.get, release, USUAL_TRUST):
        assert 'in line ' in problem.rule


@given(VALUES, VALUES)
def test_policies(allowed, widest):
    with contextlib.suppress(Rejected):
        read_trust(allowed, widest)


# --- Logs

NEVER = 4_000_000_000
LINE = b'Nov 21 03:14:05 mail postfix/smtp[1]: 4F1BF1D88F9: to=<'
RELAY_PART = b'>, relay=x[192.0.2.1]:25, delay=1, status='
LOG_PIECES = (
    b'Nov 21 03:14:05 mail ', b'2026-11-21T03:14:05.123456+01:00 mail ', b'1795279711.813711 mail ', b'postfix/',
    b'smtp[1]: ', b'smtpd[1]: ', b'lmtp[1]: ', b'pickup[1]: ', b'cleanup[1]: ', b'local[1]: ', b'4F1BF1D88F9: ',
    b'NOQUEUE: ', b'client=', b'x[192.0.2.1]', b'x[2001:db8::1]', b'x[', b']', b', orig_client=', b'reject: RCPT from ',
    b': 554 5.7.1 ', b'uid=0', b'to=<', b'a@example.org', b'"', b'\\', b'>, relay=', b'none', b', delay=', b'1', b'0.5',
    b', status=sent (', b', status=deferred (', b', status=bounced (', b'550-5.7.1 ', b' ', b'\n', b'\r', b'\0',
    b'\xff', b'=', b'@', b'://', b'(', LINE, RELAY_PART, b'9' * 400)
LOG = st.lists(st.sampled_from(LOG_PIECES) | st.binary(max_size=8), max_size=40).map(b''.join)


@given(LOG, st.binary(max_size=200), st.floats(0, NEVER))
def test_logs(text, noise, newest):
    tally = Tally(0, NEVER)
    tally.add([text + b'\n', noise + b'\n'], newest)
    json.dumps(tally.summary(10))


@pytest.mark.parametrize('begin', [
    b'', LINE, LINE + b'"', LINE + b'a' + RELAY_PART + b'deferred (', b'Nov 21 03:14:05 mail ',
    b'Nov 21 03:14:05 mail postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.1]: '])
@pytest.mark.parametrize('shape', [*LOG_PIECES, LINE + b'a@example.org' + RELAY_PART + b'sent (x)\n'])
def test_logs_in_linear_time(begin, shape):
    def spent(count):
        text = begin + shape * (count // len(shape)) + b', status=sent (: client=reject: : uid=\n'
        start = time.process_time()
        Tally(0, NEVER).add([text], NEVER)
        return time.process_time() - start

    # What searches take is not seen in calls, so this is measured; twice as long may take four times by chance only.
    assert min(spent(400_000) for again in range(2)) < 4 * min(spent(100_000) for again in range(2)) + 0.5


# --- Linear: counted in calls, not measured, so that a busy machine makes no difference

SHAPES = ['[', ']', '!', ':', '{', '}', '#', '/', 'a', '.', '0', '1::1 ', '1::1', 'a,', ',', '[::1] ', '10.0.0.0/8 ',
          '!10.0.0.1 ', 'a.', '-', ' ', '\t', '\ufb00', '$', '$x ', '127.1, ', '1h', '/a ', 'cidr:/x ', 'a:b ', '\n',
          ' x\n', 'x = y\n']


def calls(function, *arguments):
    count = 0

    def step(frame, event, argument):
        nonlocal count
        count += event in ('call', 'c_call')

    sys.setprofile(step)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return count


def judged(name, text):
    return list(judge({name: text}))


@pytest.mark.parametrize('name', ['mynetworks', 'inet_interfaces', 'inet_protocols', 'smtp_bind_address6', 'relayhost',
                                  'smtp_connect_timeout', 'postscreen_access_list', 'smtpd_client_ipv6_prefix_length'])
@pytest.mark.parametrize('shape', SHAPES)
def test_four_times_the_text_takes_four_times_the_steps(name, shape):
    few, many = (calls(judged, name, shape * count) for count in (500, 2000))
    assert many <= 4.5 * few + 100


@pytest.mark.parametrize('shape', SHAPES)
def test_the_same_for_files(shape):
    for function in (MainCf, lambda text: list(inet_services(text)), lambda text: validate(content=text),
                     lambda text: list(judge_files({'mynetworks': '/x'}, {'/x': text}.get, (3, 8), USUAL_TRUST))):
        few, many = (calls(function, shape * count) for count in (500, 2000))
        assert many <= 4.5 * few + 100


# --- Regular expressions

def patterns():
    for file in sorted(CORE.glob('_*.py')):
        for node in ast.walk(ast.parse(file.read_text())):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
                    and isinstance(node.func.value, ast.Name) and node.func.value.id == 're'
                    and isinstance(node.args[0], ast.Constant)):
                yield file.name, node.args[0].value


def repeats(parsed):
    """Give the repetitions without a limit in a parsed regular expression, each with what it repeats."""
    for operation, argument in parsed:
        if str(operation) in ('MAX_REPEAT', 'MIN_REPEAT'):
            if argument[1] == re._constants.MAXREPEAT:
                yield argument[2]
            yield from repeats(argument[2])
        elif str(operation) == 'SUBPATTERN':
            yield from repeats(argument[-1])
        elif str(operation) == 'BRANCH':
            for branch in argument[1]:
                yield from repeats(branch)


def test_there_are_regular_expressions():
    assert len(list(patterns())) > 3


@pytest.mark.parametrize(('file', 'pattern'), list(patterns()))
def test_no_regular_expression_backtracks_within_a_repetition(file, pattern):
    assert not [inner for inner in repeats(re._parser.parse(pattern)) if list(repeats(inner))]
