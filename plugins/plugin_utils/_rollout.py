# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What has become of each host of a rollout, and whether it goes on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._errors import OTHER_MEANING, Fault, Problem
from ansible_collections.inet6.postfix.plugins.plugin_utils._names import named

CHANGED, UNCHANGED, UNTOUCHED = 'changed', 'unchanged', 'untouched'
ROLLED_BACK, FAILED, UNREACHABLE = 'rolled back', 'failed', 'unreachable'
OUTCOMES = (FAILED, UNREACHABLE, ROLLED_BACK, UNTOUCHED, CHANGED, UNCHANGED)
BAD = (FAILED, UNREACHABLE, ROLLED_BACK)
BATCH = re.compile('0*[1-9][0-9]*%?')
NO_BATCH = Fault('no-batch', OTHER_MEANING, 'is no number of hosts and no percentage, all hosts would be one batch',
                 'write sizes of batches, as in 1 10% 100%')
LOST = ('the connection was lost while Postfix was restarted; that goes on on the host, and the next run says how it '
        'ended')


def judge_batches(serial: Any) -> Iterator[Problem]:
    """Find what is no size of a batch in postfix_ipv6_serial, a list or text; Ansible would take all hosts at once."""
    for word in re.findall(r"""[^][\s,'"]+""", '' if serial is None else str(serial)):
        if not BATCH.fullmatch(word):
            yield NO_BATCH.of('postfix_ipv6_serial', word, reference='playbook inet6.postfix.enable')


def rollout(hostvars: Mapping[str, Mapping[str, Any]], hosts: Sequence[str]) -> dict[str, Any]:
    """Judge a rollout, at any time of it, by what its tasks have registered.

    Args:
        hostvars: the variables of all hosts.
        hosts: those of the play.

    Returns:
        ``stats`` (how many hosts by their outcome, as ``rollout_changed``, and the names of those where it went wrong,
        as ``rollout_failed_names``), ``failed_percent`` (of those that were tried), ``summary`` (lines for people), and
        ``failures`` (what went wrong, by host).
    """
    by_outcome: dict[str, list[str]] = defaultdict(list)
    failures = {}
    for host in hosts:
        outcome, message = _outcome(hostvars[host])
        by_outcome[outcome].append(host)
        if outcome in BAD:
            failures[host] = '; '.join(' '.join(line.split()) for line in message.splitlines() if line.strip())
    tried = len(hosts) - len(by_outcome[UNTOUCHED])
    return {
        'stats': {'rollout_hosts': len(hosts), **{_stat(outcome): len(by_outcome[outcome]) for outcome in OUTCOMES},
                  **{_stat(outcome) + '_names': by_outcome[outcome] for outcome in BAD}},
        'failed_percent': 100 * len(failures) / tried if tried else 0.0,
        'summary': [*(f'{outcome} {len(by_outcome[outcome])}: {named(by_outcome[outcome])}'
                      for outcome in OUTCOMES if by_outcome[outcome]),
                    *(f'{host}: {message}' for host, message in failures.items())],
        'failures': failures,
    }


def _stat(outcome: str) -> str:
    return f'rollout_{outcome.replace(" ", "_")}'


def _outcome(variables: Mapping[str, Any]) -> tuple[str, str]:
    """Say what has become of a host, and why if that is bad."""
    config, control, failure = (
        variables.get(f'__postfix_ipv6_{name}', {}) for name in ('config', 'control', 'failure'))
    if failure:
        return (ROLLED_BACK if failure['rolled_back'] else FAILED), str(failure['msg'])
    if config.get('unreachable'):
        return UNREACHABLE, str(config.get('msg', ''))
    if control.get('unreachable'):
        return UNREACHABLE, LOST
    if not config:
        return UNTOUCHED, ''
    return (CHANGED if config.get('changed') or control.get('changed') else UNCHANGED), ''
