# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What every module of this collection says of itself."""

    DOCUMENTATION = r'''
options:
  instances:
    description:
      - Which instances of Postfix to work on, where a host has several (see postmulti(1)). By their names, with V(-)
        for the default instance, or V(all) for all of them.
      - The default instance when neither this nor O(config_directory) is given.
      - Of several, none is touched when one of them objects. Then the return values of this module are in
        RV(ignore:instances), by the name of the instance.
    type: list
    elements: str
  config_directory:
    description: The directory with C(main.cf) and C(master.cf) of one instance, which postmulti need not know.
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
