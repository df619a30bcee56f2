"""The installed Postfix as a true judge: python3 daemons.py, inside a host of the lab.

It answers the same questions as judge.py, in the same form, and asks the programs of Postfix themselves: slowly, about
a hundred values a second. What these do not tell is left out of the answer.

    match lists         smtpd(8), as a server to one client after another (XCLIENT)
    their patterns      postmap(1), which reads a cidr: table by the same function
    inet_*, *_style     postconf(1), which works out mynetworks from them
    bind addresses      smtp(8) and lmtp(8), which deliver a message, and show where they come from
    words and numbers   smtp(8), lmtp(8) or smtpd(8), as master(8) starts them
    what dies later     master(8) itself, with one service that a client connects to
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Item = dict[str, Any]
Answer = dict[str, Any]

DAEMONS = "/usr/lib/postfix/sbin"
QUEUE = "/var/spool/postfix"
# As the owner of the mail system smtpd does not take itself for a stand-alone program, which would trust anybody.
AS_POSTFIX = ["setpriv", "--reuid=postfix", "--regid=postfix", "--clear-groups"]
SMTPD = {
    "smtpd_authorized_xclient_hosts": "static:all",
    "smtpd_helo_restrictions": "permit_mynetworks, reject",
    "smtpd_delay_reject": "no",
    "smtpd_forbid_unauth_pipelining": "no",
    # It must not ask other daemons, which do not run.
    "local_recipient_maps": "",
    "smtpd_client_connection_count_limit": "0",
    "smtpd_client_connection_rate_limit": "0",
    "smtpd_client_event_limit_exceptions": "static:all",
    "smtpd_error_sleep_time": "0",
    "smtpd_peername_lookup": "no",
    "smtpd_soft_error_limit": "1000",
    "smtpd_hard_error_limit": "1000",
}
OUTCOMES = {"250": "match", "554": "no match", "451": "451"}
SECONDS = 20
PATIENCE = 4
"""Seconds until mail that cannot leave is given up."""
SINKS = {False: "192.0.2.25", True: "2001:db8::25"}
"""Where mail goes to: addresses of this host that it comes from, too, if nothing else is asked for."""
NEXTHOP = "nexthop.example.net"
AT_ONCE = 16
"""Most of the time they sleep: a second after each fatal error."""


def options(settings: dict[str, str]) -> list[str]:
    """Give the arguments of a daemon that set parameters."""
    return [argument for name, value in settings.items() for argument in ("-o", f"{name}={value}")]


def run(command: list[str], words: str = "", directory: str = QUEUE) -> subprocess.CompletedProcess[str]:
    """Run a program."""
    return subprocess.run(command, input=words, cwd=directory, timeout=SECONDS, capture_output=True, encoding="utf-8",
                          errors="surrogateescape", check=False)


def match_list(item: Item) -> Answer:
    """Connect as each client, and see whether it is in mynetworks. Other lists have no such effect."""
    dialog = ""
    for name, address in item["clients"]:
        shown = f"IPV6:{address}" if ":" in address else address
        dialog += f"XCLIENT NAME={'[UNAVAILABLE]' if name == 'unknown' else name} ADDR={shown}\r\nHELO client\r\n"
    command = [*AS_POSTFIX, f"{DAEMONS}/smtpd", "-S", *options({**SMTPD, "mynetworks": item["value"]})]
    replies = re.findall("^([0-9]{3}) ", run(command, dialog + "QUIT\r\n").stdout, re.MULTILINE)
    if not replies:
        return {"verdict": "fatal"}
    return {"verdict": "ok", "meaning": [OUTCOMES.get(reply, reply) for reply in replies[2:-1:2]]}


def computed_networks(settings: dict[str, str]) -> list[str] | None:
    """Let postconf work out mynetworks, which makes it read the parameters about the host's addresses."""
    done = run(["postconf", "-c", CONFIG, *options(settings), "-hx", "mynetworks"])
    return done.stdout.split() if done.returncode == 0 else None


def own_addresses(settings: dict[str, str]) -> Answer:
    """Give the addresses of the host."""
    networks = computed_networks({"mynetworks_style": "host", **settings})
    if networks is None:
        return {"verdict": "fatal"}
    return {"verdict": "ok", "meaning": sorted(re.sub(r"/[0-9]+|[\[\]]", "", network) for network in networks)}


def inet_protocols(item: Item) -> Answer:
    """Give the families of the host's addresses."""
    answer = own_addresses({"inet_protocols": item["value"]})
    if "meaning" in answer:
        answer["meaning"] = sorted({6 if ":" in address else 4 for address in answer["meaning"]})
    return answer


def inet_interfaces(item: Item) -> Answer:
    """Give the addresses that mail is for."""
    return own_addresses({"inet_protocols": item.get("inet_protocols", "all"), "inet_interfaces": item["value"]})


def mynetworks_style(item: Item) -> Answer:
    """Give the networks that are trusted."""
    networks = computed_networks({"mynetworks_style": item["value"]})
    return {"verdict": "fatal"} if networks is None else {"verdict": "ok", "meaning": networks}


def at_start(item: Item) -> Answer:
    """Start the daemon that reads a parameter, and see whether it says its first words."""
    daemon = item["parameter"].partition("_")[0]
    settings = SMTPD if daemon == "smtpd" else {f"{daemon}_tls_security_level": ""}
    command = [*AS_POSTFIX, f"{DAEMONS}/{daemon}", "-S", *options({**settings, item["parameter"]: item["value"]})]
    with subprocess.Popen(command, cwd=QUEUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        speaks = select.select([process.stdout], [], [], SECONDS)[0] and os.read(process.stdout.fileno(), 1)
        process.kill()
    return {"verdict": "ok" if speaks else "fatal"}


def bind_address(item: Item) -> Answer:
    """Let mail be delivered to this process, and see where it comes from."""
    daemon, over_ipv6 = item["parameter"].partition("_")[0], item["parameter"].endswith("6")
    sink = socket.create_server((SINKS[over_ipv6], 0), family=socket.AF_INET6 if over_ipv6 else socket.AF_INET)
    nexthop = f"[{SINKS[over_ipv6]}]:{sink.getsockname()[1]}"
    settings = {"inet_protocols": item.get("inet_protocols", "all"), item["parameter"]: item["value"]}
    ours, theirs = socket.socketpair()
    command = [*AS_POSTFIX, f"{DAEMONS}/{daemon}", "-S", *options({f"{daemon}_tls_security_level": "", **settings})]
    with ours, sink, subprocess.Popen(command, cwd=QUEUE, stdin=theirs.fileno(), stdout=theirs.fileno()) as process:
        theirs.close()
        ours.recv(4096)  # its greeting; nothing when it died
        try:
            ours.sendall(REQUEST.replace(NEXTHOP.encode(), nexthop.encode()))
            connected = sink in select.select([sink, ours], [], [], PATIENCE)[0]
        except OSError:
            connected = False
        source = sink.accept()[1][0] if connected else None
        process.kill()
    if source is None:
        return {"verdict": "fatal"}
    return {"verdict": "ignored"} if source == SINKS[over_ipv6] else {"verdict": "ok", "meaning": source}


def cidr(item: Item) -> Answer:
    """Read many patterns as a cidr: table, one a line, and give the numbers of the lines that are bad."""
    with tempfile.NamedTemporaryFile("w", dir=CONFIG) as table:
        table.writelines(f"{pattern} match\n" for pattern in item["patterns"])
        table.flush()
        complaints = run(["postmap", "-c", CONFIG, "-q", "192.0.2.1", f"cidr:{table.name}"]).stderr
    return {"verdict": "ok", "meaning": [int(line) for line in re.findall(r"line ([0-9]+): .*skipping", complaints)]}


def at_master(item: Item) -> Answer:
    """Start master with one service, connect to it, and give the host and port that it listens on."""
    is_service = item["parameter"] == "master.cf"
    settings = {**MAIN_CF, **SMTPD, **({} if is_service else {item["parameter"]: item["value"]})}
    service = item["value"] if is_service else "2525"
    with MASTER_TURN, tempfile.TemporaryDirectory(prefix="oracle-queue-") as queue:
        os.chmod(queue, 0o755)
        for name in ("pid", "private", "public", "data"):
            os.mkdir(f"{queue}/{name}")
            shutil.chown(f"{queue}/{name}", "postfix")
        config = configure("master", {**settings, "queue_directory": queue, "data_directory": f"{queue}/data"},
                           f"{service} inet n - n - - smtpd\nanvil unix - - n - 1 anvil\n")
        known = listening()
        command = [f"{DAEMONS}/master", "-c", config, "-d"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as process:
            until = time.monotonic() + PATIENCE
            while process.poll() is None and listening() <= known and time.monotonic() < until:
                time.sleep(0.02)
            found = sorted(listening() - known)
            lives = process.poll() is None and bool(found) and all(greets(*endpoint) for endpoint in found)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return {"verdict": "ok", "meaning": [found[0][0], str(found[0][1])]} if lives else {"verdict": "fatal"}


def listening() -> set[tuple[str, int]]:
    """Give the addresses and ports that this host listens on."""
    found = set()
    for line in run(["ss", "-Hltn"]).stdout.splitlines():
        host, colon, port = line.split()[3].rpartition(":")
        found.add((re.sub(r"[][]|%.*", "", host), int(port)))
    return found


def greets(host: str, port: int) -> bool:
    """Tell whether a server says something good to its client."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as client:
            return client.recv(4) == b"220 "
    except OSError:
        return False


JUDGES: dict[str, Callable[[Item], Answer]] = {
    "match_list": match_list, "inet_protocols": inet_protocols, "inet_interfaces": inet_interfaces,
    "mynetworks_style": mynetworks_style, "boolean": at_start, "integer": at_start, "duration": at_start,
    "one_word": at_start, "some_words": at_start, "bind_address": bind_address, "cidr": cidr,
    "at_master": at_master,
}
MAIN_CF = {"compatibility_level": "3.6", "myhostname": "mail.example.org"}
MASTER_TURN = threading.Lock()
"""Two masters would take each other's sockets for their own."""
CONFIG = ""
REQUEST = b""
"""What the queue manager of this release tells a delivery agent about a message in the queue."""


def configure(name: str, main_cf: dict[str, str], master_cf: str = "") -> str:
    """Make a directory with a configuration in which nothing about addresses is set."""
    directory = tempfile.mkdtemp(prefix=f"oracle-{name}-")
    os.chmod(directory, 0o755)
    with open(f"{directory}/main.cf", "w") as file:
        file.writelines(f"{name} = {value}\n" for name, value in main_cf.items())
    os.utime(file.name, (0, 0))  # Postfix reads a file that has just been written again and again, for two seconds
    with open(f"{directory}/master.cf", "w") as file:
        file.write(master_cf)
    return directory


def delivery_request() -> bytes:
    """Send a message through the real queue manager to a delivery agent that is this process, and leave it queued."""
    agent = f"{QUEUE}/private/oracle"
    services = ("pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
                "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce")
    config = configure("queue", {
        **MAIN_CF, "inet_interfaces": "loopback-only",
        "default_transport": f"oracle:{NEXTHOP}", "mydestination": "", "relay_domains": "", "alias_maps": "",
    }, "".join(f"{service}\n" for service in services))
    first_words = [*AS_POSTFIX, f"{DAEMONS}/smtp", "-S", *options({"smtp_tls_security_level": ""})]
    with subprocess.Popen(first_words, cwd=QUEUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        greeting = os.read(process.stdout.fileno(), 4096)
        process.kill()
    run(["postfix", "-c", config, "start"])
    with socket.socket(socket.AF_UNIX) as listener:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(agent)
        listener.bind(agent)
        os.chmod(agent, 0o666)
        listener.listen()
        listener.settimeout(SECONDS)
        run(["sendmail", "-C", config, "-f", "sender@example.org", "recipient@example.net"], "Subject: test\n\ntest\n")
        with listener.accept()[0] as manager:
            manager.sendall(greeting)
            manager.settimeout(SECONDS)
            request = b""
            while not re.search(rb"recipient_count\0001\0\0.+\0\0\Z", request, re.DOTALL):
                request += manager.recv(65536)
            run(["postfix", "-c", config, "stop"])
    return request


def answer(item: Item) -> Answer:
    """Ask the program that knows."""
    try:
        return JUDGES[item["judge"]](item)
    except subprocess.TimeoutExpired:
        return {"verdict": "crash"}


def main() -> None:
    """Say which release this is, then answer batches until there are no more."""
    global CONFIG, REQUEST
    CONFIG = configure("postconf", MAIN_CF)
    REQUEST = delivery_request()
    version = run(["postconf", "-h", "-d", "mail_version"]).stdout.strip()
    print(json.dumps({"version": version}), flush=True)
    batch: list[Item] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin:
            if line.strip():
                batch.append(json.loads(line))
                continue
            for found in pool.map(answer, batch):
                print(json.dumps(found))
            sys.stdout.flush()
            batch = []


if __name__ == "__main__":
    main()
