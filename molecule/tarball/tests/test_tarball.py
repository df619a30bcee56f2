"""The collection out of the tarball, installed elsewhere, without whatever a run has no use for."""

from __future__ import annotations

import os
import shutil

import pytest
from lab.play import ROLE, run
from mail_host import greeting, identity, listeners
from release.tarball import build, install

NEEDED = {"meta", "playbooks", "plugins", "roles", "FILES.json", "MANIFEST.json"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Where Ansible finds it, and no other."""
    place = tmp_path_factory.mktemp("collections")
    collection = install(build(place), place)
    for path in collection.iterdir():
        if path.name not in NEEDED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert {path.name for path in collection.iterdir()} == NEEDED
    return {"ANSIBLE_COLLECTIONS_PATH": str(place)}


@pytest.fixture(scope="module")
def changed(lab_host, environment):
    """Run a playbook; whether it changed the host."""

    def changed(playbook):
        done = run(os.environ["MOLECULE_SCENARIO_NAME"], lab_host.name, {}, playbook=playbook, environment=environment)
        assert done.code == 0, done.output
        return done.stats[lab_host.name]["changed"] > 0

    return changed


def test_ipv6_on_the_same_again_and_off(host, changed):
    assert listeners(host) == {"0.0.0.0"}
    assert changed("inet6.postfix.enable")
    assert listeners(host) == {"0.0.0.0", "[::]"}
    assert greeting(host, "::1").startswith("220 ")

    before = identity(host)
    assert not changed("inet6.postfix.enable")
    assert not changed(ROLE)
    assert identity(host) == before

    assert changed("inet6.postfix.disable")
    assert listeners(host) == {"0.0.0.0"}
    assert greeting(host, "127.0.0.1").startswith("220 ")
