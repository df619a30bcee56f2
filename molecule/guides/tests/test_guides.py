"""The guides, followed step by step on real hosts, with the collection as a user installs it.

A block of sh is typed. One of yaml or ini is written to the file that is named before it. One of text shows what comes
of what was typed before it: its lines come in this order, perhaps with others in between, and with anything where it
has three dots. What is typed ends well, unless the recap that is shown says that something has failed.

What a reader has and no guide shows, the fixtures make: the tarball of a release, hosts that SSH finds by their names,
and a resolver that knows them.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pages
import pytest
import yaml
from controllers.awx_api import TOKEN, Controller, serve
from lab.process import ROOT
from mail_host import admit
from pages import Block
from release.tarball import build
from testinfra import get_host

from awx import argument_specs

GUIDES = [ROOT / "docs" / "guides" / f"{name}.md" for name in ("first-host", "fleet", "bounces")]
"""In the order in which they are read: each goes on with what the one before has left."""
OURS = ("ANSIBLE_", "MOLECULE_", "PYTEST_", "PYTHON")
"""Begin what the environment has for these tests, and a reader's has not."""

SSH = """
Host *
    User admin
    IdentityFile {directory}/key
    UserKnownHostsFile {directory}/known_hosts
    StrictHostKeyChecking accept-new
"""
FAILED = re.compile("(failed|unreachable)=[1-9]")


@dataclass(frozen=True)
class Step:
    """A block to type or to write, and what a page shows of what comes of it."""

    block: Block
    shown: str

    def __str__(self) -> str:
        """Name it."""
        return f"{self.block.page.name}:{self.block.line}"


def steps(*files: Path) -> Iterator[Step]:
    """The steps of some pages."""
    for page in files:
        for block, after in pairwise([*pages.blocks(page), None]):
            if block.language != "text":
                yield Step(block, after.text if after and after.language == "text" else "")


def playbooks(page: Path) -> list[Block]:
    """The blocks of a page that are playbooks, as they are lists."""
    return [block for block in pages.blocks(page)
            if block.language == "yaml" and isinstance(yaml.safe_load(block.text), list)]


@dataclass(frozen=True)
class Reader:
    """Somebody who does what pages say, in a directory of their own."""

    directory: Path
    environment: Mapping[str, str]

    def type(self, command: str, **environment: str) -> tuple[int, str]:
        """Type commands into a shell; its return code and all that it prints."""
        done = subprocess.run(
            ["bash", "-ec", command], check=False, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env={**self.environment, **environment})
        return done.returncode, done.stdout

    def follow(self, step: Step, **environment: str) -> None:
        """Do what a page says, and see that what comes of it is what it shows."""
        if step.block.language != "sh":
            path = self.directory / step.block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.block.text, encoding="utf-8")
            return
        code, said = self.type(step.block.text, **environment)
        print(f"$ {step.block.text}{said}")
        assert (code != 0) == bool(FAILED.search(step.shown)), f"the return code is {code}"
        line = lacking(step.shown, said)
        assert not line, f"nothing of what is left is {line}"


def lacking(shown: str, said: str) -> str:
    """The first line that is shown and was not said after those before it; empty where all were."""
    rest = iter([" ".join(line.split()) for line in said.splitlines()])
    for line in shown.splitlines():
        pattern = ".*".join(re.escape(part) for part in " ".join(line.split()).split("..."))
        if pattern not in ("", ".*") and not any(re.fullmatch(pattern, one) for one in rest):
            return line
    return ""


@pytest.fixture(scope="module")
def reader(lab_hosts, tmp_path_factory) -> Reader:
    """A reader who has nothing of the checkout but a tarball."""
    directory, props = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("props")
    build(directory)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", props / "key"], check=True)
    config = SSH.format(directory=props)
    for name, lab in lab_hosts.items():
        admit(get_host(lab.connection), props / "key.pub")
        config += f"Host {name}\n    HostName {lab.ipv4}\n"
    (props / "config").write_text(config, encoding="ascii")
    (directory / "group_vars").mkdir()
    (directory / "group_vars" / "all.yml").write_text(f"postfix_ipv6_resolvers: [{lab_hosts['dns'].ipv4}]\n")
    return Reader(directory, {
        **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
        "ANSIBLE_HOME": str(directory / ".ansible"), "ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8",
        "ANSIBLE_SSH_ARGS": f"-F {props / 'config'} -o ControlMaster=auto -o ControlPersist=60s"})


@pytest.mark.parametrize("step", list(steps(*GUIDES)), ids=str)
def test_guide(reader, step):
    reader.follow(step)


def test_awx(reader):
    try:
        argument_specs.fetch()
    except argument_specs.UnreachableError as unreachable:
        pytest.skip(f"the modules of awx.awx are not in .build, and PyPI cannot be reached: {unreachable}")
    controller = Controller()
    for kind, name in (("organizations", "Default"), ("inventories", "Mail hosts"), ("credentials", "Mail hosts")):
        controller.add(kind, name=name)
    with serve(controller) as address:
        for step in steps(ROOT / "awx" / "README.md"):
            reader.follow(step, CONTROLLER_HOST=address, CONTROLLER_OAUTH_TOKEN=TOKEN, ANSIBLE_COLLECTIONS_PATH=(
                f"{reader.directory}/.ansible/collections:{argument_specs.COLLECTIONS}"))


@pytest.mark.parametrize("block", playbooks(ROOT / "README.md"), ids=lambda block: str(block.line))
def test_playbook_of_the_readme(reader, block):
    (reader.directory / "playbook.yml").write_text(block.text, encoding="utf-8")
    code, said = reader.type("ansible-playbook -i inventory.yml playbook.yml")
    assert code == 0, said
