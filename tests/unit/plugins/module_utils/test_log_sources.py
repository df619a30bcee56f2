import bz2
import gzip
import io
import lzma
import os

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _log_sources
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._log_sources import (
    BLOCK,
    LONGEST_LINE,
    blocks,
    journal_blocks,
    journalctl_of_host,
    sources,
)

NOW = 1_800_000_000
DAY = 86400


@pytest.fixture
def log(tmp_path):
    """Give a function that writes a file beside others, of a certain age."""
    def write(name, content=b'', age=0):
        path = tmp_path / name
        path.write_bytes(content)
        os.utime(path, (NOW - age, NOW - age))
        return str(path)

    return write


@pytest.fixture
def usual(monkeypatch, tmp_path):
    """Put the usual files into a directory."""
    for name, files in (('MAIL_FILES', ('mail.log', 'maillog')), ('SHARED_FILES', ('messages', 'syslog'))):
        monkeypatch.setattr(_log_sources, name, tuple(str(tmp_path / file) for file in files))


def paths(found):
    return [os.path.basename(file.path) for file in found.files]


def read(found):
    texts = []
    for file in found.files:
        with file.open() as stream:
            texts += blocks(stream.read)
    return texts


def test_rotated_files_oldest_first(log):
    path = log('mail.log')
    for name, age in (('mail.log.1', 1), ('mail.log.2.gz', 2), ('mail.log.10.gz', 9), ('mail.log-20261101', 8),
                      ('mail.log-20261015.xz', 12), ('mail.log.20261121-031400.bz2', 3), ('mail.log.err', 1),
                      ('mail.log.1.bak', 1), ('mail.log~', 1), ('xmail.log.1', 1), ('mail.logs', 1)):
        log(name, age=age * DAY)
    found = sources([path], '', NOW - 10 * DAY, journal=False)
    assert paths(found) == ['mail.log.10.gz', 'mail.log-20261101', 'mail.log.20261121-031400.bz2', 'mail.log.2.gz',
                            'mail.log.1', 'mail.log']
    assert found.names == [path]


@pytest.mark.parametrize(('suffix', 'compress'), [
    ('', bytes), ('.gz', gzip.compress), ('.bz2', bz2.compress), ('.xz', lzma.compress)])
def test_compressed_files(log, suffix, compress):
    log('mail.log.1' + suffix, compress(b'one\ntwo\n'), age=1)
    assert read(sources([log('mail.log', b'three\n')], '', 0, journal=False)) == [b'one\ntwo\n', b'three\n']


def test_file_that_is_being_compressed_counts_once(log):
    log('mail.log.1', b'one\n', age=1)
    log('mail.log.1.gz', gzip.compress(b'one\n'), age=1)
    assert read(sources([log('mail.log', b'two\n')], '', 0, journal=False)) == [b'one\n', b'two\n']


def test_zstd_is_named(log):
    path = log('mail.log.1.zst', b'?')
    assert sources([log('mail.log')], '', 0, journal=False).unread == [path]


def test_one_file_by_two_names(log, tmp_path):
    path = log('mail.log', b'one\n')
    os.symlink(path, tmp_path / 'maillog')
    assert read(sources([path, str(tmp_path / 'maillog')], '', 0, journal=False)) == [b'one\n']


def test_only_a_rotated_file_is_left(log, tmp_path):
    log('mail.log.1', b'one\n')
    assert read(sources([str(tmp_path / 'mail.log')], '', 0, journal=False)) == [b'one\n']


def test_path_that_is_missing(log):
    with pytest.raises(CoreError, match=r'^paths: there is no log file .*/other, nor a rotated one beside it'):
        sources([log('mail.log'), '/nowhere/other'], '', 0, journal=True)


@pytest.mark.parametrize('path', ['/dev/null', '/dev/null/x', '/\0', '', '/nowhere/\udcff'])
def test_path_that_is_no_file(path):
    with pytest.raises(CoreError, match='maillog_file: there is no log file'):
        sources(None, path or '/', 0, journal=True)


def test_maillog_file_comes_before_the_usual_ones(log, usual):
    log('mail.log', b'syslog\n')
    path = log('postfix.log', b'own\n')
    assert read(sources(None, path, 0, journal=True)) == [b'own\n']


def test_first_of_the_usual_files(log, usual):
    log('maillog', b'two\n')
    assert read(sources(None, '', 0, journal=True)) == [b'two\n']
    log('mail.log', b'one\n')
    assert read(sources(None, '', 0, journal=True)) == [b'one\n']


def test_journal_where_the_usual_file_is_a_left_over(log, usual):
    path = log('mail.log', b'old\n', age=2 * DAY)
    assert sources(None, '', NOW - DAY, journal=True) == ([_log_sources.JOURNAL], [], [], True)
    log('messages', b'no mail\n')
    assert sources(None, '', NOW - DAY, journal=False) == ([path], [], [], False)


def test_mail_among_everything_else(log, usual):
    for name in ('syslog', 'messages'):
        path = log(name, b'one\n')
        assert sources(None, '', 0, journal=False).names == [path]
    assert sources(None, '', 0, journal=True).is_journal


def test_nothing_at_all(usual):
    with pytest.raises(
            CoreError, match=r'no mail log: neither .*/mail.log, .*/maillog, .*/syslog nor a journal .* name the file'):
        sources(None, '', 0, journal=False)


def test_file_that_cannot_be_read(log):
    file = sources([log('mail.log')], '', 0, journal=False).files[0]
    os.unlink(file.path)
    with pytest.raises(CoreError, match=r'mail.log: cannot be read: No such file or directory; run as root .* rotated'):
        file.open()


# --- Lines

@pytest.mark.parametrize(('content', 'found'), [
    (b'', b''), (b'\n', b'\n'), (b'one', b'one\n'), (b'one\ntwo', b'one\ntwo\n'), (b'one\n\ntwo\n', b'one\n\ntwo\n')])
def test_lines(content, found):
    assert b''.join(blocks(io.BytesIO(content).read)) == found


def test_lines_across_blocks():
    content = b''.join(b'%d\n' % number for number in range(400_000))
    found = list(blocks(io.BytesIO(content).read))
    assert len(found) > 2
    assert all(block.endswith(b'\n') for block in found)
    assert b''.join(found) == content


def test_long_line_is_cut():
    found = list(blocks(io.BytesIO(b'x' * 5 * BLOCK + b'\nnext\n').read))
    assert max(map(len, found)) <= BLOCK + LONGEST_LINE
    assert b''.join(found).endswith(b'x\nnext\n')


# --- Journal

def journalctl(machine, script):
    machine.program('journalctl', script)
    return machine.find('journalctl')


def test_journal(machine):
    program = journalctl(machine, 'echo "$@"; echo $LC_ALL')
    assert list(journal_blocks(program, 100.7, 200.2)) == [
        b'--quiet --no-pager --all --output=short-unix --since=@100 --until=@201 SYSLOG_FACILITY=2\nC\n']


def test_journal_that_fails(machine):
    with pytest.raises(CoreError, match=r'^journalctl: no permission$'):
        list(journal_blocks(journalctl(machine, 'echo "no permission" >&2; exit 1'), 0, 1))
    with pytest.raises(CoreError, match=r'^journalctl: it ended with 3'):
        list(journal_blocks(journalctl(machine, 'exit 3'), 0, 1))


def test_journal_that_complains_at_length(machine):
    script = 'i=0; while [ $i -lt 3000 ]; do echo "a long complaint about one entry" >&2; i=$((i+1)); done; echo one'
    assert list(journal_blocks(journalctl(machine, script), 0, 1)) == [b'one\n']


def test_no_journalctl_without_a_journal(machine, monkeypatch, tmp_path):
    program = journalctl(machine, '')
    monkeypatch.setattr(_log_sources, 'JOURNALS', (str(tmp_path / 'no'), str(tmp_path / 'journal')))
    assert journalctl_of_host(machine.find) is None
    (tmp_path / 'journal').mkdir()
    assert journalctl_of_host(machine.find) == program
    assert journalctl_of_host({}.get) is None
