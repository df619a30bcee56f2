# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Whom a match list matches, as Postfix's match_list(3) and match_ops(3) find out."""

from __future__ import annotations

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address, without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Fault
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import (
    MOST_BROKEN_TABLES,
    NUMERIC,
    STATIC,
    broken_tables,
    is_named_table,
    is_table,
    negated,
    read_network,
)
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

MATCH, NO_MATCH, TRY_AGAIN, DIES, UNKNOWN = 'match', 'no match', '451', 'fatal', 'unknown'
"""What becomes of a client that Postfix looks up in a match list."""


def outcome(text: str, name: str, address: str, parent_domains: bool = True) -> str:
    """Evaluate a match list for one client exactly as Postfix does, right or wrong as the list may be.

    Args:
        text: the list.
        name: of the client as Postfix has verified it, in lower case, or ``unknown``.
        address: of the client, as inet_ntop(3) writes it.
        parent_domains: whether parent_domain_matches_subdomains names this list, as it does mynetworks by default.

    Returns:
        MATCH, NO_MATCH, TRY_AGAIN (451), DIES (the daemon does not start), or UNKNOWN where a table or file decides.
    """
    items = []
    for item in words(text):
        if item.startswith('#'):
            break
        excludes, pattern = negated(item)
        if not pattern or pattern == '/' or (is_table(pattern) and not all(pattern.partition(':')[::2])):
            return DIES
        items.append((excludes, pattern))
    if len(broken_tables(pattern for excludes, pattern in items)) > MOST_BROKEN_TABLES:
        return DIES
    for excludes, pattern in items:
        found = _outcome_of(pattern, name, address, parent_domains)
        if found == MATCH:
            return NO_MATCH if excludes else MATCH
        if found != NO_MATCH:
            return found
    return NO_MATCH


def _outcome_of(pattern: str, name: str, address: str, parent_domains: bool) -> str:
    """Evaluate one pattern: match_hostname(), then match_hostaddr()."""
    if pattern.startswith(STATIC):
        # By the release, one that is not UTF-8, or whose braces are wrong, answers 451.
        return MATCH if pattern.isascii() and not set('{}') & set(pattern) else UNKNOWN
    if pattern.startswith('/') or is_table(pattern):
        return UNKNOWN if pattern.startswith('/') or is_named_table(pattern) else TRY_AGAIN
    pattern = pattern.casefold()
    is_parent = name.endswith('.' + pattern) if parent_domains else pattern[0] == '.' and name.endswith(pattern)
    if name == pattern or is_parent or address in (pattern, without_brackets(pattern)):
        return MATCH
    if (':' in address) != (':' in pattern) or not set(':/') & set(pattern) or pattern.strip(NUMERIC):
        return NO_MATCH
    network = read_network(pattern)
    if isinstance(network, Fault):
        return TRY_AGAIN
    client = parse_address(address)
    return MATCH if client and network.holds(client) else NO_MATCH
