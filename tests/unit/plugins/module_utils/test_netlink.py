import errno
import os
import socket
import struct

import pytest
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import (
    HostAddress,
    host_addresses,
    is_complete,
    known_addresses,
)


def test_loopback_of_this_machine():
    found = known_addresses()
    assert HostAddress(parse_address('127.0.0.1'), temporary=False, deprecated=False, tentative=False, prefix=8,
                       scope='host', interface=socket.if_nametoindex('lo')) in found


@pytest.mark.skipif(not os.path.exists('/proc/net/if_inet6'), reason='the kernel of this machine has no IPv6')
def test_ipv6_addresses_are_those_of_proc():
    with open('/proc/net/if_inet6') as table:
        expected = {parse_address(':'.join(line[start:start + 4] for start in range(0, 32, 4))) for line in table}
    assert {entry.address for entry in known_addresses() if entry.address.family == 6} == expected


def message(kind, body):
    return struct.pack('=IHHII', 16 + len(body), kind, 2, 1, 0) + body


def attribute(name, data):
    return struct.pack('=HH', 4 + len(data), name) + data + bytes(-len(data) % 4)


def address(text, flags=0, wide_flags=None, peer=None, scope=0):
    """Give a RTM_NEWADDR as the kernel writes it."""
    packed = parse_address(text).packed
    body = struct.pack('=BBBBI', 2 if len(packed) == 4 else 10, 64, flags, scope, 3)
    body += attribute(1, parse_address(peer).packed if peer else packed)  # IFA_ADDRESS: the other end, if there is one
    body += attribute(2, packed) if peer or len(packed) == 4 else b''
    body += attribute(3, b'eth0\0') if len(packed) == 4 else b''
    return message(20, body + (b'' if wide_flags is None else attribute(8, struct.pack('=I', wide_flags))))


DONE = message(3, struct.pack('=i', 0))

ANSWERS = [
    (address('192.0.2.1'), '192.0.2.1', set()),
    (address('192.0.2.1', flags=0x01), '192.0.2.1', set()),  # for IPv4 the bit means secondary
    (address('192.0.2.1', peer='192.0.2.2'), '192.0.2.1', set()),
    (address('2001:db8::1'), '2001:db8::1', set()),
    (address('2001:db8::1', peer='2001:db8::2'), '2001:db8::1', set()),
    (address('2001:db8::1', flags=0x80), '2001:db8::1', set()),  # permanent
    (address('2001:db8::1', flags=0x01), '2001:db8::1', {'temporary'}),
    (address('2001:db8::1', flags=0x21), '2001:db8::1', {'temporary', 'deprecated'}),
    (address('2001:db8::1', flags=0x40), '2001:db8::1', {'tentative'}),
    (address('2001:db8::1', flags=0x48), '2001:db8::1', {'tentative'}),  # the check has failed
    (address('2001:db8::1', flags=0x44), '2001:db8::1', set()),  # optimistic
    (address('2001:db8::1', wide_flags=0x300 | 0x20), '2001:db8::1', {'deprecated'}),
    (address('2001:db8::1', flags=0xff, wide_flags=0x80), '2001:db8::1', set()),
]


@pytest.mark.parametrize(('answer', 'text', 'states'), ANSWERS)
def test_answer(answer, text, states):
    assert list(host_addresses(answer + DONE)) == [HostAddress(
        parse_address(text), 'temporary' in states, 'deprecated' in states, 'tentative' in states, 64, 'global', 3)]


@pytest.mark.parametrize(('number', 'scope'), [(0, 'global'), (200, 'site'), (253, 'link'), (254, 'host')])
def test_scope(number, scope):
    assert [entry.scope for entry in host_addresses(address('2001:db8::1', scope=number) + DONE)] == [scope]


@pytest.mark.parametrize(('answer', 'complete'), [
    (b'', False), (address('192.0.2.1'), False), (address('192.0.2.1') + DONE, True), (DONE[:10], False),
    (bytes(20), False),
])
def test_complete(answer, complete):
    assert is_complete(answer) == complete


@pytest.mark.parametrize('kind', [2, 3])  # NLMSG_ERROR, and NLMSG_DONE after what is there so far
def test_the_kernel_refuses(kind):
    with pytest.raises(PermissionError):
        is_complete(address('192.0.2.1') + message(kind, struct.pack('=i', -errno.EPERM) + bytes(16)))


def test_answer_in_several_messages():
    answer = address('192.0.2.1') + address('2001:db8::1')
    assert [str(entry.address) for entry in host_addresses(answer + DONE)] == ['192.0.2.1', '2001:db8::1']


def test_other_messages_and_families_are_passed_over():
    assert list(host_addresses(message(16, bytes(16)) + message(20, struct.pack('=BBBBI', 7, 0, 0, 0, 1)) + DONE)) == []
