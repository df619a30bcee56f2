# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""By which protocol mail leaves, and where services listen: what that takes of main.cf, master.cf and tables."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._bound_services import bound_services, judge_listeners
from ansible_collections.inet6.postfix.plugins.module_utils._document import OURS
from ansible_collections.inet6.postfix.plugins.module_utils._endpoints import is_host_name
from ansible_collections.inet6.postfix.plugins.module_utils._errors import reject_errors
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, read_text
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import Key, MasterCf, Wanted
from ansible_collections.inet6.postfix.plugins.module_utils._outbound import (
    FAMILY,
    POLICIES,
    filter_lines,
    judge_own,
    judge_policies,
    transport_lines,
    transports,
)
from ansible_collections.inet6.postfix.plugins.module_utils._services import Services
from ansible_collections.inet6.postfix.plugins.module_utils._settings import Settings
from ansible_collections.inet6.postfix.plugins.module_utils._tables import Table
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

TABLES = TRANSPORTS, FILTER = f'{OURS}postfix.transport', f'{OURS}postfix.dns-filter'
"""Our tables. By $config_directory they are found in a trial, too."""
OWN_DOMAINS = {'mydestination': '$myhostname, localhost.$mydomain, localhost', 'virtual_mailbox_domains': ''}
"""Parameters that name the domains whose mail ends on the host, those in tables aside; and their defaults."""
DEFAULTS = {'inet_interfaces': 'all', 'relayhost': '', 'default_transport': 'smtp'}


def carried_by(host: Host, options: Mapping[str, Any], services: Services, settings: Settings) -> List[Table]:
    """Put what policies need into what is wanted of master.cf and main.cf, and give the tables that they refer to.

    Args:
        host: the instance.
        options: of module config, see POLICY_ARGUMENTS.
        services: of master.cf; what somebody wants of one counts before what a policy needs.
        settings: of main.cf.

    Raises:
        CoreError: something cannot be meant.
    """
    destinations, mx_hosts, listeners = options['destinations'], options['mx_hosts'], options['listeners'] or {}
    master_cf = MasterCf(read_text(host.path('master.cf')) or '')
    reject_errors([*judge_policies('destinations', destinations or {}, POLICIES),
                   *judge_policies('mx_hosts', mx_hosts or {}, FAMILY), *judge_listeners(listeners, master_cf)])
    members = {
        'transport_maps': (f'texthash:$config_directory/{TRANSPORTS}', destinations),
        'smtp_dns_reply_filter': (f'regexp:$config_directory/{FILTER}', mx_hosts)}
    settings.members = {name: (item, bool(wanted)) for name, (item, wanted) in members.items() if wanted is not None}
    values = _values(host, settings, {**DEFAULTS, **(OWN_DOMAINS if destinations else {})})
    transport, colon, nexthop = values['default_transport'].partition(':')
    needed = {**bound_services(listeners, master_cf), **transports(
        options['outbound'], destinations, master_cf, transport, values['inet_interfaces'])}
    services.wanted = _together(needed, services.wanted)
    own = [word for name in OWN_DOMAINS for word in words(values.get(name, '')) if is_host_name(word)]
    lines = None if destinations is None else transport_lines(destinations, nexthop or values['relayhost'], own)
    return [Table(TRANSPORTS, lines, judge_own(destinations or {}, own)),
            Table(FILTER, None if mx_hosts is None else filter_lines(mx_hosts))]


def _values(host: Host, settings: Settings, defaults: Mapping[str, str]) -> Dict[str, str]:
    """Give what parameters will be that transports depend on."""
    after = MainCf(settings.plan(read_text(host.path('main.cf')) or '').after).values()
    found = {name: after.get(name, default) for name, default in defaults.items()}
    return {**found, **host.expanded(host.config_directory, [name for name in found if '$' in found[name]], found)}


def _together(
    ours: Mapping[Key, Optional[Wanted]], theirs: Mapping[Key, Optional[Wanted]],
) -> Dict[Key, Optional[Wanted]]:
    """Put what policies need beside what somebody wants of services; the latter counts where both say something."""
    found = {**ours, **theirs}
    for key in set(ours) & set(theirs):
        mine, other = ours[key], theirs[key]
        if mine and other:
            found[key] = Wanted({**mine.fields, **other.fields}, other.command or mine.command,
                                {**mine.options, **other.options})
    return found
