import contextlib

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _convergence, _files
from ansible_collections.inet6.postfix.plugins.module_utils._services import Services
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings

MASTER_CF = 'smtp inet n - y - - smtpd\n'


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


@pytest.mark.parametrize(('running', 'changed'), [
    (_convergence.Running(_convergence.NONE), False),
    (_convergence.Running(_convergence.NONE, is_stopped=True), False),
    (_convergence.Running(_convergence.RELOAD, 'a run was killed'), True),
    (_convergence.Running(_convergence.RESTART, 'it does not listen', is_owed=True), True),
])
def test_what_the_running_postfix_needs_is_a_change(running, changed):
    """Although nothing is written: the handler of the task is to run."""
    assert _convergence._result([], running, frozenset(), [], [])['changed'] == changed
