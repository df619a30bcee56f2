#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: info
short_description: Say what Postfix and its host are like with regard to IPv6, and whether they are ready for more
version_added: 0.1.0
description:
  - Looks at the parameters and where they come from, at the sockets of the running Postfix, at who may relay, at the
    addresses and routes of the host, and at what starts Postfix at boot.
  - Tries what is wanted as M(inet6.postfix.config) does, and says what would stop or worry it, with the cure for each.
    With nothing wanted, it says this of the configuration as it is.
  - Changes nothing. A host that is not ready, or has no Postfix, is a verdict and not a failure.
extends_documentation_fragment:
  - inet6.postfix.settings
  - inet6.postfix.services
  - inet6.postfix.policies
  - inet6.postfix.postfix
  - inet6.postfix.trust
  - inet6.postfix.variables
attributes:
  diff_mode:
    description: There is no change to show.
    support: none
seealso:
  - module: inet6.postfix.config
  - module: inet6.postfix.dns_check
  - module: inet6.postfix.smtp_probe
'''

EXAMPLES = r'''
- name: See whether hosts are ready for IPv6
  inet6.postfix.info:
    content: inet_protocols = all
  register: postfix

- name: Show those that are not
  ansible.builtin.debug:
    msg: "{{ postfix.findings | map(attribute='message') }}"
  when: postfix.verdict == 'not ready'
'''

RETURN = r'''
verdict:
  description: V(ready), V(ready with warnings) or V(not ready) for what is wanted.
  type: str
  returned: success
  sample: not ready
findings:
  description: What stops it (an error) or may not be meant (a warning), one entry for each.
  type: list
  elements: dict
  returned: success
  contains:
    code:
      description: Stable name of the reason.
      type: str
      sample: host-without-ipv6
    severity:
      description: V(error) or V(warning).
      type: str
    message:
      description: What it is, and the cure.
      type: str
version:
  description: Of the installed Postfix. This and all below is missing where there is none.
  type: str
  returned: when Postfix is installed
  sample: 3.7.11
config_directory:
  description: Of the instance.
  type: str
  returned: when Postfix is installed
  sample: /etc/postfix
parameters:
  description: Those that the role has variables for, and others that are set.
  type: list
  elements: dict
  returned: when Postfix is installed
  contains:
    name:
      description: Of the parameter.
      type: str
      sample: inet_protocols
    value:
      description: As Postfix reads it, with every C($name) expanded.
      type: str
      sample: ipv4
    line:
      description: The line of C(main.cf) that says so; null where it is the default.
      type: int
      sample: 17
    overrides:
      description: Services for which C(master.cf) says something else, with the value and the line.
      type: list
      elements: dict
      sample: [{service: smtp/unix, value: ipv4, line: 31}]
running:
  description: Whether Postfix runs.
  type: bool
  returned: when Postfix is installed
listeners:
  description: Where its master listens, by family.
  type: dict
  returned: when Postfix is installed
  sample: {ipv4: ["0.0.0.0:25"], ipv6: []}
reachable:
  description:
    - The lasting addresses of the host where something listens at port 25. That is Postfix, or a proxy in front of it.
  type: list
  elements: str
  returned: when Postfix is installed
  sample: [192.0.2.25, "2001:db8::25"]
mynetworks:
  description:
    - Who may relay, as it is (C(now)) and as it would become (C(wanted)), C(all) in their order, and by family. Tables
      and names are C(other).
  type: dict
  returned: when Postfix is installed
  sample:
    now: {all: [127.0.0.0/8], ipv4: [127.0.0.0/8], ipv6: [], other: []}
    wanted: {all: [127.0.0.0/8, "[::1]/128"], ipv4: [127.0.0.0/8], ipv6: ["[::1]/128"], other: []}
addresses:
  description: Every address of the host, and the state that the kernel has it in.
  type: list
  elements: dict
  returned: when Postfix is installed
  sample:
    - address: 2001:db8::25
      prefix: 64
      interface: eth0
      scope: global
      temporary: false
      deprecated: false
      tentative: false
default_routes:
  description: The interfaces that lead to other networks, by family.
  type: dict
  returned: when Postfix is installed
  sample: {ipv4: [eth0], ipv6: [eth0]}
without_ipv6:
  description: Interfaces for which the kernel has IPv6 switched off. C(all) and C(default) may be among them.
  type: list
  elements: str
  returned: when Postfix is installed
sources:
  description:
    - The address that mail would leave from, by family, with what is wanted. Null where there is no way out.
  type: dict
  returned: when Postfix is installed
  sample: {ipv4: 192.0.2.25, ipv6: "2001:db8::25"}
senders:
  description: Those of them that receivers see. None where mail goes to a C(relayhost).
  type: list
  elements: str
  returned: when Postfix is installed
  sample: [192.0.2.25, "2001:db8::25"]
helo:
  description: The name that Postfix gives itself when it sends (C(smtp_helo_name)).
  type: str
  returned: when Postfix is installed
  sample: mail.example.org
origin:
  description: The domain of mail that begins on this host (C(myorigin)).
  type: str
  returned: when Postfix is installed
  sample: example.org
boot:
  description:
    - Who starts Postfix, and whether at boot too (C(enabled)), which is null where that is not known.
    - Whether it waits then for the addresses that it listens on (C(ordered)), where there is anything to wait for. If
      not, M(inet6.postfix.config) lets it wait.
  type: dict
  returned: when Postfix is installed
  sample: {manager: systemd (postfix.service), enabled: true, ordered: true}
log:
  description: The file where Postfix logs, or V(journal); null where nobody knows.
  type: str
  returned: when Postfix is installed
  sample: /var/log/mail.log
changes:
  description: What M(inet6.postfix.config) would change, see there.
  type: list
  elements: dict
  returned: when Postfix is installed
action:
  description: What the running Postfix would need, V(none), V(reload) or V(restart).
  type: str
  returned: when Postfix is installed
  sample: restart
reason:
  description: Why it would need that; empty for V(none).
  type: str
  returned: when Postfix is installed
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import EITHER, EITHER_CONTENT, INFO_ARGUMENTS
    from ansible_collections.inet6.postfix.plugins.module_utils._configuration import documents
    from ansible_collections.inet6.postfix.plugins.module_utils._edge import serve
    from ansible_collections.inet6.postfix.plugins.module_utils._info import info, nothing_there
    from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec=INFO_ARGUMENTS,
        mutually_exclusive=[EITHER, EITHER_CONTENT],
        supports_check_mode=True,
    )
    options = {**module.params, 'restore': None}

    def work(host, check_mode):
        trust = read_trust(options['allowed_networks'], options['widest_networks'])
        return info(host, lambda: documents(host, options, trust), trust, module.tmpdir)

    serve(module, work, nothing_there)


if __name__ == '__main__':
    main()
