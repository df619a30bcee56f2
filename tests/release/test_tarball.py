"""The tarball has what a user needs, and nothing else."""

import json
import subprocess
import tarfile

import pytest
import yaml
from ansible.utils.version import SemanticVersion
from lab.process import ROOT

FOLDERS = ["awx", "docs", "meta", "playbooks", "plugins", "roles"]
"""All of these goes into it."""
FILES = [".ansible-lint", "CHANGELOG.md", "COPYING", "README.md", "changelogs/changelog.yaml"]
MADE = ["FILES.json", "MANIFEST.json"]
"""By ansible-galaxy."""


@pytest.fixture(scope="module")
def galaxy():
    return yaml.safe_load((ROOT / "galaxy.yml").read_text())


@pytest.fixture(scope="module")
def manifest(tarball):
    with tarfile.open(tarball) as archive:
        return json.load(archive.extractfile("MANIFEST.json"))["collection_info"]


def test_its_files(tarball):
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *FOLDERS, *FILES]
    wanted = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    with tarfile.open(tarball) as archive:
        names = [member.name for member in archive if not member.isdir()]
    assert set(names) ^ {*(name for name in wanted if (ROOT / name).exists()), *MADE} == set()


def test_all_folders_and_files_are_there(tarball):
    with tarfile.open(tarball) as archive:
        assert {*FOLDERS, *FILES, *MADE} <= set(archive.getnames())


def test_its_name(tarball, galaxy):
    assert tarball.name == f"inet6-postfix-{galaxy['version']}.tar.gz"


def test_it_needs_no_other_collection(manifest):
    assert manifest["dependencies"] == {}


def test_the_changelog_ends_with_its_version(galaxy):
    """Or with none, before the first release."""
    releases = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]
    assert max(releases, key=SemanticVersion, default=galaxy["version"]) == galaxy["version"]
    written = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## v")]
    assert [line.replace("\\", "") for line in written[:1]] == [f"## v{galaxy['version']}" for _release in releases][:1]
