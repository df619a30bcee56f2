"""Copies of the checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from lab.process import ROOT


def copy(place: Path) -> None:
    """Copy the files that git knows or would add to a directory, in the place of what is there."""
    shutil.rmtree(place, ignore_errors=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():  # not what has been deleted since the last commit
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name, follow_symlinks=False)
