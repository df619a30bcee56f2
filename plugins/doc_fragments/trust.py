# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """How a module is told which networks may be trusted; the arguments are TRUST_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  allowed_networks:
    description:
      - Networks that may be trusted although they are wide enough to hold strangers, such as V([2000::]/3).
      - Any other such network is refused, because it makes an open relay.
    type: list
    elements: str
    default: []
  widest_networks:
    description:
      - The shortest prefix length of a network that may be trusted without naming it in O(allowed_networks).
    type: dict
    default: {}
    suboptions:
      ipv4:
        description: Of IPv4 networks.
        type: int
        default: 8
      ipv6:
        description: Of IPv6 networks. Unique local, link-local and loopback ones may be wider.
        type: int
        default: 16
'''
