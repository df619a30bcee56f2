#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: smtp_probe
short_description: See how an SMTP server answers over IPv4 and over IPv6, and whether it relays for strangers
version_added: 0.1.0
description:
  - Talks to a server as a client does, from the host that it runs on, over each address family. Says how far that
    comes, what the server says of itself, and how long each step takes.
  - With O(relay_test), asks for a recipient in another domain, in the forms that open relays were seen to take. Each is
    taken back by C(RSET), and no mail is sent. Run it from a host that the server does not know. A host in its
    C(mynetworks) may relay, and the answer says nothing.
  - This finds what no look at C(main.cf) does. A proxy or address translator that hands IPv6 clients on from an address
    that C(mynetworks) trusts makes an open relay of a Postfix with sane settings.
  - Fails only because of an option. What it finds is in RV(problems), for M(ansible.builtin.assert).
options:
  host:
    description:
      - Name or address of the server. Of a name, the first address of each family is used, as the resolver of the host
        gives them.
    type: str
    required: true
  port:
    description: Its port.
    type: int
    default: 25
  family:
    description: Over which address family to talk to it. Of an address, V(both) is the one that it is of.
    type: str
    choices: [both, ipv4, ipv6]
    default: both
  source:
    description:
      - An address of the host that the module runs on, to connect from. Needs a O(family), or a O(host) that is an
        address.
    type: str
  helo:
    description:
      - How to introduce oneself. By default the name of the host that the module runs on, or where that has no domain,
        the address that it connects from.
    type: str
  starttls:
    description:
      - Whether to encrypt the session by C(STARTTLS) where that is offered. Whether it is offered is seen in any case.
      - Any certificate will do. It is shown, and not proven.
    type: bool
    default: false
  wrappermode:
    description: Whether TLS comes before the greeting. By default that is so for port 465.
    type: bool
  relay_test:
    description:
      - Whether to ask if the server relays. It takes eight recipients, one after the other. Rate limits of the server,
        such as C(smtpd_client_recipient_rate_limit), count them.
    type: bool
    default: false
  sender:
    description:
      - The sender of most of these mails. It has to be of a domain that is foreign to the server. Name one that exists
        where the server looks that up.
    type: str
    default: relay-test@example.net
  recipient:
    description: Their recipient, also of a domain that is foreign to the server.
    type: str
    default: relay-test@example.com
  domain:
    description:
      - A domain that the server takes mail for, for the forms which hide the recipient in an address of its own. By
        default the name that it gives in its answer to C(EHLO).
    type: str
  mynetworks:
    description:
      - The effective C(mynetworks) of the server, as C(postconf -hx mynetworks) gives it. Then the result says whether
        the relay test was made by a stranger to it. Whoever only a network names that is too wide to be trusted is
        one.
    type: str
  timeout:
    description:
      - Time limit in seconds of each session, from the connection to the last answer. The greeting of postscreen(8)
        alone may take six.
    type: int
    default: 30
extends_documentation_fragment:
  - inet6.postfix.reading
  - inet6.postfix.trust
seealso:
  - module: inet6.postfix.control
'''

EXAMPLES = r'''
- name: Ask a mail host from outside, over both address families
  inet6.postfix.smtp_probe:
    host: mail.example.org
    relay_test: true
  delegate_to: outside.example.net
  register: probe

- name: See that it works, and refuses to relay
  ansible.builtin.assert:
    that: probe.problems | length == 0
    fail_msg: "{{ probe.problems | join('\n') }}"

- name: Look at the certificate that IPv6 clients get
  inet6.postfix.smtp_probe:
    host: "2001:db8::25"
    starttls: true
  delegate_to: localhost
  register: probe

- name: See that it has not expired
  ansible.builtin.assert:
    that: probe.sessions.ipv6.tls.certificate.valid_until > now(utc=true).isoformat()
'''

RETURN = r'''
works:
  description: Whether the server took each session to the point where mail begins.
  type: bool
  returned: success
  sample: true
relay:
  description: The worst verdict of the relay tests.
  type: str
  returned: success
  sample: refused
problems:
  description:
    - What is not as one wants it of a mail host, a sentence for each. Also a relay test that was asked for and says
      nothing is a problem.
  type: list
  elements: str
  returned: success
  sample: ["2001:db8::25 port 25: is an open relay, unless 2001:db8:1::1 is in mynetworks: plain: 250 2.1.5 Ok"]
sessions:
  description: What was found over each address family, C(ipv4) and C(ipv6).
  type: dict
  returned: success
  contains:
    verdict:
      description:
        - V(works), or what the session ended with.
        - V(no address) where the name has none of this family, V(refused) where nobody listens, V(unreachable), V(TLS
          fails), V(no greeting), V(greets with 554) or another code, V(no answer to EHLO), V(refuses EHLO).
      type: str
      sample: works
    error:
      description: What that was in detail; empty where it works.
      type: str
      sample: ""
    address:
      description: The address of the server.
      type: str
      sample: 2001:db8::25
    port:
      description: Its port.
      type: int
      sample: 25
    source:
      description:
        - The address that was connected from, as the host that the module runs on sees it. A relay test says nothing
          where the server has it in C(mynetworks).
      type: str
      sample: 2001:db8:1::1
    greeting:
      description: The greeting, in one line.
      type: str
      sample: 220 mail.example.org ESMTP Postfix
    name:
      description: The name that the server gives in its answer to C(EHLO).
      type: str
      sample: mail.example.org
    extensions:
      description: What else it says there.
      type: list
      elements: str
      sample: [PIPELINING, SIZE 10240000, STARTTLS]
    starttls:
      description: Whether it offers to encrypt the session.
      type: bool
      sample: true
    tls:
      description: What was agreed on; null where the session was not encrypted.
      type: dict
      contains:
        protocol:
          description: The version of TLS.
          type: str
          sample: TLSv1.3
        cipher:
          description: The name of the cipher, as OpenSSL has it.
          type: str
          sample: TLS_AES_256_GCM_SHA384
        certificate:
          description: What the certificate of the server says; null where it shows none.
          type: dict
          contains:
            subject:
              description: Whose it is.
              type: str
              sample: CN=mail.example.org
            issuer:
              description: Who has signed it.
              type: str
              sample: CN=Example CA, O=Example
            names:
              description: The host names and addresses that it is for.
              type: list
              elements: str
              sample: [mail.example.org]
            valid_from:
              description: Since when it is valid, in UTC.
              type: str
              sample: "2026-01-01T00:00:00Z"
            valid_until:
              description: How long it is valid.
              type: str
              sample: "2026-04-01T00:00:00Z"
    problem:
      description: The one of RV(problems) that is about this session; blank where there is none.
      type: str
      sample: ""
    seconds:
      description: How long each step took, C(connect), C(greeting), C(ehlo), C(tls) and C(relay_test).
      type: dict
      sample: {"connect": 0.001, "greeting": 0.02, "ehlo": 0.001}
    relay:
      description: What came of the relay test.
      type: dict
      contains:
        verdict:
          description:
            - V(accepted) where the server takes mail for another domain, in any form. In a form with an address of its
              own that may also be a catch-all mailbox.
            - V(deferred) where the server puts it off, so that nobody knows.
            - V(not tested) where it was not asked, or refuses this client or sender whatever the recipient is.
            - V(refused) where it refuses all forms. Postfix refuses with 454 by default, which counts as that.
          type: str
          sample: refused
        reason:
          description: The form and answer that decided, or why it was not tested.
          type: str
          sample: "plain: 454 4.7.1 <relay-test@example.com>: Relay access denied"
        stranger:
          description: Whether O(mynetworks) has the source address not; null where nobody can tell.
          type: bool
          sample: true
        attempts:
          description: Each form that was tried.
          type: list
          elements: dict
          sample:
            - form: percent hack
              sender: relay-test@example.net
              recipient: relay-test%example.com@mail.example.org
              verdict: refused
              reply: "454 4.7.1 <relay-test%example.com@mail.example.org>: Relay access denied"
'''

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._arguments import TRUST_ARGUMENTS
    from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
    from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
    from ansible_collections.inet6.postfix.plugins.module_utils._smtp_probe import Probe, ProbeError, probe


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'host': {'type': 'str', 'required': True},
            'port': {'type': 'int', 'default': 25},
            'family': {'type': 'str', 'choices': ['both', 'ipv4', 'ipv6'], 'default': 'both'},
            'source': {'type': 'str'},
            'helo': {'type': 'str'},
            'starttls': {'type': 'bool', 'default': False},
            'wrappermode': {'type': 'bool'},
            'relay_test': {'type': 'bool', 'default': False},
            'sender': {'type': 'str', 'default': 'relay-test@example.net'},
            'recipient': {'type': 'str', 'default': 'relay-test@example.com'},
            'domain': {'type': 'str'},
            'mynetworks': {'type': 'str'},
            'timeout': {'type': 'int', 'default': 30},
            **TRUST_ARGUMENTS,
        },
        supports_check_mode=True,
    )
    options = dict(module.params)
    try:
        trust = read_trust(*(options.pop(name) for name in TRUST_ARGUMENTS))
        result = probe(Probe(**options, trust=trust))
    except (ProbeError, Rejected) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **result)


if __name__ == '__main__':
    main()
