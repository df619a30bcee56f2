"""A rollout over twenty hosts, one of which greets nobody over IPv6."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lab.play import Run, run
from mail_host import contents, identity, listeners, master, put
from testinfra import get_host

ENABLE = "inet6.postfix.enable"
SABOTAGED = "mx03"
IPV6 = "[::]"
RESTRICTIONS = "smtpd_client_restrictions = check_client_access cidr:{ { ::/0 reject } }"


@pytest.fixture(scope="module")
def hosts(lab_hosts):
    return {name: get_host(lab.connection) for name, lab in lab_hosts.items()}


@pytest.fixture(scope="module")
def before(hosts) -> dict[str, Any]:
    """Sabotage a host, and tell what all of them are like."""
    host = hosts[SABOTAGED]
    host.check_output("postconf -e smtpd_delay_reject=no %s && touch -d '1 hour ago' /etc/postfix/main.cf",
                      RESTRICTIONS)
    host.check_output("postfix reload")
    return look(hosts)


def look(hosts) -> dict[str, Any]:
    """What no rollout may touch where it does not come to."""
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(hosts, pool.map(lambda host: (identity(host), master(host), listeners(host)), hosts.values()),
                        strict=True))


def enable(limit: str = "all", check: bool = False, environment: Any = None, **variables: Any) -> Run:
    """Run the playbook, with variables named without their `postfix_ipv6_`."""
    return run("rollout", limit, {f"postfix_ipv6_{name}": value for name, value in variables.items()}, check=check,
               playbook=ENABLE, environment=environment or {})


def counts(done: Run) -> dict[str, int]:
    """The counts that it hands on to a workflow, without what is none."""
    stats = done.report["global_custom_stats"]
    return {name.removeprefix("rollout_"): count for name, count in stats.items() if count and isinstance(count, int)}


def summary(done: Run) -> list[str]:
    """What it says at the end."""
    last = done.report["plays"][-1]["tasks"][0]["hosts"]
    return list(next(iter(last.values()))["msg"])


def test_in_check_mode_it_foresees_the_whole_and_touches_nothing(hosts, before):
    done = enable(check=True)
    assert (done.code, counts(done)) == (0, {"hosts": 20, "changed": 20})
    assert look(hosts) == before


def test_it_stops_after_the_batch_in_which_a_host_fails(hosts, before):
    old = contents(hosts[SABOTAGED])
    done = enable()
    assert done.code == 2
    assert counts(done) == {"hosts": 20, "changed": 2, "rolled_back": 1, "untouched": 17}
    assert done.report["global_custom_stats"]["rollout_rolled_back_names"] == [SABOTAGED]
    lines = summary(done)
    assert lines[0] == f"rolled back 1: {SABOTAGED}"
    assert lines[1].startswith("untouched 17: mx04, mx05, ")
    assert lines[2] == "changed 2: mx01, mx02"
    assert lines[3].startswith(f"{SABOTAGED}: Postfix listens on [::]:25 and does not greet with 220 there: 554 ")
    assert {name for name, stats in done.stats.items() if stats["failures"]} == {SABOTAGED}
    after = look(hosts)
    assert contents(hosts[SABOTAGED]) == old
    assert IPV6 not in str(after[SABOTAGED][2])
    assert after[SABOTAGED][2] == before[SABOTAGED][2]
    assert {name for name, state in after.items() if state != before[name]} == {"mx01", "mx02", SABOTAGED}
    assert all(IPV6 in str(after[name][2]) for name in ("mx01", "mx02"))


def test_two_hosts_with_one_address_are_refused_before_any_is_contacted(hosts):
    before = look(hosts)
    done = enable(smtp_bind_address6="2001:db8:25::beef")
    assert done.code == 2
    assert "smtp_bind_address6: 2001:db8:25::beef is claimed by several hosts" in done.output
    assert len(done.report["plays"]) == 1
    assert look(hosts) == before


@pytest.mark.parametrize("environment", [{"ANSIBLE_STRATEGY": "free"}, {"ANSIBLE_ANY_ERRORS_FATAL": "true"}],
                         ids=str)
def test_it_stops_however_ansible_goes_about_it(hosts, environment):
    before = look(hosts)
    done = enable("mx03:mx04:mx05", environment=environment)
    assert (done.code, counts(done)) == (2, {"hosts": 3, "rolled_back": 1, "untouched": 2})
    assert {name for name, state in look(hosts).items() if state != before[name]} == {SABOTAGED}


def test_it_goes_on_where_so_many_may_fail(hosts):
    done = enable(max_fail_percentage=40, serial="3, 50% 100%")
    assert (done.code, counts(done)) == (2, {"hosts": 20, "changed": 17, "unchanged": 2, "rolled_back": 1})
    assert all(IPV6 in str(state[2]) for name, state in look(hosts).items() if name != SABOTAGED)


def test_it_ends_well_when_the_host_is_mended(hosts, before):
    put(hosts[SABOTAGED], contents(hosts["mx01"]).replace(b"inet_protocols = all", b"inet_protocols = ipv4"))
    done = enable()
    assert (done.code, counts(done)) == (0, {"hosts": 20, "changed": 1, "unchanged": 19})
    state = look(hosts)
    done = enable()
    assert (done.code, counts(done)) == (0, {"hosts": 20, "unchanged": 20})
    assert look(hosts) == state
    assert [task["hosts"]["mx20"]["action"] for play in done.report["plays"] for task in play["tasks"]
            if "mx20" in task["hosts"]] == ["inet6.postfix.config"], "all else is once for all hosts"
