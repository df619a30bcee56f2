import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError
from ansible_collections.inet6.postfix.plugins.module_utils._pending import NAME, owe, pending, settle


@pytest.fixture
def queue(tmp_path):
    (tmp_path / 'pid').mkdir()
    return tmp_path


@pytest.mark.parametrize('action', ['reload', 'restart'])
def test_what_is_owed_is_known_until_it_is_settled(queue, action):
    owe(str(queue), action, {})
    note = pending(str(queue))
    assert note.action == action
    assert note.since.endswith('UTC')
    settle(str(queue))
    assert pending(str(queue)) is None
    assert list((queue / 'pid').iterdir()) == []


def test_nothing_owed(queue):
    assert pending(str(queue)) is None
    settle(str(queue))


@pytest.mark.parametrize(('text', 'action'), [
    ('', 'restart'), ('{"action": "rel', 'restart'), ('null', 'restart'), ('[]', 'restart'), ('{}', 'restart'),
])
def test_damaged_note(queue, text, action):
    (queue / 'pid' / NAME).write_text(text)
    note = pending(str(queue))
    assert (note.action, note.way_back, note.is_owed) == (action, {}, True)


def test_instance_that_was_never_started_owes_nothing(tmp_path):
    owe(str(tmp_path / 'nosuch'), 'restart', {})
    assert pending(str(tmp_path / 'nosuch')) is None


def test_note_that_cannot_be_written_stops_before_anything_is_changed(queue):
    (queue / 'pid' / (NAME + '.tmp')).mkdir()
    with pytest.raises(HostError, match=r'cannot be written: Is a directory$'):
        owe(str(queue), 'restart', {})


def test_nothing_is_left_of_a_note_that_cannot_be_written(queue):
    (queue / 'pid' / NAME).mkdir()
    with pytest.raises(HostError, match='cannot be written'):
        owe(str(queue), 'restart', {})
    assert [path.name for path in (queue / 'pid').iterdir()] == [NAME]


def test_the_way_back_leads_to_what_worked_last(queue):
    owe(str(queue), 'restart', {'/main.cf': '/main.cf.1'})
    owe(str(queue), 'reload', {'/main.cf': '/main.cf.2', '/new': None})
    note = pending(str(queue))
    assert (note.action, note.way_back) == ('restart', {'/main.cf': '/main.cf.1', '/new': None})


def test_an_outcome_owes_nothing_and_has_no_way_back(queue):
    owe(str(queue), 'restart', {'/main.cf': '/main.cf.1'})
    settle(str(queue), 'went wrong')
    note = pending(str(queue))
    assert (note.is_owed, note.way_back, note.outcome) == (False, {}, 'went wrong')
    settle(str(queue))
    assert pending(str(queue)) is None
