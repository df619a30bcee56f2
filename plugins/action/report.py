# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Writes the report of a fleet on the controller; plugins/modules/report.py documents it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.inet6.postfix.plugins.plugin_utils._report import Found, report
from ansible_collections.inet6.postfix.plugins.plugin_utils._report_files import earlier, write

RESULTS = Found('__postfix_ipv6_info', '__postfix_ipv6_dns', '__postfix_ipv6_mail')
"""The variables that playbook report registers."""


class ActionModule(ActionBase):
    """The action, for Ansible."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the report, in check mode too: it changes no host."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        _spec, options = self.validate_argument_spec({
            'directory': {'type': 'path', 'required': True},
            'hosts': {'type': 'list', 'elements': 'str'},
            'title': {'type': 'str', 'default': 'IPv6 in Postfix'},
            'keep': {'type': 'int', 'default': 10},
        })
        if options['keep'] < 0:
            raise AnsibleActionFail(f'keep: {options["keep"]} is no number of reports; write 0 or more')
        names = variables['ansible_play_hosts_all'] if options['hosts'] is None else options['hosts']
        directory = Path(options['directory']).absolute()
        made = time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime())
        found = {name: _found(variables['hostvars'], name) for name in names}
        try:
            data = report(found, options['title'], made, earlier(directory))
            files = write(directory, data, options['keep'])
        except OSError as error:
            raise AnsibleActionFail(f'directory: {directory}: {error}; name one that this user may write to') from error
        return {**result, 'changed': False, 'files': files, 'totals': data['totals']}


def _found(hostvars: Any, name: str) -> Found:
    """Give what was registered of a host, which nobody has to template, and which may be nothing at all."""
    known = hostvars.raw_get(name) if name in hostvars else {}
    return Found(*(known.get(variable) or {} for variable in RESULTS))
