# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether Postfix would take a value for what is meant."""

from __future__ import annotations

from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._validation import validate

DOCUMENTATION = r'''
name: valid_for
short_description: Tell whether Postfix would take a value for what is meant
version_added: 0.1.0
description:
  - Judges a value as M(inet6.postfix.validate) does. Warnings do not count.
options:
  _input:
    description: The value, in any form that the role takes.
    type: raw
    required: true
  parameter:
    description: The parameter of C(main.cf) that it is for.
    type: str
    required: true
'''

EXAMPLES = r'''
- name: Stop when a network has host bits
  ansible.builtin.assert:
    that: "'2001:db8::/64' is inet6.postfix.valid_for('mynetworks')"
'''

RETURN = r'''
_value:
  description: Whether there is nothing wrong with it.
  type: bool
'''


def valid_for(value: Any, parameter: str) -> bool:
    """Judge the value, see DOCUMENTATION."""
    return bool(validate({parameter: value})['valid'])


class TestModule:
    """The test, for Ansible."""

    def tests(self) -> dict:
        """Give it by name."""
        return {'valid_for': valid_for}
