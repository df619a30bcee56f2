# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The values of a whole fleet, judged on the controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import BindAddress
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, examine, read_trust
from ansible_collections.inet6.postfix.plugins.plugin_utils._argument_specs import misfits
from ansible_collections.inet6.postfix.plugins.plugin_utils._names import named
from ansible_collections.inet6.postfix.plugins.plugin_utils._rollout import judge_batches

DOCUMENTATION = r'''
name: judged_hosts
short_description: Find the values of a fleet that Postfix would misread, before any host is contacted
version_added: 0.1.0
description:
  - Judges the variables C(postfix_ipv6_*) of every host, as the role R(inet6.postfix.postfix_ipv6,
    ansible_collections.inet6.postfix.postfix_ipv6_role) reads them, and as its argument specification wants them.
  - Says each problem once, with the hosts that have it.
  - What is no size of a batch in C(postfix_ipv6_serial) is a problem, as Ansible would take all hosts at once.
  - An address that several hosts shall send from (C(smtp_bind_address6) and the like) is a problem too.
extends_documentation_fragment:
  - inet6.postfix.hosts
'''

EXAMPLES = r'''
- name: Judge the values of all hosts
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems }}"
  vars:
    problems: "{{ hostvars | inet6.postfix.judged_hosts(ansible_play_hosts_all) }}"
  run_once: true
'''

RETURN = r'''
_value:
  description: Every problem once, with the hosts that have it. Nothing where Postfix would read everything as meant.
  type: list
  elements: str
'''

PREFIX = 'postfix_ipv6_'
BIND_ADDRESSES = [name for name, row in PARAMETERS.items() if isinstance(row.kind, BindAddress)]


def judged_hosts(hostvars: Mapping[str, Mapping[str, Any]], hosts: Sequence[str]) -> list[str]:
    """Judge the values of many hosts, see DOCUMENTATION."""
    hosts_with: dict[str, list[str]] = {}
    claims: dict[tuple[str, str], list[str]] = {}
    for host in hosts:
        variables = hostvars[host]
        wanted = {name: variables.get(PREFIX + name) for name, row in PARAMETERS.items() if row.has_variable}
        trust = USUAL_TRUST
        problems = []
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
    return [*(f'{problem} [{named(names)}]' for problem, names in hosts_with.items()),
            *(f'{name}: {address} is claimed by several hosts, mail would leave from it on one of them at most; give '
              f'each an address of its own [{named(names)}]'
              for (name, address), names in claims.items() if len(names) > 1)]


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'judged_hosts': judged_hosts}
