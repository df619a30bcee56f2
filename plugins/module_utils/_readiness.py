# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Whether a host is ready for what somebody wants of it, by all that was found out about it."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR, WARNING

READY, WARNED, NOT_READY = 'ready', 'ready with warnings', 'not ready'
VERDICTS = (READY, WARNED, NOT_READY)


class Finding(NamedTuple):
    """What stops or worries somebody who wants something of a host."""

    code: str
    severity: str
    message: str
    """With the cure."""


def verdict(findings: Iterable[Finding]) -> str:
    """Say whether a host is ready."""
    severities = {finding.severity for finding in findings}
    return NOT_READY if ERROR in severities else WARNED if severities else READY


def readiness(info: Mapping[str, Any], dns: Mapping[str, Any]) -> Dict[str, Any]:
    """Judge a host by the results of tasks.

    Args:
        info: of module info; of a task that failed, or did not reach the host, its message counts.
        dns: of module dns_check; nothing where it did not run.

    Returns:
        Its ``verdict`` and ``findings``.
    """
    findings = [*_of_host(info), *_of_dns(dns)]
    return {'verdict': verdict(findings), 'findings': [finding._asdict() for finding in findings]}


def instances_of(info: Mapping[str, Any]) -> List[Tuple[str, Mapping[str, Any]]]:
    """Give the result of module info for each instance, with what a message about it begins with.

    Nothing where the module has found out nothing.
    """
    if 'instances' in info:
        return [(f'instance {name}: ', one) for name, one in info['instances'].items()]
    return [('', info)] if 'verdict' in info else []


def _of_host(info: Mapping[str, Any]) -> Iterator[Finding]:
    found = instances_of(info)
    if not found:
        code = 'unreachable' if info.get('unreachable') else 'failed'
        yield Finding(code, ERROR, str(info.get('msg', 'no result')))
    for label, instance in found:
        for one in instance['findings']:
            yield Finding(one['code'], one['severity'], label + one['message'])


def _of_dns(dns: Mapping[str, Any]) -> Iterator[Finding]:
    """Give what receivers would object to. Of IPv4 it is only a warning: mail leaves over it already."""
    if dns.get('failed') and 'addresses' not in dns:
        yield Finding('dns-unknown', WARNING, str(dns.get('msg', 'no result')))
    for address in dns.get('addresses', ()):
        for problem in address['problems']:
            is_error = problem['severity'] == ERROR and ':' in address['address']
            yield Finding(problem['code'], ERROR if is_error else WARNING, problem['message'])


def by_verdict(hosts: Mapping[str, Mapping[str, Any]]) -> Dict[str, Any]:
    """Sort hosts by their verdicts, each with its messages; those of which there is nothing to say only by name."""
    found: Dict[str, Any] = {text: {} for text in reversed(VERDICTS)}
    for name, host in hosts.items():
        messages: List[str] = [finding['message'] for finding in host['findings']]
        found[host['verdict']][name] = messages
    found[READY] = list(found[READY])
    return found
