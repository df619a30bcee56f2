# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What has become of each host of a rollout, on the controller."""

from __future__ import annotations

from ansible_collections.inet6.postfix.plugins.plugin_utils._rollout import rollout

DOCUMENTATION = r'''
name: rollout
short_description: Say what has become of each host of a rollout
version_added: 0.1.0
description:
  - Used by the playbook C(inet6.postfix.enable), before each batch and at the end.
extends_documentation_fragment:
  - inet6.postfix.hosts
'''

EXAMPLES = r'''
- name: Show what has become of each host
  ansible.builtin.debug:
    msg: "{{ (hostvars | inet6.postfix.rollout(ansible_play_hosts_all)).summary }}"
  run_once: true
'''

RETURN = r'''
_value:
  description: What has become of the hosts.
  type: dict
  contains:
    stats:
      description:
        - How many hosts there are (C(rollout_hosts)), and how many are C(rollout_changed), C(rollout_unchanged),
          C(rollout_rolled_back), C(rollout_failed), C(rollout_unreachable) and C(rollout_untouched), for
          M(ansible.builtin.set_stats).
        - The names of those where it went wrong are C(rollout_rolled_back_names), C(rollout_failed_names) and
          C(rollout_unreachable_names).
      type: dict
    failed_percent:
      description: How many percent of those that were tried have failed, were rolled back, or could not be reached.
      type: float
    summary:
      description: The same for people, a line for each outcome, and one for each host where something went wrong.
      type: list
      elements: str
      sample:
        - "rolled back 1: mx4.example.org"
        - "untouched 16: mx5.example.org, mx6.example.org, mx7.example.org, ..."
        - "changed 3: mx1.example.org, mx2.example.org, mx3.example.org"
        - "mx4.example.org: Postfix does not listen on [::]:25 ..."
    failures:
      description: What went wrong, by host.
      type: dict
'''


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'rollout': rollout}
