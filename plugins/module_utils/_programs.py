# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""Programs of a host, run to their end."""

from __future__ import annotations

import os
import subprocess
from typing import IO, Any, Dict, Mapping, Optional, Sequence, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils._host import HostError


def run(
    arguments: Sequence[str], environ_update: Optional[Mapping[str, str]] = None, data: Optional[str] = None,
) -> Tuple[int, str, str]:
    """Run a program in the locale C.

    It is waited for, and no daemon that it starts, which would hold a pipe open: what they print goes to memory. Unlike
    AnsibleModule.run_command, this puts no variables of the environment in the place of $names, which mean parameters.

    Args:
        arguments: the path of the program, and what it is given as it stands.
        environ_update: variables of its environment beside those of this process.
        data: what it reads from a pipe; nothing when None.

    Returns:
        The return code, or the negative number of a signal; standard output; standard error.

    Raises:
        HostError: it cannot be started.
    """
    with _memory() as nothing, _memory() as output, _memory() as errors:
        given: Dict[str, Any] = {'stdin': nothing}
        if data is not None:
            given = {'input': data.encode('utf-8', 'surrogateescape')}
        try:
            code = subprocess.run(arguments, stdout=output, stderr=errors, check=False, env={
                **os.environ, 'LC_ALL': 'C', **(environ_update or {})}, **given).returncode
        except OSError as error:
            raise HostError(f'{arguments[0]}: cannot be started: {error.strerror}') from error
        return code, _text(output), _text(errors)


def _memory() -> IO[bytes]:
    """Open a file that is on no disk, as that may be full (memfd_create(2))."""
    return os.fdopen(os.memfd_create('inet6.postfix'), 'w+b')


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode('utf-8', 'surrogateescape')
