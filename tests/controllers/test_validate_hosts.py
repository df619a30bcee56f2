"""What enable refuses before it contacts a host: values are read as a task on each host would read them."""

import json

import yaml
from lab.process import ROOT


def result(ansible_playbook, tmp_path, hosts, options=None, **variables):
    """Run the first play of enable, and give the result of its task."""
    plays = yaml.safe_load((ROOT / "playbooks" / "enable.yml").read_text())
    (task,) = plays[0]["tasks"]
    task["inet6.postfix.validate_hosts"] = options
    (tmp_path / "first.yml").write_text(yaml.safe_dump(plays[:1]))
    (tmp_path / "play.yml").write_text(yaml.safe_dump([{"import_playbook": "first.yml", "vars": variables}]))
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    output = ansible_playbook("-v", "--inventory=inventory.yml", "play.yml")
    _before, _separator, told = output.replace("FAILED! => ", "SUCCESS => ").partition("SUCCESS => ")
    return json.JSONDecoder().raw_decode(told)[0]


def judged(*arguments, **variables):
    """Give the problems."""
    return result(*arguments, **variables)["problems"]


def test_templates_are_read_as_on_their_host(ansible_playbook, tmp_path):
    shared = {"postfix_ipv6_mynetworks": "{{ groups.all | map('extract', hostvars, 'network') | list }}",
              "postfix_ipv6_smtp_bind_address6": "{{ source | default(omit) }}",
              "postfix_ipv6_inet_protocols": "{{ protocols[inventory_hostname] }}"}
    said = judged(ansible_playbook, tmp_path, {
        "mx1": {**shared, "network": "2001:db8:1::/48"},
        "mx2": {**shared, "network": "2001:db8:2::1/48", "source": "fe80::1"}},
        protocols={"mx1": "all"})
    assert len(said) == 3
    unread, networks, source = sorted(said, key=lambda problem: problem.startswith(("mynetworks", "smtp_bind")))
    assert unread.startswith("postfix_ipv6_inet_protocols: '{{ protocols[inventory_hostname] }}' cannot be read: ")
    assert unread.endswith("; mend the template, or set what it refers to (role postfix_ipv6) [mx2]")
    assert "mynetworks: [2001:db8:2::1]/48 has host bits set" in networks
    assert networks.endswith("[mx1, mx2]")
    assert source.startswith("smtp_bind_address6: fe80::1 is link-local")
    assert source.endswith("[mx2]")


def test_variables_of_the_play_are_judged(ansible_playbook, tmp_path):
    protocols, serial = judged(ansible_playbook, tmp_path, {"mx1": {}, "mx2": {}}, postfix_ipv6_inet_protocols="ipv5",
                               postfix_ipv6_serial="{{ '0' }}")
    assert protocols.startswith("inet_protocols: ipv5 ")
    assert serial.startswith("postfix_ipv6_serial: 0 is no number of hosts")
    assert protocols.endswith("[mx1, mx2]")


def test_only_the_hosts_that_are_named(ansible_playbook, tmp_path):
    (problem,) = judged(ansible_playbook, tmp_path, {"mx1": {}, "mx2": {}}, {"hosts": ["mx2"]},
                        postfix_ipv6_inet_protocols="ipv5")
    assert problem.endswith("[mx2]")


def test_a_host_that_is_not_there(ansible_playbook, tmp_path):
    told = result(ansible_playbook, tmp_path, {"mx1": {}}, {"hosts": ["mx1", "mx9"]})
    assert "problems" not in told
    assert "hosts: mx9: not in the inventory" in told["msg"]


def test_good_values(ansible_playbook, tmp_path):
    assert judged(ansible_playbook, tmp_path, {"mx1": {"postfix_ipv6_inet_protocols": "all"}}) == []
