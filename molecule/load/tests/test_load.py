"""What `make load` does, only shorter: two cycles and a rollback, on all hosts at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from mail_load import Outcome, load, roll_back, turn


def test_every_accepted_mail_arrives_and_none_arrives_twice(lab_hosts):
    outside = lab_hosts["outside"]
    mails = [mail for mail in lab_hosts.values() if mail != outside]

    def show(mail):
        outcome = Outcome()
        with load(mail, outside, outcome):
            for inet_protocols in ("all", "ipv4", "all", "ipv4"):
                turn(mail, inet_protocols)
            roll_back(mail)
        assert (outcome.lost, outcome.repeated) == ([], [])
        addresses = {subject.split()[0] for subject, accepted in outcome.accepted.items() if accepted}
        assert addresses == {f"{mail.ipv4}:25", f"[{mail.ipv6}]:25"}

    with ThreadPoolExecutor() as pool:
        list(pool.map(show, mails))
