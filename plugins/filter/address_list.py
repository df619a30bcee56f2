# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Lists of addresses to listen on in the form that Postfix needs."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._wanted import read_items

DOCUMENTATION = r'''
name: address_list
short_description: Give the items of a list of addresses as Postfix needs them, or say what is wrong with them
version_added: 0.1.0
description:
  - Takes addresses and host names, as a list or as text, as C(inet_interfaces) takes them.
options:
  _input:
    description: The list, or text separated by commas, blanks or newlines.
    type: raw
    required: true
'''

EXAMPLES = r'''
- name: Show the addresses
  ansible.builtin.debug:
    msg: "{{ '127.0.0.1 2001:db8::25' | inet6.postfix.address_list }}"
  # ["127.0.0.1", "2001:db8::25"]
'''

RETURN = r'''
_value:
  description: The items.
  type: list
  elements: str
'''


def address_list(value: Any) -> list[str]:
    """Give the items, see DOCUMENTATION.

    Raises:
        AnsibleFilterError: with every problem that was found.
    """
    try:
        return read_items('inet_interfaces', value)
    except CoreError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict:
        """Give it by name."""
        return {'address_list': address_list}
