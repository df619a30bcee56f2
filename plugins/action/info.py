# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reads the options of module info from variables; plugins/modules/info.py documents it."""

from __future__ import annotations

from ansible_collections.inet6.postfix.plugins.action.config import ActionModule as ConfigModule
from ansible_collections.inet6.postfix.plugins.module_utils._arguments import INFO_ARGUMENTS


class ActionModule(ConfigModule):
    """The action, for Ansible."""

    names = INFO_ARGUMENTS
