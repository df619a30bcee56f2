"""Each job template and the workflow, run by AWX's own executor on real hosts, to a good end and to a bad one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from awx.jobs import FAILED, SUCCESSFUL, Controller, RefusedError
from awx.rules import by_name, load
from lab.process import ROOT
from mail_host import STOP, contents, listeners, master, put, wait
from testinfra import get_host

CANARY, SECOND, THIRD = "mx1", "mx2", "mx3"
HOSTS = (CANARY, SECOND, THIRD)
GONE = "gone"
PREFLIGHT, REPORT, VERIFY, ENABLE, OUTBOUND, DISABLE, ROLLBACK, DRIFT = (f"Postfix IPv6 {name}" for name in (
    "preflight", "report", "verify", "enable", "outbound", "disable", "rollback", "drift"))
ROLLOUT = "Postfix IPv6 rollout"
TO_THE_END = ["preflight", "report-before", "approve", "canary", "verify-canary", "fleet", "verify-fleet",
              "report-after"]
IPV6 = "[::]"

GREETS_NOBODY = ("smtpd_delay_reject = no", "smtpd_client_restrictions = check_client_access cidr:{ { ::/0 reject } }")
TAKES_NO_MAIL = "smtpd_data_restrictions = check_client_access cidr:{ { ::/0 reject } }"
"""Parameters by which Postfix does that over IPv6."""


@pytest.fixture(scope="module")
def hosts(lab_hosts):
    return {name: get_host(lab.connection) for name, lab in lab_hosts.items()}


@pytest.fixture(scope="module")
def awx(lab_hosts, tmp_path_factory):
    """What a site would have: hosts, a group for the canary, and two slices for the fleet."""
    directory = tmp_path_factory.mktemp("awx")
    variables = {name: {"ansible_host": lab.container, "ansible_connection": "community.docker.docker",
                        "ansible_python_interpreter": "/usr/bin/python3"}
                 for name, lab in lab_hosts.items()}
    inventory = {"_meta": {"hostvars": variables}, "all": {"hosts": list(HOSTS)}, "canary": {"hosts": [CANARY]}}
    settings = {"postfix_ipv6_awx_slices": 2, "postfix_ipv6_awx_report_directory": str(directory / "reports")}
    return Controller(load(ROOT / "awx", settings), inventory, directory)


def with_host(awx, name, variables):
    """Give the same with another host, or with other variables of one."""
    known = {**awx.inventory["_meta"]["hostvars"], name: variables}
    return replace(awx, inventory={**awx.inventory, "_meta": {"hostvars": known}, "all": {"hosts": list(known)}})


@pytest.fixture(scope="module")
def with_one_gone(awx):
    """The same with a host that nobody can reach."""
    return with_host(awx, GONE, {"ansible_host": "nobody", "ansible_connection": "community.docker.docker_api"})


@pytest.fixture
def with_settings(hosts):
    """Give a function that writes settings into main.cf of a host, as an administrator would; they go at the end."""
    old = {}

    def write(name, *settings):
        old[name] = contents(hosts[name])
        hosts[name].check_output("postconf -e" + " %s" * len(settings), *settings)
        hosts[name].check_output("touch -d '1 hour ago' /etc/postfix/main.cf && postfix reload")

    yield write
    for name, data in old.items():
        put(hosts[name], data)
        hosts[name].check_output("systemctl restart postfix")
        wait(lambda host=hosts[name]: listeners(host))


def one(jobs):
    """Give the job where there is one slice."""
    (job,) = jobs
    return job


def told(job, prefix="rollout_"):
    """Give the counts that a job hands on, without what is none."""
    return {name.removeprefix(prefix): count for name, count in job.artifacts.items()
            if count and isinstance(count, int)}


def on_ipv6(hosts):
    """Give the hosts whose Postfix listens on IPv6."""
    return {name for name, host in hosts.items() if IPV6 in listeners(host)}


def services(host):
    """Give master.cf as Postfix reads it."""
    return host.check_output("postconf -M")


def jobs_since(awx, number):
    """Give the jobs by their templates, from one on."""
    found = {}
    for job in awx.jobs[number:]:
        found.setdefault(job.template, []).append(job)
    return found


def test_a_rollout_that_ends_well(awx, hosts):
    assert on_ipv6(hosts) == set()
    asked = []

    def approve(node):
        asked.append((node, on_ipv6(hosts)))
        return True

    statuses = awx.start(ROLLOUT, {"postfix_ipv6_serial": "1 100%"}, approve)
    assert statuses == dict.fromkeys(TO_THE_END, SUCCESSFUL)
    assert list(statuses) == TO_THE_END
    assert asked == [("approve", set())]
    assert on_ipv6(hosts) == set(HOSTS)
    ran = jobs_since(awx, 0)
    assert told(one(ran[PREFLIGHT]), "preflight_") == {"hosts": 3, "ready": 3}
    assert [told(job) for job in ran[ENABLE]] == [{"hosts": 1, "changed": 1}] * 3, "the canary, and two slices"
    assert [sorted(job.hosts) for job in ran[VERIFY]] == [[CANARY], [THIRD], [SECOND]]
    assert all(job.variables["preflight_ready"] == 3 for job in (*ran[ENABLE], *ran[VERIFY]))
    assert all(job.variables["postfix_ipv6_serial"] == "1 100%" for job in awx.jobs)
    assert [job.count("changed") for job in ran[REPORT] + ran[PREFLIGHT] + ran[VERIFY]] == [[]] * 6
    assert (awx.directory / "reports" / "report.html").is_file()


def test_nothing_drifts(awx, hosts):
    state = {name: (master(host), listeners(host)) for name, host in hosts.items()}
    job = one(awx.launch(DRIFT))
    assert (job.status, told(job)) == (SUCCESSFUL, {"hosts": 3, "unchanged": 3})
    assert {name: (master(host), listeners(host)) for name, host in hosts.items()} == state


def test_one_host_drifts(awx, with_settings):
    with_settings(SECOND, "inet_protocols = ipv4")
    job = one(awx.launch(DRIFT))
    assert (job.status, told(job)) == (SUCCESSFUL, {"hosts": 3, "changed": 1, "unchanged": 2})
    assert job.count("changed") == [SECOND]
    assert "-inet_protocols = ipv4" in job.output


def test_a_host_that_is_gone_is_no_drift(with_one_gone):
    job = one(with_one_gone.launch(DRIFT))
    assert (job.status, told(job)) == (FAILED, {"hosts": 4, "unchanged": 3, "unreachable": 1})
    assert job.count("failures") == [GONE]


def test_what_does_not_run_is_not_verified(awx, hosts):
    hosts[THIRD].check_output(STOP)
    job = one(awx.launch(VERIFY, limit=f"{SECOND}:{THIRD}"))
    hosts[THIRD].check_output("systemctl start postfix")
    wait(lambda: listeners(hosts[THIRD]))
    assert (job.status, job.count("failures"), sorted(job.hosts)) == (FAILED, [THIRD], [SECOND, THIRD])
    assert "Postfix does not run" in job.messages[THIRD]


def test_a_report_that_cannot_be_written(awx):
    data = load(ROOT / "awx", {"postfix_ipv6_awx_report_directory": "/proc/reports"})
    job = one(replace(awx, data=data).launch(REPORT))
    assert job.status == FAILED
    assert "directory: /proc/reports" in "".join(job.messages.values())


@pytest.mark.parametrize("answer", ["ipv5", "", ["ipv4"], None], ids=repr)
def test_no_answer_but_a_choice_is_taken(awx, answer):
    with pytest.raises(RefusedError, match="postfix_ipv6_outbound"):
        awx.launch(OUTBOUND, {} if answer is None else {"postfix_ipv6_outbound": answer})


def test_nothing_is_set_that_nobody_asks_for(awx):
    with pytest.raises(RefusedError, match="not allowed on launch"):
        awx.launch(ENABLE, {"postfix_ipv6_smtp_bind_address6": "2001:db8:25::25"})
    with pytest.raises(RefusedError, match="not configured to prompt"):
        awx.launch(REPORT, job_slice_count=2)


def test_mail_leaves_by_ipv4_and_again_as_before(awx, hosts):
    before = {name: services(host) for name, host in hosts.items()}
    answers = {"postfix_ipv6_outbound": "ipv4", "postfix_ipv6_serial": "100%"}
    job = one(awx.launch(OUTBOUND, answers, job_type="check"))
    assert (job.status, told(job)) == (SUCCESSFUL, {"hosts": 3, "changed": 3})
    job = one(awx.launch(OUTBOUND, answers))
    assert (job.status, told(job), job.count("changed")) == (SUCCESSFUL, {"hosts": 3, "changed": 3}, list(HOSTS))
    assert all("inet_protocols=ipv4" in services(host) for host in hosts.values())
    job = one(awx.launch(ROLLBACK))
    assert (job.status, job.count("changed")) == (SUCCESSFUL, list(HOSTS))
    assert {name: services(host) for name, host in hosts.items()} == before


def test_mail_cannot_be_turned_on_a_host_that_is_gone(with_one_gone):
    answers = {"postfix_ipv6_outbound": "both", "postfix_ipv6_max_fail_percentage": 0, "postfix_ipv6_serial": "100%"}
    job = one(with_one_gone.launch(OUTBOUND, answers, limit=f"{CANARY}:{GONE}"))
    assert (job.status, job.count("failures")) == (FAILED, [GONE])
    assert told(job)["unreachable"] == 1


def test_there_is_no_such_run_to_go_back_to(awx, hosts):
    before = {name: contents(host) for name, host in hosts.items()}
    job = one(awx.launch(ROLLBACK, {"postfix_ipv6_restore": "main.cf.20260101T000000.000000Z.bak"}))
    assert (job.status, job.count("failures")) == (FAILED, list(HOSTS))
    assert "main.cf.20260101T000000.000000Z.bak" in job.messages[CANARY]
    assert {name: contents(host) for name, host in hosts.items()} == before


def test_back_to_ipv4_only_but_where_nobody_answers(with_one_gone, hosts):
    job = one(with_one_gone.launch(DISABLE))
    assert (job.status, job.count("dark"), job.count("changed")) == (FAILED, [GONE], list(HOSTS))
    assert on_ipv6(hosts) == set()


def test_back_to_ipv4_only(awx, hosts):
    job = one(awx.launch(DISABLE))
    assert (job.status, job.count("changed")) == (SUCCESSFUL, [])
    assert on_ipv6(hosts) == set()


def test_a_host_that_is_not_ready_is_listed_and_no_failure(awx):
    wanted = {"postfix_ipv6_inet_interfaces": ["127.0.0.1", "2001:db8:25::dead"]}
    job = one(with_host(awx, SECOND, {**awx.inventory["_meta"]["hostvars"][SECOND], **wanted}).launch(PREFLIGHT))
    assert (job.status, told(job, "preflight_")) == (SUCCESSFUL, {"hosts": 3, "ready": 2, "not_ready": 1})
    assert job.artifacts["preflight_not_ready_names"] == [SECOND]
    assert "2001:db8:25::dead is no address of this host" in job.output


@pytest.mark.parametrize(("tolerated", "status"), [(24, FAILED), (25, SUCCESSFUL)])
def test_so_many_hosts_may_be_gone_when_somebody_asks_to_go_on(with_one_gone, tolerated, status):
    job = one(with_one_gone.launch(PREFLIGHT, {"postfix_ipv6_max_fail_percentage": tolerated}))
    assert (job.status, job.count("failures")) == (status, [GONE] if status == FAILED else [])
    assert told(job, "preflight_") == {"hosts": 4, "ready": 3, "not_ready": 1, "unreachable": 1}


def test_a_canary_that_greets_nobody(awx, hosts, with_settings):
    with_settings(CANARY, *GREETS_NOBODY)
    number, before = len(awx.jobs), contents(hosts[CANARY])
    statuses = awx.start(ROLLOUT, {}, lambda node: node == "approve")
    assert statuses == {"preflight": SUCCESSFUL, "report-before": SUCCESSFUL, "approve": SUCCESSFUL, "canary": FAILED,
                        "approve-rollback": FAILED}
    job = one(jobs_since(awx, number)[ENABLE])
    assert (told(job), job.count("failures")) == ({"hosts": 1, "rolled_back": 1}, [CANARY])
    assert job.artifacts["rollout_rolled_back_names"] == [CANARY]
    assert "does not greet with 220" in job.messages[CANARY]
    assert contents(hosts[CANARY]) == before
    assert on_ipv6(hosts) == set()


def test_a_canary_that_takes_no_mail(awx, hosts, with_settings):
    with_settings(CANARY, TAKES_NO_MAIL)
    number, before = len(awx.jobs), contents(hosts[CANARY])
    statuses = awx.start(ROLLOUT, {}, lambda node: True)
    assert statuses == {"preflight": SUCCESSFUL, "report-before": SUCCESSFUL, "approve": SUCCESSFUL,
                        "canary": SUCCESSFUL, "verify-canary": FAILED, "approve-rollback": SUCCESSFUL,
                        "rollback-canary": SUCCESSFUL}
    ran = jobs_since(awx, number)
    assert one(ran[ENABLE]).count("changed") == one(ran[ROLLBACK]).count("changed") == [CANARY]
    assert one(ran[VERIFY]).count("failures") == [CANARY]
    assert one(ran[ROLLBACK]).variables["rollout_changed"] == 1
    assert contents(hosts[CANARY]) == before
    assert on_ipv6(hosts) == set()


def test_each_job_template_has_ended_well_and_badly(awx):
    ended = {(job.template, job.status) for job in awx.jobs}
    assert ended == {(name, status) for name in by_name(awx.data, "controller_templates")
                     for status in (SUCCESSFUL, FAILED)}
