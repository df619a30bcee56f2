# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How a mail host is proven from outside, on the controller."""

from __future__ import annotations

from ansible_collections.inet6.postfix.plugins.plugin_utils._verification import verification

DOCUMENTATION = r'''
name: verification
short_description: Say where to connect to prove that Postfix works, and judge what came of it
version_added: 0.1.0
description:
  - Used twice by the playbook C(inet6.postfix.verify), before the module M(inet6.postfix.smtp_probe) has run and after
    it.
positional: others, probes, source
options:
  _input:
    description: The result of M(inet6.postfix.info), with nothing wanted.
    type: dict
    required: true
  others:
    description: Names or addresses at which the world reaches the host, beside its own addresses.
    type: list
    elements: str
    default: []
  probes:
    description: Results of M(inet6.postfix.smtp_probe), if there are any yet.
    type: list
    elements: dict
    default: []
  source:
    description: The host that the probes connected from, for messages.
    type: str
    default: ''
'''

EXAMPLES = r'''
- name: Talk to Postfix from outside
  inet6.postfix.smtp_probe:
    host: "{{ item.host }}"
    mynetworks: "{{ item.mynetworks }}"
    relay_test: true
  loop: "{{ (postfix | inet6.postfix.verification).targets }}"
  delegate_to: localhost
  register: probes

- name: Fail where anything is not as it should be
  ansible.builtin.assert:
    that: failures | length == 0
    fail_msg: "{{ failures | join('\n') }}"
  vars:
    failures: "{{ (postfix | inet6.postfix.verification([], probes.results, 'localhost')).failures }}"
'''

RETURN = r'''
_value:
  description: What to do, and what came of it.
  type: dict
  contains:
    targets:
      description: Where to connect, each with the options C(host) and C(mynetworks) of M(inet6.postfix.smtp_probe).
      type: list
      elements: dict
    mail_address:
      description: Where to send a test mail over IPv6; blank where Postfix does not listen on IPv6.
      type: str
    failures:
      description: What is not as it should be, a sentence each.
      type: list
      elements: str
    warnings:
      description: What may not be meant, a sentence each.
      type: list
      elements: str
    proven:
      description: What the probes have shown to be as it should be, a sentence each.
      type: list
      elements: str
    relays:
      description: Whether strangers may relay.
      type: bool
'''


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'verification': verification}
