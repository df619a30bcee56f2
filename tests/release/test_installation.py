"""What the pages say of installing the collection is typed, with a small Galaxy in the place of the real one."""

import os
import re
import shutil
import subprocess

import pages
import pytest
from lab.process import ROOT

from release.galaxy import serve

README = ROOT / "README.md"
PROJECT = ROOT / "awx" / "project"
COMMAND = re.compile(r"ansible-galaxy collection install [^`\n]+")
COMMANDS = COMMAND.findall(README.read_text(encoding="utf-8"))
VERSION = re.compile(r"(?<=inet6-postfix-)\S+(?=\.tar\.gz)|(?<=:==)\S+")
NAMED = VERSION.findall(" ".join(COMMANDS))
"""By these commands."""


@pytest.fixture(scope="module")
def versions(tarball):
    """Those that Galaxy has: that of the checkout, and what the page names."""
    return sorted({*VERSION.findall(tarball.name), *NAMED})


@pytest.fixture(scope="module")
def galaxy(tarball, versions):
    """The address of a Galaxy that has them."""
    with serve(tarball, versions) as address:
        yield address


@pytest.fixture
def typed(tmp_path, tarball, galaxy):
    """Type a command in a directory where a tarball lies; gives what it says."""
    def typed(command, directory=tmp_path):
        done = subprocess.run(["sh", "-ec", command], check=False, cwd=directory, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={
                                  "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8",
                                  "ANSIBLE_GALAXY_SERVER": galaxy})
        assert done.returncode == 0, done.stdout
        return done.stdout

    for version in NAMED:
        shutil.copy(tarball, tmp_path / f"inet6-postfix-{version}.tar.gz")
    return typed


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme(tmp_path, typed, command):
    requirements = next(block for block in pages.blocks(README) if block.file.endswith("requirements.yml"))
    (tmp_path / "requirements.yml").write_text(requirements.text, encoding="utf-8")
    said = typed(command)
    assert "inet6.postfix:" in said
    assert "was installed successfully" in said
    assert "inet6.postfix.config" in typed("ansible-doc --list --type module inet6.postfix")


def test_the_project_for_awx(tmp_path, typed):
    """Whose playbooks find the collection that its requirements name, from a shell too."""
    project = shutil.copytree(PROJECT, tmp_path / "project")
    (project / "inventory").write_text("", encoding="utf-8")
    commands = [block.text for block in pages.blocks(PROJECT / "README.md")
                if block.language == "sh" and "ansible-galaxy" in block.text]
    assert len(commands) == 1
    assert "no hosts matched" in typed(commands[0], project)
