# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What all modules do that change files, once each has said what it wants of which."""

from __future__ import annotations

from typing import Any, Callable, Dict, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._convergence import converge
from ansible_collections.inet6.postfix.plugins.module_utils._document import Document
from ansible_collections.inet6.postfix.plugins.module_utils._edge import serve
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import Trust
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import read_trust


def change(module: Any, documents: Callable[[Host, Trust], Sequence[Document]]) -> None:
    """Do the work of a module that changes files, and end it.

    Args:
        module: an AnsibleModule with CHANGE_ARGUMENTS, TRUST_ARGUMENTS and INSTANCE_ARGUMENTS.
        documents: gives the files with what is wanted of them, or raises CoreError.
    """
    options = module.params

    def work(host: Host, check_mode: bool) -> Dict[str, Any]:
        trust = read_trust(options['allowed_networks'], options['widest_networks'])
        return converge(host, documents(host, trust), check_mode, options['backups'], module.tmpdir,
                        options['restore'], options['start_stopped'], options['wait_at_boot'])

    serve(module, work)
