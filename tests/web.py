"""A web server on this machine, in the place of one that is elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType
from typing import Any, NamedTuple


class Request(NamedTuple):
    """What a client asks for."""

    method: str
    path: str
    headers: Message
    content: bytes


class Answer(NamedTuple):
    """What it gets."""

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


def json_answer(found: Any, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
    """Answer with data as JSON; with nothing where there is none."""
    return Answer(b"" if found is None else json.dumps(found).encode(), status,
                  {"Content-Type": "application/json", **headers})


@contextmanager
def serve(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """Let a function answer all requests; gives the address of the server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            """Answer one."""
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            given = answer(Request(self.command, self.path, self.headers, content))
            self.send_response(given.status)
            for name, value in {**given.headers, "Content-Length": str(len(given.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(given.content)

        do_GET = do_POST = do_PATCH = respond

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
