import contextlib
import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _convergence, _files, _replacement
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings
from ansible_collections.inet6.postfix.plugins.module_utils._tables import OWNER, Table

TABLE = f'{OWNER}example.org inet6-ipv4:\n'


def carry_out(machine, *documents):
    with contextlib.ExitStack() as stack:
        changes = [_convergence._planned(document, machine.host().path(document.name), None, stack)
                   for document in documents]
        return _replacement.carry_out(machine.host(), str(machine.queue), changes, [], 'none', None, 5, None)


def test_a_table_goes_after_what_refers_to_it(machine, monkeypatch):
    table, main_cf = machine.config / 'table', machine.config / 'main.cf'
    table.write_text(TABLE)
    main_cf.write_text('transport_maps = texthash:table\n')
    replace, was_there = _files.replace, []
    monkeypatch.setattr(_files, 'replace', lambda *arguments: was_there.append(table.exists()) or replace(*arguments))
    kept = carry_out(machine, Table('table', []), Settings({'transport_maps': None}))
    assert (was_there, table.exists(), main_cf.read_text()) == ([True], False, '')
    assert [os.path.basename(path).partition('.2')[0] for path in kept] == ['table', 'main.cf']


def test_a_table_comes_back_where_another_one_cannot_be_removed(machine, monkeypatch):
    for name in ('table', 'other'):
        (machine.config / name).write_text(TABLE)
    keep = _files.back_up

    def back_up(path, run):
        backup = keep(path, run)
        if path.endswith('other'):
            os.unlink(path)
        return backup

    monkeypatch.setattr(_files, 'back_up', back_up)
    with pytest.raises(CoreError, match='other: cannot be written: No such file'):
        carry_out(machine, Table('table', []), Table('other', []))
    assert (machine.config / 'table').read_text() == TABLE
