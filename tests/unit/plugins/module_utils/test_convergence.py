import contextlib
import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _convergence, _files
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._services import Services
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings
from ansible_collections.inet6.postfix.plugins.module_utils._tables import OWNER, Table

MASTER_CF = 'smtp inet n - y - - smtpd\n'
TABLE = f'{OWNER}example.org inet6-ipv4:\n'


def keep(path):
    return _files.back_up(path, _files.stamp())


def carry_out(machine, *documents, back_up=keep):
    with contextlib.ExitStack() as stack:
        changes = [_convergence._planned(document, machine.host().path(document.name), None, stack)
                   for document in documents]
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
        backup = keep(path)
        if path.endswith('other'):
            os.unlink(path)
        return backup

    with pytest.raises(CoreError, match='other: cannot be written: No such file'):
        carry_out(machine, Table('table', []), Table('other', []), back_up=back_up)
    assert (machine.config / 'table').read_text() == TABLE


def test_what_was_there_before_a_run_comes_back_in_all_files(machine):
    main_cf, master_cf = Settings({}), Services({})
    texts = {'main.cf': ('a = 1\n', 'a = 2\n'), 'master.cf': ('', MASTER_CF)}
    run = _files.stamp()
    for name, (old, new) in texts.items():
        path = machine.config / name
        path.write_text(old)
        _files.back_up(str(path), run)
        path.unlink()
        path.write_text(new)
    with contextlib.ExitStack() as stack:
        plans = [_convergence._planned(document, machine.host().path(document.name), run, stack).plan
                 for document in (main_cf, master_cf)]
    assert [(plan.before, plan.after, plan.values) for plan in plans] == [
        ('a = 2\n', 'a = 1\n', {'a': '1'}), (MASTER_CF, '', {'smtp/inet': None})]


def test_what_was_not_changed_since_a_run_stays(machine):
    (machine.config / 'main.cf').write_text('a = 1\n')
    plan = _convergence._planned(Settings({}), machine.host().path('main.cf'), _files.stamp(), None).plan
    assert not plan.changes
