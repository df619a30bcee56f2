"""How fast module mail_log sums a mail log up, beside pflogsumm on the same file in the same run.

The log is made of the forms that real lines of Postfix have, the same one in each run. Both read it in turn, and must
agree on what both count. Then ours reads a quarter of it too: its memory must not grow with the log. Run it by
`make bench-mail-log`.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = 3
GOAL = 3.0
"""How many times faster than pflogsumm ours has to be."""
MOST_GROWTH = 1.2
"""How much more memory four times the log may take: tables of a fixed size are not yet full in a short one."""
OURS = """
import json, sys, time
from ansible_collections.inet6.postfix.plugins.module_utils._mail_log import mail_log
print(json.dumps(mail_log(0.0, time.time() + 86400, [sys.argv[1]], '', None, None, 10)))
"""
START = 1_763_700_000
NETWORKS = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}", "2001:db8::{:x}", "2001:db8:25::{:x}")
IDS = "0123456789ABCDEF"
REPLIES = (
    "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO)",
    ("550-5.7.26 This mail has been blocked because the sender is unauthenticated. 550-5.7.26 Authentication results: "
     "SPF [{domain}] with ip: [192.0.2.25] = did not pass 550 5.7.26 For more see https://support.{domain}/{number} "
     "{id} - gsmtp (in reply to end of DATA command)"),
    ("450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted, see https://postgrey.example.org/{domain}.html (in "
     "reply to RCPT TO command)"),
    "452 4.2.2 Mailbox of <{rcpt}> is over quota: {number} of 1000000 bytes used (in reply to RCPT TO command)",
)


class Measured(NamedTuple):
    """What a program took, and what it said."""

    seconds: float
    """By the clock."""
    processor: float
    """Seconds of a processor: what others do on the machine meanwhile makes little difference."""
    megabytes: float
    output: str


def main(arguments: list[str]) -> int:
    """Print times, memory, and whether the counts agree; fail where ours is slow, grows or disagrees."""
    size = int(arguments[0]) if arguments else 1_000_000_000
    if not shutil.which("pflogsumm"):
        print("benchmark: there is no pflogsumm to compare with; apt-get install pflogsumm", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="mail-log-") as directory:
        log, quarter = Path(directory, "mail.log"), Path(directory, "quarter.log")
        lines = write(log, size)
        write(quarter, size // 4)
        print(f"{log.stat().st_size / 1e9:.2f} GB, {lines:,} lines; seconds of a processor, and by the clock\n")
        print(f"{'':8}{'pflogsumm':>20}{'mail_log':>20}{'times faster':>14}")
        ratios = []
        for number in range(ROUNDS):
            theirs = measured("pflogsumm", "--detail=10", str(log))
            ours = measured(sys.executable, "-c", OURS, str(log))
            ratios.append(theirs.processor / ours.processor)
            times = "".join(f"{each.processor:10.1f}{each.seconds:10.1f}" for each in (theirs, ours))
            print(f"round {number + 1:<2}{times}{ratios[-1]:14.1f}", flush=True)
        small = measured(sys.executable, "-c", OURS, str(quarter))
    print(f"\nmost memory: pflogsumm {theirs.megabytes:,.0f} MB, mail_log {ours.megabytes:,.0f} MB, and "
          f"{small.megabytes:,.0f} MB for a quarter of the log\n")
    agree = compare(json.loads(ours.output), theirs.output)
    failed = [what for what, is_so in (
        (f"less than {GOAL} times as fast as pflogsumm", min(ratios) < GOAL),
        ("its memory grows with the log", ours.megabytes > MOST_GROWTH * small.megabytes),
        ("it does not count what pflogsumm counts", not agree)) if is_so]
    if failed:
        print(f"benchmark: mail_log has failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def measured(*command: str) -> Measured:
    """Run a program, with nothing else of ours at the same time."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"benchmark: {command[0]} ended with {process.returncode}")
        output.seek(0)
        return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read())


def compare(ours: dict[str, Any], theirs: str) -> bool:
    """Print what both count, and tell whether they agree; pflogsumm rounds large numbers down to thousands."""
    def total(kind: str, *names: str) -> int:
        return sum(ours[kind].get(name, 0) for name in names)

    def outcome(status: str) -> int:
        others: list[int] = [each[status] for each in ours["other_agents"].values()]
        return total(status, "ipv4", "ipv6", "unix", "none") + sum(others)

    counts = {
        "received": total("received", "ipv4", "ipv6", "unknown", "local", "returned"),
        "delivered": outcome("sent"), "deferrals": outcome("deferred"), "bounced": outcome("bounced"),
        "rejected": total("refused", "ipv4", "ipv6", "unknown"),
    }
    agree = True
    print(f"{'':12}{'pflogsumm':>12}{'mail_log':>12}")
    for name, count in counts.items():
        found = re.search(rf"(\d+)([k ]?) *{name}", theirs)
        said, unit = found.groups() if found else ("nothing", "")
        same = str(count // 1024 if unit == "k" else count) == said
        agree &= same
        print(f"{name:12}{said + unit:>12}{count:12,}{'' if same else '  <- they differ'}")
    return agree


def write(path: Path, size: int) -> int:
    """Write a log of about so many bytes; the number of its lines."""
    chance = random.Random(25)
    written = lines = 0
    moment = float(START)
    with path.open("w") as stream:
        while written < size:
            moment += chance.expovariate(20)
            stamp = time.strftime("%b %e %H:%M:%S mail ", time.gmtime(moment))
            texts = [stamp + text for text in message(chance)]
            written += stream.write("\n".join(texts) + "\n")
            lines += len(texts)
    return lines


def message(chance: random.Random) -> list[str]:
    """The lines of one message, or of one that is refused."""
    queue_id = "".join(chance.choices(IDS, k=11))
    address = chance.choice(NETWORKS).format(chance.randrange(1, 250))
    number, host = chance.randrange(1000, 99999), f"mx{chance.randrange(20)}"
    domain = f"d{int(chance.paretovariate(0.6)) % 5000}.example.{chance.choice(('com', 'net', 'org'))}"
    sender, rcpt = f"user{number % 977}@example.org", f"user{number}@{domain}"
    client = f"client{number % 5000}.example.com[{address}]"
    service = "postfix/submission/smtpd" if number % 7 == 0 else "postfix/smtpd"
    kind = chance.random()
    if kind < 0.12:
        return [
            f"postfix/smtpd[{number}]: connect from {client}",
            (f"postfix/smtpd[{number}]: NOQUEUE: reject: RCPT from {client}: 554 5.7.1 <{rcpt}>: Relay access denied; "
             f"from=<{sender}> to=<{rcpt}> proto=ESMTP helo=<client.example.com>"),
            f"postfix/smtpd[{number}]: disconnect from {client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4",
        ]
    login = f", sasl_method=PLAIN, sasl_username={sender}" if "submission" in service else ""
    queued = [
        f"postfix/cleanup[{number + 1}]: {queue_id}: message-id=<{queue_id}.{number}@example.org>",
        f"postfix/qmgr[512]: {queue_id}: from=<{sender}>, size={number}, nrcpt=1 (queue active)",
    ]
    arrival = [
        f"{service}[{number}]: connect from {client}",
        (f"{service}[{number}]: Anonymous TLS connection established from {client}: TLSv1.3 with cipher "
         "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest "
         "SHA256"),
        f"{service}[{number}]: {queue_id}: client={client}{login}",
        *queued,
        f"{service}[{number}]: disconnect from {client} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7",
    ] if kind > 0.15 else [f"postfix/pickup[{number}]: {queue_id}: uid=1000 from=<{sender}>", *queued]
    family = "inet6-ipv6/" if ":" in address and number % 5 == 0 else ""
    relay = f"{host}.{domain}[{address}]"
    delay = f"{float(f'{chance.lognormvariate(0, 1.5):.2g}'):g}"
    head = f"postfix/{family}smtp[{number + 2}]: {queue_id}: to=<{rcpt}>, relay="
    times = f"delay={delay}, delays=0.1/0.01/0.2/0.3"
    result = chance.random()
    if result < 0.1:
        said = chance.choice(REPLIES).format(rcpt=rcpt, domain=domain, number=number, id=queue_id.lower() + "-1fd")
        status, dsn = ("bounced", "5.0.0") if said.startswith("5") else ("deferred", "4.0.0")
        delivery = f"{head}{relay}:25, {times}, dsn={dsn}, status={status} (host {relay} said: {said})"
    elif result < 0.13:
        delivery = (f"{head}none, {times}, dsn=4.4.1, status=deferred (connect to {relay}:25: Connection timed out)")
    elif result < 0.33:
        delivery = (f"postfix/lmtp[{number}]: {queue_id}: to=<{rcpt}>, relay=mail.example.org[private/dovecot-lmtp], "
                    f"{times}, dsn=2.0.0, status=sent (250 2.0.0 <{rcpt}> {queue_id} Saved)")
    elif result < 0.4:
        delivery = (f"postfix/local[{number}]: {queue_id}: to=<{rcpt}>, relay=local, {times}, dsn=2.0.0, "
                    "status=sent (delivered to mailbox)")
    else:
        delivery = f"{head}{relay}:25, {times}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {queue_id[::-1]})"
    return [*arrival, delivery, f"postfix/qmgr[512]: {queue_id}: removed"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
