#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: validate
short_description: Say what Postfix would make of values of main.cf, without any Postfix
version_added: 0.1.0
description:
  - Judges values by the grammar that Postfix's source has, and says for each problem what Postfix would do with the
    value, which rule it breaks, and what to write instead.
  - Needs no Postfix and touches nothing, so it can judge a survey's answers or a pull request on the controller. What
    only a host can tell, such as whether it has an address, M(inet6.postfix.main_cf) judges there.
options:
  parameters:
    description:
      - Values by the name of their parameter, in any form that the role takes.
      - One that is null or blank is left out.
    type: dict
  content:
    description: A whole C(main.cf), or a part of it, judged as it stands.
    type: str
  postfix_version:
    description: The release of Postfix, such as V(3.7.11), to find parameters that it does not know yet.
    type: str
  fail:
    description: Whether the module fails when it finds an error.
    type: bool
    default: true
extends_documentation_fragment:
  - inet6.postfix.reading
  - inet6.postfix.trust
seealso:
  - module: inet6.postfix.main_cf
'''

EXAMPLES = r'''
- name: Judge the values of an inventory on the controller
  inet6.postfix.validate:
    parameters:
      inet_protocols: all
      mynetworks: [127.0.0.0/8, "::1/128"]
  delegate_to: localhost

- name: See what is wrong with a main.cf
  inet6.postfix.validate:
    content: "{{ lookup('ansible.builtin.file', '/etc/postfix/main.cf') }}"
    fail: false
  delegate_to: localhost
  register: verdict
'''

RETURN = r'''
valid:
  description: Whether there is no error. There may be warnings.
  type: bool
  returned: always
  sample: false
normalised:
  description: The text for C(main.cf) of each parameter that could be read.
  type: dict
  returned: always
  sample: {"mynetworks": "127.0.0.0/8, [::1]/128"}
problems:
  description: What is wrong, one entry for each problem.
  type: list
  elements: dict
  returned: always
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
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import TRUST_ARGUMENTS
    from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
    from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
    from ansible_collections.inet6.postfix.plugins.module_utils._validation import validate


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'parameters': {'type': 'dict'},
            'content': {'type': 'str'},
            **TRUST_ARGUMENTS,
            'postfix_version': {'type': 'str'},
            'fail': {'type': 'bool', 'default': True},
        },
        required_one_of=[('parameters', 'content')],
        supports_check_mode=True,
    )
    options = module.params
    try:
        trust = read_trust(options['allowed_networks'], options['widest_networks'])
        result = validate(options['parameters'], options['content'], trust, options['postfix_version'])
    except Rejected as error:
        module.fail_json(msg=str(error), problems=[problem._asdict() for problem in error.problems])
    message = result.pop('message')
    if options['fail'] and message:
        module.fail_json(msg=message, **result)
    module.exit_json(changed=False, **result)


if __name__ == '__main__':
    main()
