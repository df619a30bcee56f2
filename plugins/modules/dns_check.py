#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: dns_check
short_description: Say whether strict receivers take mail from an address, by what DNS has, and what to publish
version_added: 0.1.0
description:
  - Receivers are stricter with IPv6 than with IPv4. Many refuse mail from an address that has no name, or whose name
    does not lead back to it, and what no record of SPF allows and no signature of DKIM vouches for.
  - Asks DNS for the names of each sending address and the addresses of these names, for the HELO name, and evaluates
    SPF as receivers do. For each problem it gives the record that cures it, as a zone file has it.
  - What a resolver could not tell is unknown, never fine. Each such problem says what was asked of whom.
  - Changes nothing. It looks from where it runs, so delegate it to a host that has dnspython and sees what the
    Internet sees, such as the controller.
  - SPF is evaluated as the strictest receivers do. They count every host of an C(mx) that has no address of the
    client's family among the lookups that find nothing, of which RFC 7208 allows two. A record that is good for IPv4
    can be an error for IPv6 by that.
  - DKIM and the lists of bad senders are not looked at.
options:
  addresses:
    description:
      - Addresses that mail is sent from, as receivers see them, in any form of a list.
      - Networks for documentation are treated like those of the Internet. Any other address that receivers never see,
        such as a private or link-local one, is a problem.
    type: raw
    required: true
  helo:
    description: The name that the host says in HELO, C(smtp_helo_name) or C(myhostname) of Postfix.
    type: str
    required: true
  domains:
    description:
      - Domains in the addresses of senders, whose SPF is evaluated.
      - The HELO name without its first label when not given, or all of it where it has no more than two.
      - SPF of the HELO name is evaluated beside them, for mail without a sender, and judged more mildly. Only a plain
        V(fail) of it is an error.
    type: raw
  names:
    description: More names, such as domains that receive mail, whose C(AAAA), C(A) and C(MX) records are to be shown.
    type: raw
  resolvers:
    description:
      - Addresses of the resolvers to ask, with or without a port, as in V(2001:db8::53), V([2001:db8::53]:5353) or
        V(192.0.2.53:5353). When one does not answer, the next one is asked.
      - Those of the system when not given.
    type: raw
  timeout:
    description: Seconds to wait for each reply of a resolver. Each is asked at most twice.
    type: float
    default: 5
  lifetime:
    description: Seconds for all questions together. What has not been asked then is unknown.
    type: float
    default: 60
  fail:
    description: Whether the module fails when mail from an address is not deliverable, or when that is unknown.
    type: bool
    default: true
extends_documentation_fragment:
  - inet6.postfix.reading
requirements:
  - dnspython 2.0 or newer where it runs
seealso:
  - module: inet6.postfix.validate
'''

EXAMPLES = r'''
- name: See that receivers will take mail over IPv6 before it is turned on
  inet6.postfix.dns_check:
    addresses: [192.0.2.25, "2001:db8::25"]
    helo: mail.example.org
    domains: [example.org, example.net]
  delegate_to: localhost
  become: false

- name: Gather what is to be published for all mail hosts, as other resolvers see it
  inet6.postfix.dns_check:
    addresses: "{{ postfix_ipv6_smtp_bind_address6 }}"
    helo: "{{ inventory_hostname }}"
    resolvers: ["2001:db8::53", "[2001:db8::54]:5353"]
    fail: false
  delegate_to: localhost
  become: false
  register: dns

- name: Show it
  ansible.builtin.debug:
    msg: "{{ dns.addresses | map(attribute='problems') | flatten | map(attribute='records') | flatten | unique }}"
'''

RETURN = r'''
verdict:
  description:
    - The worst verdict of all addresses, V(not deliverable) before V(unknown) before V(deliverable).
  type: str
  returned: success, or failure by O(fail)
  sample: not deliverable
addresses:
  description: An entry for each sending address.
  type: list
  elements: dict
  returned: success, or failure by O(fail)
  contains:
    address:
      description: In its usual spelling.
      type: str
      sample: 2001:db8::25
    verdict:
      description: V(deliverable) to strict receivers, V(not deliverable), or V(unknown).
      type: str
      sample: not deliverable
    ptr:
      description: The names that its C(PTR) records give.
      type: list
      elements: str
      sample: [mail.example.org]
    confirmed:
      description: Those of them that have the address. One is enough.
      type: list
      elements: str
      sample: [mail.example.org]
    spf:
      description:
        - What SPF says, by domain, V(pass), V(fail), V(softfail), V(neutral), V(none), V(permerror), V(temperror), or
          V(depends) where the local part of the sender decides.
      type: dict
      sample: {"example.org": "softfail", "mail.example.org": "pass"}
    problems:
      description: What receivers object to, or what could not be found out, one entry for each.
      type: list
      elements: dict
      sample:
        - code: no-ptr
          severity: error
          subject: 2001:db8::25
          found: []
          rule: has no PTR record, strict receivers refuse it (Gmail with 550 5.7.1 or 5.7.25, Postfix with 450 4.7.25)
          cure: let the owner of the address publish
          records:
            - 5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR mail.example.org.
          reference: RFC 1912, 2.1
      contains:
        code:
          description: The name of the rule, such as V(no-ptr), V(ptr-not-confirmed), V(helo-no-address), V(spf-fail).
          type: str
        severity:
          description: V(error), V(warning), or V(unknown) where DNS could not tell.
          type: str
        subject:
          description: The address or name that it is about.
          type: str
        found:
          description: What DNS has; for V(unknown), what was asked of whom, and what came back.
          type: list
          elements: str
        rule:
          description: What is wrong, and what receivers do.
          type: str
        cure:
          description: What to do.
          type: str
        records:
          description:
            - What to publish, in the form of a zone file. A record of SPF has all of O(addresses) that the present one
              does not let send, and takes its place.
          type: list
          elements: str
        reference:
          description: Where it is laid down.
          type: str
        message:
          description: All of it in one line.
          type: str
names:
  description: An entry for each of O(names).
  type: list
  elements: dict
  returned: success, or failure by O(fail)
  sample:
    - name: example.org
      exists: true
      aaaa: []
      a: [192.0.2.80]
      mx: [10 mail.example.org]
      unknown: []
  contains:
    name:
      description: The name.
      type: str
    exists:
      description: Whether there is such a name; null where that is unknown.
      type: bool
    aaaa:
      description: Its IPv6 addresses; null where that is unknown.
      type: list
      elements: str
    a:
      description: Its IPv4 addresses.
      type: list
      elements: str
    mx:
      description: The hosts that take its mail, each behind its preference.
      type: list
      elements: str
    unknown:
      description: What was asked of whom in vain.
      type: list
      elements: str
resolvers:
  description: Who was asked.
  type: list
  elements: str
  returned: success, or failure by O(fail)
  sample: ["[2001:db8::53]:53"]
questions:
  description: How many questions were sent to them.
  type: int
  returned: success, or failure by O(fail)
  sample: 11
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule, missing_required_lib
    from ansible_collections.inet6.postfix.plugins.module_utils._dns import (
        DNSPYTHON_ERROR,
        Resolver,
        read_servers,
    )
    from ansible_collections.inet6.postfix.plugins.module_utils._dns_check import dns_check, read_wanted
    from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Rejected


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'addresses': {'type': 'raw', 'required': True},
            'helo': {'type': 'str', 'required': True},
            'domains': {'type': 'raw'},
            'names': {'type': 'raw'},
            'resolvers': {'type': 'raw'},
            'timeout': {'type': 'float', 'default': 5},
            'lifetime': {'type': 'float', 'default': 60},
            'fail': {'type': 'bool', 'default': True},
        },
        supports_check_mode=True,
    )
    if DNSPYTHON_ERROR:
        module.fail_json(msg=missing_required_lib('dnspython'), exception=DNSPYTHON_ERROR)
    options = module.params
    try:
        wanted = read_wanted(options['addresses'], options['helo'], options['domains'], options['names'])
        servers = read_servers(options['resolvers'])
        resolver = Resolver(servers, options['timeout'], options['lifetime'])
    except Rejected as error:
        module.fail_json(msg=str(error), problems=[problem._asdict() for problem in error.problems])
    except CoreError as error:
        module.fail_json(msg=str(error))
    result = dns_check(resolver, wanted)
    message = result.pop('message')
    result['resolvers'] = [str(server) for server in servers]
    if options['fail'] and message:
        module.fail_json(msg=message, **result)
    module.exit_json(changed=False, **result)


if __name__ == '__main__':
    main()
