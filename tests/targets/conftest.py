"""A host of the lab with an interpreter of this machine, and ansible-playbook of a release of ansible-core."""

import os
import sysconfig
from functools import partial
from pathlib import Path

import pytest
from controllers.environments import interpreter, playbook_command
from lab.play import SHARED, play, run
from lab.process import ROOT
from lab.pytest_plugin import running
from testinfra import get_host

HERE = Path(__file__).parent


def pytest_addoption(parser):
    """Take what is to be tried."""
    parser.addoption("--target", help="the Python of the host, such as python3.8", required=True)
    parser.addoption("--core", help="the release of ansible-core, such as 2.19.14", required=True)


@pytest.fixture(scope="session")
def python(pytestconfig):
    """Give the interpreter on the host, that of this machine at the same path."""
    return interpreter(pytestconfig.option.target)


@pytest.fixture(scope="session")
def host(pytestconfig, python):
    """Start the host with Ansible as it is here, and go on with that of the release."""
    prefix = str(Path(python).parents[1])

    def do(name):
        done = run(HERE, "all", {"lab_volumes": [f"{prefix}:{prefix}:ro"]}, playbook=SHARED / f"{name}.yml")
        assert done.code == 0, done.output

    do("destroy")  # what a killed run has left
    try:
        do("create")
        do("ipv4_only")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", f"{playbook_command(pytestconfig.option.core).parent}:{os.environ['PATH']}")
            # How to come to the host, and to hear of results, is in collections beside ansible-core.
            patch.setenv("ANSIBLE_COLLECTIONS_PATH", f"{ROOT}/.build/collections:{sysconfig.get_path('purelib')}")
            yield get_host(running(HERE.name)["mail"].connection)
    finally:
        do("destroy")


@pytest.fixture(scope="session")
def run_role(host, python):
    """Give a function that runs the role on the host, or another playbook."""
    return partial(play, HERE, "mail", {"ansible_python_interpreter": python})
