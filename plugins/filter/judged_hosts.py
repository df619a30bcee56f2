# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The values of a whole fleet, judged on the controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import USUAL_TRUST
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, examine, read_trust

DOCUMENTATION = r'''
name: judged_hosts
short_description: Find the values of a fleet that Postfix would misread, before any host is contacted
version_added: 0.1.0
description:
  - Judges the variables C(postfix_ipv6_*) of every host, as the role R(inet6.postfix.postfix_ipv6,
    ansible_collections.inet6.postfix.postfix_ipv6_role) reads them.
  - Says each problem once, with the hosts that have it.
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

MOST_HOSTS_NAMED = 10


def judged_hosts(hostvars: Mapping[str, Mapping[str, Any]], hosts: Sequence[str]) -> list[str]:
    """Judge the values of many hosts, see DOCUMENTATION."""
    hosts_with: dict[str, list[str]] = {}
    for host in hosts:
        variables = hostvars[host]
        wanted = {name: variables.get(f'postfix_ipv6_{name}') for name, row in PARAMETERS.items() if row.has_variable}
        trust = USUAL_TRUST
        problems = []
        try:
            trust = read_trust(
                variables.get('postfix_ipv6_allowed_networks'), variables.get('postfix_ipv6_widest_networks'))
        except Rejected as rejected:
            problems += rejected.problems
        problems += examine(wanted, variables.get('postfix_ipv6_extra_parameters', {}), trust)[1]
        for problem in problems:
            if problem.severity == ERROR:
                hosts_with.setdefault(str(problem), []).append(host)
    return [f'{problem} [{_named(names)}]' for problem, names in hosts_with.items()]


def _named(hosts: list[str]) -> str:
    more = len(hosts) - MOST_HOSTS_NAMED
    return ', '.join(hosts[:MOST_HOSTS_NAMED]) + (f' and {more} more hosts' if more > 0 else '')


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'judged_hosts': judged_hosts}
