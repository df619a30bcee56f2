# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """How a module is told to read its options from variables; the arguments are VARIABLE_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  template:
    description:
      - A Jinja template on the controller, found as M(ansible.builtin.template) finds its own, that gives O(content).
      - Where O(variable_prefix) is given, the template can use C(main_cf), a dictionary with the text of each parameter
        that has a variable, or is among the extra parameters, as filter P(inet6.postfix.main_cf#filter) makes it.
    type: str
  variable_prefix:
    description:
      - What the names of variables begin with that stand for the other options, such as V(postfix_ipv6_) where the
        variable C(postfix_ipv6_absent) is to stand for O(absent). One that is undefined, null or blank says nothing.
      - It takes much less time on the controller than to give each option a template.
    type: str
'''
