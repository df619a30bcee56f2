"""Make a release: python -m release [VERSION], see docs/releasing.md."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import yaml
from ansible.utils.version import SemanticVersion
from lab.process import ROOT, LabError, logged, new_log, output, step

from release import reference
from release.tarball import build

GALAXY = ROOT / "galaxy.yml"
SLOW = "tests/release/test_release.py"
"""Not for each release: it makes one itself."""


def main() -> int:
    """Do what the command line asks; a failure is one clear message."""
    parser = argparse.ArgumentParser(prog="release", description="Make a release in this checkout; publish nothing.")
    parser.add_argument("version", nargs="?", help="without one, only see whether a release can be made")
    version = parser.parse_args().version
    os.chdir(ROOT)
    try:
        prepared()
        if not version:
            print("A release can be made: make release VERSION=1.2.3")
            return 0
        higher(version)
        tarball = make(version)
    except LabError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(f"{version} is committed and tagged. To publish it:\n"
          f"  git push --follow-tags\n"
          f"  ansible-galaxy collection publish {tarball.relative_to(ROOT)}")
    return 0


def prepared() -> None:
    """Refuse a checkout with changes, and one without anything to tell users.

    Raises:
        LabError: with what to do first.
    """
    if changes := output("git", "status", "--porcelain"):
        raise LabError(f"commit or stash first what is not committed:\n{changes}")
    if not list(ROOT.glob("changelogs/fragments/*.yml")):
        raise LabError("there is nothing to release: changelogs/fragments is empty")
    logged(new_log("fragments"), "antsibull-changelog", "lint")


def higher(version: str) -> None:
    """Refuse a version that cannot come next.

    Raises:
        LabError: with the reason.
    """
    try:
        wanted = SemanticVersion(version)
    except ValueError:
        raise LabError(f"{version} is no semantic version, such as 1.2.3") from None
    last = yaml.safe_load(GALAXY.read_text(encoding="utf-8"))["version"]
    if wanted < SemanticVersion(last) or output("git", "tag", "--list", version):
        raise LabError(f"{version} is not higher than {last}")
    for line in output("git", "grep", "version_added: ", "plugins", "roles").splitlines():
        if wanted < SemanticVersion(line.rpartition(" ")[2]):
            raise LabError(f"{version} is older than what is in it: {line}")


def make(version: str) -> Path:
    """Set the version, write what follows from it, try it, commit and tag; the tarball. All that, or nothing."""
    log, before = new_log("release"), output("git", "rev-parse", "HEAD")
    try:
        with step("Setting the version, and writing changelog and reference"):
            text = GALAXY.read_text(encoding="utf-8")
            GALAXY.write_text(re.sub("^version: .*", f"version: {version}", text, flags=re.MULTILINE), encoding="utf-8")
            logged(log, "antsibull-changelog", "release", "--reload-plugins")
            reference.write(reference.PAGES)
        with step("Trying it"):
            logged(log, sys.executable, "-m", "pytest", "--tb=short", "tests/release", f"--ignore={SLOW}")
        tarball = build(ROOT / "build")
        output("git", "add", "--all")
        output("git", "commit", "--message", f"Release {version}")
        output("git", "tag", "--annotate", "--message", f"inet6.postfix {version}", version)
    except BaseException:
        output("git", "add", "--all")  # what is new goes too then
        output("git", "reset", "--hard", before)
        raise
    return tarball


if __name__ == "__main__":
    sys.exit(main())
