# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""A trial of a whole candidate configuration by the installed Postfix, before anything is replaced."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from typing import Iterator, List, Mapping, Optional

from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import MatchList
from ansible_collections.inet6.postfix.plugins.module_utils._host import Effective, Host, HostError
from ansible_collections.inet6.postfix.plugins.module_utils._match_lists import is_named_table
from ansible_collections.inet6.postfix.plugins.module_utils._parameters import kind_of, same_value
from ansible_collections.inet6.postfix.plugins.module_utils._values import words

DAEMONS = ('smtpd', 'smtp', 'lmtp')
"""Those that read more of main.cf when they start: smtpd always tried, a client only where its parameters are set."""


class TrialError(CoreError):
    """The installed Postfix does not take the candidate configuration; the message has its own words."""


@contextlib.contextmanager
def staged(host: Host, texts: Mapping[str, str], temporary: str) -> Iterator[str]:
    """Set up a configuration directory with candidate files beside everything else that this instance has.

    Args:
        host: the instance.
        texts: what each would say, by the name of the file.
        temporary: a directory to make it in.

    Yields:
        Its path.

    Raises:
        HostError: the directory cannot be written.
    """
    directory = tempfile.mkdtemp(dir=temporary)
    try:
        try:
            _fill(host, directory, texts)
        except OSError as error:
            from ansible_collections.inet6.postfix.plugins.module_utils._files import unwritable

            raise unwritable(directory, error) from error
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)  # main.cf may be in place by now: that is no failure any more


def _fill(host: Host, directory: str, texts: Mapping[str, str]) -> None:
    for other in os.listdir(host.config_directory):
        if other not in texts and not other.endswith('.tmp'):
            os.symlink(os.path.join(host.config_directory, other), os.path.join(directory, other))
    for name, text in texts.items():
        with open(os.path.join(directory, name), 'w', encoding='utf-8', errors='surrogateescape', newline='') as stream:
            stream.write(text)
        os.utime(stream.name, (0, 0))  # Postfix waits until a file that was just changed has cooled down


def death(host: Host, directory: str, why: str) -> CoreError:
    """Give the error for a configuration directory of which every Postfix program dies.

    Args:
        host: the instance.
        directory: its own, or one from ``staged``.
        why: from ``Host.cause_of_death``.
    """
    if directory == host.config_directory:
        return HostError(f'every Postfix program dies of the configuration in {directory}: {why}; nothing was changed, '
                         'put that right first')
    return _refused(host, why)


def try_out(host: Host, directory: str, effective: Effective, values: Mapping[str, Optional[str]]) -> None:
    """Let daemons of the installed Postfix try a staged configuration directory.

    Args:
        host: the instance.
        directory: from ``staged``.
        effective: what Postfix makes of it.
        values: that are being set in main.cf; None for those that are being taken out.

    Raises:
        TrialError: one would die of it, Postfix does not know a parameter, or reads another value than was written.
    """
    from ansible_collections.inet6.postfix.plugins.module_utils._postfix_log import log_from_now

    _read_back(host, directory, values)
    tables = _tables(values)
    for daemon in DAEMONS:
        if daemon == 'smtpd' or any(name.startswith(daemon + '_') for name in values):
            log = log_from_now(host, effective.maillog_file)
            if host.daemon_dies(daemon, effective.daemon_directory, directory):
                raise _refused(host, ' | '.join(log()) or f'{daemon} ends at once and gives no reason')
            complaints = [line for line in log() if 'error:' in line and any(table in line for table in tables)]
            if complaints:
                raise TrialError('Postfix would answer 451 to clients, this configuration was not put in place: '
                                 f'{" | ".join(complaints)}')


def _tables(values: Mapping[str, Optional[str]]) -> List[str]:
    """Give the files, and the names and types of tables, in match lists: daemons start without, and then answer 451."""
    items = [item.lstrip('!') for name, text in values.items() if isinstance(kind_of(name), MatchList)
             for item in words(text or '')]
    return [part for item in items if item.startswith('/') or is_named_table(item)
            for part in ([item] if item.startswith('/') else item.split(':', 1))]


def _refused(host: Host, why: str) -> TrialError:
    return TrialError(f'the installed Postfix {host.mail_version} would die of this configuration, which was not put '
                      f'in place: {why}')


def _read_back(host: Host, directory: str, values: Mapping[str, Optional[str]]) -> None:
    """See that Postfix reads what was written, and knows it."""
    code, output, errors = host.run('postconf', '-c', directory, '-n')
    found = {name.strip(): _folded(text) for name, text in (line.partition('=')[::2] for line in output.splitlines())}
    unknown = re.findall(r'unused parameter: ([^=\s]+)=', errors)
    for name, value in values.items():
        if value is not None and name in unknown:
            raise TrialError(f'{name}: the installed Postfix {host.mail_version} does not know this parameter, and '
                             'nothing refers to it; a newer release may, or the name is misspelt')
        if name not in unknown and not same_value(name, found.get(name, ''), _folded(value or '')):
            raise TrialError(f'{name}: the installed Postfix {host.mail_version} reads {found.get(name)!r} where '
                             f'{value!r} was written; nothing was changed, please report this')


def _folded(text: str) -> str:
    """Fold white space as postconf does when it shows a value."""
    return ' '.join(text.split())
