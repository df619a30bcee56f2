"""A small Galaxy: the part of its API (v3) by which ansible-galaxy finds and fetches a collection."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COLLECTION = "/v3/collections/inet6/postfix/"
WRITTEN = "2026-11-21T03:14:00Z"


@contextmanager
def serve(tarball: Path, versions: Sequence[str]) -> Iterator[str]:
    """Serve a tarball as each of some versions of inet6.postfix, on this machine; gives the address of the server."""
    data = tarball.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer; of anything but this collection, there is nothing."""
            here = f"http://{self.headers['Host']}"
            found = {"/": {"available_versions": {"v3": "v3/"}},
                     COLLECTION: {"updated_at": WRITTEN, "created_at": WRITTEN},
                     f"{COLLECTION}versions/": {"data": [{"version": version} for version in versions],
                                                "meta": {"count": len(versions)}, "links": {"next": None}},
                     **{f"{COLLECTION}versions/{version}/": _version(version, f"{here}/{tarball.name}", data)
                        for version in versions}}
            path = self.path.partition("?")[0]
            if path == f"/{tarball.name}":
                self._answer(200, "application/gzip", data)
            else:
                self._answer(200 if path in found else 404, "application/json",
                             json.dumps(found.get(path, {})).encode())

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def _version(version: str, address: str, data: bytes) -> dict[str, Any]:
    return {
        "version": version, "namespace": {"name": "inet6"}, "name": "postfix", "collection": {"name": "postfix"},
        "href": f"{COLLECTION}versions/{version}/", "download_url": address, "signatures": [], "files": {},
        "artifact": {"filename": address.rpartition("/")[2], "sha256": hashlib.sha256(data).hexdigest(),
                     "size": len(data)},
        "metadata": {"dependencies": {}}, "requires_ansible": ">=2.16.0",
    }
