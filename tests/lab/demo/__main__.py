"""The demo's script: before, `ansible-playbook inet6.postfix.enable`, after, and the same again."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from lab.__main__ import images
from lab.process import ROOT, LabError, logged, new_log, output, step

INVENTORY = "tests/lab/demo/inventory.yml"
CONTAINERS = {name: f"inet6-postfix-demo-{name}" for name in ("mail", "client")}
ENABLE = ["ansible-playbook", "-i", INVENTORY, "inet6.postfix.enable", "--limit", "mail", "--diff"]
PROVEN = "port 25 answers, and relays for no stranger"
DELIVERY_SECONDS = 20

GREET = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], 25), timeout=5) as connection:
        print(connection.makefile().readline().strip())
except OSError as error:
    print(error)
"""
SEND = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], timeout=10) as smtp:
    smtp.sendmail("bob@client.example.net", ["alice@example.org"], "Subject: Over IPv6\\r\\n\\r\\nHello, alice!\\r\\n")
"""


def main() -> int:
    """Run the demo; a failure is one clear sentence."""
    os.chdir(ROOT)
    try:
        address = start()
        title("Before: IPv4 only, and a main.cf that people have edited by hand")
        look(address)
        title("Turn IPv6 on, and prove it from another host: one command")
        if f"{address} {PROVEN}" not in enable():
            raise LabError("nothing was proven from another host")
        title("After: dual stack, and mail over IPv6")
        look(address)
        mail(address)
        title("The same command again: nothing to do, so nothing is done")
        recap = enable().partition("PLAY RECAP")[2]
        if "changed=0" not in recap or "failed=0" not in recap:
            raise LabError("the second run changed something")
    except LabError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    title("The host stays up")
    print(f"  enter it:   docker exec -it {CONTAINERS['mail']} bash")
    print(f"  try more:   .venv/bin/{' '.join(ENABLE)} -e postfix_ipv6_mynetworks='2001:db8::1/64'")
    print("  remove it:  make clean")
    return 0


def title(text: str) -> None:
    """Begin a part of the demo."""
    print(f"\n=== {text} ===\n", flush=True)


def start() -> str:
    """Start the two hosts anew; the IPv6 address of the mail host."""
    images(["bookworm"])
    log = new_log("demo")
    for text, playbook in (
        ("Removing what an earlier demo left", "destroy"),
        ("Starting a mail host and a client", "create"),
        ("Making the mail host IPv4-only", "ipv4_only"),
    ):
        with step(text):
            logged(log, "ansible-playbook", "-i", INVENTORY, f"molecule/shared/{playbook}.yml")
    address = "--format={{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}"
    return output("docker", "inspect", address, CONTAINERS["mail"])


def on(host: str, *command: str) -> str:
    """Run a command on a host; what it prints."""
    return output("docker", "exec", CONTAINERS[host], *command)


def show(host: str, command: str) -> None:
    """Run a shell command on a host and show both."""
    print(f"{host}# {command}")
    print("\n".join(f"    {line}" for line in on(host, "sh", "-c", command).splitlines()), flush=True)


def look(address: str) -> None:
    """Show what Postfix is told, where it listens, and what a client gets over IPv6."""
    show("mail", "postconf inet_protocols inet_interfaces mynetworks")
    show("mail", "ss -Hltn 'sport = :25'")
    print(f"client# connect to [{address}]:25")
    print(f"    {on('client', 'python3', '-c', GREET, address)}", flush=True)


def enable() -> str:
    """Run the playbook as a user does; what it prints."""
    print(f"$ {' '.join(ENABLE)}", flush=True)
    done = subprocess.run(ENABLE, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        raise LabError("the playbook failed, see above")
    return done.stdout


def mail(address: str) -> None:
    """Send a mail over IPv6 and show what became of it."""
    print("client# send a mail to alice@example.org")
    on("client", "python3", "-c", SEND, address)
    deadline = time.monotonic() + DELIVERY_SECONDS
    while "[IPv6:" not in (received := on("mail", "sh", "-c", "cat /var/mail/alice 2>&1 || true")):
        if time.monotonic() > deadline:
            raise LabError(f"the mail did not arrive over IPv6 within {DELIVERY_SECONDS} s: {received}")
        time.sleep(0.2)
    show("mail", "cat /var/mail/alice")
    queue_id = received.partition(" id ")[2].split()[0]
    show("mail", f"journalctl --no-pager --output=cat --grep {queue_id}")


if __name__ == "__main__":
    sys.exit(main())
