#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: config
short_description: Set main.cf, master.cf and the protocols by which mail leaves, all or nothing
version_added: 0.1.0
description:
  - Does what M(inet6.postfix.main_cf) and M(inet6.postfix.master_cf) do in one step, so that settings which need each
    other are tried together, and come and go together.
  - Chooses the protocol by which mail leaves, for all mail, for the mail of a domain, or to hosts that take mail. Mail
    is received over both protocols as before.
extends_documentation_fragment:
  - inet6.postfix.settings
  - inet6.postfix.services
  - inet6.postfix.policies
  - inet6.postfix.change
  - inet6.postfix.postfix
  - inet6.postfix.trust
  - inet6.postfix.variables
seealso:
  - module: inet6.postfix.main_cf
  - module: inet6.postfix.master_cf
  - module: inet6.postfix.control
'''

EXAMPLES = r'''
- name: Receive mail over both protocols, and send it over IPv4 to who is strict about IPv6
  inet6.postfix.config:
    content: inet_protocols = all
    destinations:
      example.org: ipv4
    mx_hosts:
      mx.example.net: ipv4
    listeners:
      submission: [192.0.2.25, "2001:db8::25"]
  register: config

- name: Bring Postfix to use it
  inet6.postfix.control:
    state: owed
'''

RETURN = r'''
changes:
  description: What is different now, or would be in check mode, one entry for each parameter, service or table line.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: The parameter; name and type of the service; the table with what stands before the value.
      type: str
      sample: inet_protocols
    before:
      description: Its text before; null where there was none.
      type: str
      sample: ipv4
    after:
      description: Its text after; null where it was taken out.
      type: str
      sample: all
    needs:
      description: What it needs, V(reload) or V(restart).
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
  description: Each file that was replaced, as it was before; one that was taken back ends in C(.failed).
  type: list
  elements: str
  returned: success and not in check mode
  sample: [/etc/postfix/main.cf.20261121T031400.000000Z.bak]
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
        CONFIG_ARGUMENTS,
        EITHER,
        EITHER_CONTENT,
        WANTED_ARGUMENTS,
    )
    from ansible_collections.inet6.postfix.plugins.module_utils._change import change
    from ansible_collections.inet6.postfix.plugins.module_utils._configuration import documents


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec=CONFIG_ARGUMENTS,
        mutually_exclusive=[EITHER, EITHER_CONTENT, *(('restore', name) for name in WANTED_ARGUMENTS)],
        supports_check_mode=True,
    )
    change(module, lambda host, trust: documents(host, module.params, trust))


if __name__ == '__main__':
    main()
