# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What is wanted of master.cf; the arguments are SERVICES_ARGUMENTS."""

    DOCUMENTATION = r'''
options:
  services:
    description:
      - What is wanted of services in C(master.cf) (see master(5)). Of one that is there, only what is named here is
        compared and changed.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The first field of its line. For V(inet), a port or the name of one, behind a host or address and a colon
            where it is for that one only. IPv6 addresses need brackets, as in V([2001:db8::25]:smtp).
        type: str
        required: true
      type:
        description: The second field.
        type: str
        choices: [inet, unix, unix-dgram, fifo, pass]
        default: inet
      state:
        description: Whether there is to be such a service.
        type: str
        choices: [present, absent]
        default: present
      private:
        description: Whether only the mail system may use it, V(y), V(n) or V(-) for Postfix's default.
        type: str
      unprivileged:
        description: Whether it runs as the owner of the mail system.
        type: str
      chroot:
        description: Whether it runs in the queue directory as its root.
        type: str
      wakeup:
        description: Seconds after which it is woken up, V(0) for never; with a question mark only if it is in use.
        type: str
      maxproc:
        description: How many processes of it there may be at once, V(0) for any number.
        type: str
      command:
        description: The program, with its arguments but for options. A service that is not there yet needs one.
        type: str
      options:
        description:
          - Parameters for this service only, by their names. Their values are judged like those of C(main.cf).
          - Null takes a parameter out, so that C(main.cf) counts.
        type: dict
'''
