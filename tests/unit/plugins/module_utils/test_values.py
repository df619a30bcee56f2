from datetime import date, datetime

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._values import as_text, as_words, words
from hypothesis import given
from hypothesis import strategies as st

WORDS = [
    ('', []),
    (',', []),
    ('all', ['all']),
    (' all ', ['all']),
    ('a b', ['a', 'b']),
    ('a,b', ['a', 'b']),
    ('a, b,,', ['a', 'b']),
    ('a\tb\r\n c', ['a', 'b', 'c']),
    ('a;b', ['a;b']),
    ('a\vb', ['a\vb']),
    ('a\xa0b', ['a\xa0b']),
    ('{a b}', ['{a b}']),
    ('cidr:{{192.0.2.0/24 OK}, {198.51.100.0/24 OK}} x', ['cidr:{{192.0.2.0/24 OK}, {198.51.100.0/24 OK}}', 'x']),
    ('${x?{a b}:{c}} d', ['${x?{a b}:{c}}', 'd']),
    ('a} b', ['a}', 'b']),
    ('{ a b', ['{ a b']),
    ('}{a b', ['}{a b']),  # a brace that closes nothing does not count (mystrtokq)
]


@pytest.mark.parametrize(('text', 'items'), WORDS)
def test_words(text, items):
    assert words(text) == items


@given(st.text(alphabet='ab{}, \t\r\n$', max_size=20))
def test_words_lose_nothing_but_separators(text):
    separators = str.maketrans('', '', ', \t\r\n')
    assert ''.join(words(text)).translate(separators) == text.translate(separators)
    assert all(words(text))


@given(st.lists(st.text(alphabet='abc0123456789.:/[]!$', min_size=1)))
def test_words_come_back_from_a_joined_list(items):
    assert words(', '.join(items)) == items
    assert words('\n'.join(items)) == items


TEXT = [
    (None, None),
    ('', None),
    (' \n\t', None),
    ('all', 'all'),
    (' all\n', 'all'),
    ('a,\n  b', 'a, b'),
    ('no', 'no'),
]


@pytest.mark.parametrize(('value', 'text'), TEXT)
def test_text(value, text):
    assert as_text('x', value) == text


@pytest.mark.parametrize(('value', 'kinds', 'text'), [
    (True, {'booleans': True}, 'yes'),
    (False, {'booleans': True}, 'no'),
    (64, {'numbers': True}, '64'),
    (0, {'numbers': True}, '0'),
])
def test_value_of_the_type_that_is_meant(value, kinds, text):
    assert as_text('x', value, **kinds) == text


MANGLED = [
    (False, {}),  # no, off
    (True, {}),  # yes, on
    (True, {'numbers': True}),
    (1, {'booleans': True}),
    (5599120199162, {}),  # 2001:10:20:30:40:50:1:2, an integer to base 60
    (64.0, {'numbers': True}),
    (3.1, {}),  # 3.10
    (date(2026, 11, 21), {}),
    (datetime(2026, 11, 21, 3, 14), {}),
    (b'all', {}),
    ({'all': None}, {}),
]


@pytest.mark.parametrize(('value', 'kinds'), MANGLED)
def test_what_yaml_has_mangled_is_refused_and_never_guessed(value, kinds):
    with pytest.raises(Rejected) as caught:
        as_text('inet_protocols', value, **kinds)
    (problem,) = caught.value.problems
    assert (problem.code, problem.verdict) == ('mangled-value', OTHER_MEANING)
    assert 'inet_protocols' in str(problem)
    assert 'quotes' in problem.cure


LISTS = [
    (None, None),
    ('', None),
    ('\n', None),
    ([], []),
    (['', None], []),
    (['a', 'b'], ['a', 'b']),
    (('a', 'b'), ['a', 'b']),
    ('a, b', ['a', 'b']),
    ('a\nb\n', ['a', 'b']),
    (['a, b', 'c\nd'], ['a', 'b', 'c', 'd']),
    (['a', ['b', ['c d']], []], ['a', 'b', 'c', 'd']),
]


@pytest.mark.parametrize(('value', 'items'), LISTS)
def test_list(value, items):
    assert as_words('x', value) == items


@pytest.mark.parametrize('value', [True, 5599120199162, ['a', 5599120199162], ['a', [False]], [{'a': 1}], {'a': 1}])
def test_mangled_list(value):
    with pytest.raises(Rejected):
        as_words('mynetworks', value)
