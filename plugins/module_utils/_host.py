# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""The host that a module runs on: its programs, files, addresses and processes.  It is only looked at here."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import stat
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ansible_collections.inet6.postfix.plugins.module_utils import _netlink
from ansible_collections.inet6.postfix.plugins.module_utils._addresses import SOCKET_FAMILY, Address, parse_address
from ansible_collections.inet6.postfix.plugins.module_utils._errors import CoreError
from ansible_collections.inet6.postfix.plugins.module_utils._grammar import protocol_families
from ansible_collections.inet6.postfix.plugins.module_utils._listeners import Endpoint, Expected, expected
from ansible_collections.inet6.postfix.plugins.module_utils._main_cf import MainCf
from ansible_collections.inet6.postfix.plugins.module_utils._master_cf import Service, inet_services
from ansible_collections.inet6.postfix.plugins.module_utils._values import release_of

EFFECTIVE = ('queue_directory', 'inet_protocols', 'inet_interfaces', 'master_service_disable',
             'maillog_file', 'daemon_directory')
"""What has to be known of any Postfix, with every $name expanded and every default in place."""

BUILT_IN = ('config_directory', 'mail_version')
"""What Postfix is compiled with. A main.cf may show something else."""

USUAL_DIRECTORY = '/etc/postfix'

SOCKETS = '/proc/self/net/tcp'
"""Where Linux shows who listens where, in a container only if /proc is mounted."""

TIMES_UP = (124, -signal.SIGTERM)
"""How a command ends that timeout(1) has ended; that of BusyBox ends by the signal itself."""

Run = Callable[..., Tuple[int, str, str]]
"""As ``_programs.run``: runs a list of arguments, gives return code, standard output and standard error."""


DEFAULT_INSTANCE = '-'
"""What postmulti(1) calls it."""


class HostError(CoreError):
    """The host does not let us do what is needed."""


class Effective(NamedTuple):
    """What Postfix makes of a configuration directory."""

    queue_directory: str
    inet_protocols: str
    inet_interfaces: str
    master_service_disable: str
    maillog_file: str
    """Empty where Postfix logs to syslog, and before 3.4."""
    daemon_directory: str

    @property
    def listens_by(self) -> Tuple[Tuple[int, ...], Tuple[str, ...]]:
        """Give what master takes over only when it starts."""
        return protocol_families(self.inet_protocols), tuple(self.inet_interfaces.replace(',', ' ').split())


def printable(text: str) -> str:
    """Replace the bytes of a file that are not UTF-8: JSON cannot carry them."""
    return text.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')


def read_text(path: str) -> Optional[str]:
    """Read a file without loss; None where there is none.

    Raises:
        HostError: it is there and cannot be read, or is something else than a file.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise HostError(f'{path}: is no regular file; name one, or take it out')
        with open(path, encoding='utf-8', errors='surrogateescape', newline='') as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f'{path}: cannot be read: {error.strerror}; run as root (become: true)') from error


class Host:
    """One Postfix instance on the host that the module runs on."""

    def __init__(self, run: Run, find: Callable[[str], Optional[str]], config_directory: Optional[str] = None) -> None:
        """Find the installed Postfix.

        Args:
            run: runs programs.
            find: gives the path of a program, None where it is not installed.
            config_directory: of the instance; Postfix's own default when None.

        Raises:
            HostError: there is no Postfix, or no such directory, or this is not Linux.
        """
        if not os.path.exists(SOCKETS):
            system = os.uname()
            raise HostError(f'there is no {SOCKETS} on this host ({system.sysname} {system.release}), which would say '
                            'where Postfix listens; only Linux is supported, with /proc mounted; nothing was changed')
        self._run = run
        self._find = find
        postconf = find('postconf')
        if not postconf:
            raise HostError('Postfix is not installed on this host: there is no postconf command; install it first')
        self._postconf = postconf
        self._known: Dict[Tuple[Any, ...], Effective] = {}
        default, self.mail_version = (None if config_directory else self._usual()) or self._built_in()
        self.release = release_of(self.mail_version)
        self.config_directory = config_directory or default
        self.is_default_instance = os.path.realpath(self.config_directory) == os.path.realpath(default)
        if not os.path.isdir(self.config_directory):
            raise HostError(f'config_directory: {self.config_directory} is no directory; name that of main.cf')

    def _usual(self) -> Optional[Tuple[str, str]]:
        """Give the values of BUILT_IN where Postfix is as it usually is; None where that is not sure.

        That takes no time, as postconf gives them with what has to be known anyway.
        """
        version = _version(USUAL_DIRECTORY)
        values = {} if 'MAIL_CONFIG' in os.environ else self.ask(None, *BUILT_IN, *EFFECTIVE)[0]
        if values.get('config_directory') != USUAL_DIRECTORY:
            return None
        if not set(BUILT_IN).isdisjoint(MainCf(read_text(os.path.join(USUAL_DIRECTORY, 'main.cf')) or '').values()):
            return None
        self._known[version] = _effective(values)
        return USUAL_DIRECTORY, values['mail_version']

    def _built_in(self) -> Tuple[str, str]:
        """Give the values of BUILT_IN, whatever the configuration is like."""
        code, output, errors = self._run([self._postconf, '-d', '-h', *BUILT_IN])
        lines = output.splitlines()
        if len(lines) != len(BUILT_IN):
            raise HostError(f'postconf does not work on this host: {reason(errors) or f"it ended with {code}"}')
        return lines[0], lines[1]

    def beside(self, directory: str) -> Host:
        """Give another instance on the same host, by its configuration directory."""
        return Host(self._run, self._find, directory)

    @property
    def instance_name(self) -> str:
        """Give the name by which postmulti(1) and systemd know this instance; empty where they do not."""
        if self.is_default_instance:
            return DEFAULT_INSTANCE
        return self.ask(self.config_directory, 'multi_instance_name')[0].get('multi_instance_name', '')

    def run(self, *command: str) -> Tuple[int, str, str]:
        """Run a program of Postfix or of the system by its name.

        Raises:
            HostError: it is not installed.
        """
        path = self._find(command[0])
        if not path:
            raise HostError(f'{command[0]}: there is no such command on this host')
        return self._run([path, *command[1:]])

    def daemon_dies(self, daemon: str, daemon_directory: str, directory: str) -> bool:
        """Start a daemon stand-alone on nothing, and tell whether its configuration kills it.

        A fatal error ends it after one second (msg_fatal sleeps), with nothing on standard error.  smtp and lmtp never
        end by themselves, so time is limited for all.
        """
        code = self._run(['timeout', '2', os.path.join(daemon_directory, daemon), '-S'],
                         environ_update={'MAIL_CONFIG': directory}, data='')[0]
        return code not in (0, *TIMES_UP)

    def control(self, verb: str) -> Tuple[str, ...]:
        """Give the postfix(1) command that stops, starts or reloads this instance."""
        return ('postfix', '-c', self.config_directory, verb)

    def has(self, command: str) -> bool:
        """Tell whether a program is installed."""
        return bool(self._find(command))

    def path(self, name: str) -> str:
        """Give the path of a file of this instance's configuration, with symbolic links followed."""
        return os.path.realpath(os.path.join(self.config_directory, name))

    def cause_of_death(self, directory: str) -> str:
        """Say why every Postfix program dies of a configuration directory; nothing where it lives.

        All begin with mail_params_init(), which evaluates what they have in common.  Most say why they die only to
        syslog; postmap says it on standard error.
        """
        code, output, errors = self.run('postmap', '-c', directory, '-q', 'x', 'static:x')
        return (reason(errors) or f'postmap ended with {code} and gave no reason') if code else ''

    def ask(self, directory: Optional[str], *names: str) -> Tuple[Dict[str, str], str]:
        """Ask Postfix for parameters of a configuration directory, or of its own; give them, and why there may be none.

        mynetworks is given on the command line, because postconf works out its default from inet_interfaces and dies
        when that is wrong, whatever it is asked for.
        """
        where = ['-c', directory] if directory else []
        code, output, errors = self._run([self._postconf, *where, '-o', 'mynetworks=', '-x', *names])
        if code == 0:
            return _settings(output), ''
        return {}, reason(errors) or f'postconf ended with {code} and gave no reason'

    def effective(self, directory: Optional[str] = None) -> Effective:
        """Say what Postfix makes of a configuration directory, this instance's own by default.

        Raises:
            HostError: with Postfix's own reason.
        """
        directory = directory or self.config_directory
        version = _version(directory)
        if version not in self._known:
            values, why = self.ask(directory, *EFFECTIVE)
            if not values:
                raise HostError(f'Postfix cannot make sense of the configuration in {directory}: {why}')
            self._known[version] = _effective(values)
        return self._known[version]

    def expanded(self, directory: str, names: List[str], values: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
        """Give the text of parameters with every $name expanded, as Postfix does it; of some as if they had a value."""
        given = [part for name in names if values for part in ('-o', f'{name}={values[name]}')]
        found = _settings(self._run([self._postconf, '-c', directory, *given, '-x', *names])[1]) if names else {}
        return {name: found.get(name, '') for name in names}

    def families(self, inet_protocols: str) -> List[int]:
        """Give the address families that inet_protocols turns on and the kernel has, as Postfix finds out."""
        found = []
        for family in protocol_families(inet_protocols):
            try:
                socket.socket(SOCKET_FAMILY[family], socket.SOCK_STREAM).close()
            except OSError as error:
                if error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT):
                    continue
                raise
            found.append(family)
        return found

    def ipv6_disabled(self) -> bool:
        """Tell whether the kernel has no IPv6, or has it switched off for every interface."""
        return (read_text('/proc/sys/net/ipv6/conf/all/disable_ipv6') or '1').strip() == '1'

    def addresses(self) -> List[_netlink.HostAddress]:
        """Give every address of every interface.

        Raises:
            HostError: the kernel does not tell.
        """
        try:
            return _netlink.known_addresses()
        except OSError as error:
            raise HostError(f'the kernel does not tell the addresses of this host: {error}') from error

    def master_options(self, directory: str) -> Dict[str, str]:
        """Give the options of services that Postfix reads in a configuration directory, by ``name/type/parameter``.

        Raises:
            HostError: with Postfix's own reason.
        """
        code, output, errors = self._run([self._postconf, '-c', directory, '-P'])
        if code:
            raise HostError(f'Postfix cannot make sense of master.cf in {directory}: {reason(errors)}')
        return _settings(output)

    def services(self, effective: Effective, directory: Optional[str] = None) -> List[Service]:
        """Give the services of type inet that master starts, by this instance's configuration directory or another."""
        text = read_text(os.path.realpath(os.path.join(directory or self.config_directory, 'master.cf'))) or ''
        return list(inet_services(text, effective.master_service_disable))

    def expected(self, effective: Effective, own: Iterable[Address], directory: Optional[str] = None) -> Expected:
        """Work out where master listens under this configuration once it is started."""
        return expected(self.services(effective, directory), self.families(effective.inet_protocols),
                        effective.inet_interfaces, own, resolve, self.release)


def _version(directory: str) -> Tuple[Any, ...]:
    """Give what is different as soon as the main.cf of a configuration directory is."""
    path = os.path.join(directory, 'main.cf')
    try:
        status = os.stat(path)
    except OSError:
        return (path,)
    return path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _effective(values: Mapping[str, str]) -> Effective:
    return Effective(*(values.get(name, '') for name in EFFECTIVE))


def _settings(output: str) -> Dict[str, str]:
    """Read what postconf(1) prints: a line of name and value for each parameter."""
    pairs = (line.partition('=')[::2] for line in output.splitlines())
    return {name.strip(): value.strip() for name, value in pairs}


def reason(errors: str) -> str:
    """Take the line that matters out of what a Postfix program prints."""
    lines = [line for line in errors.splitlines() if line.strip()]
    telling = [line for line in lines if 'fatal:' in line or 'error:' in line] or lines
    return printable(telling[-1].strip()) if telling else ''


def resolve(name: str, family: int) -> List[Address]:
    """Look a host name or numeric address up as Postfix does; an empty list where there is nothing."""
    try:
        found = socket.getaddrinfo(name, None, SOCKET_FAMILY[family], socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    addresses = [parse_address(str(entry[4][0]).partition('%')[0]) for entry in found]
    return [address for address in addresses if address]


def master_pid(queue_directory: str) -> Optional[int]:
    """Give the process id of the running master of an instance; None where none runs.

    A master holds a lock on its master.pid as long as it lives. The number in the file alone may be stale, and by now
    somebody else's.
    """
    path = os.path.join(queue_directory, 'pid', 'master.pid')
    pid = (read_text(path) or '').strip()
    return int(pid) if pid.isdigit() and _holds_lock(int(pid), path) else None


def _holds_lock(pid: int, path: str) -> bool:
    """Tell whether a process holds a lock on a file (proc(5)).

    The kernel shows it with the descriptors of the process. Where nobody may see these, it is among all locks; while
    the kernel shows those, everybody else waits who wants one, anywhere on the machine.
    """
    file = os.stat(path)
    try:
        for number in os.listdir(f'/proc/{pid}/fd'):
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                is_same = os.path.samestat(os.stat(f'/proc/{pid}/fd/{number}'), file)
                if is_same and '\nlock:' in (read_text(f'/proc/{pid}/fdinfo/{number}') or ''):
                    return True
        return False
    except FileNotFoundError:
        return False  # the process has ended
    except PermissionError:
        locks = [line.split() for line in (read_text('/proc/locks') or '').splitlines()]
        return any(fields[4] == str(pid) and fields[5].rpartition(':')[2] == str(file.st_ino)
                   for fields in locks if len(fields) > 5)


def child(pid: int, name: str) -> Optional[int]:
    """Give the process of this name that another one has started; None where there is none."""
    for number in (read_text(f'/proc/{pid}/task/{pid}/children') or '').split():
        with contextlib.suppress(OSError), open(f'/proc/{number}/comm', encoding='utf-8') as stream:
            if stream.read() == name + '\n':
                return int(number)
    return None


def bind_error(endpoint: Endpoint, reuse_port: bool) -> str:
    """Bind to an endpoint as master does, and let go; give the reason where that fails, or nothing.

    Args:
        endpoint: that nothing of this Postfix listens on.
        reuse_port: whether master shares ports with others that do (SO_REUSEPORT, since Postfix 3.6).
    """
    with socket.socket(SOCKET_FAMILY[endpoint.address.family], socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if endpoint.address.family == 6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((str(endpoint.address), endpoint.port))
            probe.listen(1)
        except OSError as error:
            return error.strerror or str(error)
    return ''
