import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import MOST_LINES, log_from_now

LINE = 'Nov 21 03:14:00 mail postfix/master[42]: '


@pytest.fixture
def lines(machine):
    """What Postfix has logged before, and then the rest of the test."""
    machine.log.write_text(LINE + 'fatal: long ago\n')
    return log_from_now(machine.host(), str(machine.log))


def log(machine, *texts):
    with open(machine.log, 'ab') as stream:
        stream.write(b''.join(LINE.encode() + text + b'\n' for text in texts))


@pytest.mark.parametrize(('text', 'tells'), [
    (b'fatal: bind 2001:db8::99 port 25: Cannot assign requested address', True),
    (b'warning: ignoring inet_protocols parameter value change', True),
    (b'error: open table', True),
    (b'panic: oh', True),
    (b'daemon started -- version 3.7.11', False),
])
def test_only_what_went_wrong(machine, lines, text, tells):
    log(machine, text)
    assert lines() == ([LINE + text.decode()] if tells else [])


def test_nothing_new(lines):
    assert lines() == []


def test_lines_of_others_are_left_out(machine, lines):
    with open(machine.log, 'a') as stream:
        stream.write('Nov 21 03:14:00 mail sshd[7]: fatal: x\n')
    assert lines() == []


def test_last_lines_of_many(machine, lines):
    log(machine, *(b'fatal: %d' % number for number in range(100)))
    assert len(lines()) == MOST_LINES
    assert lines()[-1].endswith('fatal: 99')


def test_bytes_that_are_not_utf8(machine, lines):
    log(machine, b'fatal: \xff')
    assert lines() == [LINE + 'fatal: \ufffd']


def test_rotated_log_is_read_from_its_begin(machine, lines):
    machine.log.write_text(LINE + 'fatal: new\n')
    assert lines() == [LINE + 'fatal: new']


def test_log_that_is_gone(machine, lines):
    machine.log.unlink()
    assert lines() == []
