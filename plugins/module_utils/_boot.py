# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""A drop-in for the systemd unit of Postfix: at boot it waits until the addresses to listen on can be used.

Postfix dies of an address that is not there yet ("no local interface found"), or that duplicate address detection (RFC
4862) has not passed yet ("Cannot assign requested address"). Units wait for the network at most, not for that.
"""

from __future__ import annotations

import os
from typing import Collection, Iterable, List, NamedTuple, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import Address
from ansible_collections.inet6.postfix.plugins.module_utils._host import Host, read_text
from ansible_collections.inet6.postfix.plugins.module_utils._locks import LOCK_SECONDS
from ansible_collections.inet6.postfix.plugins.module_utils._pending import WayBack

RUNS_SYSTEMD = '/run/systemd/system'
UMBRELLA = '/run/systemd/generator/postfix.service.wants/postfix@-.service'
"""There as long as postfix.service is only an umbrella over that unit. This is found out in every run, so without
asking systemd."""
UNITS = '/etc/systemd/system'
NAME = 'inet6-postfix.conf'
OWNER = '# Kept by the Ansible collection inet6.postfix'
"""Begins what is ours. Anything else of that name is somebody's own."""

# A condition comes before every ExecStartPre, of which the "postfix check" in the unit of Debian 13 dies like Postfix
# itself. With the "-", Postfix is started all the same when the time is up. A systemd older than 243 only warns of it.
# Of /proc, the unit of Debian 13 shows the directories of processes only.
DROP_IN = '''{owner} (wait_at_boot), which changes and removes this file.
# Take these two lines out to keep it as it is.

[Unit]
Wants=network-online.target
After=network-online.target

[Service]
# Wait for {addresses}
ExecCondition=-timeout 60 sh -c 'until \\
  {usable}; \\
  do sleep 0.2; done'
'''


class Change(NamedTuple):
    """What is to become of a drop-in."""

    path: str
    before: Optional[str]
    """None where there is none; the same below."""
    after: Optional[str]


def drop_in(addresses: Iterable[Address]) -> Optional[str]:
    """Give the drop-in that waits for those of the addresses that may come late; None where there are none."""
    late = sorted({address for address in addresses if not address.is_unspecified and not address.is_loopback})
    return DROP_IN.format(owner=OWNER, addresses=', '.join(map(str, late)),
                          usable=' && \\\n  '.join(map(_usable, late))) if late else None


def _usable(address: Address) -> str:
    """Give a shell command that succeeds when the kernel lets programs bind to an address.

    There must be no ``%``, ``$`` or backslash in it: these have a meaning for systemd.
    """
    if address.family == 4:
        return f'grep -FwA1 -- "|-- {address}" /proc/self/net/fib_trie | grep -q LOCAL'
    # The index of the interface, two lengths, and flags without tentative (0x40) and dadfailed (0x08).
    return f'grep -Eq "^{address.packed.hex()}( [^ ]+){{3}} [012389ab][0-7] " /proc/self/net/if_inet6'


def changes(host: Host, addresses: Iterable[Address]) -> List[Change]:
    """Compare the drop-ins on a host with the one that its default instance needs.

    Args:
        host: the instance; of any but the default one nothing is known here.
        addresses: that it listens on; none where it shall not wait.
    """
    if not host.is_default_instance or not os.path.isdir(RUNS_SYSTEMD):
        return []
    wanted = drop_in(addresses)
    daemon = 'postfix@-.service' if os.path.lexists(UMBRELLA) else 'postfix.service'
    found = []
    for unit in ('postfix.service', 'postfix@-.service'):
        path = os.path.join(UNITS, unit + '.d', NAME)
        before, after = read_text(path), wanted if unit == daemon else None
        if before != after and (before is None or before.startswith(OWNER)):
            found.append(Change(path, before, after))
    if any(change.after for change in found):
        from ansible_collections.inet6.postfix.plugins.module_utils._service import manager_of

        return found if manager_of(host).unit == daemon else []
    return found


def back_up(todo: Iterable[Change], needed: Collection[Optional[str]]) -> WayBack:
    """Keep the drop-ins that are about to change under names that systemd does not read; give the way back to them.

    Args:
        todo: from ``changes``.
        needed: earlier backups that have to stay.

    Raises:
        HostError: one cannot be kept.
    """
    from ansible_collections.inet6.postfix.plugins.module_utils import _files

    way_back = {}
    for change in todo:
        way_back[change.path] = None if change.before is None else _files.back_up(change.path, _files.stamp())
        if change.before is not None:
            _files.remove_old_backups([change.path], 1, needed)
    return way_back


def carry_out(host: Host, todo: Iterable[Change]) -> None:
    """Write or remove drop-ins, and let systemd know; the next start of Postfix has nothing to wait for.

    Raises:
        HostError: one cannot be written, and is what it was.
    """
    from ansible_collections.inet6.postfix.plugins.module_utils import _files

    for change in todo:
        try:
            os.makedirs(os.path.dirname(change.path), exist_ok=True)
        except OSError as error:
            raise _files.unwritable(change.path, error) from error
        with _files.exclusive(change.path, LOCK_SECONDS) as descriptor:
            if change.after is None:
                os.unlink(change.path)
            else:
                _files.replace(change.path, descriptor, change.after)
    let_systemd_know(host, [change.path for change in todo])
    if any(change.after for change in todo):
        # A start of Postfix would begin with this from now on, and it may take minutes, with Postfix already stopped.
        host.run('systemctl', 'start', 'network-online.target')


def let_systemd_know(host: Host, paths: Iterable[str]) -> None:
    """Let systemd read its units again if any of these files is one."""
    if any(path.startswith(UNITS) for path in paths):
        host.run('systemctl', 'daemon-reload')
