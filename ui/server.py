"""One ASGI application for everything that ``dateline serve`` serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.errors import DatelineError, SettingsError
from rag.service import Dateline
from ui.access.accounts import FILE as ACCOUNTS
from ui.access.accounts import Accounts
from ui.access.figures import Figures
from ui.access.gate import Gate, Limits
from ui.access.identity import as_local
from ui.access.logs import log_as_lines
from ui.api.application import Programs
from ui.api.desk import Room
from ui.api.system import Readiness
from ui.app import build_page
from ui.briefing.writer import Writer
from ui.downloads import downloads
from ui.examples import Examples
from ui.guard import Guard
from ui.history import History
from ui.jobs.board import Board
from ui.lines import Lines
from ui.theme import css, head, theme

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CONVERSATIONS = "conversations.sqlite"
_LAST_SECONDS = 30
"""Seconds in which requests under way may end when the server is told to."""

Running = Callable[[Any], AbstractAsyncContextManager[None]]


def build_app(
    dateline: Dateline,
    history: History,
    board: Board,
    examples: Callable[[], Sequence[str]] = tuple,
    *,
    lines: Lines | None = None,
    writer: Writer | None = None,
    running: Running | None = None,
    guarded: bool = True,
) -> ASGIApp:
    """Returns the application for people: downloads, and the page at ``/``, which answers to every other address.

    Args:
        dateline: What is asked; its model may be used by one question at a time.
        history: Keeps conversations.
        board: All jobs of the server.
        examples: Returns questions that the corpus answers, for the opening page.
        lines: Who waits for which model.
        writer: Writes briefings, here and for programs.
        running: Entered as long as the server runs.
        guarded: Whether it answers to names of this machine only.
    """
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    lines = lines or Lines()
    writer = writer or Writer(dateline, lines, Figures())
    app.include_router(downloads(dateline, history, board, writer))
    page = build_page(dateline, history, examples, board, writer, lines)
    page.queue(default_concurrency_limit=8, api_open=False)
    gr.mount_gradio_app(
        app, page, path="/", theme=theme(), css=css(), head=head(), footer_links=[], run_history=False,
        max_file_size=dateline.settings.serve_upload_bytes, show_error=True, ssr_mode=False, mcp_server=False,
        enable_monitoring=False,
    )  # fmt: skip
    return Guard(as_local(app)) if guarded else Guard(app, hosts=None)


def build_service(
    dateline: Dateline,
    history: History,
    accounts: Accounts,
    examples: Callable[[], Sequence[str]] = tuple,
    *,
    is_local: bool = True,
) -> tuple[ASGIApp, Programs]:
    """Returns everything that is served, behind one gate, and the part of it that programs talk to.

    Args:
        dateline: What is asked. Its index must exist.
        history: Keeps conversations.
        accounts: Who may come in; as long as there is neither key nor user, whoever sits at this machine.
        examples: Returns questions that the corpus answers, for the opening page.
        is_local: Whether only this machine can reach the server.
    """
    settings, figures, lines = dateline.settings, Figures(), Lines()
    room = Room(
        settings.serve_active, settings.serve_waiting, settings.serve_seconds, tuple(settings.serve_models.split())
    )
    board = Board(settings.index)
    writer = Writer(dateline, lines, figures)
    programs = Programs(dateline, accounts, figures, lines, room, board, writer)
    page = build_app(
        dateline, history, board, examples, lines=lines, writer=writer, running=programs.running, guarded=False
    )  # fmt: skip
    limits = Limits(settings.serve_per_minute, settings.serve_body_bytes, settings.serve_upload_bytes)
    gate: ASGIApp = Gate(programs.app, page, accounts, figures, limits, is_local=is_local, telemetry=dateline.telemetry)
    if proxies := settings.serve_proxies.split():
        gate = ProxyHeadersMiddleware(gate, trusted_hosts=proxies)  # type: ignore[arg-type,assignment]
    return gate, programs


def serve(dateline: Dateline, host: str, port: int, say: Callable[[str], None], *, log_requests: bool = False) -> None:
    """Serves until interrupted.

    Args:
        dateline: What is asked.
        host: Where to listen; this machine only, as long as there is neither key nor user.
        port: Where to listen; 0 takes a free one.
        say: Told the address at once, and when the models are warm.
        log_requests: Whether to log a line for each request, as JSON on standard error.

    Raises:
        SettingsError: The host is open to other machines, and nobody has to say who they are.
        StoreError: There is neither an index nor a corpus, or it cannot be written.
    """
    is_local = host in _LOOPBACK
    known = dateline.settings.index / ACCOUNTS
    with ExitStack() as stack:
        if not is_local and not known.exists():
            raise _open_to_all(host)
        dateline.create()  # before anything else is kept in the folder
        accounts = Accounts(known)
        stack.callback(accounts.close)
        if not (is_local or accounts.any()):
            raise _open_to_all(host)
        history = History(dateline.settings.index / _CONVERSATIONS)
        stack.callback(history.close)
        examples = Examples(dateline)
        app, programs = build_service(dateline, history, accounts, examples, is_local=is_local)
        log_as_lines(requests=log_requests)
        server = uvicorn.Server(
            uvicorn.Config(
                app, host=host, port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False,
                timeout_graceful_shutdown=_LAST_SECONDS,
            )
        )  # fmt: skip
        readiness = programs.readiness
        warming = (dateline, examples, readiness, say)
        threading.Thread(target=_warm, args=warming, name="dateline-warm", daemon=True).start()
        socket = server.config.bind_socket()
        bound = socket.getsockname()[1]
        say(f"Dateline is at http://{f'[{host}]' if ':' in host else host}:{bound}")
        server.run(sockets=[socket])


def _open_to_all(host: str) -> SettingsError:
    return SettingsError(
        f"--host {host} would let other machines in, and nobody has to say who they are: run `dateline user add"
        " NAME` or `dateline key add NAME` first, or use 127.0.0.1"
    )


def _warm(dateline: Dateline, examples: Examples, readiness: Readiness, say: Callable[[str], None]) -> None:
    try:
        dateline.warm()
        readiness.ready()
        examples.find()
        say("models are loaded; the first answer is as fast as any")
    except DatelineError as error:
        readiness.not_ready(str(error))
        say(f"not ready to answer: {error}")
