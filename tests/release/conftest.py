"""What the tests of this directory share: the tarball of the checkout, and the collection that it gives."""

import pytest

from release.tarball import build, install


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    """Build the tarball."""
    return build(tmp_path_factory.mktemp("tarball"))


@pytest.fixture(scope="session")
def collections(tarball, tmp_path_factory):
    """Install it, and give the directory for ANSIBLE_COLLECTIONS_PATH."""
    place = tmp_path_factory.mktemp("collections")
    install(tarball, place)
    return place
