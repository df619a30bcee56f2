"""A release is made in a repository of its own: it is a commit, a tag and a tarball, or nothing has happened."""

import os
import subprocess
import sys
import tarfile

import checkout
import pytest
import yaml
from lab.process import ROOT

NOW = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
NEXT = f"{int(NOW.partition('.')[0]) + 1}.0.0"
FRAGMENT = "changelogs/fragments/something.yml"
SENTENCE = "main_cf - a comment between the lines of a continued value is kept where it was."
ENVIRONMENT = {f"GIT_{who}_{field}": value for who in ("AUTHOR", "COMMITTER")
               for field, value in (("NAME", "A maintainer"), ("EMAIL", "maintainer@example.org"))}


class Repository:
    """A repository with the files of the checkout, all of them committed, and a fragment."""

    def __init__(self, place):
        """Make it in a directory."""
        self.place = place
        checkout.copy(place)
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(FRAGMENT, f"bugfixes: ['{SENTENCE}']\n")
        self.commit()

    def run(self, *command):
        """Run a command there, and give how it ended."""
        return subprocess.run(
            command, check=False, cwd=self.place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(self.place / "tests")})

    def git(self, *arguments):
        """Run git, and give what it prints."""
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, name, text):
        """Write a file."""
        (self.place / name).write_text(text)

    def commit(self):
        """Commit all that there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Something")

    def release(self, *version):
        """Run the command."""
        return self.run(sys.executable, "-m", "release", *version)

    def state(self):
        """Give all that a release changes."""
        tarballs = sorted(path.name for path in self.place.glob("build/*"))
        return self.git("rev-parse", "HEAD"), self.git("status", "--porcelain"), self.git("tag"), tarballs


@pytest.fixture
def repository(tmp_path):
    """Give the repository."""
    return Repository(tmp_path / "postfix")


def uncommitted(repository):
    repository.write("galaxy.yml", "name: postfix\n")


def without_fragments(repository):
    for path in (repository.place / "changelogs" / "fragments").glob("*.yml"):
        path.unlink()
    repository.commit()


def with_a_fragment_of_no_section(repository):
    repository.write(FRAGMENT, f"improvements: ['{SENTENCE}']\n")
    repository.commit()


def with_a_plugin_of_later(repository):
    path = repository.place / "plugins" / "test" / "valid_for.py"
    path.write_text(path.read_text().replace("\nversion_added: ", "\nversion_added: 9"))
    repository.commit()


def with_a_file_for_nobody(repository):
    repository.write("notes.txt", "To do\n")
    repository.commit()


def as_it_is(repository):
    pass


@pytest.mark.parametrize(("prepare", "version", "words"), [
    (uncommitted, NEXT, "commit or stash first what is not committed:\nM galaxy.yml"),
    (without_fragments, NEXT, "there is nothing to release: changelogs/fragments is empty"),
    (with_a_fragment_of_no_section, NEXT, "invalid section: improvements"),
    (with_a_plugin_of_later, NEXT, f"{NEXT} is older than what is in it: plugins/test/valid_for.py:version_added: 9"),
    (with_a_file_for_nobody, NEXT, "notes.txt"),
    (as_it_is, "1.0", "1.0 is no semantic version, such as 1.2.3"),
    (as_it_is, f"v{NEXT}", f"v{NEXT} is no semantic version"),
    (as_it_is, "0.0.1", f"0.0.1 is not higher than {NOW}"),
])
def test_it_is_refused_and_nothing_has_happened(repository, prepare, version, words):
    prepare(repository)
    before = repository.state()
    done = repository.release(version)
    assert done.returncode == 1
    assert "release: " in done.stderr
    assert words in done.stderr
    assert repository.state() == before


def test_it_is_made_once(repository):
    before = repository.git("rev-parse", "HEAD")
    assert repository.release().returncode == 0
    assert repository.git("rev-parse", "HEAD") == before, "without a version it only looks"

    done = repository.release(NEXT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "  git push --follow-tags", f"  ansible-galaxy collection publish build/inet6-postfix-{NEXT}.tar.gz"]
    head, status, tags, tarballs = repository.state()
    assert (status, tags, tarballs) == ("", NEXT, [f"inet6-postfix-{NEXT}.tar.gz"])
    assert repository.git("rev-parse", f"{NEXT}^{{commit}}", f"{NEXT}~").split() == [head, before]
    assert repository.git("show", f"{NEXT}:galaxy.yml") == repository.git("show", f"{before}:galaxy.yml").replace(
        f"version: {NOW}\n", f"version: {NEXT}\n")
    with tarfile.open(repository.place / "build" / tarballs[0]) as archive:
        changelog = archive.extractfile("CHANGELOG.md").read().decode().replace("\\", "")
    assert f"\n## v{NEXT}\n" in changelog
    assert SENTENCE in changelog
    assert repository.git("ls-files", "changelogs/fragments") == ""
    assert repository.run("yamllint", "--strict", "changelogs").stdout == ""

    repository.write(FRAGMENT, f"bugfixes: ['{SENTENCE}']\n")
    repository.commit()
    done = repository.release(NEXT)
    assert (done.returncode, done.stderr) == (1, f"release: {NEXT} is not higher than {NEXT}\n")
