# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What is wanted of main.cf; the arguments are SETTINGS_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  content:
    description:
      - The settings, as lines of C(name = value) in the grammar of C(main.cf).
      - A value that means the same as the one in the file is left as it is written there.
    type: str
  absent:
    description: Names of parameters to take out of C(main.cf), so that Postfix's default applies.
    type: list
    elements: str
'''
