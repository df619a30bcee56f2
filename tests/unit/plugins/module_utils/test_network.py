from ansible_collections.inet6.postfix.plugins.module_utils._network import default_routes_ipv4, default_routes_ipv6

HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
# By way of 192.0.2.1, on a link alone, and one that rejects.
DEFAULT = 'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n'
ON_LINK = 'ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n'
REJECTS = '*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n'
HALF = 'tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n'
SUBNET = 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n'


def test_ipv4():
    assert default_routes_ipv4(HEAD + DEFAULT + ON_LINK + REJECTS + HALF + SUBNET) == ['eth0', 'ppp0']
    assert default_routes_ipv4(HEAD) == default_routes_ipv4('') == []


def row(network, length, gateway, flags, interface):
    return (f'{network:032x} {length:02x} {0:032x} 00 {gateway:032x} 00000400 00000001 00000000 {flags:08x}'
            f' {interface:>8}\n')


def test_ipv6():
    rejects = row(0, 0, 0, 0x00200200, 'lo')  # what every kernel has
    subnet = row(0x20010db8 << 96, 32, 0, 0x1, 'eth0')
    default = row(0, 0, 0xfe80 << 112 | 1, 0x3, 'eth0')
    half = row(0, 1, 0, 0x1, 'tun0')
    assert default_routes_ipv6(subnet + default + half + rejects) == ['eth0']
    assert default_routes_ipv6(subnet + rejects) == default_routes_ipv6('') == []
