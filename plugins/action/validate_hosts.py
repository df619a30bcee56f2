# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Judges the variables of a fleet on the controller; plugins/modules/validate_hosts.py documents it."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.inet6.postfix.plugins.module_utils._errors import Problem
from ansible_collections.inet6.postfix.plugins.plugin_utils._fleet import judge_fleet, read
from ansible_collections.inet6.postfix.plugins.plugin_utils._names import named

GOOD = 'Postfix would read the values of all hosts as they are meant.'


class ActionModule(ActionBase):
    """The action, for Ansible."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Judge what all hosts have, in one process and without a connection to any of them."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        _spec, options = self.validate_argument_spec({'hosts': {'type': 'list', 'elements': 'str'}})
        names = variables['ansible_play_hosts_all'] if options['hosts'] is None else options['hosts']
        unknown = [name for name in names if name not in variables['hostvars']]
        if unknown:
            raise AnsibleActionFail(f'hosts: {named(unknown)}: not in the inventory; name hosts that are')
        problems = judge_fleet({name: self._read(variables['hostvars'], name) for name in names})
        return {**result, 'changed': False, 'failed': bool(problems), 'problems': problems,
                'msg': '\n'.join(problems) or GOOD}

    def _read(self, hostvars: Any, name: str) -> tuple[dict[str, Any], list[Problem]]:
        """Read the variables of a host as a task on it would: hostvars know none of the play, nor let one template
        what refers to hostvars."""
        variables = self._task.get_variable_manager().get_vars(
            play=self._task.play, host=hostvars._inventory.get_host(name), task=self._task)
        return read(variables, self._templar.copy_with_new_env(available_variables=variables).template)
