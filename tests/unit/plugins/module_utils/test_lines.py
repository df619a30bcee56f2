import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._lines import logical_lines, physical_lines
from hypothesis import given
from hypothesis import strategies as st

PHYSICAL = [
    ('a', ['a']),
    ('a\n', ['a\n']),
    ('a\nb', ['a\n', 'b']),
    ('\n\n', ['\n', '\n']),
    ('a\r\nb\r\n', ['a\r\n', 'b\r\n']),
    ('a\rb\x0bc\x0cd\x85e\u2028f\n', ['a\rb\x0bc\x0cd\x85e\u2028f\n']),
]


@pytest.mark.parametrize(('text', 'lines'), PHYSICAL)
def test_physical_lines(text, lines):
    assert physical_lines(text) == lines


@given(st.text(alphabet='ab #=\t\r\n\0\x0b\x85\u2028\udcff'))
def test_physical_lines_joined_are_the_text(text):
    assert ''.join(physical_lines(text)) == text


LOGICAL = [  # text, logical lines with the physical lines that they are made of
    ('', []),
    ('a\nb\n', [('a', 0), ('b', 1)]),
    ('a\n b\n\tc\nd', [('a b\tc', 0, 1, 2), ('d', 3)]),
    ('a\n\n# x\n b\n', [('a b', 0, 3)]),
    ('a\n # x\n b\n', [('a b', 0, 2)]),
    ('a # b\n', [('a # b', 0)]),
    ('a\n  \n b\n', [('a b', 0, 2)]),
    ('# x\n\n', []),
    ('  junk\n more\na\n', [('a', 2)]),
    (' # x\n\tjunk\na\n b\n', [('a b', 2, 3)]),
    ('a\r\n b\r\n', [('a\r b\r', 0, 1)]),
    ('a\r\n\r\n b\r\n', [('a\r b\r', 0, 2)]),
    ('a\n\x0bb\n\x0cc\n\rd\n', [('a\x0bb\x0cc\rd', 0, 1, 2, 3)]),
    ('a\n\xa0b\n', [('a', 0), ('\xa0b', 1)]),
    ('a\n\x85b\n\u2003c\n', [('a', 0), ('\x85b', 1), ('\u2003c', 2)]),
    ('\ufeffa\n', [('\ufeffa', 0)]),
    ('a\0b\n c\nd\n', [('a', 0, 1), ('d', 2)]),
    ('\0\na\n', [('', 0), ('a', 1)]),
]


@pytest.mark.parametrize(('text', 'lines'), LOGICAL)
def test_logical_lines(text, lines):
    assert [(line.text, *line.indexes) for line in logical_lines(physical_lines(text))] == lines
