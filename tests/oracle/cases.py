"""Values that are always tried: what Postfix's documentation shows, known traps, and disagreements of the past.

A line of MATCH_LISTS is a value of mynetworks, then what becomes of CLIENTS, in their order: Y is a match, n is none,
E is 451, FATAL says that smtpd does not start, and a question mark that the installation decides. To this third opinion
Postfix's and ours are compared, too. Of the other parameters there are only values: there, two opinions are enough.
"""

from __future__ import annotations

from collections.abc import Iterator

CLIENTS = [("unknown", "192.0.2.1"), ("unknown", "198.51.100.1"), ("unknown", "2001:db8::1"),
           ("unknown", "2001:db9::1"), ("mail.example.org", "203.0.113.9")]

MATCH_LISTS = r"""
192.0.2.0/24 Ynnnn
192.0.2.1/24 EEnnE
192.0.2.01 nnnnn
192.0.2.0/024 Ynnnn
192.0.2.0/280 Ynnnn
0.0.0.0/256 YYnnY
[::]/256 nnYYn
::/0 FATAL
::1 FATAL
[::]/0 nnYYn
[::/0] nnYYn
192.0.2 nnnnn
192.0.2. nnnnn
192.0.2/24 EEnnE
192.0.2.0/255.255.255.0 EEnnE
192.0.2.0/255.0.255.0 EEnnE
[2001:db8::]/ffff:ffff:: nnEEn
192.0.2.0/ffff:: EEEEE
[2001:db8::]/255.255.255.0 nnEEn
192.0.2.* nnnnn
192.0.2.1-192.0.2.9 nnnnn
3221225985 nnnnn
[192.0.2.1] Ynnnn
[192.0.2.0/24] Ynnnn
[192.0.2.0]/24 Ynnnn
[192.0.2.0]/24x nnnnn
[192.0.2.1 nnnnn
192.0.2.1] nnnnn
2001:db8::1 EEEEE
2001:db8::/32 EEEEE
[2001:db8::1] nnYnn
[2001:DB8::1] nnYnn
[2001:0db8::0001] nnYnn
[2001:db8::0.0.0.1] nnYnn
[2001:db8::/32 nnEEn
[2001:db8::]32 nnEEn
[2001:db8::]/ nnEEn
[2001:db8::]/129 nnEEn
[2001:db8::1]/32 nnEEn
[2001:db8::00001] nnEEn
[2001:db8::1%eth0] nnnnn
[fe80::%eth0]/10 nnnnn
[fe80::]/10 nnnnn
[::ffff:192.0.2.1] nnnnn
[IPv6:2001:db8::]/32 nnnnn
[2001:db8:::1] nnEEn
[] nnnnn
[]/0 EEnnE
/0 ?????
! FATAL
! 192.0.2.1 FATAL
!!192.0.2.1 Ynnnn
!192.0.2.1 192.0.2.0/24 nnnnn
192.0.2.0/24 !192.0.2.1 Ynnnn
all nnnnn
example.org nnnnY
.example.org nnnnn
static:all YYYYY
static:ok YYYYY
static:{ ?
static:{ok} ?
!!static:ok YYYYY
!!0.0.0.0/0 YYnnY
!!!0.0.0.0/0 nnnnn
cidr:{{192.0.2.0/24 OK}} ?
hash:/none ?????
nosuch:/x ?????
/nonexistent ?????
192.0.2.0/24 junk!! 2001:db8::1 YEEEE
192.0.2.1#x nnnnn
#192.0.2.1 nnnnn
192.0.2.0/24 # c Ynnnn
{192.0.2.0/24} nnnnn
192.0.2.0/24,[2001:db8::]/32,, YnYnn
192.0.2.0/24;2001:db8::1 EEEEE
192.0.2.1/+32 nnnnn
192.0.2.0/+24 nnnnn
"192.0.2.1" nnnnn
1::1 2::1 3::1 4::1 5::1 6::1 7::1 8::1 9::1 10::1 11::1 12::1 EEEEE
1::1 2::1 3::1 4::1 5::1 6::1 7::1 8::1 9::1 10::1 11::1 12::1 13::1 FATAL
127.0.0.0/8 168.100.189.0/28 nnnnn
127.0.0.0/8 168.100.189.0/28 [::1]/128 [2001:240:587::]/64 nnnnn
127.0.0.0/8 [::1]/128 192.0.2.0/24 [2001:db8::]/32 YnYnn
!192.168.1.1, 192.168.0.0/16 nnnnn
168.100.3.0/28, 127.0.0.0/8, [::1] nnnnn
[::1]/128 [fe80::]/10 nnnnn
/etc/postfix/none/mynetworks ?????
!/etc/postfix/none/mynetworks ?????
cidr:/etc/postfix/none.cidr ?????
[2001:db8::ﬀ] nnnnn
fe80::1ﬀ EEEEE
0.0.0.0/9223370236854775808 YYnnY
[::]/18446744073709551616 nnEEn
[::]/9223372036854775807 nnEEn
0.0.0.0/4294967296 YYnnY
[::]/00000000000000000000064 nnnnn
0/0ﬀ.0.0. EEnnE
/xh: ?????
/: ?????
"""

INET_PROTOCOLS = """
all|ipv4|ipv6|ipv4, ipv6|ipv6, ipv4|ipv6,ipv4|ipv4,ipv4|all, ipv4||,|ALL|IPv4|ipv5|ipv4;ipv6|any|none|inet6|4
!ipv6|[ipv6]|ipv6 #x|/x|ipv4 ipv6|all all|{ipv4}|static:all
"""
INET_INTERFACES = """
all|loopback-only||127.0.0.1, [::1]|127.0.0.1 ::1|[::1]|::1|0::0001|::0.0.0.1|2001:DB8::1
192.0.2.1, [2001:db8::1]|127.1|0x7f000001|2130706433|127.0.0.01|[127.0.0.1]|localhost|LOCALHOST
127.0.0.1 127.0.0.1|ALL|all,|all localhost|Loopback-Only|loopback-only 127.0.0.1|127.0.0.1;::1|[::1|::1]|::
0.0.0.0|*|127.0.0.0/8|[::1]/128|[]|lo|eth0|!127.0.0.1|/etc/hosts|static:all|::ffff:127.0.0.1|[IPv6:::1]
[::1]:25|127.0.0.1 #c|-|fe80::1%nosuch|$myhostname|virtual.host.tld|0xff.255.255.255|mail.example.org|10.0.0.1
0x7f.0.0.1|127.0.0.11
"""
BIND_ADDRESSES = """
|::1|[::1]|::|0:0:0:0:0:0:0:1|2001:DB8::1|::0.0.0.1|fe80::1|2001:db8::2|127.0.0.1|[127.0.0.1]|1
::ffff:127.0.0.1|[::1|::1]|[::1]x|[]|[[::1]]|[::1]:25|fd00::2/64|localhost|::1%lo|fd00::2, ::1|[IPv6:::1]|!::1
all|static:all|192.0.2.1|0.0.0.0|127.0.0.11|127.1|127.0.0.010|192.0.2.2|10.1.2|*|230.0.113.9|ff02::1
fe80::%lo|ff02::%lo|::1%1|0x0|0177.0.0.1|1 x
[7]|[127.1]|[fe80::1%lo]|[::ffff:192.0.2.1]|[fe80::1]|[2001:db8::9]
"""
MASTER_CF = """
smtp|25|127.0.0.1:smtp|[::1]:smtp|[2001:db8::1]:25|[IPv6:::1]:25|[ipv6:2001:db8::1]:587|2001:db8::2:2525|:::25
:25|*:25|localhost:smtp|[::1]|[::1]25|[::1:25|[]:25|[::1%lo]:25|2001:db8::2|99999|0|+25|025|25x
[1:2:3:4:5:6:7::]:25|127.0.0.01:25|127.1:25|[::1]:99999|[0.0.0.0]:25|[::]:submission|[1:2:3]:25|0.1.2.3:25|é:25|...:-|127.0.0.010:25|127.0.0.08:25
[IPv6:::0:0:0:0:0:0:1]:25|::ffff:19.51.100.7:25
-1|}|smtp]|127.0.0.1:0x19|2832237467|4294967321|18446744073709551641|-4294967271|0x7f.1:25|:::|smtp:
"""
RELAYS = """
[2001:db8::25]|[2001:db8::25]:587|[IPv6:2001:db8::25]:587|relay.example.org|[relay.example.org]:submission
relay.example.org:|192.0.2.25:25|192.0.2.012|192.0.2.09|2001:db8::1|2001:db8::1:25|::1|[::1%eth0]|[1:2:3:4:5:6:7::]|[::1]:0
[::1]:99999|...|$mydomain|uucphost|[gateway.my.domain]|[mailserver.isp.tld]:587|[an.ip.add.ress]|[1:2:3:4:5:6:7]
[2001:db8:1:2:0:0:0.0.0.5]|[IPv6:2001:db8:25]:25|[]
[::0:0:0:0:0:0:1]|[::1.00.2.1]|:::{,[|0.1.2.3:25|é.example.org|0x7f.1|[0x7f000001]:25
[::1]:-1|[::1]:+25|1-2|_|[IPv6:192.0.2.1]|:::
"""
TIMES = "30s|0|5|1h30m|10 s|10S|3.5|-1||24856d|1d|1w|h|+1|2147483647|2147483648|68w|1y|1 h|-0|+|+h|1+2|007s"
NUMBERS = "64|128|32|0|-1|129|5.|+5||99999999999999999999|0x40|064| 64|-0|-128|-2147483648|-2147483649|2147483648"
BOOLEANS = "yes|no|YES|No|true|1|on||y|false"
ACCESS_LISTS = """
permit_mynetworks|permit_mynetworks, cidr:/etc/postfix/postscreen_access.cidr|permit|reject|DUNNO
[2001:db8::1]|2001:db8::1|::1|192.0.2.1|permit_mynetworks 192.0.2.1|/etc/hosts|!permit|static:all|permit_mynetwor\u212as
"""

OTHERS: dict[str, str] = {
    "inet_protocols": INET_PROTOCOLS,
    "inet_interfaces": INET_INTERFACES,
    "proxy_interfaces": INET_INTERFACES,
    "smtp_bind_address": BIND_ADDRESSES,
    "smtp_bind_address6": BIND_ADDRESSES,
    "lmtp_bind_address6": BIND_ADDRESSES,
    "mynetworks_style": "host|subnet|class|Host|host,host|host subnet||,|none",
    "smtp_bind_address_enforce": BOOLEANS,
    "smtp_balance_inet_protocols": BOOLEANS,
    "smtp_address_preference": "any|ipv4|ipv6|IPv6|ANY|all|ipv6, ipv4||none",
    "smtp_dns_support_level": "|disabled|enabled|dnssec|DNSSEC|yes|dnssec, enabled",
    "smtp_address_verify_target": "rcpt|data|RCPT|mail||rcpt, data",
    "smtp_host_lookup": "dns|native|dns, native|native dns|DNS||,|dns;native|files",
    "smtp_connect_timeout": TIMES,
    "smtpd_client_ipv6_prefix_length": NUMBERS,
    "smtpd_client_ipv4_prefix_length": NUMBERS,
    "postscreen_access_list": ACCESS_LISTS,
    "relayhost": RELAYS,
    "smtp_fallback_relay": RELAYS,
    "master.cf": MASTER_CF,
}

FILES: list[tuple[str, str, str, str, list[str], list[str]]] = [
    ("", "192.0.2.0/24\n[2001:db8::]/32\n", "YnYnn", "YnYnn", [], []),
    ("", "192.0.2.0/24 # office\n# comment\n\n198.51.100.0/24\n", "YYnnn", "YYnnn", [], []),
    ("", "  192.0.2.0/24\n", "Ynnnn", "nnnnn", [], ["indented-line"]),
    ("", "192.0.2.0/24\n  198.51.100.0/24\n", "YYnnn", "YYnnn", [], []),
    ("", "192.0.2.0/24 # office\n  198.51.100.0/24\n", "YYnnn", "Ynnnn", [], ["comment"]),
    ("", "192.0.2.0/24 OK\n", "Ynnnn", "Ynnnn", [], []),
    ("", "!192.0.2.1\n192.0.2.0/24\n", "nnnnn", "nnnnn", [], []),
    ("", "192.0.2.1/24\n", "EEnnE", "EEnnE", ["host-bits"], ["host-bits"]),
    ("", "198.51.100.1\n2001:db8::1\n", "EYEEE", "EYEEE", ["unbracketed-ipv6"], ["unbracketed-ipv6"]),
    ("", "[::]/0\n", "nnYYn", "nnYYn", ["trusts-everybody"], ["trusts-everybody"]),
    ("!", "![::]/0\n", "nnYYn", "nnYYn", ["trusts-everybody"], ["trusts-everybody"]),
    ("!!", "0.0.0.0/0\n", "YYnnY", "YYnnY", ["trusts-everybody"], ["trusts-everybody"]),
    ("", "!0.0.0.0/0\n", "nnnnn", "nnnnn", [], []),
    ("cidr:", "192.0.2.0/24 OK\n2001:db8::/32 OK\n", "YnYnn", "YnYnn", [], []),
    ("cidr:", "192.0.2.0/24\n  OK\n", "Ynnnn", "Ynnnn", [], []),
    ("", "# offices\n  192.0.2.0/24\n", "Ynnnn", "nnnnn", [], ["indented-line"]),
    ("", "  # offices\n192.0.2.0/24\n", "Ynnnn", "Ynnnn", [], []),
    ("cidr:", "IF 192.0.2.0/24\n192.0.2.1 OK\nENDIF\n", "Ynnnn", "Ynnnn", [], []),
    ("cidr:", "if 0.0.0.0/0\n192.0.2.1 OK\nendif\n", "Ynnnn", "Ynnnn", [], []),
    ("cidr:", "if 192.0.2.0/24\n192.0.2.1 OK\nendif\n", "Ynnnn", "Ynnnn", [], []),
    ("cidr:", "192.0.2.1/24 OK\n198.51.100.0/24\n", "nnnnn", "nnnnn", ["host-bits", "no-result"],
     ["host-bits", "no-result"]),
    ("cidr:", "0.0.0.0/256 OK\n", "YYnnY", "YYnnY", ["prefix-overflow"], ["prefix-overflow"]),
    ("cidr:", "!192.0.2.0/24 OK\n", "nYnnY", "nYnnY", ["trusts-everybody"], ["trusts-everybody"]),
    ("!!cidr:", "0.0.0.0/0 OK\n", "YYnnY", "YYnnY", ["trusts-everybody"], ["trusts-everybody"]),
    ("cidr:", "\u00a0\n192.0.2.0/24 OK\n", "Ynnnn", "Ynnnn", ["no-result"], ["no-result"]),
    ("cidr:", "192.0.2.0/\u00b2\u00b2\u00b2 OK\n", "nnnnn", "nnnnn", ["bad-prefix"], ["bad-prefix"]),
    ("cidr:", "example.org OK\n", "nnnnn", "nnnnn", ["bad-address"], ["bad-address"]),
    ("!cidr:", "2001:db8::1/32 OK\n", "nnnnn", "nnnnn", ["host-bits"], ["host-bits"]),
]
"""Files that mynetworks names: what stands before the name, the text, what becomes of CLIENTS up to Postfix 3.7 and
since, and the codes of what we say of it for both."""

LETTERS = {"Y": "match", "n": "no match", "E": "451"}


def match_lists() -> Iterator[tuple[str, list[str] | None]]:
    """Give each value with what becomes of CLIENTS; None where the installation decides."""
    for line in MATCH_LISTS.strip().splitlines():
        value, blank, outcomes = line.rpartition(" ")
        if "?" in outcomes:
            yield value, None
        else:
            yield value, ["fatal"] * len(CLIENTS) if outcomes == "FATAL" else spelled_out(outcomes)


def spelled_out(outcomes: str) -> list[str]:
    """Give the words for the letters of a row."""
    return [LETTERS[letter] for letter in outcomes]


def others() -> Iterator[tuple[str, str]]:
    """Give the other parameters, each with a value."""
    for parameter, text in OTHERS.items():
        for line in text.strip("\n").splitlines():
            for value in line.split("|"):
                yield parameter, value.strip()
