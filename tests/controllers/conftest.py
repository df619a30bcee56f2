"""What the tests of this directory share."""

import os
import subprocess

import pytest
from lab.process import ROOT

from controllers.environments import USUAL, MissingError, playbook_command


@pytest.fixture(params=USUAL)
def ansible_playbook(request, tmp_path):
    """Give a function that runs ansible-playbook of each release of ansible-core, and gives what it prints."""
    try:
        command = playbook_command(request.param)
    except MissingError as missing:
        pytest.skip(f"NOT TESTED: {missing}")

    def run(*arguments):
        done = subprocess.run(
            [command, *arguments], check=False, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"), "NO_COLOR": "1",
                 "ANSIBLE_HOME": str(tmp_path / "home"), "ANSIBLE_STDOUT_CALLBACK": "minimal",
                 "ANSIBLE_INJECT_INVOCATION": "1", "ANSIBLE_CONFIG": str(ROOT / "awx" / "project" / "ansible.cfg")})
        return done.stdout + done.stderr

    return run
