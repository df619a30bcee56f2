# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What somebody wants of main.cf, as values of any type: their text, or what is wrong with them."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    DEAD,
    OTHER_MEANING,
    Fault,
    Problem,
    Rejected,
    reject_errors,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import BindAddress, Interfaces
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST, Trust
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import (
    PARAMETERS,
    judge,
    judge_name,
    kind_of,
)


def examine(
    wanted: Mapping[str, Any], extra: Mapping[str, Any], trust: Trust = USUAL_TRUST,
) -> Tuple[Dict[str, str], List[Problem]]:
    """Make values of any type into main.cf text, and judge them.

    Args:
        wanted: parameters with what the inventory says; nothing said leaves the parameter alone.
        extra: more parameters; not those that have a variable of their own.
        trust: which networks may be trusted.

    Returns:
        The text of each parameter of which something was said and could be read, and every problem that was found.
    """
    if not isinstance(extra, Mapping):
        fault = Fault('no-dictionary', OTHER_MEANING, 'is no dictionary of parameters and their values',
                      'write it as {smtpd_banner: $myhostname ESMTP}')
        return {}, [fault.of('postfix_ipv6_extra_parameters', str(extra), reference='role postfix_ipv6')]
    values: Dict[str, str] = {}
    problems: List[Problem] = []
    for name, value in list(wanted.items()) + list(extra.items()):
        try:
            if value is not None:
                problems.extend(_judge_given(name, name in extra))
            text = kind_of(name).read(name, value)
        except Rejected as mangled:
            problems.extend(mangled.problems)
        else:
            if text is not None:
                values[name] = text
    return values, problems + list(judge(values, trust))


def _judge_given(name: Any, is_extra: bool) -> Iterator[Problem]:
    if is_extra and name in PARAMETERS and PARAMETERS[name].has_variable:
        yield Fault('own-variable', OTHER_MEANING, 'has a variable of its own, an extra parameter would contradict it',
                    f'set postfix_ipv6_{name} instead').of(name, name, reference='role postfix_ipv6')
    else:
        yield from judge_name(name)


def read_values(
    wanted: Mapping[str, Any], extra: Mapping[str, Any], trust: Trust = USUAL_TRUST, enabled: bool = True,
) -> Dict[str, str]:
    """Do the same as ``examine``, and refuse errors before anything is done with one of the values.

    Args:
        wanted: as above, and the same below.
        extra: more parameters.
        trust: which networks may be trusted.
        enabled: whether IPv6 is to be used.

    Returns:
        The text of each parameter of which something was said, or that follows from what was.

    Raises:
        Rejected: with every problem that was found, not only the first.
    """
    values, problems = examine(wanted, extra, trust)
    reject_errors(problems)
    return values if enabled else _without_ipv6(values)


def read_items(parameter: str, value: Any) -> List[str]:
    """Give the items of a list in any form, as a parameter needs them.

    Raises:
        Rejected: with every problem that was found.
    """
    return list(kind_of(parameter).items(read_values({parameter: value}, {}).get(parameter, '')))


def _without_ipv6(values: Mapping[str, str]) -> Dict[str, str]:
    """Give the same values for a host that is to use IPv4 only: no IPv6 address to listen on or to send from is left.

    Raises:
        Rejected: Postfix would be left with no address to listen on.
    """
    found = {**values, 'inet_protocols': 'ipv4'}
    for name, value in values.items():
        kind = kind_of(name)
        if isinstance(kind, BindAddress) and kind.family == 6:
            found[name] = ''
        elif isinstance(kind, Interfaces):
            found[name] = ', '.join(item for item in kind.items(value) if ':' not in item)
    if values.get('inet_interfaces') and not found['inet_interfaces']:
        fault = Fault('no-ipv4', DEAD, 'has IPv6 addresses only, without IPv6 Postfix would listen on nothing',
                      'name an IPv4 address too')
        raise Rejected([fault.of('inet_interfaces', values['inet_interfaces'])])
    return found
