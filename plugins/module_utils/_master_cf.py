# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""master.cf: which services Postfix's master listens for (master(5))."""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._addresses import without_brackets
from ansible_collections.inet6.postfix.plugins.module_utils._lines import logical_lines, physical_lines
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

FIELDS = 8
"""Service name, type, private, unpriv, chroot, wakeup, maxproc, command."""


class Service(NamedTuple):
    """A service of type inet."""

    name: str
    """As it stands in the file."""
    host: Optional[str]
    """The address or name that it is bound to; None where inet_interfaces says it."""
    port: str
    """A number, or a name of services(5)."""
    command: str
    arguments: Tuple[str, ...]

    @property
    def greets(self) -> bool:
        """Tell whether a client gets a 220 banner in plain text as soon as it connects."""
        # -o name=value, -oname=value and -o { name = value } are the same to Postfix.
        options = re.sub(r'[\s{}]', '', ' '.join(self.arguments)).lower()
        return self.command in ('smtpd', 'postscreen') and 'smtpd_tls_wrappermode=yes' not in options


def inet_services(text: str, disabled: str = '') -> Iterator[Service]:
    """Find the services of type inet that master starts.

    Args:
        text: master.cf as it stands on disk.
        disabled: the text of master_service_disable (postconf(5)).
    """
    patterns = words(disabled)
    for line in logical_lines(physical_lines(text)):
        fields = words(line.text.replace(',', '\x01'))  # commas separate nothing in master.cf
        if len(fields) < FIELDS or fields[1] != 'inet':
            continue
        name, command, arguments = fields[0], fields[FIELDS - 1], fields[FIELDS:]
        if not {'inet', name + '.inet', name + '/inet'} & set(patterns):
            host, colon, port = name.rpartition(':')
            yield Service(name, _host(host), port, command,
                          tuple(argument.replace('\x01', ',') for argument in arguments))


def _host(text: str) -> Optional[str]:
    host = without_brackets(text)
    return (host[5:] if host.lower().startswith('ipv6:') else host) or None
