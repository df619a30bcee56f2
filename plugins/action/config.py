# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reads the options of module config from variables; plugins/modules/config.py documents it.

Ansible imports this before it forks a worker for each host. What is imported here, no worker has to import, and it has
nothing left to do than to read the variables and to render the template.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import CONFIG_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Rejected
from ansible_collections.inet6.postfix.plugins.plugin_utils._variables import options

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, which has no such trust

    def trust_as_template(value: str) -> str:
        """Give the text as it is."""
        return value


class ActionModule(ActionBase):
    """The action, for Ansible."""

    _supports_async = True
    names: Iterable[str] = CONFIG_ARGUMENTS
    """Of the options."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, once and with plain values."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        try:
            given = options(
                self._task.args, self.names, variables, self._templar.template,
                # Before ansible-core 2.19, values are templates again if nothing says that they are not.
                lambda name, main_cf: self._rendered(name, {**variables, 'main_cf': wrap_var(main_cf)}))
        except Rejected as error:
            return {**result, 'failed': True, 'msg': str(error),
                    'problems': [problem._asdict() for problem in error.problems]}
        return {**result, **self._execute_module(
            module_args=given, task_vars=task_vars, wrap_async=bool(self._task.async_val))}

    def _rendered(self, name: str, variables: dict[str, Any]) -> str:
        """Render a template that Ansible finds where it looks for those of this task."""
        path = self._loader.get_real_file(self._find_needle('templates', name))
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
        templar = self._templar.copy_with_new_env(available_variables=variables)
        return str(templar.template(trust_as_template(text), escape_backslashes=False))
