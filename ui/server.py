"""One ASGI application for everything that ``dateline serve`` serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from rag.errors import DatelineError, SettingsError
from rag.service import Dateline
from ui.app import build_page
from ui.downloads import downloads
from ui.examples import Examples
from ui.guard import Guard
from ui.history import History
from ui.theme import css, head, theme

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CONVERSATIONS = "conversations.sqlite"
_LARGEST_UPLOAD = 25_000_000


def build_app(dateline: Dateline, history: History, examples: Callable[[], Sequence[str]] = tuple) -> ASGIApp:
    """Returns the application: ``/healthz``, downloads, and the page at ``/``.

    Other routes are added to ``app`` before the page, which answers to every address that nothing else does.

    Args:
        dateline: What is asked; its model may be used by one question at a time.
        history: Keeps conversations.
        examples: Returns questions that the corpus answers, for the opening page.
    """
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    app.include_router(downloads(dateline, history))
    page = build_page(dateline, history, examples)
    page.queue(default_concurrency_limit=8, api_open=False)
    gr.mount_gradio_app(
        app, page, path="/", theme=theme(), css=css(), head=head(), footer_links=[], run_history=False,
        max_file_size=_LARGEST_UPLOAD, show_error=True, ssr_mode=False, mcp_server=False, enable_monitoring=False,
    )  # fmt: skip
    return Guard(app)


def serve(dateline: Dateline, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serves until interrupted.

    Args:
        dateline: What is asked.
        host: Where to listen; this machine only, as long as nobody has to prove who they are.
        port: Where to listen; 0 takes a free one.
        say: Told the address at once, and when the models are warm.

    Raises:
        SettingsError: The host is open to other machines.
        StoreError: There is neither an index nor a corpus, or it cannot be written.
    """
    if host not in _LOOPBACK:
        raise SettingsError(
            f"--host {host} would let other machines in, and there is no authentication yet; use 127.0.0.1"
        )
    with ExitStack() as stack:
        dateline.create()  # before anything else is kept in the folder
        history = History(dateline.settings.index / _CONVERSATIONS)
        stack.callback(history.close)
        examples = Examples(dateline)
        app = build_app(dateline, history, examples)
        server = uvicorn.Server(
            uvicorn.Config(
                app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2
            )
        )
        threading.Thread(target=_warm, args=(dateline, examples, say), name="dateline-warm", daemon=True).start()
        socket = server.config.bind_socket()
        bound = socket.getsockname()[1]
        say(f"Dateline is at http://{f'[{host}]' if ':' in host else host}:{bound}")
        server.run(sockets=[socket])


def _warm(dateline: Dateline, examples: Examples, say: Callable[[str], None]) -> None:
    try:
        dateline.warm()
        examples.find()
        say("models are loaded; the first answer is as fast as any")
    except DatelineError as error:
        say(f"not ready to answer: {error}")
