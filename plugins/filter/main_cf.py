# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The settings of main.cf from what an inventory or a survey says."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import read_values

DOCUMENTATION = r'''
name: main_cf
short_description: Make the settings of main.cf from variables, or say what is wrong with them
version_added: 0.1.0
description:
  - Turns values of any type into the text that C(main.cf) needs. Lists may be YAML lists, or text separated by commas,
    blanks or newlines, as a survey sends them. IPv6 networks get the brackets that Postfix needs, bind addresses lose
    theirs, booleans become V(yes) and V(no).
  - Refuses what Postfix would misread and what YAML has mangled, and names every problem at once, on the controller,
    before a host is contacted.
positional: extra, allowed_networks, widest_networks, enabled
options:
  _input:
    description:
      - Parameters that this collection knows, by Postfix's names.
      - One that is null or blank is left out. An empty list is an empty value.
    type: dict
    required: true
  extra:
    description: Any other parameters of C(main.cf).
    type: dict
    default: {}
  allowed_networks:
    description: Networks that may be trusted although they are wide enough to hold strangers.
    type: list
    elements: str
    default: []
  widest_networks:
    description:
      - The shortest prefix length of a network that may be trusted without naming it in O(allowed_networks), by
        C(ipv4) and C(ipv6).
    type: dict
    default: {ipv4: 8, ipv6: 16}
  enabled:
    description:
      - Whether IPv6 is on. If not, C(inet_protocols) is V(ipv4), and no IPv6 address is left to listen on or to send
        from.
    type: bool
    default: true
'''

EXAMPLES = r'''
- name: Show the settings
  ansible.builtin.debug:
    msg: "{{ {'inet_protocols': 'all', 'mynetworks': ['127.0.0.0/8', '2001:db8::/32']} | inet6.postfix.main_cf }}"
  # inet_protocols = all
  # mynetworks = 127.0.0.0/8, [2001:db8::]/32
'''

RETURN = r'''
_value:
  description: Lines of C(name = value).
  type: str
'''


def main_cf(
    wanted: dict,
    extra: dict | None = None,
    allowed_networks: list | str | None = None,
    widest_networks: dict | None = None,
    enabled: bool = True,
) -> str:
    """Give the lines of main.cf, see DOCUMENTATION.

    Raises:
        AnsibleFilterError: with every problem that was found.
    """
    try:
        values = read_values(wanted, extra or {}, read_trust(allowed_networks, widest_networks), enabled)
    except CoreError as error:
        raise AnsibleFilterError(str(error)) from error
    return '\n'.join(f'{name} = {text}'.rstrip() for name, text in values.items())


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'main_cf': main_cf}
