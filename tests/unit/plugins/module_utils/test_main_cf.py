import re

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._lines import logical_lines, physical_lines
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from hypothesis import given
from hypothesis import strategies as st

VALUES = [
    ('', {}),
    ('a = 1\n', {'a': '1'}),
    ('a=1', {'a': '1'}),
    ('a =\n', {'a': ''}),
    ('a\n = 1\n', {'a': '1'}),
    ('a =\n  1,\n  # comment\n\n  2\n', {'a': '1,  2'}),
    ('a = 1 = 2\n', {'a': '1 = 2'}),
    ('a = 1 # text\n', {'a': '1 # text'}),
    ('a = \\\nb = "x"\n', {'a': '\\', 'b': '"x"'}),
    ('a = 1\na = 2\n', {'a': '2'}),
    ('A = 1\na = 2\n', {'A': '1', 'a': '2'}),
    ('a = $b ${c}\n', {'a': '$b ${c}'}),
    ('a = 1\r\n', {'a': '1'}),
    ('a = 1,\r\n 2\r\n', {'a': '1,\r 2'}),
    ('a = 1\rb = 2\r', {'a': '1\rb = 2'}),
    ('  junk = 1\n more\na = 1\n', {'a': '1'}),
    ('a = 1\0 2\n 3\nb = 2\n', {'a': '1', 'b': '2'}),
    ('\ufeffa = 1\nb = 2\n', {'\ufeffa': '1', 'b': '2'}),
    ('a = \xa01\n', {'a': '\xa01'}),
    ('a = \udcff\n', {'a': '\udcff'}),
    ('a.b-c = 1\n', {'a.b-c': '1'}),
    ('#a = 1\n # b = 2\n', {}),
]


@pytest.mark.parametrize(('text', 'values'), VALUES)
def test_values(text, values):
    main_cf = MainCf(text)
    assert (main_cf.values(), main_cf.malformed) == (values, [])


@pytest.mark.parametrize(('text', 'numbers'), [
    ('junk\n', [1]),
    ('a = 1\n\njunk\n more\n', [3]),
    ('a b = 1\n', [1]),
    ('= 1\n', [1]),
    ('\0a = 1\n', [1]),
    ('a\0 = 1\n', [1]),
])
def test_lines_that_every_postfix_program_dies_of(text, numbers):
    assert MainCf(text).malformed == numbers


MERGED = [  # before, what is set, after
    ('', {'a': '1'}, 'a = 1\n'),
    ('b = 2\n', {'a': '1'}, 'b = 2\na = 1\n'),
    ('b = 2', {'a': '1'}, 'b = 2\na = 1\n'),
    ('# x', {'a': '1'}, '# x\na = 1\n'),
    ('b = 2\r\n', {'a': '1'}, 'b = 2\r\na = 1\r\n'),
    ('b = 2\r\nc = 3', {'a': '1'}, 'b = 2\r\nc = 3\r\na = 1\r\n'),
    ('b = 2\n', {'a': '1', 'c': '3'}, 'b = 2\na = 1\nc = 3\n'),
    # in its place, and nothing else moves
    ('x\t=  y \na = 0\n\n# end\n', {'a': '1'}, 'x\t=  y \na = 1\n\n# end\n'),
    ('a=0', {'a': '1'}, 'a = 1'),
    ('a = 0\r\nb = 2\r\n', {'a': '1'}, 'a = 1\r\nb = 2\r\n'),
    ('a=1\n', {'a': '1'}, 'a=1\n'),
    ('a =\n  1\n', {'a': '1'}, 'a =\n  1\n'),
    ('a = 1\0x\n', {'a': '2'}, 'a = 2\n'),
    ('a = $b\n', {'a': '1'}, 'a = 1\n'),
    ('a = \udcff\nb = \udcfe\n', {'a': '1'}, 'a = 1\nb = \udcfe\n'),
    # continued values; comments in the middle stay
    ('a = 1,\n  2\nb = 2\n', {'a': '3'}, 'a = 3\nb = 2\n'),
    ('a = 1,\n# why 2\n  2\n\n # why 3\n  3\nb = 2\n', {'a': '4'}, 'a = 4\n# why 2\n\n # why 3\nb = 2\n'),
    ('a = 1,\n  2', {'a': '3'}, 'a = 3\n'),
    ('a = 1,\r\n  2\r\nb = 2\r\n', {'a': '3'}, 'a = 3\r\nb = 2\r\n'),
    # several settings of one end as one, in the place that counts
    ('a = 1\nb = 2\na = 3\n', {'a': '4'}, 'b = 2\na = 4\n'),
    ('a = 1\nb = 2\na = 3\n', {'a': '3'}, 'b = 2\na = 3\n'),
    ('a = 1\na = 1\n', {'a': '1'}, 'a = 1\n'),
    ('a = 1,\n# x\n  2\na = 3\n', {'a': '3'}, '# x\na = 3\n'),
    # out again
    ('a = 1\nb = 2\na = 3', {'a': None}, 'b = 2\n'),
    ('b = 2\na = 1,\n# x\n  2\n', {'a': None}, 'b = 2\n# x\n'),
    ('b = 2', {'a': None}, 'b = 2'),
    ('a = 1\n', {'a': ''}, 'a = \n'),
    # a name that is the begin of another, a comment, or the text of another value
    ('a6 = 1\n#a = 2\nb = a = 3\n  a = 4\n', {'a': '1'}, 'a6 = 1\n#a = 2\nb = a = 3\n  a = 4\na = 1\n'),
    ('smtp_bind_address6 = ::1\n', {'smtp_bind_address': '192.0.2.1'},
     'smtp_bind_address6 = ::1\nsmtp_bind_address = 192.0.2.1\n'),
    ('smtp_bind_address = 192.0.2.1\nsmtp_bind_address6 = ::1\n', {'smtp_bind_address6': None},
     'smtp_bind_address = 192.0.2.1\n'),
    # what Postfix does not see is no setting
    ('  a = 0\nb = 2\n', {'a': '1'}, '  a = 0\nb = 2\na = 1\n'),
    ('\ufeffa = 0\n', {'a': '1'}, '\ufeffa = 0\na = 1\n'),
    ('b = 2\n  ', {'a': '1'}, 'b = 2\n  \na = 1\n'),
    ('a = 1\rb = 2\r', {'b': '1'}, 'a = 1\rb = 2\r\nb = 1\n'),
    ('junk\n', {'a': '1'}, 'junk\na = 1\n'),
]


@pytest.mark.parametrize(('before', 'values', 'after'), MERGED)
def test_merged(before, values, after):
    assert MainCf(before).merged(values) == after
    assert MainCf(after).merged(values) == after


NAMES = ('a', 'a6', 'b', 'inet_protocols')
NAME = st.sampled_from(NAMES)
VALUE = st.text(alphabet='12,$ab=# ', max_size=8).map(lambda text: re.sub(' +', ' ', text).strip())
LINE = st.one_of(
    st.builds('{}{}={}{}'.format, NAME, st.sampled_from(['', ' ', '\t']), st.sampled_from(['', ' ']), VALUE),
    st.builds('{}{}'.format, st.sampled_from([' ', '\t', '  ', '\x0b', '\r']), VALUE),
    st.builds('{}# {}'.format, st.sampled_from(['', ' ']), VALUE),
    st.sampled_from(['', '  ', 'junk', '= 1', '\ufeffa = 1', '\xa0b = 2', '\0', 'a = 1\0b', 'a = \udcff']),
)
FILE = st.builds(
    lambda lines, final: ''.join(lines) if final else ''.join(lines).rstrip('\n'),
    st.lists(st.builds(str.__add__, LINE, st.sampled_from(['\n', '\n', '\r\n'])), max_size=12), st.booleans())
TEXT = FILE | st.text(alphabet='ab6= #,\t\r\n\0\udcff', max_size=40) | st.text()


def foreign(text, names):
    """Give every physical line that is not part of a setting of these parameters."""
    lines = physical_lines(text)
    owned = {index for name in names for setting in MainCf(text).occurrences(name) for index in setting.line.indexes}
    return [line for index, line in enumerate(lines) if line and index not in owned]


@given(TEXT)
def test_nothing_set_changes_nothing(text):
    main_cf = MainCf(text)
    assert main_cf.merged({}) == text
    assert main_cf.merged({'not_there': None}) == text


@given(TEXT)
def test_what_is_there_changes_nothing_unless_it_is_there_twice(text):
    main_cf = MainCf(text)
    once = {name: value for name, value in main_cf.values().items() if len(main_cf.occurrences(name)) == 1}
    assert main_cf.merged(once) == text


@given(TEXT, st.dictionaries(NAME, st.none() | VALUE, min_size=1))
def test_what_is_set_is_there_once_and_all_else_is_as_before(text, values):
    after = MainCf(text).merged(values)
    merged = MainCf(after)
    for name, value in values.items():
        assert [setting.value for setting in merged.occurrences(name)] == ([] if value is None else [value])
    before = foreign(text, values)
    kept = foreign(after, values)
    if kept != before:  # a last line that is no longer the last gets the line feed that it lacked
        assert kept[:-1] == before[:-1]
        assert kept[-1].rstrip('\r\n') == before[-1].rstrip('\r')
    assert merged.merged(values) == after


@given(TEXT, st.dictionaries(NAME, VALUE, min_size=1))
def test_what_postfix_reads_of_the_others_is_as_before(text, values):
    def others(text):
        return [(setting.name, setting.value) for setting in MainCf(text).settings if setting.name not in values]

    after = MainCf(text).merged(values)
    assert others(after) == others(text)
    assert len(MainCf(after).malformed) == len(MainCf(text).malformed)


@given(TEXT)
def test_every_logical_line_is_a_setting_or_malformed(text):
    main_cf = MainCf(text)
    assert len(main_cf.settings) + len(main_cf.malformed) == len(list(logical_lines(physical_lines(text))))
