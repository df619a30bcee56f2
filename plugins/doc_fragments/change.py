# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What modules have in common that change files; the arguments are CHANGE_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  restore:
    description:
      - Put a backup back instead, V(newest) or one by its name or path. The file is then again what it was before the
        change that made this backup, byte for byte.
      - What was there before is kept under the same name with C(.failed) at its end.
    type: str
  start_stopped:
    description:
      - Whether RV(ignore:action) is to be V(restart) where Postfix was stopped on purpose. Without it, such a host is
        left stopped.
    type: bool
    default: false
  wait_at_boot:
    description:
      - Whether to let systemd, where the configuration names addresses to listen on, start Postfix only after the
        network is online and these addresses can be used, or a minute has passed. Postfix dies of an address that comes
        late, as IPv6 addresses do while they are being proven unique. A systemd before release 243, as that of RHEL 8,
        waits for the network alone.
      - This is a drop-in C(inet6-postfix.conf) for the unit that runs Postfix. It is removed when nothing needs it any
        more. Turn it off where addresses move between hosts. Instances beside the default one are left alone.
    type: bool
    default: true
  backups:
    description:
      - Of how many runs to keep the backups, at least V(1). Older ones are removed when a new one is made.
    type: int
    default: 5
attributes:
  diff_mode:
    description: Shows the change of each whole file, in check mode too.
    support: full
'''
