import csv
import io
import json

import pytest
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_tables import COLUMNS, to_csv, to_json
from browser.fleet import MADE, fleet


def read(data):
    return list(csv.DictReader(io.StringIO(to_csv(data), newline=''), strict=True))


def test_json_is_the_data():
    data = report(fleet(50), 'A fleet', MADE)
    assert json.loads(to_json(data)) == data
    assert to_json(data).isascii()


def test_csv_has_a_line_for_each_host():
    data = report(fleet(50), 'A fleet', MADE)
    text = to_csv(data)
    assert text.endswith('\r\n')
    assert text.count('\n') == text.count('\r\n') == 51
    rows = read(data)
    assert [row['host'] for row in rows] == [host['name'] for host in data['hosts']]
    assert all(tuple(row) == COLUMNS and None not in row.values() for row in rows)


def test_columns():
    (row,) = read(report({'mx1.ams.example.org': fleet(1)['mx1.ams.example.org']}, '', MADE))
    assert row == {
        'host': 'mx1.ams.example.org', 'verdict': 'ready', 'findings': '', 'messages': '', 'postfix': '3.5.25',
        'running': 'yes', 'inet_protocols': 'all', 'listens_ipv4': '0.0.0.0:25 0.0.0.0:587',
        'listens_ipv6': '[::]:25 [::]:587', 'mynetworks': '127.0.0.0/8 [::1]/128', 'exposed_by': '',
        'would_need': 'none', **{name: row[name] for name in COLUMNS[12:]}}
    assert float(row['received_ipv6_percent']) == pytest.approx(
        100 * int(row['received_ipv6']) / (int(row['received_ipv4']) + int(row['received_ipv6'])), abs=0.1)
    assert float(row['delay_p50_ipv4']) < float(row['delay_p90_ipv4']) < float(row['delay_p99_ipv4'])


@pytest.mark.parametrize(('name', 'cell'), [
    ('=1+1', "'=1+1"), ('+1', "'+1"), ('-1', "'-1"), ('@SUM(A1)', "'@SUM(A1)"), ('\uff1d1+1', "'\uff1d1+1"),
    ('a=1', 'a=1'), ('a,b', 'a,b'), ('a"b', 'a"b'), ('a\nb', 'a b'), ('\t=1', "'=1"), ("'", "'"),
])
def test_no_spreadsheet_finds_a_formula(name, cell):
    (row,) = read(report({name: Found({}, {}, {})}, '', MADE))
    assert row['host'] == cell
    assert row['mail_problem'] == 'nobody has looked'
