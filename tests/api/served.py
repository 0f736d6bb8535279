"""A server with everything on it, in a thread of this process."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from rag.config import Settings
from rag.generate.drafting import Draft, Trace
from rag.service import Dateline
from rag.telemetry import Telemetry
from rag.types import RetrievedPassage, Turn
from ui.access.accounts import FILE, Accounts
from ui.access.identity import Scope

QUESTION = "What did Assad ask Russia for?"
SLOW = "fake/slow"
SERVER: dict[str, Any] = {
    "log_config": None, "log_level": "error", "timeout_graceful_shutdown": 1, "proxy_headers": False,
}  # fmt: skip


class SlowModel:
    """Quotes one sentence, then thinks until it is released. ``ended`` is set when its draft has been closed."""

    name = SLOW

    def __init__(self) -> None:
        self.released, self.begun, self.ended = threading.Event(), threading.Event(), threading.Event()

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        first = passages[0]
        self.begun.set()
        try:
            for span in first.passage.sentences[:2]:
                yield Draft(first.passage.words(span), (first,), cited=((first, span),))
                self.released.wait(20)
        finally:
            self.ended.set()

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        return None

    def close(self) -> None:
        self.released.set()


class Served:
    """A running server.

    Attributes:
        url: Its address, without a slash at the end.
        dateline: What it asks.
        accounts: Its keys and users.
        service: The ASGI application.
    """

    def __init__(self, dateline: Dateline, accounts: Accounts, service: Any, programs: Any, url: str) -> None:
        self.dateline, self.accounts, self.service, self.programs, self.url = dateline, accounts, service, programs, url

    def client(self, key: str = "", **options: Any) -> httpx.Client:
        headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {key}"} if key else {})
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **options)

    def keys(self) -> dict[str, str]:
        """Returns a key of each scope."""
        return {scope.value: self.accounts.add_key(f"{scope}-{time.monotonic_ns()}", scope) for scope in Scope}

    def slow_model(self) -> SlowModel:
        """Returns a model of its own for each test, under the name ``SLOW``."""
        model = SlowModel()
        self.dateline._answerers[SLOW] = model
        return model


@contextmanager
def serving(
    index: Path, folder: Path, *, is_local: bool = True, telemetry: Telemetry | None = None, **settings: Any
) -> Iterator[Served]:
    """Serves a copy of an index while the block runs."""
    import uvicorn

    from ui.history import History
    from ui.server import build_service

    own = folder / "index"
    shutil.copytree(index, own)
    chosen = {"model": "extractive", "serve_per_minute": 0, "serve_models": SLOW, **settings}
    dateline = Dateline(Settings(index=own, corpus=folder, **chosen))
    dateline.telemetry = telemetry
    dateline.warm()
    history, accounts = History(own / "conversations.sqlite"), Accounts(own / FILE)
    service, programs = build_service(dateline, history, accounts, is_local=is_local)
    programs.readiness.ready()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(service, **SERVER))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield Served(dateline, accounts, service, programs, f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(10)
        accounts.close()
        history.close()
        dateline.close()


def events_of(lines: Iterator[str]) -> list[tuple[str, str]]:
    """Returns the names and data of server-sent events."""
    found, name = [], ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            found.append((name, line[6:]))
            name = ""
    return found
