"""The example's execution environment is what ansible-builder reads, and the collection tells it what it needs."""

import subprocess
import sys

import pytest
import yaml
from lab.process import ROOT

PROJECT = ROOT / "awx" / "project"


def builder(*arguments):
    """Run ansible-builder, which makes or reads files and fetches nothing here."""
    return subprocess.run([sys.executable, "-m", "ansible_builder", *arguments], check=False, capture_output=True,
                          text=True, cwd=PROJECT)


def test_the_image_has_what_the_collection_needs(tmp_path):
    done = builder("create", "--context", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    recipe = (tmp_path / "Dockerfile").read_text()
    assert 'ANSIBLE_INSTALL_REFS="ansible-core>=2.16,<2.20 ansible-runner"' in recipe
    assert yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text()) == yaml.safe_load(
        (PROJECT / "collections" / "requirements.yml").read_text())
    assert "openssh-clients" in (tmp_path / "_build" / "bindep.txt").read_text()


@pytest.mark.parametrize("field", ["dependencies", "images", "options"])
def test_a_key_that_it_does_not_know_is_refused(tmp_path, field):
    environment = yaml.safe_load((PROJECT / "execution-environment.yml").read_text())
    environment[field]["pakcages"] = []
    (tmp_path / "execution-environment.yml").write_text(yaml.safe_dump(environment))
    done = builder("create", "--file", str(tmp_path / "execution-environment.yml"), "--context", str(tmp_path / "it"))
    assert done.returncode == 1
    assert "pakcages" in done.stdout + done.stderr


def test_the_collection_brings_dnspython():
    done = builder("introspect", "--sanitize", str(ROOT / ".build" / "collections"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert yaml.safe_load(done.stdout) == {
        "python": ["dnspython>=2.0  # from collection inet6.postfix"], "system": []}


def test_it_has_an_ansible_core_that_the_collection_runs_with():
    environment = yaml.safe_load((PROJECT / "execution-environment.yml").read_text())
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    lowest = environment["dependencies"]["ansible_core"]["package_pip"].removeprefix("ansible-core").split(",")[0]
    assert runtime["requires_ansible"].startswith(lowest)
