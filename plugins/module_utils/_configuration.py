# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""All that the role sets on a host, as the files that have to say it."""

from __future__ import annotations

import os
from typing import Any, List, Mapping, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._arguments import POLICY_ARGUMENTS
from ansible_collections.inet6.postfix.plugins.module_utils._document import OURS, Document
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, read_text
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import Trust
from ansible_collections.inet6.postfix.plugins.module_utils._services import Services
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings


def documents(host: Host, options: Mapping[str, Any], trust: Trust) -> List[Document]:
    """Say what each file has to be; one that refers to others comes after them.

    Args:
        host: the instance.
        options: of module config.
        trust: which networks may be trusted.

    Raises:
        CoreError: something cannot be meant.
    """
    services = Services.read(options['services'] or [], trust)
    settings = Settings.read(options['content'] or '', options['absent'] or [], trust)
    tables: Sequence[Document] = []
    if options['restore'] is not None:
        from ansible_collections.inet6.postfix.plugins.module_utils._policies import TABLES
        from ansible_collections.inet6.postfix.plugins.module_utils._tables import Table
        tables = [Table(name, None) for name in TABLES]
    elif any(options[name] for name in POLICY_ARGUMENTS) or _has_policies(host):
        from ansible_collections.inet6.postfix.plugins.module_utils._policies import carried_by
        tables = carried_by(host, options, services, settings)
    return [*tables, services, settings]


def _has_policies(host: Host) -> bool:
    """Tell whether there may be anything of earlier policies, which is to go where there are none any more."""
    texts = (read_text(host.path(name)) or '' for name in (Services.name, Settings.name))
    beside = any(name.startswith(OURS) for name in os.listdir(host.config_directory))
    return beside or any(OURS in text for text in texts)
