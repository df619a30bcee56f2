# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What every module of this collection says of itself."""

    DOCUMENTATION = r'''
options:
  config_directory:
    description:
      - The directory with C(main.cf) and C(master.cf) of the Postfix instance.
      - Postfix's own default when not given.
    type: path
attributes:
  check_mode:
    description: Can run in check mode, touches nothing then and says what it would do.
    support: full
  platform:
    description: The systems that it runs on. It reads the state of the network and of processes from Linux.
    support: full
    platforms: linux
requirements:
  - Python 3.8 or newer on the host; nothing but its standard library
  - Postfix 3.4 or newer on the host
author:
  - inet6.postfix contributors (@inet6)
'''
