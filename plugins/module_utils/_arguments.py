# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The options that several modules of this collection take, as AnsibleModule wants them, and actions read them."""

from __future__ import annotations

from typing import Any, Dict

INSTANCE_ARGUMENTS: Dict[str, Any] = {
    'instances': {'type': 'list', 'elements': 'str'},
    'config_directory': {'type': 'path'},
}
"""Which Postfix a module works on, documented in the fragment postfix."""
CHANGE_ARGUMENTS: Dict[str, Any] = {
    'restore': {'type': 'str'},
    'start_stopped': {'type': 'bool', 'default': False},
    'wait_at_boot': {'type': 'bool', 'default': True},
    'backups': {'type': 'int', 'default': 5},
}
"""How a module changes files, documented in the fragment change."""
SETTINGS_ARGUMENTS: Dict[str, Any] = {
    'content': {'type': 'str'},
    'absent': {'type': 'list', 'elements': 'str'},
}
"""What is wanted of main.cf, documented in the fragment settings."""
SERVICES_ARGUMENTS: Dict[str, Any] = {
    'services': {'type': 'list', 'elements': 'dict', 'options': {
        'name': {'type': 'str', 'required': True},
        'type': {'type': 'str', 'choices': ['inet', 'unix', 'unix-dgram', 'fifo', 'pass'], 'default': 'inet'},
        'state': {'type': 'str', 'choices': ['present', 'absent'], 'default': 'present'},
        'private': {'type': 'str'},
        'unprivileged': {'type': 'str'},
        'chroot': {'type': 'str'},
        'wakeup': {'type': 'str'},
        'maxproc': {'type': 'str'},
        'command': {'type': 'str'},
        'options': {'type': 'dict'},
    }},
}
"""What is wanted of master.cf, documented in the fragment services."""
POLICY_ARGUMENTS: Dict[str, Any] = {
    'outbound': {'type': 'str', 'choices': ['both', 'ipv4', 'ipv6']},
    'destinations': {'type': 'dict'},
    'mx_hosts': {'type': 'dict'},
    'listeners': {'type': 'dict'},
}
"""By which protocol mail leaves, and where services listen, documented in the fragment policies."""
TRUST_ARGUMENTS: Dict[str, Any] = {
    'allowed_networks': {'type': 'list', 'elements': 'str', 'default': []},
    'widest_networks': {'type': 'dict', 'default': {}, 'options': {
        'ipv4': {'type': 'int', 'default': 8}, 'ipv6': {'type': 'int', 'default': 16}}},
}
"""Which networks may be trusted, as ``_parameters.read_trust`` takes it, documented in the fragment trust."""
WANTED_ARGUMENTS: Dict[str, Any] = {**SETTINGS_ARGUMENTS, **SERVICES_ARGUMENTS, **POLICY_ARGUMENTS}
"""All that may be wanted of Postfix; nothing of it together with ``restore``."""
VARIABLE_ARGUMENTS: Dict[str, Any] = {
    'template': {'type': 'str'},
    'variable_prefix': {'type': 'str'},
}
"""What an action puts others in the place of, on the controller, documented in the fragment variables."""
CONFIG_ARGUMENTS: Dict[str, Any] = {
    **WANTED_ARGUMENTS, **CHANGE_ARGUMENTS, **TRUST_ARGUMENTS, **INSTANCE_ARGUMENTS, **VARIABLE_ARGUMENTS}
INFO_ARGUMENTS: Dict[str, Any] = {**WANTED_ARGUMENTS, **TRUST_ARGUMENTS, **INSTANCE_ARGUMENTS, **VARIABLE_ARGUMENTS}
"""The options of modules config and info, for their actions too."""
EITHER = ('instances', 'config_directory')
EITHER_CONTENT = ('content', 'template')
