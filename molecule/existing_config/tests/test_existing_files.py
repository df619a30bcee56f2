"""Files that people have edited for years: what the role changes in them, and every byte that it does not change."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lab.play import Play, play
from lab.pytest_plugin import LabHost
from mail_host import MAIN_CF, backups, contents, greeting, identity, put
from testinfra import get_host

FILES = Path(__file__).parents[1] / "files"
DEBIAN = (FILES / "debian.cf").read_bytes()
ISP = (FILES / "isp.cf").read_bytes()
HAND_EDITED = (FILES.parents[1] / "shared" / "files" / "main.cf").read_bytes()

OWNED = {"inet_protocols", "mynetworks", "smtp_bind_address6", "smtp_connect_timeout", "compatibility_level"}
MYNETWORKS = b"mynetworks = 127.0.0.0/8, [::1]/128, [2001:db8:25::]/64\n"
BIND_ADDRESS = b"smtp_bind_address6 = @ipv6@\n"
TIMEOUT = b"smtp_connect_timeout = 10s\n"
FROM_NOTHING = b"inet_protocols = all\n" + MYNETWORKS + BIND_ADDRESS + b"compatibility_level = 3.6\n"

Edits = list[tuple[bytes, bytes]]


class Case(NamedTuple):
    """A main.cf, and what the role shall do to it."""

    name: str
    before: bytes | None
    """None: there is no such file."""
    edits: Edits
    """What a careful administrator would do in an editor: this text, which is there once, becomes that one."""
    appended: bytes
    mynetworks: Any = ("127.0.0.0/8", "::1/128", "2001:db8:25::/64")
    """The variable, in one of the forms that it may have."""
    extra: tuple[str, str] = ("smtp_connect_timeout", "10s")
    """A parameter that has no variable of its own."""
    place: str = "true"
    """A shell command that gives the file what it has beside its bytes."""

    def after(self, ipv6: str) -> bytes:
        """The file as it shall be."""
        text = self.before or b""
        for old, new in self.edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return (text + self.appended).replace(b"@ipv6@", ipv6.encode())


ISP_EDITS: Edits = [
    # Of several settings of one parameter the last one counts: it is set anew, and the earlier ones go.
    (b"\ninet_protocols =     ipv4\t\t\n", b"\n"),
    (b"mynetworks = 127.0.0.0/8,\n\t# offices\n\t$own_nets,\n", b"\t# offices\n"),
    (b"\t$dialin_nets,\n\n", b"\n"),
    (b"\t192.0.2.200 192.0.2.201\t,\n", b""),
    (b"\t!192.0.2.66, 192.0.2.64/28\n", b""),
    (b"\nsmtp_connect_timeout = 20s\n", b"\n"),
    # Comments in the middle of a value stay where they are.
    (b"mynetworks = 127.0.0.0/8,\n\t# offices, second floor\n\t192.0.2.0/25\n",
     MYNETWORKS + b"\t# offices, second floor\n"),
    (b"   , 192.0.2.128/26\n", b""),
    (b"\ninet_protocols=ipv4\n", b"\ninet_protocols = all\n"),
    (b"smtp_connect_timeout   =   15s   ", b"smtp_connect_timeout = 10s"),
]
HAND_EDITED_EDITS: Edits = [
    (b"inet_protocols = ipv4\n", b"inet_protocols = all\n"),
    (b"mynetworks =\n    127.0.0.0/8\n", MYNETWORKS),
    (b"    192.0.2.0/28,\n    [::1]/128\n", b""),
]


def crlf(text: bytes) -> bytes:
    """The same text with the line endings of another world."""
    return text.replace(b"\n", b"\r\n")


CASES = [
    Case("debian", DEBIAN,
         [(b"mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\n", MYNETWORKS)], BIND_ADDRESS + TIMEOUT),
    Case("isp", ISP, ISP_EDITS, BIND_ADDRESS,
         mynetworks=["127.0.0.0/8", "[::1]/128", "[2001:db8:25::]/64"]),
    Case("isp-with-crlf", crlf(ISP), [(crlf(old), crlf(new)) for old, new in ISP_EDITS], crlf(BIND_ADDRESS),
         mynetworks="127.0.0.0/8, ::1/128, 2001:db8:25::/64"),
    Case("isp-in-latin1-and-utf8-without-final-newline",
         ISP.replace("L=Köln".encode(), "L=Köln".encode("latin-1")).rstrip(b"#\n"), ISP_EDITS, b"\n" + BIND_ADDRESS,
         mynetworks="127.0.0.0/8\n[::1]/128\n[2001:db8:25::]/64\n"),
    Case("no-blanks-and-a-name-in-a-value",
         b"compatibility_level=3.6\nmyhostname=mail.example.org\ninet_protocols=ipv4\nlab=192.0.2.0/28\n"
         b"mynetworks=127.0.0.0/8,$lab\nsmtp_bind_address6=\nsmtp_connect_timeout=10s\nbiff=no\n",
         [(b"inet_protocols=ipv4\n", b"inet_protocols = all\n"),
          (b"mynetworks=127.0.0.0/8,$lab\n", b"mynetworks = 127.0.0.0/8, $lab, [2001:db8:25::]/64\n"),
          (b"smtp_bind_address6=\n", BIND_ADDRESS)], b"",
         mynetworks=["127.0.0.0/8, $lab", "2001:db8:25::/64"]),
    Case("symbolic-link", HAND_EDITED, HAND_EDITED_EDITS, BIND_ADDRESS + TIMEOUT,
         place="mv main.cf /srv/main.cf && ln -s ../../srv/main.cf main.cf"),
    Case("group-mode-and-acl", HAND_EDITED, HAND_EDITED_EDITS, BIND_ADDRESS + TIMEOUT,
         place="chgrp adm main.cf && chmod 0640 main.cf && setfacl -m u:alice:r main.cf"),
    # Without a compatibility_level, Postfix has no restrictions for relaying, and its smtpd does not work without any.
    Case("empty", b"", [], FROM_NOTHING, extra=("compatibility_level", "3.6")),
    Case("absent", None, [], FROM_NOTHING, extra=("compatibility_level", "3.6"), place="rm main.cf"),
]


class State(NamedTuple):
    """All that can be seen of a main.cf."""

    bytes: bytes | None
    look: str
    """What the file has beside its bytes."""
    read: dict[str, str]
    """The settings as Postfix reads them."""
    complaints: str


class Outcome(NamedTuple):
    """What two runs of the role have done to the file of a case."""

    before: State
    first: Play
    after: State
    backups: list[bytes]
    greetings: list[str]
    second: Play
    was_written_again: bool


def outcome_of(case: Case, lab_host: LabHost) -> Outcome:
    """Put the file of a case in its place and run the role twice."""
    host = get_host(lab_host.connection)
    host.check_output("rm -f /srv/main.cf* /etc/postfix/main.cf /etc/postfix/main.cf.*.bak")
    put(host, case.before or b"")
    host.check_output(f"cd /etc/postfix && {case.place}")
    before = state(host)
    variables = {
        "postfix_ipv6_mynetworks": case.mynetworks,
        "postfix_ipv6_smtp_bind_address6": f"[{lab_host.ipv6}]",
        "postfix_ipv6_extra_parameters": dict([case.extra]),
    }
    run = partial(play, os.environ["MOLECULE_SCENARIO_NAME"], lab_host.name, variables)
    first = run()
    assert first.code == 0, first.message
    after, written = state(host), identity(host)
    kept = [contents(host, path) for path in backups(host)]
    greetings = [greeting(host, lab_host.ipv4), greeting(host, lab_host.ipv6)]
    return Outcome(before, first, after, kept, greetings, run(), identity(host) != written)


def state(host) -> State:
    """See all of it."""
    postconf = host.run("postconf -n")
    settings = (line.split(" =", 1) for line in postconf.stdout_bytes.decode("latin-1").splitlines())
    return State(
        contents(host) if host.file(MAIN_CF).exists else None,
        host.run("cd /etc/postfix && stat -L --format='%U %G %a' main.cf && getfacl main.cf; readlink main.cf").stdout,
        {name: value.strip() for name, value in settings},
        postconf.stderr,
    )


@pytest.fixture(scope="session")
def outcomes(lab_hosts):
    """The outcome of each case on each host; the hosts work at the same time."""
    pools = {name: ThreadPoolExecutor(1) for name in lab_hosts}
    yield {(case.name, name): pools[name].submit(outcome_of, case, lab_hosts[name]) for case in CASES for name in pools}
    for pool in pools.values():
        pool.shutdown(cancel_futures=True)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    """A main.cf."""
    return request.param


@pytest.fixture
def outcome(outcomes, case, lab_host):
    """What became of it."""
    return outcomes[case.name, lab_host.name].result()


def test_only_what_is_owned_is_different(outcome, case, lab_host):
    assert outcome.after.bytes == case.after(lab_host.ipv6)


def test_postfix_reads_everything_else_as_before(outcome):
    def others(state):
        return {name: value for name, value in state.read.items() if name not in OWNED}

    assert others(outcome.after) == others(outcome.before)


def test_postfix_reads_what_is_owned_as_it_was_meant(outcome, case, lab_host):
    assert outcome.after.read["inet_protocols"] == "all"
    assert outcome.after.read["smtp_bind_address6"] == lab_host.ipv6
    assert "[2001:db8:25::]/64" in outcome.after.read["mynetworks"]
    assert case.extra in outcome.after.read.items()


def test_owner_mode_acl_and_link_are_kept(outcome, case):
    if case.before is None:
        assert outcome.after.look.startswith("root root 644\n")
    else:
        assert outcome.after.look == outcome.before.look


def test_the_backup_is_the_old_file(outcome, case):
    assert outcome.backups == ([] if case.before is None else [case.before])


def test_no_setting_overrides_an_earlier_one(outcome):
    assert "overriding earlier entry" not in outcome.after.complaints


def test_postfix_greets_over_both_families(outcome):
    assert [greeting[:4] for greeting in outcome.greetings] == ["220 ", "220 "]


def test_the_second_run_changes_nothing(outcome):
    assert (outcome.second.code, outcome.second.stats["changed"]) == (0, 0)
    assert not outcome.was_written_again


def test_the_cases_are_hard(outcomes, lab_host):
    """See that the files have what they are for, or the tests above would prove nothing."""
    before = {case.name: outcomes[case.name, lab_host.name].result().before for case in CASES}
    assert before["isp"].complaints.count("overriding earlier entry") == 2
    assert before["isp"].bytes.count(b"\n") > 300
    assert before["isp-with-crlf"].bytes.count(b"\r\n") > 300
    assert not before["isp-in-latin1-and-utf8-without-final-newline"].bytes.endswith(b"\n")
    assert before["symbolic-link"].look.endswith("\n../../srv/main.cf\n")
    assert before["group-mode-and-acl"].look.startswith("root adm 640\n")
    assert "user:alice:r--" in before["group-mode-and-acl"].look
    assert before["absent"].bytes is None
