# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The edge between the core and Ansible's modules: results go out, the core's errors become failures."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any, Callable, Dict

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._files import alone
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host

TURN_SECONDS = 150.0
"""How long a run waits for another one on the same host; longer than a stop and start that goes back takes."""


def outlive_the_connection() -> None:
    """Let this process go on to a good state whoever goes away meanwhile.

    A terminal that closes takes its process group with it, the programs that run for this one included.
    """
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *arguments: None)  # not SIG_IGN, which Postfix would inherit


def serve(module: Any, work: Callable[[Host], Dict[str, Any]]) -> None:
    """Do the work of a module on its host, and end it.

    Args:
        module: an AnsibleModule with the option config_directory.
        work: gives the result of the module; what it holds as ``warnings`` is shown to the user.
    """
    module.run_command_environ_update = {'LC_ALL': 'C'}
    try:
        host = Host(module.run_command, module.get_bin_path, module.params['config_directory'])
        with alone(host.config_directory, TURN_SECONDS):
            result = work(host)
    except Rejected as error:
        module.fail_json(msg=str(error), problems=[problem._asdict() for problem in error.problems])
    except CoreError as error:
        module.fail_json(msg=str(error), log=getattr(error, 'log', []))
    except OSError as error:
        module.fail_json(msg=f'the host does not let this module do its work: {error}')
    for warning in result.pop('warnings', []):
        module.warn(warning)
    module.exit_json(**result)
