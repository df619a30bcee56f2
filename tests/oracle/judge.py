"""The installed Postfix as a fast judge: python3 judge.py, inside a host of the lab.

Reads batches of JSON lines on standard input, each ended by an empty line, and answers each batch with as many lines:

    {"judge": "match_list", "parameter": "mynetworks", "value": "[::1]", "names": "parent domains",
     "clients": [["unknown", "::1"]]}
    {"verdict": "ok", "meaning": ["match"]}
    {"judge": "inet_protocols", "parameter": "inet_protocols", "value": "IPv4"}
    {"verdict": "fatal", "reason": "unknown inet_protocols value \"IPv4\" in \"IPv4\""}

It calls the functions of the package's own libraries with which the daemons read their parameters. These keep state,
and end their process when they do not like a value. So each batch has a process of its own, in which a call that would
end it never returns: its thread stays behind, asleep, and another one goes on with the next value.

It needs nothing but Python 3.9, and knows nothing of this collection.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

Item = dict[str, Any]
Answer = dict[str, Any]

LIBRARIES = "/usr/lib/postfix"
# PyDLL does not let go of the interpreter during a call: one thread at a time runs Postfix, and calls are faster.
util = ctypes.PyDLL(f"{LIBRARIES}/libpostfix-util.so", mode=ctypes.RTLD_GLOBAL)
glob = ctypes.PyDLL(f"{LIBRARIES}/libpostfix-global.so", mode=ctypes.RTLD_GLOBAL)

FATAL, PANIC = 3, 4
"""Levels of Postfix's messages."""
MATCH_FLAG_PARENT, MATCH_FLAG_RETURN = 1, 2
MATCH_LIST_ERROR = 56
"""Where struct MATCH_LIST keeps its last error (match_list.h)."""
MOST_ERRORS = 13
"""After so many unusable tables a daemon ends (msg.c)."""
FOREVER = 1e6
CRASH = '{"verdict": "crash"}\n'


class AddressList(ctypes.Structure):
    """INET_ADDR_LIST."""

    _fields_ = [("used", ctypes.c_int), ("size", ctypes.c_int), ("addresses", ctypes.c_void_p)]


class ProtocolInfo(ctypes.Structure):
    """The first members of INET_PROTO_INFO."""

    _fields_ = [("family", ctypes.c_uint), ("families", ctypes.POINTER(ctypes.c_uint))]


class Name(ctypes.Structure):
    """NAME_CODE and NAME_MASK."""

    _fields_ = [("name", ctypes.c_char_p), ("code", ctypes.c_int)]


def declare(library: ctypes.PyDLL, name: str, result: Any, *arguments: Any) -> Any:
    """Give a function of a library its types."""
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


TEXT, INT, POINTER = ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p
OUTPUT = ctypes.CFUNCTYPE(None, INT, TEXT)
CLEANUP = ctypes.CFUNCTYPE(None)
match_list_init = declare(util, "match_list_init", POINTER, TEXT, INT, TEXT, INT)  # and as many functions as it is told
match_list_match = declare(util, "match_list_match", INT, POINTER, TEXT)
match_list_free = declare(util, "match_list_free", None, POINTER)
inet_proto_init = declare(util, "inet_proto_init", ctypes.POINTER(ProtocolInfo), TEXT, TEXT)
hostaddr_to_sockaddr = declare(util, "hostaddr_to_sockaddr", INT, TEXT, TEXT, INT, ctypes.POINTER(POINTER))
sockaddr_to_hostaddr = declare(util, "sockaddr_to_hostaddr", INT, POINTER, INT, POINTER, POINTER, INT)
host_port = declare(util, "host_port", TEXT, POINTER, ctypes.POINTER(TEXT), TEXT, ctypes.POINTER(TEXT), TEXT)
name_code = declare(util, "name_code", INT, ctypes.POINTER(Name), INT, TEXT)
name_mask = declare(util, "name_mask_delim_opt", INT, TEXT, ctypes.POINTER(Name), TEXT, TEXT, INT)
own_inet_addr_list = declare(glob, "own_inet_addr_list", ctypes.POINTER(AddressList))
proxy_inet_addr_list = declare(glob, "proxy_inet_addr_list", ctypes.POINTER(AddressList))
server_acl_pre_jail_init = declare(glob, "server_acl_pre_jail_init", None, TEXT, TEXT)
server_acl_parse = declare(glob, "server_acl_parse", POINTER, TEXT, TEXT)
server_acl_eval = declare(glob, "server_acl_eval", INT, TEXT, POINTER, TEXT)
mynetworks = declare(glob, "mynetworks", TEXT)
mail_conf_update = declare(glob, "mail_conf_update", None, TEXT, TEXT)
get_mail_conf_bool = declare(glob, "get_mail_conf_bool", INT, TEXT, INT)
get_mail_conf_int = declare(glob, "get_mail_conf_int", INT, TEXT, INT, INT, INT)
get_mail_conf_time = declare(glob, "get_mail_conf_time", INT, TEXT, TEXT, INT, INT)
match_functions = [ctypes.cast(getattr(util, name), POINTER) for name in ("match_hostname", "match_hostaddr")]


def encoded(text: str) -> bytes:
    """Give text as main.cf holds it."""
    return text.encode("utf-8", "surrogateescape")


def ok(meaning: Any) -> Answer:
    """Postfix takes the value, and this is what it takes it for."""
    return {"verdict": "ok", "meaning": meaning}


def fatal(reason: str) -> Answer:
    """Postfix ends."""
    return {"verdict": "fatal", "reason": reason}


# --- One function for each way in which Postfix reads a parameter


def match_list(item: Item) -> Answer:
    """What becomes of each client: match, no match or 451."""
    flags = MATCH_FLAG_RETURN | (MATCH_FLAG_PARENT if item["names"] == "parent domains" else 0)
    functions = match_functions[item["names"] == "no names":]
    patterns = match_list_init(encoded(item["parameter"]), flags, encoded(item["value"]), len(functions), *functions)
    error = INT.from_address(patterns + MATCH_LIST_ERROR)
    outcomes = []
    for client in item["clients"]:
        name_and_address = [text.encode() for text in client]
        matches = match_list_match(patterns, *name_and_address[-len(functions):])
        outcomes.append("match" if matches else "451" if error.value else "no match")
    match_list_free(patterns)
    util.msg_error_clear()
    return ok(outcomes)


def inet_protocols(item: Item) -> Answer:
    """The address families that are on."""
    families = inet_proto_init(b"inet_protocols", encoded(item["value"])).contents.families
    found: list[int] = []
    while families[len(found)]:
        found.append({socket.AF_INET: 4, socket.AF_INET6: 6}[families[len(found)]])
    return ok(found)


def own_addresses(parameter: str, listing: Callable[[], Any], item: Item) -> Answer:
    """The addresses that a list of addresses and names stands for."""
    inet_proto_init(b"inet_protocols", encoded(item.get("inet_protocols", "all")))
    value = TEXT.in_dll(glob, f"var_{parameter}")
    value.value = b""
    listing().contents.used = 0  # what it remembers of the last value
    value.value = encoded(item["value"])
    addresses = listing().contents
    size = 128  # of struct sockaddr_storage
    return ok(sorted(numeric(addresses.addresses + size * index) for index in range(addresses.used)))


def inet_interfaces(item: Item) -> Answer:
    """The addresses of the host that mail is for."""
    return own_addresses("inet_interfaces", own_inet_addr_list, item)


def proxy_interfaces(item: Item) -> Answer:
    """The addresses of a proxy in front of the host."""
    return own_addresses("proxy_interfaces", proxy_inet_addr_list, item)


def mynetworks_style(item: Item) -> Answer:
    """The networks of the host's own addresses that are trusted. Postfix asks once in a process."""
    inet_proto_init(b"inet_protocols", b"all")
    TEXT.in_dll(glob, "var_inet_interfaces").value = b"all"
    value = string(item, least=1)
    TEXT.in_dll(glob, "var_mynetworks_style").value = value
    return ok(sorted(set((mynetworks() or b"").decode().split())))


def bind_address(item: Item) -> Answer:
    """The address that mail leaves from: as smtp_connect_addr() reads it, binds it and connects from it."""
    value = encoded(item["value"])
    if not value:
        return ok(None)
    over_ipv6 = item["parameter"].endswith("6")
    if ("ipv4" if over_ipv6 else "ipv6") == item.get("inet_protocols"):
        return {"verdict": "ignored", "reason": "nothing is sent over this protocol"}
    inet_proto_init(b"inet_protocols", encoded(item.get("inet_protocols", "all")))
    if value[:1] == b"[" and RELEASE >= (3, 7):
        inside, bracket, rest = value[1:].partition(b"]")
        if not bracket or rest:
            return fatal("malformed parameter")
        value = inside
    found = POINTER()
    error = hostaddr_to_sockaddr(value, None, 0, ctypes.byref(found))
    if error:
        return fatal(f"bad parameter: {util_text('gai_strerror', error)}")
    # struct addrinfo: four integers, a length, and here the address.
    info = found.value or 0
    family = INT.from_address(info + 4).value
    address = numeric(POINTER.from_address(info + 24).value or 0)
    try:
        source = source_of_mail(address, family, over_ipv6)
    except OSError as refused:
        return {"verdict": "ignored", "reason": str(refused)}
    if source is None:
        return fatal("no connection")
    if source != address and address not in ("::", "0.0.0.0"):  # a multicast address, say
        return {"verdict": "ignored", "reason": f"mail comes from {source}"}
    return ok(address)


def boolean(item: Item) -> Answer:
    """``yes`` or ``no``."""
    name = configured(item)
    return ok(bool(get_mail_conf_bool(name, 0)))


def integer(item: Item) -> Answer:
    """A number within limits; 0 is no limit."""
    lowest, highest = item["limits"]
    return ok(get_mail_conf_int(configured(item), 0, lowest, highest))


def duration(item: Item) -> Answer:
    """Seconds."""
    return ok(get_mail_conf_time(configured(item), b"30s", item.get("lowest", 0), 0))


def one_word(item: Item) -> Answer:
    """One of a few words in any case."""
    value = string(item, least=item.get("least", 1))
    code = name_code(names(item["words"], lambda index: index), 0, value)
    return fatal(f"bad {item['parameter']} value") if code < 0 else ok(item["words"][code])


def some_words(item: Item) -> Answer:
    """Some of a few words, in one case only."""
    value = string(item, least=item.get("least", 1))
    table = names(item["words"], lambda index: 1 << index)
    found = name_mask(encoded(item["parameter"]), table, value, b", \t\r\n", 1)
    return ok([word for index, word in enumerate(item["words"]) if found & 1 << index])


def access_list(item: Item) -> Answer:
    """What postscreen does with each client: permit, reject, dunno, or error."""
    server_acl_pre_jail_init(b"192.0.2.0/24", encoded(item["parameter"]))
    patterns = server_acl_parse(encoded(item["value"]), encoded(item["parameter"]))
    actions = {1: "permit", 0: "dunno", -1: "reject", -2: "error"}
    outcomes = [
        actions[server_acl_eval(address.encode(), patterns, encoded(item["parameter"]))]
        for name, address in item["clients"]
    ]
    util.msg_error_clear()
    return ok(outcomes)


def server_endpoint(item: Item) -> Answer:
    """Host and port of an inet service in master.cf."""
    answer = endpoint(item["value"], b"", None)
    if answer["verdict"] == "ok":
        host, port = answer["meaning"]
        try:
            found = socket.getaddrinfo(None, encoded(port), type=socket.SOCK_STREAM, flags=socket.AI_NUMERICSERV)
            answer["meaning"] = [host, str(found[0][4][1] or "any")]
        except socket.gaierror:
            return answer if is_service(port) else fatal(f"unknown service: {port}")
    return answer


def relay_hosts(item: Item) -> Answer:
    """Host and port of each of a list of destinations."""
    inet_proto_init(b"inet_protocols", b"all")
    found = []
    for word in re.split("[, \t\r\n]+", item["value"]):
        if word:
            answer = endpoint(word, None, b"smtp")
            if answer["verdict"] == "fatal":
                return answer
            host, port = answer["meaning"]
            # As smtp_parse_destination() does, which is in smtp(8) itself.
            if re.fullmatch("[0-9]+", port):
                if not 0 < int(port) < 65536:
                    return fatal(f"bad network port: {port}")
                port = str(int(port))
            elif not is_service(port):
                return fatal(f"unknown service: {port}")
            found.append([host, port])
    return ok(found)


# --- What they share


def endpoint(text: str, default_host: bytes | None, default_port: bytes | None) -> Answer:
    """Host and port, by the function that both ends use; the host as getaddrinfo(3) reads it where it is numeric."""
    buffer = ctypes.create_string_buffer(encoded(text))
    host, port = TEXT(), TEXT()
    error = host_port(ctypes.addressof(buffer), ctypes.byref(host), default_host, ctypes.byref(port), default_port)
    if error:
        return fatal(error.decode())
    meaning = [(part.value or b"").decode("utf-8", "surrogateescape") for part in (host, port)]
    try:
        meaning[0] = str(socket.getaddrinfo(host.value or b"", None, flags=socket.AI_NUMERICHOST)[0][4][0])
    except socket.gaierror:
        if ":" in meaning[0]:  # what looks like an address to host_port() need not be one to the next function
            return fatal(f"bad hostname or network address: {meaning[0]}")
    return ok(meaning)


def is_service(name: str) -> bool:
    """Tell whether services(5) has a port of this name."""
    try:
        return bool(socket.getservbyname(name, "tcp"))
    except (OSError, UnicodeError):
        return False


def string(item: Item, least: int) -> bytes:
    """Check the length as get_mail_conf_str() does."""
    value = encoded(item["value"])
    if len(value) < least:
        # It is fatal in all programs, but here there is no C function that has the limit.
        give_up(f"bad string length {len(value)} < {least}: {item['parameter']} = {item['value']}")
    return value


def configured(item: Item) -> bytes:
    """Put a value where get_mail_conf_*() look, and give its name."""
    name = encoded(item["parameter"])
    mail_conf_update(name, encoded(item["value"]))
    return name


def names(words: list[str], code: Callable[[int], int]) -> Any:
    """Make a table of words, each with the code of its index; at its end, the code of what is none of them."""
    rows = [Name(encoded(word), code(index)) for index, word in enumerate(words)]
    return (Name * (len(rows) + 1))(*rows, Name(None, -1))


def numeric(sockaddr: int) -> str:
    """Give the address in a socket address as text, as Postfix does."""
    family = ctypes.c_ushort.from_address(sockaddr).value
    buffer = ctypes.create_string_buffer(64)
    length = 16 if family == socket.AF_INET else 28
    error = sockaddr_to_hostaddr(sockaddr, length, ctypes.addressof(buffer), None, 0)
    return f"error {error}" if error else buffer.value.decode()


def util_text(function: str, number: int) -> str:
    """Ask libc for the text of an error."""
    return (declare(ctypes.PyDLL(None), function, TEXT, INT)(number) or b"").decode()


def source_of_mail(address: str, family: int, over_ipv6: bool) -> str | None:
    """Bind an address, connect from it, and give the address that the other side sees; None where there is no way.

    Raises:
        OSError: the address cannot be bound: Postfix warns, and goes on without it.
    """
    if (family == socket.AF_INET6) != over_ipv6:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    sink = ("::1" if over_ipv6 else "127.0.0.1", 0)
    with socket.create_server(sink, family=family) as server, socket.socket(family) as client:
        client.bind((address, 0))
        try:
            client.connect(server.getsockname())
        except OSError:
            return None
        return str(client.getsockname()[0])  # on this machine, the other side sees the same


JUDGES: dict[str, Callable[[Item], Answer]] = {
    judge.__name__: judge
    for judge in (match_list, inet_protocols, inet_interfaces, proxy_interfaces, mynetworks_style, bind_address,
                  boolean, integer, duration, one_word, some_words, access_list, server_endpoint, relay_hosts)
}
RELEASE: tuple[int, ...] = ()


# --- Processes and threads


def wants_own_process(item: Item) -> bool:
    """Tell whether what Postfix remembers of other values would change the answer."""
    if item["judge"] == "mynetworks_style":
        return True
    tables = item["value"].count(":") >= MOST_ERRORS and [
        word for word in re.split("[, \t\r\n]", item["value"]) if ":" in word and not word.lstrip("!").startswith("[")]
    return item["judge"] == "match_list" and bool(tables) and len(tables) >= MOST_ERRORS


class Bench:
    """Judges a batch in this process, which is not good for anything else afterwards."""

    def __init__(self, items: list[Item]) -> None:
        """Take over the ends of Postfix."""
        self.items = items
        self.answers: list[Answer] = []
        self.last_words = ""
        self.turn = threading.Event()
        self.callbacks = OUTPUT(self.hear), CLEANUP(self.die)  # kept alive with this object

    def judge(self) -> list[Answer]:
        """Answer all items, in as many threads as there are deaths."""
        INT.in_dll(util, "dict_allow_surrogate").value = 1
        INT.in_dll(util, "util_utf8_enable").value = 1
        TEXT.in_dll(glob, "var_par_dom_match").value = b"debug_peer_list,mynetworks"
        util.msg_output(self.callbacks[0])
        util.msg_cleanup(self.callbacks[1])
        while len(self.answers) < len(self.items):
            self.turn.clear()
            threading.Thread(target=self.run, daemon=True).start()
            self.turn.wait()
        return self.answers

    def run(self) -> None:
        """Answer items, up to the first that is fatal."""
        while len(self.answers) < len(self.items):
            item = self.items[len(self.answers)]
            try:
                self.answers.append(JUDGES[item["judge"]](item))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        self.turn.set()

    def hear(self, level: int, text: bytes) -> None:
        """Remember why Postfix ends."""
        if level >= FATAL:
            self.last_words = text.decode("utf-8", "replace")

    def die(self) -> NoReturn:
        """Answer for Postfix, which is about to end this process; never give control back to it."""
        self.answers.append(fatal(self.last_words))
        INT.in_dll(util, "msg_exiting").value = 0
        util.msg_error_clear()
        self.turn.set()
        while True:
            time.sleep(FOREVER)


bench: Bench | None = None


def give_up(reason: str) -> NoReturn:
    """Do what msg_fatal() does."""
    assert bench
    bench.last_words = reason
    bench.die()


def in_child(items: list[Item]) -> list[str]:
    """Judge items in a process of their own; nothing where it crashed."""
    global bench
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        bench = Bench(items)
        with os.fdopen(sink, "w") as out:
            out.writelines(json.dumps(answer) + "\n" for answer in bench.judge())
        os._exit(0)
    os.close(sink)
    with os.fdopen(source) as answers:
        lines = answers.readlines()
    return lines if os.waitpid(child, 0)[1] == 0 else []


def judge(items: list[Item]) -> list[str]:
    """Answer a batch; where that crashes, each item alone."""
    together = [item for item in items if not wants_own_process(item)]
    lines = in_child(together)
    shared = iter(lines)
    return [
        next(shared) if lines and not wants_own_process(item) else (in_child([item]) or [CRASH])[0] for item in items
    ]


def main() -> None:
    """Say which release this is, then answer batches until there are no more."""
    global RELEASE
    version = os.popen("postconf -h -d mail_version").read().strip()
    RELEASE = tuple(int(number) for number in re.findall("[0-9]+", version)[:2])
    print(json.dumps({"version": version}), flush=True)
    batch: list[Item] = []
    for line in sys.stdin:
        if line.strip():
            batch.append(json.loads(line))
            continue
        sys.stdout.writelines(judge(batch))
        sys.stdout.flush()
        batch = []


if __name__ == "__main__":
    main()
