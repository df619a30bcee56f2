# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a preflight has found of a whole fleet, on the controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._readiness import by_verdict, readiness

DOCUMENTATION = r'''
name: readiness
short_description: Sort the hosts of a preflight by their verdicts
version_added: 0.1.0
description:
  - Puts together what the modules M(inet6.postfix.info) and M(inet6.postfix.dns_check) have found of each host, in the
    playbook C(inet6.postfix.preflight).
  - A host that could not be reached, or whose variables are wrong, is not ready.
extends_documentation_fragment:
  - inet6.postfix.hosts
'''

EXAMPLES = r'''
- name: Show which hosts are ready, and what stops the others
  ansible.builtin.debug:
    msg: "{{ hostvars | inet6.postfix.readiness(ansible_play_hosts_all) }}"
  run_once: true
'''

RETURN = r'''
_value:
  description: Hosts by their verdict, each with the messages about it, or only the names where there are none.
  type: dict
  sample:
    not ready:
      mail2: ["inet_protocols: all turns IPv6 on, and this host has no IPv6 address at all; enable IPv6 on it first"]
    ready with warnings: {}
    ready: [mail1]
'''


def readiness_of(hostvars: Mapping[str, Mapping[str, Any]], hosts: Sequence[str]) -> dict[str, Any]:
    """Judge many hosts, see DOCUMENTATION."""
    return by_verdict({
        name: readiness(hostvars[name].get('__postfix_ipv6_info', {}), hostvars[name].get('__postfix_ipv6_dns', {}))
        for name in hosts})


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'readiness': readiness_of}
