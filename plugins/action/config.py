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
from ansible.plugins.loader import filter_loader
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import CONFIG_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.plugin_utils._variables import options

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, which has no such trust

    def trust_as_template(value: str) -> str:
        """Give the text as it is."""
        return value


filter_loader.get('inet6.postfix.main_cf')  # and all others of this collection, as Ansible goes through them


class ActionModule(ActionBase):
    """The action, for Ansible."""

    _supports_async = True
    names: Iterable[str] = CONFIG_ARGUMENTS
    """Of the options."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, once and with plain values."""
        result = super().run(tmp, task_vars)
        given = options(self._task.args, self.names, task_vars or {}, self._templar.template, self._rendered)
        return {**result, **self._execute_module(
            module_args=given, task_vars=task_vars, wrap_async=bool(self._task.async_val))}

    def _rendered(self, name: str) -> str:
        """Render a template that Ansible finds where it looks for those of this task."""
        path = self._loader.get_real_file(self._find_needle('templates', name))
        with open(path, encoding='utf-8') as stream:
            text = stream.read()
        return str(self._templar.template(trust_as_template(text), escape_backslashes=False))
