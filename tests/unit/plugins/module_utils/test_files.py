import contextlib
import errno
import fcntl
import os
import re
import stat
import struct
import subprocess
import sys
import time

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._files import (
    back_up,
    backups,
    before,
    exclusive,
    remove,
    remove_old_backups,
    replace,
    restore,
    run_of,
    set_aside,
    stamp,
)
from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason='only root may do this')


@pytest.fixture
def path(tmp_path):
    file = tmp_path / 'main.cf'
    file.write_bytes(b'old = 1\n')
    return str(file)


def content(path):
    with open(path, 'rb') as stream:
        return stream.read()


def put(path, text, seconds=5):
    with exclusive(path, seconds) as descriptor:
        replace(path, descriptor, text)


@pytest.mark.parametrize(('text', 'data'), [
    ('a = 1\n', b'a = 1\n'),
    ('', b''),
    ('a = 1\r\nb = 2', b'a = 1\r\nb = 2'),
    ('a = \udcff\udc80 \xe9 \0\n', b'a = \xff\x80 \xc3\xa9 \0\n'),
])
def test_file_has_exactly_the_text(path, text, data):
    put(path, text)
    assert content(path) == data
    assert os.listdir(os.path.dirname(path)) == ['main.cf']


def test_longer_left_over_of_a_crash_does_not_show(path):
    with open(path + '.tmp', 'w') as stream:
        stream.write('x' * 1000)
    put(path, 'a = 1\n')
    assert content(path) == b'a = 1\n'


def test_absent_file_is_made_readable_for_everybody(tmp_path):
    path = str(tmp_path / 'main.cf')
    before = os.umask(0o077)
    try:
        put(path, 'a = 1\n')
    finally:
        os.umask(before)
    assert (content(path), os.stat(path).st_mode & 0o7777) == (b'a = 1\n', 0o644)


@pytest.mark.parametrize('mode', [0o600, 0o640, 0o644, 0o2664])
def test_mode_is_kept(path, mode):
    os.chmod(path, mode)
    put(path, 'a = 1\n')
    assert os.stat(path).st_mode & 0o7777 == mode


@ROOT_ONLY
def test_owner_is_kept(path):
    os.chown(path, 12, 34)
    os.chmod(path, 0o4750)
    put(path, 'a = 1\n')
    status = os.stat(path)
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (12, 34, 0o4750)


NOBODY = 0xffffffff


def acl(*entries):
    """Give a POSIX access control list as the kernel stores it."""
    return struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries)


@pytest.mark.parametrize(('name', 'value'), [
    ('user.note', b'kept'),
    # rw for the owner, r for user 12, nothing for others
    ('system.posix_acl_access', acl((1, 6, NOBODY), (2, 4, 12), (4, 0, NOBODY), (16, 4, NOBODY), (32, 0, NOBODY))),
    pytest.param('trusted.note', b'kept', marks=ROOT_ONLY),
    pytest.param('security.selinux', b'system_u:object_r:postfix_etc_t:s0\0', marks=ROOT_ONLY),
])
def test_extended_attribute_is_kept(path, name, value):
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f'the file system of {path} does not take {name}: {error}')
    put(path, 'a = 1\n')
    assert os.getxattr(path, name) == value


def test_symbolic_link_stays_one_when_its_target_is_replaced(path):
    link = path + '.link'
    os.symlink(path, link)
    put(os.path.realpath(link), 'a = 1\n')
    assert os.path.islink(link)
    assert content(link) == b'a = 1\n'


def test_old_file_is_whole_until_the_new_one_is(path):
    with open(path, 'rb') as reader, exclusive(path, 5) as descriptor:
        assert content(path) == b'old = 1\n'
        replace(path, descriptor, 'a = 1\n')
        assert content(path) == b'a = 1\n'
        assert reader.read() == b'old = 1\n'


def test_nothing_is_left_of_a_file_that_is_removed_and_others_may_write_it(path):
    with exclusive(path, 0):
        remove(path)
        assert os.listdir(os.path.dirname(path)) == []
        put(path, 'a = 1\n')
    assert content(path) == b'a = 1\n'
    with pytest.raises(HostError, match='cannot be written: No such file'):
        remove(path + '.other')


def test_nothing_is_left_when_nothing_is_replaced(path):
    inode = os.stat(path).st_ino
    with exclusive(path, 5):
        assert os.path.exists(path + '.tmp')
    assert os.listdir(os.path.dirname(path)) == ['main.cf']
    assert (content(path), os.stat(path).st_ino) == (b'old = 1\n', inode)


def test_nothing_is_left_of_an_error(path):
    with pytest.raises(ZeroDivisionError), exclusive(path, 5):
        raise ZeroDivisionError
    assert os.listdir(os.path.dirname(path)) == ['main.cf']


@contextlib.contextmanager
def other_writer(path, then='time.sleep(60)'):
    """Let another process hold the lock as postconf(1) does."""
    script = f'''
import fcntl, os, sys, time
path = sys.argv[1]
stream = open(path + '.tmp', 'w')
fcntl.flock(stream, fcntl.LOCK_EX)
print('locked', flush=True)
{then}
'''
    with subprocess.Popen([sys.executable, '-c', script, path], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b'locked\n'
            yield process
        finally:
            process.kill()


def test_another_writer_that_does_not_finish(path):
    with other_writer(path), pytest.raises(HostError, match=r'another program .*nothing was changed'):
        put(path, 'a = 1\n', seconds=0.2)
    assert content(path) == b'old = 1\n'


def test_who_may_not_write_is_not_told_of_another_writer(path, monkeypatch):
    def open_denied(*arguments):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, 'open', open_denied)
    with pytest.raises(HostError, match='cannot be written: Permission denied'):
        put(path, 'a = 1\n', seconds=0)


def test_another_writer_that_finishes_is_waited_for(path):
    finish = "time.sleep(0.2); stream.write('theirs'); stream.flush(); os.rename(path + '.tmp', path)"
    with other_writer(path, finish), exclusive(path, 10) as descriptor:
        assert content(path) == b'theirs'
        replace(path, descriptor, 'ours')
    assert content(path) == b'ours'
    assert not os.path.exists(path + '.tmp')


def test_another_writer_waits_for_us(path):
    with exclusive(path, 5), open(path + '.tmp') as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_lock_of_a_dead_writer_does_not_count(path):
    with other_writer(path) as process:
        process.kill()
        process.wait()
        put(path, 'a = 1\n')
    assert content(path) == b'a = 1\n'


def test_no_such_directory(tmp_path):
    with pytest.raises(HostError, match='cannot be written'):
        put(str(tmp_path / 'nosuch' / 'main.cf'), 'a = 1\n')


def test_temporary_file_that_is_a_symbolic_link_is_not_followed(path, tmp_path):
    os.symlink(tmp_path / 'victim', path + '.tmp')
    with pytest.raises(HostError, match='nothing was changed'):
        put(path, 'a = 1\n')
    assert not os.path.exists(tmp_path / 'victim')


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB."""
    directory = tmp_path / 'small'
    directory.mkdir()
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', str(directory)], capture_output=True,
                             text=True, check=False)
    if mounted.returncode:
        pytest.skip(f'no file system can be mounted here: {mounted.stderr.strip()}')
    yield directory
    subprocess.run(['umount', str(directory)], check=True)


@ROOT_ONLY
def test_full_disk_leaves_the_old_file_and_nothing_else(small_disk):
    path = str(small_disk / 'main.cf')
    with open(path, 'w') as stream:
        stream.write('old = 1\n')
    with pytest.raises(HostError, match=r'No space left.*nothing was changed'):
        put(path, 'x' * 100000)
    assert content(path) == b'old = 1\n'
    assert os.listdir(small_disk) == ['main.cf']


def test_a_file_that_is_replaced_is_no_failure_where_directories_cannot_be_synced(path, monkeypatch):
    def fsync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, 'fsync', fsync)
    put(path, 'a = 1\n')
    assert content(path) == b'a = 1\n'


def test_what_even_root_may_not_replace_may_be_immutable(path, monkeypatch):
    def refuse(*names):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, 'rename', refuse)
    with pytest.raises(HostError, match=r'not permitted \(lsattr shows .*\); nothing was changed'):
        put(path, 'a = 1\n')
    assert content(path) == b'old = 1\n'


def test_backup_is_the_file_itself(path):
    os.chmod(path, 0o640)
    os.utime(path, (1, 2))
    before = os.stat(path)
    backup = back_up(path, stamp())
    put(path, 'a = 1\n')
    after = os.stat(backup)
    assert content(backup) == b'old = 1\n'
    assert (after.st_mode, after.st_uid, after.st_mtime) == (before.st_mode, before.st_uid, before.st_mtime)


def test_backup_has_the_time_in_its_name(path):
    before = time.strftime('%Y%m%dT%H', time.gmtime())
    backup = back_up(path, stamp())
    assert re.fullmatch(r'.*/main\.cf\.\d{8}T\d{6}\.\d{6}Z\.bak', backup)
    assert before in backup or time.strftime('%Y%m%dT%H', time.gmtime()) in backup


@pytest.mark.parametrize('keep', [1, 2, 5])
def test_as_many_backups_as_wanted_are_kept_the_newest(path, keep):
    made = [back_up(path, stamp()) for _attempt in range(4)]
    remove_old_backups([path], keep)
    assert backups(path) == made[-keep:]


def test_a_backup_that_is_needed_stays(path):
    made = [back_up(path, stamp()) for _attempt in range(4)]
    remove_old_backups([path], 1, [made[1], None])
    assert backups(path) == [made[1], made[3]]


def test_a_backup_that_is_needed_is_one_of_those_that_are_kept(path):
    made = [back_up(path, stamp()) for _attempt in range(4)]
    remove_old_backups([path], 2, [made[0]])
    assert backups(path) == [made[0], made[3]]


@pytest.fixture
def runs(path, tmp_path):
    """Let four runs change one file, the other, both, and the first: texts 0 to 3 and 0 to 2."""
    other = str(tmp_path / 'master.cf')
    for one in (path, other):
        put(one, '0')
    stamps = []
    for number, changed in enumerate(([path], [other], [path, other], [path])):
        stamps.append(stamp())
        for one in changed:
            back_up(one, stamps[-1])
            put(one, str(number))
    return path, other, stamps


def test_what_files_had_before_a_run(runs):
    path, other, stamps = runs
    assert [before(path, run) for run in stamps] == ['0', '0', '0', '2']
    assert [before(other, run) for run in stamps] == ['0', '0', '1', None]


def test_a_run_is_found_by_any_of_its_backups_or_as_the_newest(runs):
    path, other, stamps = runs
    for one in (path, other):
        name = f'{one}.{stamps[2]}.bak'
        assert run_of([path, other], name) == run_of([path, other], os.path.basename(name)) == stamps[2]
    assert (run_of([path, other], 'newest'), run_of([other], 'newest')) == (stamps[3], stamps[2])
    for name in ('nosuch', '', path, '/etc/passwd'):
        with pytest.raises(HostError, match=f'{name} is no backup that there is; there are: {path}.*, {other}.*'):
            run_of([path, other], name)


def test_backups_of_old_runs_go_of_all_files(runs):
    path, other, stamps = runs
    remove_old_backups([path, other], 2)
    assert backups(path) == [f'{path}.{run}.bak' for run in stamps[2:]]
    assert backups(other) == [f'{other}.{stamps[2]}.bak']


def test_where_files_cannot_be_linked_a_backup_is_an_exact_copy(path, monkeypatch):
    def refuse(*names):
        raise PermissionError(errno.EPERM, 'no links here')

    monkeypatch.setattr(os, 'link', refuse)
    os.chmod(path, 0o600)
    os.utime(path, ns=(1, 2))
    os.setxattr(path, 'user.note', b'kept')
    backup = back_up(path, stamp())
    status = os.stat(backup)
    assert (content(backup), status.st_mode & 0o7777, status.st_mtime_ns) == (b'old = 1\n', 0o600, 2)
    assert os.getxattr(backup, 'user.note') == b'kept'
    assert len(os.listdir(os.path.dirname(path))) == 2


def test_no_backup_at_all(path):
    with pytest.raises(HostError, match='there are: none'):
        run_of([path], 'newest')


def test_what_was_taken_back_can_be_put_back(path):
    failed = set_aside(path)
    put(path, 'good = 1\n')
    restore(path, failed, 5)
    assert content(path) == b'old = 1\n'


def test_what_is_no_backup_of_ours_stays(path, tmp_path):
    for name in ('main.cf.bak', 'main.cf.20260101T000000.000000Z.bak.old', 'master.cf.20260101T000000.000000Z.bak',
                 'main.cf.20260101', 'xmain.cf.20260101T000000.000000Z.bak', 'mainxcf.20260101T000000.000000Z.bak'):
        (tmp_path / name).touch()
    there = set(os.listdir(tmp_path))
    made = back_up(path, stamp())
    remove_old_backups([path], 1)
    assert backups(path) == [made]
    assert set(os.listdir(tmp_path)) == there | {os.path.basename(made)}
