#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

DOCUMENTATION = r'''
module: mail_log
short_description: Say what share of mail came and went over IPv4 and IPv6, and what became of it
version_added: 0.1.0
description:
  - Counts, by address family, the mail that Postfix has received, refused, sent, deferred and bounced, groups the
    answers of remote hosts by their own words, and tells how long deliveries took and where they went to.
  - Reads the mail log of the host once, in constant memory. That is the file that C(maillog_file) names, else
    C(/var/log/mail.log), C(/var/log/maillog) or C(/var/log/mail) if it is still written, else systemd's journal, else
    C(/var/log/messages) or C(/var/log/syslog). Rotated files beside it are read too, also those that gzip, bzip2 or xz
    has compressed.
  - Only the summary leaves the host. It is as small for a gigabyte as for a page.
options:
  since:
    description:
      - What was logged earlier does not count. An age in seconds, or with a unit as Postfix has them (V(12h), V(1d),
        V(1w)), or a time such as V(2026-11-21T03:14:00+01:00) or V(2026-11-21), which is the host's where it has no
        offset.
    type: str
    default: 1d
  until:
    description: What was logged at this moment or later does not count. In the same forms as O(since).
    type: str
    default: '0'
  paths:
    description: The log files to read, each with those beside it that were rotated, instead of those named above.
    type: list
    elements: path
  syslog_name:
    description:
      - Count only what was logged by this name (see C(syslog_name) in postconf(5)), or by one that has a slash and more
        behind it, as services have. V(postfix) stands for C(postfix/smtpd) and C(postfix/submission/smtpd), and not
        for another instance that is named C(postfix-out).
      - All instances together when it is not given.
    type: str
  top:
    description: How many destinations to name, and how many groups of answers of each kind, at most V(100).
    type: int
    default: 10
extends_documentation_fragment:
  - inet6.postfix.reading
notes:
  - A line in the traditional form has no year. It counts as of the last such moment before its file was last written.
  - Where there are more different destinations or groups of answers than memory is kept for, counts of these are lower
    than in truth, by no more than one in 500 of all that was counted; the numbers by family are always exact.
  - Mail to more recipients counts once where it is received, and once for each recipient where it is sent, deferred (at
    each attempt) or bounced.
requirements:
  - Python 3.8 or newer on the host; nothing but its standard library
seealso:
  - module: inet6.postfix.control
'''

EXAMPLES = r'''
- name: See what the last day was like
  inet6.postfix.mail_log:
  register: mail

- name: Show how much went over IPv6, and what was said to it
  ansible.builtin.debug:
    msg:
      - "{{ mail.received.ipv6_percent }} % received, {{ mail.sent.ipv6_percent }} % sent"
      - "{{ mail.deferred.groups | selectattr('family', 'equalto', 'ipv6') }}"

- name: Fail where IPv6 has made mail slow since the change
  inet6.postfix.mail_log:
    since: 2h
    syslog_name: postfix
  register: mail
  failed_when: (mail.sent.delay.ipv6.p90 | default(0)) > 60

- name: Look at a week in the log of all mail hosts
  inet6.postfix.mail_log:
    paths: [/var/log/remote/mail.log]
    since: 1w
    top: 50
'''

RETURN = r'''
sources:
  description: The logs that were read, without their rotated files; V(journal) for systemd's journal.
  type: list
  elements: str
  returned: success
  sample: [/var/log/mail.log]
since:
  description: From when on lines were counted.
  type: str
  returned: success
  sample: "2026-11-20T03:14:00+00:00"
until:
  description: Before when lines were counted.
  type: str
  returned: success
  sample: "2026-11-21T03:14:00+00:00"
received:
  description: Messages that arrived, by the family of the client.
  type: dict
  returned: success
  contains:
    ipv4:
      description: By IPv4, also where the address is written as an IPv4-mapped one.
      type: int
      sample: 1204
    ipv6:
      description: By IPv6.
      type: int
      sample: 803
    unknown:
      description: From clients that were gone before Postfix had their address.
      type: int
      sample: 0
    local:
      description: Submitted on the host itself by sendmail(1).
      type: int
      sample: 12
    returned:
      description: Come back from a content filter, by XFORWARD; they were counted when they first came.
      type: int
      sample: 0
    loopback:
      description: How many of those by IPv4 and by IPv6 came from the host itself, such as from a web application.
      type: dict
      sample: {"ipv4": 4, "ipv6": 0}
    ipv6_percent:
      description: The share of IPv6 in what came by IPv4 and IPv6 from other hosts; null where nothing did.
      type: float
      sample: 40.1
refused:
  description: Commands of clients that were refused, such as one recipient, by the family of the client.
  type: dict
  returned: success
  contains:
    ipv4:
      description: By IPv4.
      type: int
      sample: 31
    ipv6:
      description: By IPv6.
      type: int
      sample: 2
    unknown:
      description: Of clients that were gone before Postfix had their address.
      type: int
      sample: 0
    groups:
      description:
        - The most frequent reasons. Each has RV(ignore:family), RV(ignore:count), the RV(ignore:words) that all of it
          has in common and the first RV(ignore:example).
        - In the words, MAIL, URL, HOST, IPv4, IPv6, ID (of a message) and N (a number) stand for what varies.
      type: list
      elements: dict
      sample:
        - family: ipv6
          words: "554 5.7.1 <MAIL>: Relay access denied"
          count: 2
          example: "554 5.7.1 <user@example.net>: Relay access denied"
    others:
      description: How many are in none of these groups.
      type: int
      sample: 0
sent:
  description: Recipients that mail was delivered to by smtp(8) and lmtp(8), by the family of the relay.
  type: dict
  returned: success
  contains:
    ipv4:
      description: By IPv4.
      type: int
      sample: 950
    ipv6:
      description: By IPv6.
      type: int
      sample: 610
    unix:
      description: Through a socket in the file system, such as to a mailbox server.
      type: int
      sample: 700
    loopback:
      description: How many of those by IPv4 and by IPv6 went to the host itself, such as to a content filter.
      type: dict
      sample: {"ipv4": 0, "ipv6": 0}
    ipv6_percent:
      description: The share of IPv6 in what went by IPv4 and IPv6 to other hosts; null where nothing did.
      type: float
      sample: 39.1
    delay:
      description:
        - Seconds from arrival to delivery, by family; the half, 90 and 99 percent of deliveries took no longer than
          this, and the longest. Null where nothing was delivered.
        - The percentiles are right to 1 percent of themselves.
      type: dict
      sample: {"ipv4": {"p50": 0.8, "p90": 2.1, "p99": 31.0, "max": 86012.0}, "ipv6": null, "unix": null}
    destinations:
      description: The domains with the most recipients.
      type: list
      elements: dict
      sample:
        - domain: example.net
          family: ipv6
          count: 402
    other_destinations:
      description: Recipients in none of these.
      type: int
      sample: 1158
deferred:
  description:
    - Attempts of smtp(8) and lmtp(8) to deliver to a recipient that are to be repeated, by the family of the relay.
    - Bounces that C(soft_bounce) has softened are among them.
  type: dict
  returned: success
  contains:
    ipv4:
      description: By IPv4.
      type: int
      sample: 40
    ipv6:
      description: By IPv6.
      type: int
      sample: 22
    unix:
      description: Through a socket in the file system.
      type: int
      sample: 0
    none:
      description: There was no connection; the words tell the family of the address that was tried last.
      type: int
      sample: 9
    groups:
      description: The most frequent answers, in the form of RV(refused.groups).
      type: list
      elements: dict
      sample:
        - family: none
          words: "connect to HOST[IPv6]:25: Network is unreachable"
          count: 9
          example: "connect to mx.example.net[2001:db8::25]:25: Network is unreachable"
    others:
      description: How many are in none of these groups.
      type: int
      sample: 0
bounced:
  description: Recipients that mail was returned for, in the form of RV(deferred).
  type: dict
  returned: success
  sample: {"ipv4": 3, "ipv6": 1, "unix": 0, "none": 0, "groups": [], "others": 4}
probes:
  description: Recipients that smtp(8) and lmtp(8) only verified (see C(address_verify_map) in postconf(5)).
  type: int
  returned: success
  sample: 0
other_agents:
  description: What Postfix's other delivery agents, which connect to nobody, made of recipients.
  type: dict
  returned: success
  sample: {"local": {"sent": 12, "deferred": 0, "bounced": 0}, "error": {"sent": 0, "deferred": 5, "bounced": 0}}
'''

import time

from ansible_collections.inet6.postfix.plugins.module_utils._imports import module_imports

with module_imports():
    from ansible.module_utils.basic import AnsibleModule
    from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
    from ansible_collections.inet6.postfix.plugins.module_utils._log_sources import journalctl_of_host
    from ansible_collections.inet6.postfix.plugins.module_utils._log_times import moment
    from ansible_collections.inet6.postfix.plugins.module_utils._mail_log import log_of_postfix, mail_log


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            'since': {'type': 'str', 'default': '1d'},
            'until': {'type': 'str', 'default': '0'},
            'paths': {'type': 'list', 'elements': 'path'},
            'syslog_name': {'type': 'str'},
            'top': {'type': 'int', 'default': 10},
        },
        supports_check_mode=True,
    )
    options = module.params
    now = time.time()
    try:
        result = mail_log(
            moment('since', options['since'], now), moment('until', options['until'], now), options['paths'],
            log_of_postfix(module.get_bin_path), journalctl_of_host(module.get_bin_path),
            options['syslog_name'], options['top'])
    except CoreError as error:
        module.fail_json(msg=str(error))
    for warning in result.pop('warnings'):
        module.warn(warning)
    module.exit_json(changed=False, **result)


if __name__ == '__main__':
    main()
