# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What there is on a host, and what would become of it: Postfix, its settings, IPv6, who may relay. Only looked at."""

from __future__ import annotations

import os
import time
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Union,
)

from ansible_collections.inet6.postfix.plugins.module_utils import _network
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address, Network
from ansible_collections.inet6.postfix.plugins.module_utils._consequences import source_address
from ansible_collections.inet6.postfix.plugins.module_utils._control import taken
from ansible_collections.inet6.postfix.plugins.module_utils._convergence import LEFT_STOPPED, converge
from ansible_collections.inet6.postfix.plugins.module_utils._document import Document
from ansible_collections.inet6.postfix.plugins.module_utils._errors import (
    ERROR,
    WARNING,
    CoreError,
    Problem,
    Rejected,
)
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import protocol_families
from ansible_collections.inet6.postfix.plugins.module_utils._host import (
    Host,
    HostError,
    master_pid,
    printable,
    read_text,
)
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Endpoint
from ansible_collections.inet6.postfix.plugins.module_utils._log_sources import journalctl_of_host, sources
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import MasterCf
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import (
    Trust,
    is_table,
    negated,
    read_network,
)
from ansible_collections.inet6.postfix.plugins.module_utils._matching import outcome
from ansible_collections.inet6.postfix.plugins.module_utils._netlink import HostAddress
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import PARAMETERS, for_release, judge
from ansible_collections.inet6.postfix.plugins.module_utils._readiness import NOT_READY, Finding, verdict
from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of
from ansible_collections.inet6.postfix.plugins.module_utils._sockets import all_listeners, master_sockets
from ansible_collections.inet6.postfix.plugins.module_utils._trial import staged
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

NAMES = {4: 'ipv4', 6: 'ipv6'}
SMTP = 25
DEBIANS = '[::ffff:127.0.0.0]/104'
"""What Debian writes into every mynetworks; it matches nobody, and does no harm."""
DAY = 86400
ANY = {4: Address(4, bytes(4)), 6: Address(6, bytes(16))}
LOOPBACK = {4: '127.0.0.1', 6: '::1'}
OTHERS = ('smtp_helo_name', 'myorigin', 'relayhost', 'default_transport', 'maillog_file')
"""What matters to those who get mail from here, beside the parameters of this collection."""


class Wanted(NamedTuple):
    """What would become of a host."""

    plan: Dict[str, Any]
    """The result of converge(); empty where somebody objects."""
    values: Dict[str, str]
    """Of parameters, as Postfix reads them in the configuration that would be."""
    outbound: str
    """The inet_protocols of the service by which mail would leave."""
    findings: List[Finding]
    endpoints: FrozenSet[Endpoint] = frozenset()
    """Where Postfix would listen."""


def info(host: Host, documents: Callable[[], Sequence[Document]], trust: Trust, temporary: str) -> Dict[str, Any]:
    """Look at an instance of Postfix and its host, and see what would come of what somebody wants.

    Args:
        host: the instance.
        documents: gives the files with what is wanted of them, or raises CoreError.
        trust: which networks may be trusted.
        temporary: a directory for the trial.

    Returns:
        The result of the module.

    Raises:
        HostError: the host does not tell.
    """
    main_cf = MainCf(read_text(host.path('main.cf')) or '')
    known = [name for name, row in PARAMETERS.items() if row.since <= host.release]
    now = host.expanded(host.config_directory, [*known, *OTHERS])
    if not any(now.values()):  # then Postfix dies of its configuration
        now = {name: main_cf.values().get(name, '') for name in now}
    wanted = _wanted(host, documents, now, temporary)
    listeners, boot, routes, addresses = _listening(host), _boot(host), _network.default_routes(), host.addresses()
    others = {name: value for name, value in wanted.values.items() if name in main_cf.values()}
    findings = dict.fromkeys([*wanted.findings, *_misread(others, host, trust),
                              *_taken(host, wanted.endpoints, listeners or frozenset()),
                              *_worries(wanted.values, listeners is not None, boot, routes)])
    sources = {NAMES[family]: source_address(wanted.values, family) or _network.source(family)
               for family in protocol_families(wanted.outbound)}
    return {
        'changed': False,
        'verdict': verdict(findings),
        'findings': [finding._asdict() for finding in findings],
        'version': host.mail_version,
        'config_directory': host.config_directory,
        'parameters': list(_parameters(host, main_cf, now)),
        'running': listeners is not None,
        'listeners': {name: [str(one) for one in sorted(listeners or ()) if one.address.family == family]
                      for family, name in NAMES.items()},
        'reachable': [str(address) for address in _reachable(all_listeners(os.getpid()), addresses)],
        'mynetworks': {'now': by_family(now['mynetworks']), 'wanted': by_family(wanted.values['mynetworks'])},
        'addresses': [{
            **entry._asdict(), 'address': str(entry.address), 'interface': _network.interface_name(entry.interface),
        } for entry in addresses],
        'default_routes': {NAMES[family]: interfaces for family, interfaces in routes.items()},
        'without_ipv6': _network.interfaces_without_ipv6(),
        'sources': sources,
        'senders': [] if wanted.values['relayhost'] else [address for address in sources.values() if address],
        'helo': wanted.values['smtp_helo_name'],
        'origin': _origin(wanted.values['myorigin']),
        'boot': {**boot, 'ordered': not wanted.plan.get('boot')},
        'log': _log(host, now['maillog_file']),
        **{name: wanted.plan.get(name, default)
           for name, default in (('changes', []), ('action', 'none'), ('reason', ''))},
    }


def nothing_there(failure: CoreError) -> Dict[str, Any]:
    """Give the result for a host that has no Postfix to look at, or does not tell."""
    return {'changed': False, 'verdict': NOT_READY, 'findings': [Finding('host', ERROR, str(failure))._asdict()]}


def by_family(mynetworks: str) -> Dict[str, List[str]]:
    """Sort the items of mynetworks; tables and names are neither of IPv4 nor of IPv6."""
    found: Dict[str, List[str]] = {name: [] for name in ('all', *NAMES.values(), 'other')}
    for item in words(mynetworks):
        found['all'].append(printable(item))
        pattern = negated(item)[1]
        network = None if is_table(pattern) else read_network(pattern)
        found[NAMES[network.address.family] if isinstance(network, Network) else 'other'].append(printable(item))
    return found


def _finding(problem: Union[Problem, str], severity: Optional[str] = None) -> Finding:
    if isinstance(problem, Problem):
        return Finding(problem.code, severity or problem.severity, str(problem))
    return Finding('plan', severity or WARNING, problem)


def _wanted(
    host: Host, documents: Callable[[], Sequence[Document]], now: Mapping[str, str], temporary: str,
) -> Wanted:
    """See what would become of an instance."""
    try:
        files = documents()
        plan = converge(host, files, True, 1, temporary)
        findings = [_finding(warning) for warning in plan['warnings'] if warning != LEFT_STOPPED]
    except Rejected as refusal:
        return Wanted({}, dict(now), now['inet_protocols'], [_finding(problem) for problem in refusal.problems])
    except CoreError as failure:
        return Wanted({}, dict(now), now['inet_protocols'], [Finding('postfix', ERROR, str(failure))])
    texts = {file.name: file.plan(read_text(host.path(file.name)) or '').after for file in files}
    with staged(host, texts, temporary) as directory:
        endpoints = host.expected(host.effective(directory), [one.address for one in host.addresses()], directory)
        values = host.expanded(directory, list(now))
        transport = values['default_transport'].partition(':')[0]
        outbound = host.master_options(directory).get(f'{transport}/unix/inet_protocols')
        return Wanted(plan, values, outbound or values['inet_protocols'], findings, endpoints.endpoints)


def _misread(values: Mapping[str, str], host: Host, trust: Trust) -> Iterator[Finding]:
    """Find what Postfix misreads already, whoever has written it."""
    for problem in for_release(judge(values, trust), host.release):
        if problem.token != DEBIANS:
            yield _finding(problem, WARNING)


def _taken(host: Host, wanted: FrozenSet[Endpoint], present: FrozenSet[Endpoint]) -> Iterator[Finding]:
    for endpoint, error in taken(host, wanted, present):
        yield Finding('address-taken', ERROR, f'Postfix could not listen on {endpoint}: {error}; free this address for '
                      'Postfix, or take it out of inet_interfaces, inet_protocols or master.cf')


def _worries(
    values: Mapping[str, str], running: bool, boot: Mapping[str, Any], routes: Mapping[int, List[str]],
) -> Iterator[Finding]:
    """Find what is right for Postfix and may still not be what somebody wants."""
    if not running:
        yield Finding('not-running', WARNING, 'Postfix does not run on this host; start it, or set '
                      'postfix_ipv6_start_stopped, if it should')
    if boot['enabled'] is False:
        yield Finding('not-at-boot', WARNING, 'Postfix is not started when this host boots; systemctl enable postfix')
    if 6 not in protocol_families(values['inet_protocols']):
        return
    if not routes[6]:
        yield Finding('no-default-route', WARNING, 'this host has no default route for IPv6, so other networks can '
                      'neither reach it nor be reached over it; give it one, or set postfix_ipv6_outbound: ipv4')
    trusts = {family: outcome(values['mynetworks'], '', address) for family, address in LOOPBACK.items()}
    if trusts[4] == 'match' and trusts[6] == 'no match':
        yield Finding('loopback-not-trusted', WARNING, 'mynetworks trusts 127.0.0.1 and not ::1, and programs on this '
                      'host that connect to localhost come from ::1 from now on; add ::1/128')


def _parameters(host: Host, main_cf: MainCf, now: Mapping[str, str]) -> Iterator[Dict[str, Any]]:
    """Tell each parameter, and where it comes from."""
    texts = main_cf.values()
    entries = MasterCf(read_text(host.path('master.cf')) or '').entries
    overrides = [(option.name, {'service': '/'.join(entry.key), 'value': printable(option.value),
                                'line': entry.line.indexes[0] + 1})
                 for entry in entries for option in entry.options]
    for name, value in now.items():
        own = [override for parameter, override in overrides if parameter == name]
        if name in texts or own or name in OTHERS or PARAMETERS[name].has_variable:
            yield {
                'name': name,
                'value': printable(value),
                'line': main_cf.occurrences(name)[-1].line.indexes[0] + 1 if name in texts else None,
                'overrides': own,
            }


def _listening(host: Host) -> Optional[FrozenSet[Endpoint]]:
    """Tell where the running master listens; None where none runs, or nobody knows."""
    try:
        pid = master_pid(host.effective().queue_directory)
    except HostError:
        return None
    return master_sockets(pid).endpoints if pid else None


def _reachable(listeners: Iterable[Endpoint], addresses: Iterable[HostAddress]) -> List[Address]:
    """Tell the lasting addresses at which other hosts reach the port of SMTP, be it through a proxy on this host."""
    heard = {endpoint.address for endpoint in listeners if endpoint.port == SMTP}
    return sorted(entry.address for entry in addresses if entry.scope == 'global'
                  if not (entry.temporary or entry.deprecated or entry.tentative)
                  if heard & {entry.address, ANY[entry.address.family]})


def _origin(myorigin: str) -> str:
    """Tell the domain, which Debian's Postfix can also read from the first line of a file."""
    text = (read_text(myorigin) or '').partition('\n')[0].strip() if myorigin.startswith('/') else myorigin
    return printable(text)


def _boot(host: Host) -> Dict[str, Any]:
    """Tell who starts Postfix at boot; whether it does, where that is systemd and known."""
    manager = manager_of(host)
    state = host.run('systemctl', 'is-enabled', 'postfix.service')[1].strip() if manager.unit else ''
    return {'manager': manager.name, 'enabled': state.startswith('enabled') if state else None}


def _log(host: Host, maillog_file: str) -> Optional[str]:
    """Tell where the mail of the last day was logged; None where nobody knows."""
    journal = journalctl_of_host(lambda name: name if host.has(name) else None)
    try:
        return ', '.join(sources(None, maillog_file, time.time() - DAY, bool(journal)).names)
    except CoreError:
        return None
