import contextlib
import errno
import os
import socket
import subprocess
import sys

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils import _netlink, _sockets
from ansible_collections.inet6.postfix.plugins.module_utils._sockets import all_listeners, listening, master_sockets


def refuse(protocol, kind, body):
    raise OSError(2, 'No such file or directory')


@pytest.fixture(params=['sock_diag', 'proc'])
def kernel(request, monkeypatch):
    """Ask a kernel that has sock_diag(7), and one that has not."""
    if request.param == 'proc':
        monkeypatch.setattr(_netlink, 'ask', refuse)
    else:
        with contextlib.suppress(OSError):
            list(_sockets._diagnosed(4))
            monkeypatch.setattr(_sockets, 'listening', None)  # then nothing else may be asked
            return
        pytest.skip('the kernel of this machine has no sock_diag')


def test_sockets_of_a_process(kernel, listener):
    with socket.create_server(('127.0.0.1', 0)) as other:
        found = master_sockets(os.getpid())
        closed = f'127.0.0.1:{other.getsockname()[1]}'
        assert found.exact
        assert {f'[::1]:{listener.getsockname()[1]}', closed} <= {str(endpoint) for endpoint in found.endpoints}
        assert found.endpoints <= all_listeners(os.getpid())
    assert closed not in {str(one) for one in master_sockets(os.getpid()).endpoints}


def test_sockets_of_another_process_are_not_its_own(kernel, listener):
    with subprocess.Popen(['sleep', '60']) as process:
        try:
            found = master_sockets(process.pid)
            endpoint = f'[::1]:{listener.getsockname()[1]}'
            assert endpoint not in {str(one) for one in found.endpoints} or not found.exact
            assert endpoint in {str(one) for one in all_listeners(process.pid)}
        finally:
            process.kill()


def test_a_kernel_without_the_part_for_tcp():
    """It may take the question, and end its list before the first socket, with an error."""
    nothing = 253  # a protocol for experiments (RFC 3692), which no kernel has
    request = _sockets.REQUEST.pack(socket.AF_INET, nothing, 1 << _sockets.TCP_LISTEN)
    with pytest.raises(OSError, match='No such file'):
        _netlink.ask(_sockets.NETLINK_SOCK_DIAG, _sockets.SOCK_DIAG_BY_FAMILY, request)


def test_where_nobody_may_see_whose_a_socket_is(listener, monkeypatch):
    def refused(path):
        raise PermissionError(errno.EACCES, path)

    monkeypatch.setattr(os, 'listdir', refused)
    found = master_sockets(os.getpid())
    assert not found.exact
    assert f'[::1]:{listener.getsockname()[1]}' in {str(endpoint) for endpoint in found.endpoints}


def test_another_network_namespace(listener):
    with subprocess.Popen(['unshare', '--net', 'cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as cat:
        with contextlib.suppress(BrokenPipeError):
            cat.stdin.write(b'1')
        found = all_listeners(cat.pid) if cat.stdout.read(1) else None  # nothing comes where it may not
        cat.stdin.close()
    if found is None:
        pytest.skip('there can be no other network namespace here')
    assert found == frozenset()


def test_both_tell_the_same(listener, monkeypatch):
    with socket.create_server(('127.0.0.1', 0)) as server, socket.create_connection(server.getsockname()):
        told = _sockets._listening(os.getpid())
        monkeypatch.setattr(_netlink, 'ask', refuse)
        assert told == _sockets._listening(os.getpid())
        assert str(told[os.fstat(server.fileno()).st_ino]) == f'127.0.0.1:{server.getsockname()[1]}'
    assert str(told[os.fstat(listener.fileno()).st_ino]) == f'[::1]:{listener.getsockname()[1]}'


TCP = '''\
  sl  local_address rem_address   st tx_queue rx_queue \
tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0019 00000000:0000 0A 00000000:00000000 \
00:00000000 00000000     0        0 17105 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2729 00000000:0000 0A 00000000:00000000 \
00:00000000 00000000     0        0 17106 1 0000000000000000 100 0 0 10 0
   2: 0100007F:9C40 0100007F:0019 01 00000000:00000000 \
00:00000000 00000000     0        0 17107 1 0000000000000000 20 4 30 10 -1
'''
TCP6 = '''\
  sl  local_address                         remote_address                        st tx_queue rx_queue \
tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0019 00000000000000000000000000000000:0000 0A 00000000:00000000 \
00:00000000 00000000     0        0 18001 1 0000000000000000 100 0 0 10 0
   1: B80D0120000000000000000001000000:0A1D 00000000000000000000000000000000:0000 0A 00000000:00000000 \
00:00000000 00000000     0        0 18002 1 0000000000000000 100 0 0 10 0
'''


@pytest.mark.skipif(sys.byteorder != 'little', reason='the samples are those of a little-endian machine')
@pytest.mark.parametrize(('table', 'found'), [
    (TCP, {17105: '0.0.0.0:25', 17106: '127.0.0.1:10025'}),
    (TCP6, {18001: '[::]:25', 18002: '[2001:db8::1]:2589'}),
    (TCP.splitlines()[0], {}),
    ('', {}),
])
def test_table_of_the_kernel(table, found):
    assert {inode: str(endpoint) for inode, endpoint in listening(table).items()} == found
