# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The instances of Postfix on a host, as postmulti(1) manages them, and one result for several of them.

postmulti itself is not asked: like most programs of Postfix it dies of a broken main.cf.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from ansible_collections.inet6.postfix.plugins.module_utils._host import DEFAULT_INSTANCE, Host, HostError
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

ALL = 'all'
STRENGTH = ('none', 'reload', 'restart')


def instances(default: Host, names: Sequence[str]) -> Dict[str, Host]:
    """Find instances by their names.

    Args:
        default: the default instance.
        names: of instances (multi_instance_name); ``-`` is the default one, ``all`` stands for all of them.

    Raises:
        HostError: there is no such instance; names those that there are.
    """
    if list(names) == [DEFAULT_INSTANCE]:
        return {DEFAULT_INSTANCE: default}
    others = default.ask(default.config_directory, 'multi_instance_directories')[0]
    hosts = [default, *map(default.beside, words(others.get('multi_instance_directories', '')))]
    there = {host.instance_name or host.config_directory: host for host in hosts}
    unknown = [name for name in names if name not in there and name != ALL]
    if unknown:
        raise HostError(f'instances: {unknown[0]} is no instance of Postfix on this host; there are: '
                        f'{", ".join(there)}')
    return there if ALL in names else {name: there[name] for name in names}


def combined(results: Mapping[str, Dict[str, Any]]) -> Dict[str, Any]:
    """Give one result for all instances: that of the only one, or what they have in common and each one's own."""
    if len(results) == 1:
        return next(iter(results.values()))
    found: Dict[str, Any] = {
        'changed': any(result['changed'] for result in results.values()),
        'warnings': _labelled(results, 'warnings'),
        'diff': [file for result in results.values() for file in result.pop('diff', [])],
        'instances': dict(results),
    }
    actions = [result['action'] for result in results.values() if 'action' in result]
    if actions:
        found['action'] = max(actions, key=STRENGTH.index)
    return found


def _labelled(results: Mapping[str, Dict[str, Any]], key: str) -> List[str]:
    return [f'instance {name}: {text}' for name, result in results.items() for text in result.pop(key, [])]
