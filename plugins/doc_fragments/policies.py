# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """By which protocol mail leaves, and where services listen; the arguments are POLICY_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  outbound:
    description:
      - By which protocol mail leaves, by the service that Postfix uses where no table names another. It gets an
        C(inet_protocols) of its own, and an C(inet_interfaces) without the addresses of the other family, of which it
        would die.
      - When not given, this is left as it is.
    type: str
    choices: [both, ipv4, ipv6]
  destinations:
    description:
      - A policy for each of some domains, and their subdomains, V(ipv4), V(ipv6), V(prefer_ipv4) or V(prefer_ipv6).
      - Each policy is a service of its own in C(master.cf), like the one that mail leaves by otherwise, and a table of
        ours at the end of C(transport_maps). Tables that are there already come first, and stay as they are.
      - Domains that are not named any more lose theirs. When not given, all are left as they are.
    type: dict
  mx_hosts:
    description:
      - V(ipv4) or V(ipv6) for each of some hosts that take mail, or for all hosts below a domain, whatever domain the
        mail is for. Addresses of the other family are left out of what DNS says of them, by a table of ours at the end
        of C(smtp_dns_reply_filter).
      - This is the way for a receiver that takes the mail of many domains. When not given, it is left as it is.
    type: dict
  listeners:
    description:
      - Addresses for each of some services of type C(inet), by the port as C(master.cf) has it, in any form of a list.
        The service gets a line for each address, all like the one that is there. V(all) goes back to one line that
        listens where C(inet_interfaces) says it.
    type: dict
'''
