#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: control
short_description: Stop and start, or reload, Postfix and prove that it works
version_added: 0.1.0
description:
  - Postfix takes a change of C(inet_protocols) or C(inet_interfaces) over only when it starts. A reload succeeds and
    leaves the old sockets.
  - Stops and starts in one execution on the host, through whatever runs Postfix there. That is systemd (also where, as
    on Debian 12, C(postfix.service) is only an umbrella over C(postfix@-.service)), an init script, or the C(postfix)
    command.
  - Believes no return code. It waits until the old master is gone and until the new one listens on every address that
    C(main.cf) and C(master.cf) ask for, and greets with C(220) there. When it does not, the module fails and says
    where, and what Postfix logged.
  - Before the stop, deliveries that are under way have a second to end, so that none is repeated, and Postfix makes the
    checks of its start, which shortens the time without it.
  - All of it is one execution on the host, which goes on to a good state when the connection to it is lost. The next
    run of M(inet6.postfix.main_cf) tells how it ended.
options:
  state:
    description:
      - V(restarted) stops Postfix fully and starts it.
      - V(reloaded) lets the running Postfix read its configuration again.
      - V(owed) does what M(inet6.postfix.main_cf) has found to be needed and nobody has done yet, or nothing. It has
        left a note of that on the host, so this also does what an interrupted run has left.
    type: str
    choices: [restarted, reloaded, owed]
    required: true
  timeout:
    description:
      - Time limit in seconds, for the stop and again for the start with its proof.
      - A server that greets with a refusal (5xx) is given five seconds of it, as it may cost mail.
    type: int
    default: 30
  rollback:
    description:
      - When Postfix does not start, listen or greet as it should, put back the C(main.cf) that M(inet6.postfix.main_cf)
        has replaced, bring Postfix to run with it, and prove that. The module fails all the same, and says so.
      - What did not work is kept beside it as C(main.cf.failed).
    type: bool
    default: true
extends_documentation_fragment:
  - inet6.postfix.postfix
attributes:
  diff_mode:
    description: Shows the sockets of Postfix before and after.
    support: full
seealso:
  - module: inet6.postfix.main_cf
'''

EXAMPLES = r'''
- name: Stop and start Postfix
  inet6.postfix.control:
    state: restarted
  register: postfix

- name: Show how long mail was refused
  ansible.builtin.debug:
    msg: "{{ postfix.outage }} seconds"
'''

RETURN = r'''
state:
  description: What was done, V(restarted), V(reloaded) or V(nothing).
  type: str
  returned: success
  sample: restarted
manager:
  description: Who runs Postfix on this host.
  type: str
  returned: success
  sample: systemd (postfix@-.service)
listeners_before:
  description: The sockets of the master before, as address and port.
  type: list
  elements: str
  returned: success
  sample: ["0.0.0.0:25"]
listeners:
  description: The sockets of the master after.
  type: list
  elements: str
  returned: success, but not in check mode
  sample: ["0.0.0.0:25", "[::]:25"]
greetings:
  description: What each listener said to a client that connected.
  type: dict
  returned: success, but not in check mode
  sample: {"[::]:25": "220 mail.example.org ESMTP Postfix"}
outage:
  description: Seconds from the beginning of the stop until everything greeted again; nothing for a reload.
  type: float
  returned: success, but not in check mode
  sample: 0.412
rolled_back:
  description: Whether Postfix runs with the old configuration again.
  type: bool
  returned: failure
log:
  description: Warnings and errors that Postfix logged meanwhile.
  type: list
  elements: str
  returned: failure
  sample: ["postfix/master[42]: fatal: bind 2001:db8::99 port 25: Cannot assign requested address"]
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import EITHER, INSTANCE_ARGUMENTS
    from ansible_collections.inet6.postfix.plugins.module_utils._control import control
    from ansible_collections.inet6.postfix.plugins.module_utils._edge import outlive_the_connection, serve


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'state': {'type': 'str', 'choices': ['restarted', 'reloaded', 'owed'], 'required': True},
            'timeout': {'type': 'int', 'default': 30},
            'rollback': {'type': 'bool', 'default': True},
            **INSTANCE_ARGUMENTS,
        },
        mutually_exclusive=[EITHER],
        supports_check_mode=True,
    )
    options = module.params
    outlive_the_connection()
    serve(module, lambda host, check_mode: control(
        host, options['state'], options['timeout'], check_mode, options['rollback']))


if __name__ == '__main__':
    main()
