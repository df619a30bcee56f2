# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What modules have in common that only look, and need no Postfix where they run."""

    DOCUMENTATION = r'''
attributes:
  check_mode:
    description: Can run in check mode; it never changes anything.
    support: full
  diff_mode:
    description: There is no change to show.
    support: none
  platform:
    description: The systems that it runs on.
    support: full
    platforms: posix
author:
  - inet6.postfix contributors (@inet6)
'''
