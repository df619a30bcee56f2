# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""A certificate (RFC 5280), as much of it as one looks at.

Python tells what is in a certificate only after it has proven it, and those of mail servers are often not made for
that.
"""

from __future__ import annotations

import datetime
import socket
from typing import Iterator, List, NamedTuple, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import legible

UTC_TIME = 0x17
VERSION, DNS_NAME, IP_ADDRESS, EXTENSIONS = 0xA0, 0x82, 0x87, 0xA3
"""Tags that count in their place only."""
ATTRIBUTES = {
    b'\x55\x04\x03': 'CN',
    b'\x55\x04\x06': 'C',
    b'\x55\x04\x07': 'L',
    b'\x55\x04\x08': 'ST',
    b'\x55\x04\x0a': 'O',
    b'\x55\x04\x0b': 'OU',
    b'\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01': 'emailAddress',
}
SUBJECT_ALTERNATIVE_NAME = b'\x55\x1d\x11'
ENCODING = {0x14: 'latin-1', 0x1C: 'utf-32-be', 0x1E: 'utf-16-be'}
"""Of the types of text that are not UTF-8, or a part of it."""


class Certificate(NamedTuple):
    """What a certificate says; nothing of it is proven."""

    subject: str
    issuer: str
    names: List[str]
    """Host names and addresses that it is for."""
    valid_from: str
    """In the form of ISO 8601, in UTC."""
    valid_until: str


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate in DER.

    Raises:
        ValueError: it is none.
    """
    content, *rest = _contents(der)
    signed, *rest = _contents(content)
    fields = list(_elements(signed))
    if fields and fields[0][0] == VERSION:
        del fields[0]
    try:
        serial, algorithm, issuer, validity, subject = fields[:5]
    except ValueError:
        raise ValueError('a certificate lacks fields') from None
    since, until = (_time(*one) for one in _elements(validity[1]))
    extensions = b''.join(content for tag, content in fields[5:] if tag == EXTENSIONS)
    return Certificate(_name(subject[1]), _name(issuer[1]), list(_names(extensions)), since, until)


def _elements(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """Give tag and content of the elements that stand one after the other (X.690, 8.1)."""
    at = 0
    while at < len(data):
        size, begin = data[at + 1] if at + 1 < len(data) else 0, at + 2
        if size >= 0x80:
            begin += size - 0x80
            size = int.from_bytes(data[at + 2:begin], 'big')
        end = begin + size
        if end > len(data):
            raise ValueError('a certificate is cut off')
        yield data[at], data[begin:end]
        at = end


def _contents(data: bytes) -> Iterator[bytes]:
    return (content for tag, content in _elements(data))


def _name(content: bytes) -> str:
    """Give a name as RFC 4514 writes it, but in the order of the certificate."""
    parts = []
    for several in _contents(content):
        for pair in _contents(several):
            (kind_tag, kind), (text_tag, text) = _elements(pair)
            value = legible(text.decode(ENCODING.get(text_tag, 'utf-8'), 'replace'))
            parts.append(f'{ATTRIBUTES.get(kind, kind.hex())}=' + value.replace(',', '\\,'))
    return ', '.join(parts)


def _time(tag: int, content: bytes) -> str:
    text = content.decode('ascii')
    if tag == UTC_TIME:
        text = ('19' if text >= '50' else '20') + text
    return f'{datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").isoformat()}Z'


def _names(content: bytes) -> Iterator[str]:
    """Give the names of an alternative subject, from the list of extensions."""
    for extensions in _contents(content):
        for extension in _contents(extensions):
            kind, *critical, value = _contents(extension)
            if kind == SUBJECT_ALTERNATIVE_NAME:
                for names in _contents(value):
                    yield from filter(None, (_alternative(*one) for one in _elements(names)))


def _alternative(tag: int, content: bytes) -> str:
    if tag == IP_ADDRESS and len(content) in (4, 16):
        return socket.inet_ntop(socket.AF_INET if len(content) == 4 else socket.AF_INET6, content)
    return legible(content.decode('ascii', 'replace')) if tag == DNS_NAME else ''
