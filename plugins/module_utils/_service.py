# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Who runs Postfix on a host: systemd, another service manager, or nobody but the postfix command.

Their return codes and states are not believed, except for one thing: whether a Postfix that does not run should.
"""

from __future__ import annotations

import os
from typing import Dict, List, NamedTuple, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._host import Host

PROPERTIES = ('Id', 'LoadState', 'Type', 'ActiveState', 'Environment', 'ExecStart', 'ConsistsOf')
Commands = Tuple[Tuple[str, ...], ...]
SCRIPTS: Dict[str, Tuple[str, ...]] = {'rc-service': ('zap', 'start'), 'service': ('start',)}
"""What runs init scripts, and how it starts one: OpenRC does not when it holds that the service is started, as of a
Postfix that has died, unless it is told to forget that."""


class Manager(NamedTuple):
    """How to stop and start one instance of Postfix."""

    name: str
    stop: Commands
    start: Commands
    prepare: Commands = ()
    """What has to come before the start, and can come before the stop."""
    failed: bool = False
    """Whether the manager holds that Postfix should run, and it does not."""
    unit: str = ''
    """The one of systemd that is the daemon; empty where it is not systemd that runs it."""


def _units(host: Host, *names: str) -> List[Dict[str, str]]:
    """Ask systemd for units; one that is not there has LoadState=not-found."""
    output = host.run('systemctl', 'show', '--property=' + ','.join(PROPERTIES), *names)[1]
    return [dict(line.partition('=')[::2] for line in block.splitlines()) for block in output.split('\n\n') if block]


def _systemd(host: Host) -> List[Manager]:
    """Find the unit that really is Postfix.

    Up to Debian 12, postfix.service is an umbrella of type oneshot that says "active (exited)" whatever becomes of the
    daemon, and postfix@-.service runs it.  On Debian 13 and elsewhere postfix.service is the daemon.
    """
    if not os.path.isdir('/run/systemd/system') or not host.has('systemctl'):
        return []
    if not host.is_default_instance:
        return _unit_of(host)
    service, instance = _units(host, 'postfix.service', 'postfix@-.service')[:2]
    if service.get('LoadState') != 'loaded':
        return []
    umbrella = service.get('Type') == 'oneshot' and instance.get('LoadState') == 'loaded'
    daemon = instance if umbrella else service
    units = ('postfix.service', 'postfix@-.service') if umbrella else ('postfix.service',)
    # On Debian 13, what stops postfix.service stops the units of all other instances too, and they stay so.
    takes_others_along = not umbrella and set(service.get('ConsistsOf', '').split()) - {'postfix@-.service'}
    return [Manager(
        f'systemd ({daemon["Id"]})',
        stop=(host.control('stop') if takes_others_along else ('systemctl', 'stop', daemon['Id']),),
        start=(('systemctl', 'start', *units),),
        # A unit that was started often in a short time is not started again unless it is told to forget that.
        prepare=(('systemctl', 'reset-failed', *units),),
        failed=daemon['ActiveState'] == 'failed' or (umbrella and service['ActiveState'] == 'active'),
        unit=daemon['Id'])]


def _unit_of(host: Host) -> List[Manager]:
    """Find the unit of another instance than the default one.

    Up to Debian 12 it is named after the instance; on Debian 13 postfix@out.service is for /etc/postfix-out.
    """
    name, suffix = host.instance_name, host.config_directory.partition('/etc/postfix-')[2]
    return [
        Manager(f'systemd ({unit["Id"]})', (('systemctl', 'stop', unit['Id']),), (('systemctl', 'start', unit['Id']),),
                (('systemctl', 'reset-failed', unit['Id']),), unit['ActiveState'] == 'failed')
        for unit in _units(host, *(f'postfix@{one}.service' for one in (name, suffix) if one))
        if any((f'postmulti -i {name} ' in unit.get('ExecStart', ''),
                f'MAIL_CONFIG={host.config_directory}' in unit.get('Environment', '').split()))]


def _scripts(host: Host) -> List[Manager]:
    """Find an init script, of OpenRC or of System V; it may prepare a chroot that the postfix command leaves alone."""
    if not host.is_default_instance or not os.path.exists('/etc/init.d/postfix'):
        return []
    return [Manager(command, ((command, 'postfix', 'stop'),), tuple((command, 'postfix', verb) for verb in verbs))
            for command, verbs in SCRIPTS.items() if host.has(command)]


def manager_of(host: Host) -> Manager:
    """Find out who runs this instance; the postfix command itself where nobody else does."""
    by_hand = Manager('the postfix command', (host.control('stop'),), (host.control('start'),))
    managed = _systemd(host) or _scripts(host)
    return managed[0] if managed else by_hand
