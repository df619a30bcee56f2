# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The variables of a whole fleet, judged on the controller."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, OTHER_MEANING, Problem, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import BindAddress
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import examine
from ansible_collections.inet6.postfix.plugins.plugin_utils._argument_specs import ROLE, misfits, specification
from ansible_collections.inet6.postfix.plugins.plugin_utils._names import named
from ansible_collections.inet6.postfix.plugins.plugin_utils._rollout import judge_batches

PREFIX = 'postfix_ipv6_'
BIND_ADDRESSES = [name for name, row in PARAMETERS.items() if isinstance(row.kind, BindAddress)]


def read(variables: Mapping[str, Any], template: Callable[[Any], Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Give the variables of the role as they are for a host, and those that cannot be read.

    Args:
        variables: of the host, not templated yet.
        template: gives what they stand for on this host, or raises AnsibleError.
    """
    values: dict[str, Any] = {}
    problems = []
    for name in [*specification(), PREFIX + 'serial']:
        if name in variables:
            try:
                values.update(template({name: variables[name]}))  # in a dictionary, as omit is only allowed there
            except AnsibleError as error:
                problems.append(Problem('no-template', name, str(variables[name]), 0, OTHER_MEANING,
                                        f'cannot be read: {error}', 'mend the template, or set what it refers to',
                                        f'role {ROLE}'))
    return {name: value for name, value in values.items() if value != variables.get('omit', '')}, problems


def judge_fleet(fleet: Mapping[str, tuple[Mapping[str, Any], Sequence[Problem]]]) -> list[str]:
    """Find what Postfix would misread, and addresses that several hosts shall send from.

    Args:
        fleet: what ``read`` gives, by host.

    Returns:
        Every problem once, with the hosts that have it.
    """
    hosts_with: dict[str, list[str]] = {}
    claims: dict[tuple[str, str], list[str]] = {}
    for host, (variables, unread) in fleet.items():
        wanted = {name: variables.get(PREFIX + name) for name, row in PARAMETERS.items() if row.has_variable}
        trust = USUAL_TRUST
        problems = [*unread]
        try:
            trust = read_trust(variables.get(PREFIX + 'allowed_networks'), variables.get(PREFIX + 'widest_networks'))
        except Rejected as rejected:
            problems += rejected.problems
        values, found = examine(wanted, variables.get(PREFIX + 'extra_parameters', {}), trust)
        problems += [*found, *judge_batches(variables.get(PREFIX + 'serial'))]
        known = {problem.parameter.removeprefix(PREFIX) for problem in problems}
        problems += (problem for problem in misfits(variables) if problem.parameter.removeprefix(PREFIX) not in known)
        for problem in problems:
            if problem.severity == ERROR:
                hosts_with.setdefault(str(problem), []).append(host)
        for name in BIND_ADDRESSES:
            address = parse_address(values.get(name, ''))
            if address and not address.is_unspecified and not address.is_loopback:
                claims.setdefault((name, str(address)), []).append(host)
    return [*(f'{problem} [{named(hosts)}]' for problem, hosts in hosts_with.items()),
            *(f'{name}: {address} is claimed by several hosts, mail would leave from it on one of them at most; give '
              f'each an address of its own [{named(hosts)}]'
              for (name, address), hosts in claims.items() if len(hosts) > 1)]
