#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: master_cf
short_description: Set services of Postfix's master.cf without touching anything else
version_added: 0.1.0
description:
  - Adds, changes or takes out services of C(master.cf), and the parameters that are set for one service only
    (C(-o name=value)). Every byte outside of what differs stays as it is.
  - Refuses addresses and values that Postfix would misread, or that this host cannot carry out, and lets the installed
    Postfix read the candidate before the file is replaced.
  - Replaces the file in one step, keeps its owner, mode, access control list and security context, and keeps a bounded
    number of backups beside it.
  - Says what the running Postfix needs to do what the file says, as data. It does not do that itself, see
    M(inet6.postfix.control), which also puts the old file back when master cannot use the new one.
extends_documentation_fragment:
  - inet6.postfix.services
  - inet6.postfix.change
  - inet6.postfix.postfix
  - inet6.postfix.trust
seealso:
  - module: inet6.postfix.main_cf
  - module: inet6.postfix.control
'''

EXAMPLES = r'''
- name: Take submissions on one address only
  inet6.postfix.master_cf:
    services:
      - name: submission
        state: absent
      - name: "[2001:db8::25]:submission"
        command: smtpd
        options:
          smtpd_tls_security_level: encrypt
          smtpd_sasl_auth_enable: true
  register: master_cf

- name: Bring Postfix to use it
  inet6.postfix.control:
    state: reloaded
  when: master_cf.action != 'none'

- name: Send from one address
  inet6.postfix.master_cf:
    services:
      - name: smtp
        type: unix
        options:
          smtp_bind_address6: 2001:db8::25
'''

RETURN = r'''
changes:
  description: What is different now, or would be in check mode, one entry for each service.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: Name and type of the service.
      type: str
      sample: submission/inet
    before:
      description: Its line before; null where there was none.
      type: str
      sample: submission inet n - y - - smtpd
    after:
      description: Its line after; null where it was taken out.
      type: str
    needs:
      description: What it needs, V(reload).
      type: str
      sample: reload
action:
  description:
    - What the running Postfix needs, V(none), V(reload) or V(restart). Where it needs something, the task counts as
      changed also if nothing is written, so that its handler runs.
  type: str
  returned: success
  sample: reload
reason:
  description: Why it needs that; empty for V(none).
  type: str
  returned: success
restart_owed:
  description: Whether it needs a restart whatever is changed now.
  type: bool
  returned: success
listeners:
  description: Where Postfix listens by this configuration, once it is started.
  type: list
  elements: str
  returned: success
  sample: ["0.0.0.0:25", "[2001:db8::25]:587"]
boot:
  description: Drop-ins of systemd that are different now, or would be in check mode, see M(inet6.postfix.main_cf).
  type: list
  elements: dict
  returned: success
running:
  description: Whether Postfix runs, or should.
  type: bool
  returned: success
  sample: true
backup_files:
  description: The file as it was before, where it was replaced; one that was taken back ends in C(.failed).
  type: list
  elements: str
  returned: success and not in check mode
  sample: [/etc/postfix/master.cf.20261121T031400.000000Z.bak]
backups:
  description: All backups that there are, oldest first.
  type: list
  elements: str
  returned: when O(restore) is given
problems:
  description: What is wrong with what is wanted, one entry for each problem, see M(inet6.postfix.main_cf).
  type: list
  elements: dict
  returned: failure
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import (
        CHANGE_ARGUMENTS,
        EITHER,
        INSTANCE_ARGUMENTS,
        SERVICES_ARGUMENTS,
        TRUST_ARGUMENTS,
    )
    from ansible_collections.inet6.postfix.plugins.module_utils._change import change
    from ansible_collections.inet6.postfix.plugins.module_utils._services import Services


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={**SERVICES_ARGUMENTS, **CHANGE_ARGUMENTS, **TRUST_ARGUMENTS, **INSTANCE_ARGUMENTS},
        mutually_exclusive=[EITHER, ('restore', 'services')],
        supports_check_mode=True,
    )
    change(module, lambda host, trust: [Services.read(module.params['services'] or [], trust)])


if __name__ == '__main__':
    main()
