"""The ways by which people reach their hosts, beside that of the lab: SSH as a user with sudo, and ansible-pull."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lab.play import run
from lab.process import ROOT
from mail_host import admit, listeners
from testinfra import get_host

DUAL_STACK, IPV4 = {"0.0.0.0", "[::]"}, {"0.0.0.0"}
OFF, ON = "inet6.postfix.disable", "inet6.postfix.enable"
ALSO_AS_ROOT = {"ANSIBLE_BECOME_ALLOW_SAME_USER": "true"}
"""With it a task needs the program to become root even where it runs as root, as these tests may."""

# The oldest release of ansible-core that the collection supports, and the Python of the hosts.
PULLED, PYTHON = "ansible-core==2.16.*", "3.11"
PULL = """
cd /opt/ansible
PYTHONPATH=. ANSIBLE_COLLECTIONS_PATH=/opt/collections LC_ALL=C.UTF-8 \
python3 -m ansible playbook --connection=local --inventory=localhost, --limit=localhost,mail,127.0.0.1 %s
"""


@pytest.fixture
def by_ssh(lab_hosts, tmp_path) -> Path:
    """An inventory by which mx01 is reached so; no task may need more rights on the controller than it has."""
    host = get_host(lab_hosts["mx01"].connection)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    admit(host, tmp_path / "key.pub")
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps({"all": {"hosts": {
        "mx01": {
            "ansible_connection": "ssh",
            "ansible_host": lab_hosts["mx01"].ipv6,
            "ansible_user": "admin",
            "ansible_ssh_private_key_file": str(tmp_path / "key"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={tmp_path}/known_hosts"
                                       " -o StrictHostKeyChecking=accept-new -o ControlMaster=no",
        },
        "localhost": {
            "ansible_connection": "local",
            "ansible_host": "localhost",
            "ansible_python_interpreter": sys.executable,
            "ansible_become_exe": "/bin/false",
        },
    }}}), encoding="utf-8")
    return path


def test_a_user_with_sudo_by_ssh(lab_hosts, by_ssh):
    host = get_host(lab_hosts["mx01"].connection)
    for playbook, expected in ((OFF, IPV4), (ON, DUAL_STACK)):
        done = run("rollout", "mx01", {}, playbook=playbook, inventories=[by_ssh],
                   environment=ALSO_AS_ROOT)
        assert (done.code, listeners(host)) == (0, expected), done.output


@pytest.fixture
def pulled(lab_hosts) -> str:
    """The container of a host that has Ansible and the collection for itself, as ansible-pull finds them."""
    container = lab_hosts["mx02"].container
    site = ROOT / ".build" / "pulled"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", f"--target={site}",
                    f"--python-version={PYTHON}", "--only-binary=:all:", PULLED], check=True)
    collection = "/opt/collections/ansible_collections/inet6/postfix"
    subprocess.run(["docker", "exec", container, "mkdir", "--parents", collection], check=True)
    subprocess.run(["docker", "cp", "--quiet", site, f"{container}:/opt/ansible"], check=True)
    for part in ("meta", "playbooks", "plugins", "roles"):
        subprocess.run(["docker", "cp", "--quiet", ROOT / part, f"{container}:{collection}"], check=True)
    return container


def test_a_host_that_pulls(lab_hosts, pulled):
    host = get_host(lab_hosts["mx02"].connection)
    for playbook, expected in ((OFF, IPV4), (ON, DUAL_STACK)):
        done = host.run(PULL, playbook)
        assert (done.rc, listeners(host)) == (0, expected), done.stdout + done.stderr
    assert "changed 1: localhost" in done.stdout
