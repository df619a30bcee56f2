"""The collection as users get it: built of a copy of the checkout, and installed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import checkout
from lab.process import output


def build(place: Path) -> Path:
    """Build the tarball in a directory, and give its path."""
    with tempfile.TemporaryDirectory() as copy:
        checkout.copy(Path(copy))
        said = output("ansible-galaxy", "collection", "build", "--force", "--output-path", str(place), copy)
    return Path(said.rpartition(" at ")[2])


def install(tarball: Path, place: Path) -> Path:
    """Install a tarball into a directory that ANSIBLE_COLLECTIONS_PATH may name, and give where the collection is."""
    output("ansible-galaxy", "collection", "install", "--offline", "--force", "--collections-path", str(place),
           str(tarball))
    return place / "ansible_collections" / "inet6" / "postfix"
