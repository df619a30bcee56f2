# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The edge between the core and Ansible's modules: results go out, the core's errors become failures."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any, Callable, Dict, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError, Rejected
from ansible_collections.inet6.postfix.plugins.module_utils._host import DEFAULT_INSTANCE, Host, HostError
from ansible_collections.inet6.postfix.plugins.module_utils._instances import combined, instances
from ansible_collections.inet6.postfix.plugins.module_utils._locks import alone
from ansible_collections.inet6.postfix.plugins.module_utils._programs import run

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


def serve(
    module: Any,
    work: Callable[[Host, bool], Dict[str, Any]],
    without: Optional[Callable[[HostError], Dict[str, Any]]] = None,
) -> None:
    """Do the work of a module on its host, and end it.

    Args:
        module: an AnsibleModule with INSTANCE_ARGUMENTS.
        work: gives the result of the module for an instance, in check mode or not; what it holds as ``warnings`` is
            shown to the user.
        without: gives the result where the host does not let it be done; else the module fails.
    """
    try:
        with contextlib.ExitStack() as stack:
            hosts = instances(
                Host(run, module.get_bin_path, module.params['config_directory']),
                module.params['instances'] or [DEFAULT_INSTANCE])
            for host in hosts.values():
                stack.enter_context(alone(host.config_directory, TURN_SECONDS))
            if len(hosts) > 1 and not module.check_mode:
                _each(hosts, lambda host: work(host, True))  # none is touched where one of them objects
            result = combined(_each(hosts, lambda host: work(host, module.check_mode)))
    except Rejected as error:
        module.fail_json(msg=str(error), problems=[problem._asdict() for problem in error.problems])
    except CoreError as error:
        if without and isinstance(error, HostError):
            module.exit_json(**without(error))
        module.fail_json(msg=str(error), log=getattr(error, 'log', []), rolled_back=error.rolled_back)
    except OSError as error:
        module.fail_json(msg=f'the host does not let this module do its work: {error}')
    for warning in result.pop('warnings', []):
        module.warn(str(warning))
    module.exit_json(**result)


def _each(hosts: Mapping[str, Host], work: Callable[[Host], Dict[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """Do something with each instance, with all of them also where one fails.

    Raises:
        CoreError: what failed; of several instances, a line for each.
    """
    results, failed = {}, {}
    for name, host in hosts.items():
        try:
            results[name] = work(host)
        except CoreError as error:
            failed[name] = error
    if failed and len(hosts) == 1:
        raise next(iter(failed.values()))
    if failed:
        several = CoreError('\n'.join(f'instance {name}: {error}' for name, error in failed.items()))
        several.rolled_back = all(error.rolled_back for error in failed.values())
        raise several
    return results
