"""The same values come to the same plan in whatever type they arrive, under each release of ansible-core.

The plan is what reaches the module that writes: it is run on this machine, in check mode, for a directory in which
there is nothing, so that it ends before it has looked at any Postfix.
"""

import json

import pytest
import yaml
from awx.jobs import extra_vars

PLAY = [{"hosts": "all", "gather_facts": False, "roles": ["inet6.postfix.postfix_ipv6"]}]
ADDRESSES = ["127.0.0.1", "::1", "192.0.2.25", "2001:db8::25"]
NETWORKS = ["127.0.0.0/8", "::1/128", "2001:db8:25::/64"]

VALUES = {
    # name: as YAML or JSON has it, as text
    "enabled": (True, "yes"),
    "inet_protocols": ("all", "all"),
    "inet_interfaces": (ADDRESSES, "\n".join(ADDRESSES)),
    "proxy_interfaces": (None, ""),
    "mynetworks": (NETWORKS, ", ".join(NETWORKS)),
    "smtp_bind_address6": ("2001:db8::25", "2001:db8::25"),
    "smtp_bind_address_enforce": (False, "False"),
    "smtp_balance_inet_protocols": (True, "true"),
    "lmtp_address_preference": (None, ""),
    "smtpd_client_ipv6_prefix_length": (64, "64"),
    "debug_peer_list": (["2001:db8::99"], "2001:db8::99"),
    "allowed_networks": (["2001:db8::/28"], "2001:db8::/28"),
    "outbound": (None, ""),
    "backups": (8, "8"),
    "start_stopped": (False, "no"),
}
"""Variables without their `postfix_ipv6_`."""

TYPED, TEXT = ({f"postfix_ipv6_{name}": values[form] for name, values in VALUES.items()} for form in (0, 1))
PLAN = {
    "content": """\
inet_protocols = all
inet_interfaces = 127.0.0.1, ::1, 192.0.2.25, 2001:db8::25
mynetworks = 127.0.0.0/8, [::1]/128, [2001:db8:25::]/64
smtp_bind_address6 = 2001:db8::25
smtp_bind_address_enforce = no
smtp_balance_inet_protocols = yes
smtpd_client_ipv6_prefix_length = 64
debug_peer_list = [2001:db8::99]
""",
    "allowed_networks": ["2001:db8::/28"], "outbound": None, "backups": 8, "start_stopped": False, "restore": None,
}
"""What reaches the module, without its defaults."""

MANGLED = "2001:10:20:30:40:50:1:2"
"""An address that YAML 1.1 takes for a number to the base of 60."""


@pytest.fixture
def run(ansible_playbook, tmp_path):
    """Give a function that runs the role with variables of the inventory and with arguments."""
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "play.yml").write_text(json.dumps(PLAY))

    def run(variables, *arguments):
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "postfix_ipv6_config_directory": str(empty)}
        (tmp_path / "inventory.yml").write_text(json.dumps({"all": {"hosts": {"mail": host}}}))
        (tmp_path / "group_vars").mkdir(exist_ok=True)
        (tmp_path / "group_vars" / "all.yml").write_text(yaml.safe_dump(variables))
        return ansible_playbook("--inventory=inventory.yml", "--check", "-vvv", *arguments, "play.yml")

    return run


def plan(output):
    """Give the arguments with which the module was called; it fails, as there is nothing in the directory."""
    for part in output.split("FAILED! => ")[1:]:
        result, _end = json.JSONDecoder().raw_decode(part)
        arguments = result.get("invocation", {}).get("module_args", {})
        if "content" in arguments:
            comment, _newline, arguments["content"] = arguments["content"].partition("\n")
            assert comment.startswith("# ")
            return {name: value for name, value in arguments.items() if name != "config_directory"}
    raise AssertionError(output)


def ways(tmp_path):
    """Give the ways that values come, each as variables of the inventory and arguments of ansible-playbook."""
    unsafe = tmp_path / "extravars"
    unsafe.write_text(extra_vars(TEXT))
    yield "group_vars", TYPED, ()
    yield "-e k=v", {}, [f"-e{name}={json.dumps(value)}" for name, value in TEXT.items()]
    yield "-e JSON", {}, ["-e", json.dumps(TYPED)]
    yield "answers of a survey", {}, ["-e", f"@{unsafe}"]


def test_one_plan(run, tmp_path):
    plans = {name: plan(run(variables, *arguments)) for name, variables, arguments in ways(tmp_path)}
    first = plans["group_vars"]
    assert {name: first[name] for name in PLAN} == PLAN
    for name, found in plans.items():
        assert found == first, name


def test_a_mangled_address_is_refused_and_not_guessed(run, tmp_path):
    """From 2.19 on, ansible-core reads even an answer in quotes as YAML 1.1."""
    unsafe = tmp_path / "extravars"
    unsafe.write_text(extra_vars({"postfix_ipv6_smtp_bind_address6": MANGLED}))
    output = run({}, "-e", f"@{unsafe}")
    if "smtp_bind_address6: " not in output or "put the value in quotes" not in output:
        assert f"smtp_bind_address6 = {MANGLED}\n" in plan(output)["content"]


def test_what_is_unsafe_is_no_template(run, tmp_path):
    unsafe = tmp_path / "extravars"
    unsafe.write_text("postfix_ipv6_extra_parameters: {smtpd_banner: !unsafe '{{ 1 + 1 }}'}")
    assert "smtpd_banner = {{ 1 + 1 }}\n" in plan(run({}, "-e", f"@{unsafe}"))["content"]
