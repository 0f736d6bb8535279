"""A news site on this machine, for tests that fetch."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class NewsSite:
    """Answers paths with what ``pages`` holds: a media type and data, an address to redirect to, or a status.

    Attributes:
        base: The site's address.
        asked: The paths asked for, in order.
        hosts: The ``Host`` header of each request.
        spared: The paths that were answered with 304, Not Modified, in order.
    """

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes] | str | int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.drip: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.hosts: list[str] = []
        self.spared: list[str] = []
        self.base = ""

    def validate(self, header: str) -> None:
        """Gives every page a validator of its content in this header; in none when it is empty."""
        for path, found in self.pages.items():
            if isinstance(found, tuple) and header:
                digest = hashlib.sha256(found[1]).hexdigest()
                day = datetime.fromtimestamp(int(digest[:7], 16), UTC)
                value = f'"{digest}"' if header == "ETag" else format_datetime(day, usegmt=True)
                self.headers[path] = {header: value}

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        self.hosts.append(request.headers["Host"])
        if request.path in self.drip:
            request.wfile.write(self.drip[request.path])
            for _ in range(100):
                time.sleep(0.1)
                request.wfile.write(b"x")
            return
        page = self.pages.get(request.path, 404)
        if isinstance(page, int):
            request.send_error(page)
            return
        stated = self.headers.get(request.path, {})
        asked_with = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        if any(name in request.headers and request.headers[name] == stated.get(own) for name, own in asked_with):
            self.spared.append(request.path)
            request.send_response(304)
            request.end_headers()
            return
        request.send_response(302 if isinstance(page, str) else 200)
        if isinstance(page, str):
            request.send_header("Location", page)
            request.end_headers()
            return
        request.send_header("Content-Type", page[0])
        for name, value in stated.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(page[1])


@contextmanager
def news_site() -> Iterator[NewsSite]:
    site = NewsSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                site.answer(self)
            except OSError:  # the reader has had enough
                self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    site.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
