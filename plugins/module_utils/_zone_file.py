# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Records of DNS as text that can be pasted into a zone file (RFC 1035, 5.1)."""

from __future__ import annotations

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address

LONGEST_STRING = 255
"""Bytes in one character-string of a TXT record."""


def reverse_name(address: Address) -> str:
    """Give the name of which the PTR record tells the name of an address (RFC 1035, 3.5; RFC 3596, 2.5)."""
    if address.family == 4:
        return '.'.join(str(octet) for octet in reversed(address.packed)) + '.in-addr.arpa'
    return '.'.join(reversed(address.packed.hex())) + '.ip6.arpa'


def record_line(owner: str, kind: str, data: str) -> str:
    """Give a record in one line.

    Args:
        owner: a name, from the root; the dot at its end is added.
        kind: such as ``AAAA``.
        data: as a zone file has it.
    """
    return f'{absolute(owner)} IN {kind} {data}'


def absolute(name: str) -> str:
    """Give a name with the dot at its end that keeps a zone file from adding the name of the zone."""
    return name if name.endswith('.') else f'{name}.'


def character_strings(text: str) -> str:
    """Give the data of a TXT record, in as many strings as it needs.

    Args:
        text: its bytes, each as the character of that number.
    """
    pieces = [text[start:start + LONGEST_STRING] for start in range(0, len(text), LONGEST_STRING)] or ['']
    return ' '.join('"' + ''.join(map(_escaped, piece)) + '"' for piece in pieces)


def _escaped(character: str) -> str:
    if character in '"\\':
        return f'\\{character}'
    return character if ' ' <= character <= '~' else f'\\{ord(character):03}'
