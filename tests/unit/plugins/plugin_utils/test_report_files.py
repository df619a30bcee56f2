import json

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_files import earlier, write


def data(day, before=None):
    return report({'mx': Found({}, {}, {})}, 'A fleet', f'2026-11-{day:02}T18:13:52+00:00', before)


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def test_three_files(tmp_path):
    directory = tmp_path / 'new' / 'reports'
    assert write(directory, data(1), 10) == {
        ending: str(directory / f'report.{ending}') for ending in ('html', 'csv', 'json')}
    assert names(directory) == ['report.csv', 'report.html', 'report.json']
    assert earlier(directory) == data(1)


def test_the_same_data_are_the_same_bytes(tmp_path):
    for name in ('a', 'b'):
        write(tmp_path / name, data(1), 10)
    assert all((tmp_path / 'a' / name).read_bytes() == (tmp_path / 'b' / name).read_bytes()
               for name in names(tmp_path / 'a'))


@pytest.mark.parametrize(('keep', 'kept'), [
    (0, []), (1, [4]), (2, [3, 4]), (10, [1, 2, 3, 4]),
])
def test_earlier_reports_stay(tmp_path, keep, kept):
    for day in range(1, 6):
        write(tmp_path, data(day, earlier(tmp_path)), keep)
    assert names(tmp_path) == [*(f'report-202611{day:02}181352.json' for day in kept),
                               'report.csv', 'report.html', 'report.json']
    assert earlier(tmp_path)['changes']['since'] == data(4)['made']
    for day in kept:
        assert json.loads((tmp_path / f'report-202611{day:02}181352.json').read_text())['made'] == data(day)['made']


@pytest.mark.parametrize('text', ['', '{', '[]', '{"schema": 0}', '"report"', '\xff'])
def test_what_is_no_report_is_not_compared_with(tmp_path, text):
    (tmp_path / 'report.json').write_text(text, encoding='latin-1')
    assert earlier(tmp_path) is None
    write(tmp_path, data(1), 10)
    assert earlier(tmp_path) == data(1)


def test_a_directory_that_is_a_file(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(OSError, match='file'):
        write(tmp_path / 'file', data(1), 10)
    with pytest.raises(OSError, match='file'):
        earlier(tmp_path / 'file')
