"""Makes values for Postfix's parameters: valid ones, nearly valid ones, and hostile ones.

Everything here draws from a random.Random: a seeded one gives a million values a minute, and one of Hypothesis's gives
values that shrink. So the simplest choices stand first in every list.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from random import Random

Client = tuple[str, str]
"""The verified name, or unknown, and the address of an SMTP client."""

CLIENTS: list[Client] = [
    ("unknown", "192.0.2.1"),
    ("unknown", "2001:db8::1"),
    ("mail.example.org", "203.0.113.9"),
    ("host.example.net", "2001:db8:1:2::5"),
    ("unknown", "127.0.0.1"),
    ("unknown", "::1"),
    ("unknown", "10.1.2.3"),
    ("unknown", "fe80::1"),
    ("example.org", "198.51.100.7"),
    ("beef.ad", "2001:db9::1"),
]
"""Who is tried on every match list: some of these, and whoever is at the edges of the networks in it."""

pool: Callable[[str], list[str]] = str.split
"""Makes a list of what has no blanks in it."""

ADDRESSES_4 = pool("192.0.2.1 127.0.0.1 0.0.0.0 10.1.2.3 198.51.100.7 203.0.113.9 255.255.255.255 1.2.3.4")
ADDRESSES_6 = pool("::1 2001:db8::1 :: fe80::1 2001:db8:1:2::5 2001:db9::1 fd00::2 ::ffff:192.0.2.1 1:2:3:4:5:6:7:8"
                   " 2001:db8:0:0:1:: ff02::1 64:ff9b::192.0.2.1")
PREFIXES_4 = [32, 24, 8, 0, 16, 28, 31, 1, 12]
PREFIXES_6 = [128, 64, 32, 0, 48, 56, 127, 1, 10, 96, 29]
ODD_PREFIXES = ["", "32 ", *pool("256 024 33 129 280 +24 -1 255.255.255.0 4294967296 0x18 24x 384 00 1e1 /24 24/24"
                                 " 99999999999999999999 9223372036854775808 \u0662\u0664")]
NAMES = pool("example.org mail.example.org .example.org localhost beef.ad all ALL Mail.Example.ORG any example org"
             " unknown dead host.example.net -x.example.org a..b x_y.example.org 12.ad 1-2")
TABLES = pool("static:all hash:/none nosuch:/x inline:{x=y} cidr:/none static: :x :: Hash:/x h: 9:x")
JUNK = pool("# ! / /nonexistent { } {} [] [ ] * 192.0.2.* 192.0.2 192.0.2.1-5 junk!! 192.0.2.1#x #192.0.2.1 ' \" \\ %"
            " - . .. : :: ::: 0 1 3221225985 0x7f000001 127.1 IPv6: ipv6:all [IPv6:2001:db8::1] fe80::1%eth0"
            " [fe80::1%lo] none \u00e9 \u00df \ufb00 \u212a \u0130")
SPECIAL: list[str] = [*"[]:/!.,0# f{}()%*+-=\t\r\n\"';|@_~^&<>?19aAxX\\`\x7f\x01\x0b\x0c\x1c\x85",
                      *"\u00e9\u00df\ufb00\u212a\u00a0\u200b\uff11\ufeff\u2028\U0001f4e7", "\udcff", "\udcc3"]
SEPARATORS = [" ", ", ", ",", "\n", "\t", " ,\t", "\r\n", ",,", ";", "\x0b", "\u00a0"]
PORTS = ["", *pool("25 smtp 587 submission 0 99999 65536 +25 025 25x nosuch -1 65535 2:5")]


def spelled(random: Random, address: str) -> str:
    """Write an address in one of the ways that somebody writes it, most of them right."""
    if random.random() < 0.5:
        return address
    if ":" not in address:
        parts = address.split(".")
        place = random.randrange(4)
        return random.choice([
            ".".join([*parts[:place], f"0{parts[place]}", *parts[place + 1:]]),
            ".".join(parts[:3]),
            ".".join(str(min(int(part) + 250, 999)) for part in parts),
            f"{address}.",
            f"::ffff:{address}",
            str(int.from_bytes(socket.inet_aton(address), "big")),
            f"{parts[0]}.{parts[3]}",
            f"0x{int(parts[0]):x}.{'.'.join(parts[1:])}",
        ])
    number = int(ipaddress.IPv6Address(address))
    groups = [f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
    return random.choice([
        address.upper(),
        ":".join(groups),
        ":".join(group.zfill(4) for group in groups),
        ":".join(groups[:6]) + ":" + str(ipaddress.IPv4Address(number & 0xFFFFFFFF)),
        ":".join(groups[:7]) + "::",
        "::" + ":".join(groups[1:]),
        ":".join(groups[:7]),
        ":".join([*groups, "0"]),
        ":".join(["0" + groups[0].zfill(4), *groups[1:]]),
        f"{address}%lo",
        f"IPv6:{address}",
        address.replace("::", ":::"),
        address.rstrip("1") + "2",
    ])


def any_address(random: Random, family: int) -> str:
    """Give an address that means something to somebody, or seldom any other."""
    if random.random() < 0.9:
        return random.choice(ADDRESSES_6 if family == 6 else ADDRESSES_4)
    if family == 6:
        return str(ipaddress.IPv6Address(random.getrandbits(128)))
    return str(ipaddress.IPv4Address(random.getrandbits(32)))


def address(random: Random) -> str:
    """Write an address as it stands in a list of addresses, bare or in brackets."""
    family = random.choice((6, 4))
    text = spelled(random, any_address(random, family))
    return random.choice((text, text, f"[{text}]", f"[{text}", f"{text}]", f"[[{text}]]", f"[IPv6:{text}]")
                         if random.random() < 0.3 else (text, f"[{text}]"))


def network(random: Random) -> str:
    """Write a network as it stands in a match list, most often as it should be."""
    family = random.choice((6, 4))
    prefix = random.choice(PREFIXES_6 if family == 6 else PREFIXES_4)
    base = any_address(random, family)
    if random.random() < 0.85:
        base = str(ipaddress.ip_network(f"{base}/{prefix}", strict=False).network_address)
    base = spelled(random, base) if random.random() < 0.3 else base
    length = str(prefix) if random.random() < 0.85 else random.choice(ODD_PREFIXES)
    if family == 4 and random.random() < 0.8:
        return f"{base}/{length}"
    if random.random() < 0.7:
        return f"[{base}]/{length}"
    return random.choice((f"[{base}/{length}]", f"{base}/{length}", f"[{base}]{length}", f"[{base}/{length}",
                          f"{base}]/{length}", f"[{base}]/{length}]", f"[[{base}]]/{length}"))


def pattern(random: Random) -> str:
    """Write one item of a match list."""
    kind = random.random()
    if kind < 0.55:
        text = network(random)
    elif kind < 0.78:
        text = address(random)
    elif kind < 0.9:
        text = random.choice(NAMES)
    elif kind < 0.93:
        text = random.choice(TABLES)
    else:
        text = random.choice(JUNK)
    return text if random.random() < 0.92 else f"{random.choice(('!', '!', '!!', '! '))}{text}"


def edited(random: Random, text: str) -> str:
    """Take one step away from a text: a character more, less, another, twice, or two swapped."""
    place = random.randrange(len(text) + 1)
    before, after = text[:place], text[place:]
    return random.choice([
        before + random.choice(SPECIAL) + after,
        before + after[1:],
        before + random.choice(SPECIAL) + after[1:],
        before + after[:1] + after,
        before + after[1:2] + after[:1] + after[2:],
        after + before,
        before,
    ])


def hostile(random: Random) -> str:
    """Put pieces together that do not belong together."""
    pieces = random.choice((SPECIAL, JUNK, ADDRESSES_6, ADDRESSES_4, ODD_PREFIXES, TABLES, SPECIAL))
    count = random.choice((1, 2, 3, 4, 6, 9))
    text = "".join(random.choice(pieces if random.random() < 0.5 else SPECIAL) for _piece in range(count))
    return text * random.choice((50, 300)) if random.random() < 0.002 else text


def listed(random: Random, item: Callable[[Random], str], alone: float = 0.6) -> str:
    """Put items together, most often one."""
    if random.random() < alone:
        return item(random)
    text = item(random)
    for _item in range(random.choice((1, 2, 3, 5))):
        text += (random.choice(SEPARATORS) if random.random() < 0.2 else " ") + item(random)
    return text


def disturbed(random: Random, text: str) -> str:
    """Leave most texts as they are; edit the others once, or seldom twice, or give something hostile instead."""
    kind = random.random()
    if kind < 0.6:
        return text
    if kind < 0.93:
        text = edited(random, text)
        return edited(random, text) if kind > 0.88 else text
    return hostile(random)


def match_list(random: Random) -> str:
    """Make a value of mynetworks and its like."""
    return disturbed(random, listed(random, pattern))


def interfaces(random: Random) -> str:
    """Make a value of inet_interfaces and its like."""
    def item(random: Random) -> str:
        kind = random.random()
        if kind < 0.5:
            return random.choice(pool("127.0.0.1 [::1] ::1 192.0.2.1 2001:db8::1 [2001:db8::1] localhost"))
        return address(random) if kind < 0.9 else network(random) if kind < 0.95 else random.choice(NAMES + JUNK)

    if random.random() < 0.15:
        return disturbed(random, random.choice(["all", "loopback-only", "ALL", "all, 127.0.0.1", "", "Loopback-only"]))
    return disturbed(random, listed(random, item))


def one_address(random: Random) -> str:
    """Make a value of smtp_bind_address and its like."""
    if random.random() < 0.4:
        return random.choice(["", "::1", "127.0.0.1", "2001:db8::1", "192.0.2.1", "::", "0.0.0.0"])
    return disturbed(random, address(random))


def words(*choices: str) -> Callable[[Random], str]:
    """Make lists of some words."""
    def item(random: Random) -> str:
        word = random.choice(choices)
        return word if random.random() < 0.8 else random.choice((word.upper(), word.title(), f"!{word}", f"[{word}]"))

    return lambda random: disturbed(random, listed(random, item, alone=0.5))


def number(random: Random) -> str:
    """Make a value of a numeric parameter."""
    text = str(random.choice((1, 32, 128, 0, 64, 33, 129, 2147483647, 2147483648, 4294967297, 10 ** 19)))
    shape = random.choice(("{}", "{}", "{}", "0{}", "+{}", "-{}", " {}", "{}."))
    return disturbed(random, shape.format(text))


def duration(random: Random) -> str:
    """Make a value of a time parameter."""
    unit = random.choice(["", "s", "m", "h", "d", "w", "S", " s", "ms", "h30m", "y"])
    return disturbed(random, number(random) + unit)


def destination(random: Random) -> str:
    """Write a host with a port."""
    host = random.choice([
        "[2001:db8::25]", "relay.example.org", "[relay.example.org]", "192.0.2.25", "[192.0.2.25]", "",
        "[IPv6:2001:db8::25]", address(random), random.choice(NAMES), random.choice(JUNK)])
    return host if random.random() < 0.4 else f"{host}:{random.choice(PORTS)}"


def destinations(random: Random) -> str:
    """Make a value of relayhost and its like."""
    return disturbed(random, listed(random, destination, alone=0.8))


def endpoint(random: Random) -> str:
    """Make the name of an inet service in master.cf."""
    return disturbed(random, random.choice(PORTS) if random.random() < 0.1 else destination(random))


def access_list(random: Random) -> str:
    """Make a value of postscreen_access_list."""
    def item(random: Random) -> str:
        kind = random.random()
        if kind < 0.6:
            return random.choice(["permit_mynetworks", "permit", "reject", "dunno", "PERMIT", "permit_mynetworks,"])
        return random.choice(TABLES) if kind < 0.8 else pattern(random)

    return disturbed(random, listed(random, item))


# --- Who to try on a match list


def meant(item: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Read what a person means by an item of a match list, generously, by other code than that which is tested."""
    try:
        return ipaddress.ip_network(item.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def edges(item: str) -> Iterator[Client]:
    """Give clients at the edges of a network: just inside and just outside."""
    found = meant(item)
    if found is None or "%" in item:
        return
    first, last = int(found.network_address), int(found.broadcast_address)
    for number in (first, last, first - 1, last + 1):
        # Nobody connects from 0.0.0.0/8 or ::, and Postfix shows IPv4-mapped clients as IPv4.
        lowest = 1 if found.version == 6 else 1 << 24
        if lowest <= number < 1 << found.max_prefixlen:
            family = socket.AF_INET6 if found.version == 6 else socket.AF_INET
            shown = socket.inet_ntop(family, number.to_bytes(found.max_prefixlen // 8, "big"))
            if not shown.startswith("::ffff:"):
                yield "unknown", shown


def clients(random: Random, value: str) -> list[Client]:
    """Choose the clients to try on a match list: some of both families, and those that it should tell apart."""
    start = random.randrange(5) * 2
    chosen = (CLIENTS[start:] + CLIENTS)[:4]
    if len(value) < 200:
        for item in value.replace(",", " ").split()[:3]:
            chosen += edges(item.lstrip("!"))
    return chosen
