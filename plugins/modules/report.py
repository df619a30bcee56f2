#!/usr/bin/python
# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# There is only documentation here: the action plugin of the same name does all, on the controller.

DOCUMENTATION = r'''
module: report
short_description: Write a report about IPv6 in Postfix on a fleet, as HTML, JSON and CSV
version_added: 0.1.0
description:
  - Puts together what the playbook C(inet6.postfix.report) has found of all hosts, which are the results of
    M(inet6.postfix.info), M(inet6.postfix.dns_check) and M(inet6.postfix.mail_log), and writes C(report.html),
    C(report.json) and C(report.csv).
  - It has the verdict of each host with the cures, where Postfix listens, the share of IPv6 in mail, delays by address
    family, who trusts strangers, and what has changed since the last report in the same directory.
  - A host that could not be reached, or where a task has failed, is in it with the reason.
  - The HTML is one file that asks nobody for anything, for any browser, for print, and in part without JavaScript.
options:
  directory:
    description:
      - A directory on the controller, made where it is missing. A relative one begins where Ansible was started.
    type: path
    required: true
  hosts:
    description: Names of the hosts in the report. Those of the play when it is not given, also those that failed.
    type: list
    elements: str
  title:
    description: What stands above it.
    type: str
    default: IPv6 in Postfix
  keep:
    description:
      - How many earlier reports stay in the directory, as JSON with their time (C(report-20261121181352.json)). The new
        one is compared with the last one in any case.
    type: int
    default: 10
extends_documentation_fragment:
  - inet6.postfix.reading
attributes:
  action:
    description: Is an action plugin, and works on the controller alone.
    support: full
  check_mode:
    description: Can run in check mode. It writes the report then too, as that changes no host.
    support: full
notes:
  - Text of hosts and strangers is shown as text only, on one line, with a question mark for what cannot be shown. In
    the CSV, an apostrophe stands before what a spreadsheet would take for a formula.
  - Never C(changed), as it changes no host.
seealso:
  - module: inet6.postfix.info
  - module: inet6.postfix.mail_log
'''

EXAMPLES = r'''
- name: Write the report
  inet6.postfix.report:
    directory: /srv/reports/mail
    title: Mail hosts of example.org
  run_once: true
'''

RETURN = r'''
files:
  description: The paths of what was written, by the form.
  type: dict
  returned: success
  sample:
    html: /srv/reports/mail/report.html
    csv: /srv/reports/mail/report.csv
    json: /srv/reports/mail/report.json
totals:
  description: The same as C(totals) in the JSON.
  type: dict
  returned: success
  contains:
    hosts:
      description: How many hosts are in the report.
      type: int
      sample: 3
    verdicts:
      description: How many of them have which verdict.
      type: dict
      sample: {"not ready": 1, "ready with warnings": 0, "ready": 2}
    looked_at:
      description: On how many there is a Postfix that could be looked at.
      type: int
      sample: 2
    running:
      description: On how many it runs.
      type: int
      sample: 2
    listening:
      description: On how many it listens, by family.
      type: dict
      sample: {"ipv4": 2, "ipv6": 1}
    exposed:
      description: On how many C(mynetworks) trusts networks that are wide enough to hold strangers.
      type: int
      sample: 0
    mail:
      description: The mail of all hosts that comes from and goes to other hosts, and how long deliveries take.
      type: dict
      contains:
        hosts:
          description: The logs of how many hosts could be read.
          type: int
          sample: 2
        received:
          description: Messages, by family. RV(ignore:sent), and C(refused), C(deferred) and C(bounced), have this form.
          type: dict
          sample: {"ipv4": 1200, "ipv6": 800, "ipv6_percent": 40.0}
        sent:
          description: Recipients that mail was delivered to.
          type: dict
          sample: {"ipv4": 950, "ipv6": 610, "ipv6_percent": 39.1}
        delay:
          description: In seconds, of the host in the middle among C(hosts) that sent any by this family.
          type: dict
          sample: {"ipv4": {"hosts": 2, "p50": 0.8, "p90": 2.1, "p99": 31.0, "max": 86012.0}, "ipv6": null}
'''
