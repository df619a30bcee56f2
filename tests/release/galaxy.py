"""A small Galaxy: the part of its API (v3) by which ansible-galaxy finds and fetches a collection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import web

COLLECTION = "/v3/collections/inet6/postfix/"
WRITTEN = "2026-11-21T03:14:00Z"


@contextmanager
def serve(tarball: Path, versions: Sequence[str]) -> Iterator[str]:
    """Serve a tarball as each of some versions of inet6.postfix, on this machine; gives the address of the server."""
    data = tarball.read_bytes()

    def answer(request: web.Request) -> web.Answer:
        """Answer; of anything but this collection, there is nothing."""
        path = request.path.partition("?")[0]
        if path == f"/{tarball.name}":
            return web.Answer(data)
        address = f"http://{request.headers['Host']}/{tarball.name}"
        found = {"/": {"available_versions": {"v3": "v3/"}},
                 COLLECTION: {"updated_at": WRITTEN, "created_at": WRITTEN},
                 f"{COLLECTION}versions/": {"data": [{"version": version} for version in versions],
                                            "meta": {"count": len(versions)}, "links": {"next": None}},
                 **{f"{COLLECTION}versions/{version}/": _version(version, address, data) for version in versions}}
        return web.json_answer(found.get(path, {}), 200 if path in found else 404)

    with web.serve(answer) as address:
        yield address


def _version(version: str, address: str, data: bytes) -> dict[str, Any]:
    return {
        "version": version, "namespace": {"name": "inet6"}, "name": "postfix", "collection": {"name": "postfix"},
        "href": f"{COLLECTION}versions/{version}/", "download_url": address, "signatures": [], "files": {},
        "artifact": {"filename": address.rpartition("/")[2], "sha256": hashlib.sha256(data).hexdigest(),
                     "size": len(data)},
        "metadata": {"dependencies": {}}, "requires_ansible": ">=2.16.0",
    }
