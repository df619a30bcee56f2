#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: test_mail
short_description: Send a mail to this host's own Postfix over IPv6, and follow it through the log
version_added: 0.1.0
description:
  - Connects to an address of the host, gives Postfix a mail for a local recipient, and waits until the log says what
    has become of it. That is the proof that a mail which comes over this address arrives.
  - Fails when it is refused, or does not arrive in time, with what Postfix said.
options:
  address:
    description: The address of the host to send to.
    type: str
    default: "::1"
  port:
    description: Where Postfix listens there.
    type: int
    default: 25
  sender:
    description: The envelope sender; blank for none, so that nothing can come back.
    type: str
    default: ""
  recipient:
    description: Who gets the mail. The default is an address that every mail host has to take (RFC 5321, 4.5.1).
    type: str
    default: postmaster
  timeout:
    description: Seconds for all of it.
    type: int
    default: 30
extends_documentation_fragment:
  - inet6.postfix.postfix
attributes:
  check_mode:
    description: Can run in check mode; it sends nothing then.
    support: full
  diff_mode:
    description: There is no change to show.
    support: none
seealso:
  - module: inet6.postfix.smtp_probe
'''

EXAMPLES = r'''
- name: See that mail over IPv6 arrives
  inet6.postfix.test_mail:
    address: 2001:db8::25
  register: mail

- name: Show what Postfix logged of it
  ansible.builtin.debug:
    var: mail.log
'''

RETURN = r'''
queue_id:
  description: By which Postfix knows the mail; blank in check mode.
  type: str
  returned: success
  sample: 4F2C31A0B7
status:
  description: What became of it, V(sent); blank in check mode.
  type: str
  returned: success
  sample: sent
log:
  description: All lines of the log about it.
  type: list
  elements: str
  returned: success
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import EITHER, INSTANCE_ARGUMENTS
    from ansible_collections.inet6.postfix.plugins.module_utils._edge import serve
    from ansible_collections.inet6.postfix.plugins.module_utils._test_mail import send_test_mail


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'address': {'type': 'str', 'default': '::1'},
            'port': {'type': 'int', 'default': 25},
            'sender': {'type': 'str', 'default': ''},
            'recipient': {'type': 'str', 'default': 'postmaster'},
            'timeout': {'type': 'int', 'default': 30},
            **INSTANCE_ARGUMENTS,
        },
        mutually_exclusive=[EITHER],
        supports_check_mode=True,
    )
    options = module.params
    serve(module, lambda host, check_mode: send_test_mail(
        host, options['address'], options['port'], options['sender'], options['recipient'], options['timeout'],
        check_mode))


if __name__ == '__main__':
    main()
