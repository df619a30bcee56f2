import contextlib
import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _convergence, _files
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings
from ansible_collections.inet6.postfix.plugins.module_utils._tables import OWNER, Table

TABLE = f'{OWNER}example.org inet6-ipv4:\n'


def carry_out(machine, *documents, back_up=_files.back_up):
    with contextlib.ExitStack() as stack:
        changes = [_convergence._planned(machine.host(), document, None, stack) for document in documents]
        _convergence._carried_out(
            machine.host(), str(machine.queue), changes, _convergence.Running('none'), [], None, back_up)


def test_a_table_goes_after_what_refers_to_it(machine, monkeypatch):
    table, main_cf = machine.config / 'table', machine.config / 'main.cf'
    table.write_text(TABLE)
    main_cf.write_text('transport_maps = texthash:table\n')
    replace, was_there = _files.replace, []
    monkeypatch.setattr(_files, 'replace', lambda *arguments: was_there.append(table.exists()) or replace(*arguments))
    carry_out(machine, Table('table', []), Settings({'transport_maps': None}))
    assert (was_there, table.exists(), main_cf.read_text()) == ([True], False, '')


def test_a_table_comes_back_where_another_one_cannot_be_removed(machine):
    for name in ('table', 'other'):
        (machine.config / name).write_text(TABLE)

    def back_up(path):
        backup = _files.back_up(path)
        if path.endswith('other'):
            os.unlink(path)
        return backup

    with pytest.raises(CoreError, match='other: cannot be written: No such file'):
        carry_out(machine, Table('table', []), Table('other', []), back_up=back_up)
    assert (machine.config / 'table').read_text() == TABLE
