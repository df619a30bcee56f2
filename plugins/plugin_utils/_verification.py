# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""How it is proven from outside that a mail host does what its configuration asks for, and what came of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.inet6.postfix.plugins.module_utils._errors import ERROR
from ansible_collections.inet6.postfix.plugins.module_utils._readiness import instances_of
from ansible_collections.inet6.postfix.plugins.module_utils._relay_test import ACCEPTED, REFUSED
from ansible_collections.inet6.postfix.plugins.module_utils._smtp_probe import CLOSED, UNREACHABLE, WORKS

LOOPBACK = '::1'
SMTP = ':25'


def verification(
    info: Mapping[str, Any], others: Sequence[str] = (), probes: Sequence[Mapping[str, Any]] = (), source: str = '',
) -> dict[str, Any]:
    """Say where to connect to prove that Postfix works, and judge what came of it.

    Args:
        info: the result of module info, with nothing wanted.
        others: where the world reaches the host, beside its own addresses.
        probes: the results of module smtp_probe, if it has run already.
        source: the host that it ran on.

    Returns:
        ``targets`` (each with options of smtp_probe), ``mail_address`` (where to send a test mail; empty where
        Postfix does not listen on IPv6), ``failures``, ``warnings`` and ``proven`` (a sentence each), and ``relays``
        (whether strangers may relay).
    """
    found = instances_of(info)
    hosts = {host: instance for _label, instance in reversed(found)
             for host in (*instance.get('reachable', ()), *others)}
    own = [address for _label, instance in found for address in instance.get('reachable', ()) if ':' in address]
    listens = any(endpoint.endswith(SMTP) for _label, instance in found
                  for endpoint in instance.get('listeners', {}).get('ipv6', ()))
    messages = [(one['severity'], label + one['message']) for label, instance in found for one in instance['findings']]
    sessions = [session for probe in probes for session in probe['sessions'].values()]
    failed = [session for session in sessions if _is_failure(session)]
    failures = [*(text for severity, text in messages if severity == ERROR), *_not_as_configured(found),
                *(session['problem'] for session in failed)]
    if any(session['verdict'] in (UNREACHABLE, CLOSED) for session in failed):
        failures.append(f'If only {source} may not connect, set postfix_ipv6_probe_from to a host that may')
    return {
        'targets': [{'host': host, 'mynetworks': ' '.join(instance['mynetworks']['now']['all'])}
                    for host, instance in sorted(hosts.items())],
        'mail_address': (own or [LOOPBACK])[0] if listens else '',
        'failures': failures,
        'warnings': [*(text for severity, text in messages if severity != ERROR),
                     *(session['problem'] for session in sessions if session['problem'] and session not in failed)],
        'proven': [_proven(session) for session in sessions if session not in failed],
        'relays': any(map(_relays, sessions)),
    }


def _not_as_configured(found: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for label, instance in found:
        if instance.get('running') is False:
            yield f'{label}Postfix does not run, so nothing is proven; start it'
        elif instance.get('action', 'none') != 'none':
            yield (f'{label}the running Postfix is not what its configuration asks for ({instance["reason"]}); '
                   'run the playbook inet6.postfix.enable')


def _is_failure(session: Mapping[str, Any]) -> bool:
    """Tell whether a session shows that something is wrong, and not only that it proves nothing of relaying."""
    return session['verdict'] != WORKS or _relays(session)


def _relays(session: Mapping[str, Any]) -> bool:
    """Tell whether a server relays for a client that its mynetworks does not name."""
    return session['relay']['verdict'] == ACCEPTED and session['relay']['stranger'] is not False


def _proven(session: Mapping[str, Any]) -> str:
    relay = ', and relays for no stranger' if session['relay']['verdict'] == REFUSED else ''
    return f'{session["address"]} port {session["port"]} answers{relay}'
