#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# There is only documentation here: the action plugin of the same name does all, on the controller.

DOCUMENTATION = r'''
module: validate_hosts
short_description: Refuse values of a fleet that Postfix would misread, before any host is contacted
version_added: 0.1.0
description:
  - Judges the variables C(postfix_ipv6_*) of every host, as the role C(inet6.postfix.postfix_ipv6) reads
    them, and as its argument specification wants them.
  - Says each problem once, with the hosts that have it, and fails where there is one.
  - A template that cannot be read is a problem.
  - What is no size of a batch in C(postfix_ipv6_serial) is a problem, as Ansible would take all hosts at once.
  - An address that several hosts shall send from (C(smtp_bind_address6) and the like) is a problem too.
options:
  hosts:
    description: Names of the hosts to judge. Those of the play when it is not given.
    type: list
    elements: str
extends_documentation_fragment:
  - inet6.postfix.reading
attributes:
  action:
    description: Is an action plugin, and works on the controller alone.
    support: full
seealso:
  - module: inet6.postfix.validate
'''

EXAMPLES = r'''
- name: Judge the values of all hosts
  inet6.postfix.validate_hosts:
  run_once: true
'''

RETURN = r'''
problems:
  description: Every problem once, with the hosts that have it.
  type: list
  elements: str
  returned: always
  sample:
    - "mynetworks: [2001:db8::1]/64 has host bits set, which Postfix refuses; write [2001:db8::]/64 or
      [2001:db8::1]/128 (postconf(5) mynetworks) [mx1, mx2]"
msg:
  description: The same as text, or that there is none.
  type: str
  returned: always
'''
