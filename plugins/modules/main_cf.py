#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: main_cf
short_description: Set parameters of Postfix's main.cf without touching anything else
version_added: 0.1.0
description:
  - Merges a few settings into the C(main.cf) that a host has. Every byte outside of these settings stays as it is.
    comments, order, spacing, continued lines and line endings included.
  - Refuses values that Postfix would misread, and lets the installed Postfix try the whole candidate configuration
    before the file is replaced. When it objects, nothing is changed and the error has its own reason.
  - Replaces the file in one step and under the lock of C(postconf), keeps its owner, mode, access control list and
    security context, and keeps a bounded number of backups beside it.
  - Says what the running Postfix needs to do what the file says, as data. It does not do that itself, see
    M(inet6.postfix.control).
extends_documentation_fragment:
  - inet6.postfix.settings
  - inet6.postfix.change
  - inet6.postfix.postfix
  - inet6.postfix.trust
seealso:
  - module: inet6.postfix.control
'''

EXAMPLES = r'''
- name: Receive and send mail over IPv4 and IPv6
  inet6.postfix.main_cf:
    content: |
      inet_protocols = all
      mynetworks = 127.0.0.0/8, [::1]/128, [2001:db8:25::]/64
  register: main_cf

- name: Bring Postfix to use it
  inet6.postfix.control:
    state: "{{ 'restarted' if main_cf.action == 'restart' else 'reloaded' }}"
  when: main_cf.action != 'none'

- name: Go back to the main.cf before the last change
  inet6.postfix.main_cf:
    restore: newest
  register: main_cf

- name: Go back to Postfix's default
  inet6.postfix.main_cf:
    absent: [smtp_bind_address6]
'''

RETURN = r'''
changes:
  description: What is different now, or would be in check mode, one entry for each parameter.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The parameter.
      type: str
      sample: inet_protocols
    before:
      description: Its text in the file before; null where it was not in the file.
      type: str
      sample: ipv4
    after:
      description: Its text in the file after; null where it was taken out.
      type: str
      sample: all
    needs:
      description: What a change of this parameter needs, V(reload) or V(restart).
      type: str
      sample: restart
action:
  description:
    - What the running Postfix needs, V(none), V(reload) or V(restart).
    - Found by comparing the sockets of the running master with the file. It may be V(restart) where nothing is
      written; the task counts as changed then too, so that its handler runs.
  type: str
  returned: success
  sample: restart
reason:
  description: Why it needs that.
  type: str
  returned: success
  sample: "the running Postfix does not listen on [::]:25"
restart_owed:
  description: Whether Postfix needed a restart whatever this run changes, to do what its file already said.
  type: bool
  returned: success
  sample: false
listeners:
  description: The sockets that the configuration asks for then, as address and port.
  type: list
  elements: str
  returned: success
  sample: ["0.0.0.0:25", "[::]:25"]
boot:
  description: Drop-ins of systemd that are different now, or would be in check mode.
  type: list
  elements: dict
  returned: success
  contains:
    path:
      description: The file.
      type: str
      sample: /etc/systemd/system/postfix.service.d/inet6-postfix.conf
    before:
      description: Its text before; null where there was none.
      type: str
    after:
      description: Its text after; null where it was removed.
      type: str
running:
  description: Whether Postfix runs, or should. One that was stopped on purpose is left stopped.
  type: bool
  returned: success
  sample: true
backup_files:
  description: The file as it was before, where it was replaced; one that was taken back ends in C(.failed).
  type: list
  elements: str
  returned: success and not in check mode
  sample: [/etc/postfix/main.cf.20261121T031400.000000Z.bak]
backups:
  description: All backups that there are, oldest first.
  type: list
  elements: str
  returned: when O(restore) is given
  sample: [/etc/postfix/main.cf.20261121T031400.000000Z.bak]
problems:
  description: What is wrong with the values, one entry for each problem.
  type: list
  elements: dict
  returned: when values are refused
  sample:
    - code: host-bits
      parameter: mynetworks
      token: "[2001:db8::1]/64"
      position: 2
      verdict: 451 to clients
      rule: has host bits set, Postfix would refuse every IPv6 client with 451, from this item on
      cure: write [2001:db8::]/64 or [2001:db8::1]/128
      reference: postconf(5) mynetworks
      severity: error
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import (
        CHANGE_ARGUMENTS,
        EITHER,
        INSTANCE_ARGUMENTS,
        SETTINGS_ARGUMENTS,
        TRUST_ARGUMENTS,
    )
    from ansible_collections.inet6.postfix.plugins.module_utils._change import change
    from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={**SETTINGS_ARGUMENTS, **CHANGE_ARGUMENTS, **TRUST_ARGUMENTS, **INSTANCE_ARGUMENTS},
        mutually_exclusive=[EITHER, ('restore', 'content'), ('restore', 'absent')],
        supports_check_mode=True,
    )
    options = module.params
    change(module, lambda host, trust: [Settings.read(options['content'] or '', options['absent'] or [], trust)])


if __name__ == '__main__':
    main()
