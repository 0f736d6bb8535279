"""The interface for programs, put together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rag.service import Dateline
from ui.access.accounts import Accounts
from ui.access.figures import Figures
from ui.access.login import login
from ui.api.answers import answers
from ui.api.articles import articles
from ui.api.briefings import briefings
from ui.api.desk import Desk, Room
from ui.api.errors import install
from ui.api.evaluations import evaluations
from ui.api.jobs import jobs
from ui.api.mcp_server import McpServer
from ui.api.openai.chat import chat
from ui.api.openai.wire import error_document
from ui.api.system import Readiness, system
from ui.api.uploads import Uploads
from ui.briefing.writer import Writer
from ui.jobs.board import Board
from ui.lines import Lines

_ABOUT = (
    "Question answering over news with citations to exact words. Offsets count code points of an article's text:"
    ' `text[start:end] == quote`. Errors have the form `{"error": {"code", "message"}}`.'
)


class Programs:
    """What other software talks to.

    Args:
        dateline: What is asked. Its index must exist.
        accounts: Who may log in.
        figures: Counts.
        lines: Who waits for which model, shared with the page.
        room: How much is done at a time.
        board: All jobs of the server; closed when this is no longer ``running``.
        writer: Writes briefings.

    Attributes:
        app: The ASGI application; it answers while ``running`` is entered.
        readiness: To be told when models are loaded.
    """

    def __init__(
        self,
        dateline: Dateline,
        accounts: Accounts,
        figures: Figures,
        lines: Lines,
        room: Room,
        board: Board,
        writer: Writer,
    ) -> None:
        self.readiness = Readiness(dateline)
        desk = Desk(dateline, figures, lines, room)
        self._board = board
        self._mcp = McpServer(desk, writer)
        figures.watch("dateline_jobs_waiting", "Jobs that wait.", lambda: board.waiting)
        self.app = FastAPI(
            title="Dateline", version=version("dateline"), description=_ABOUT, docs_url=None, redoc_url=None,
            redirect_slashes=False,
        )  # fmt: skip
        install(self.app, {"/v1/": error_document})
        for router in (
            answers(desk),
            articles(desk),
            briefings(board, writer),
            evaluations(board, desk),
            jobs(board, Uploads(dateline)),
        ):
            self.app.include_router(router)
        self.app.include_router(chat(desk, int(time.time())))
        self.app.include_router(system(self.readiness, figures))
        self.app.include_router(login(accounts))
        self.app.router.routes.extend(self._mcp.routes())
        self.app.openapi = self._described  # type: ignore[method-assign]

    @asynccontextmanager
    async def running(self, _: Any = None) -> AsyncIterator[None]:
        """Has jobs and MCP work until this is left; then what is under way ends in order."""
        async with self._mcp.running():
            try:
                yield
            finally:
                self.readiness.not_ready("the server is about to end")
                self._board.close()

    def _described(self) -> dict[str, Any]:
        if not self.app.openapi_schema:
            found = get_openapi(
                title=self.app.title, version=self.app.version, description=self.app.description,
                routes=self.app.routes,
            )  # fmt: skip
            for path, operations in found["paths"].items():
                if path.startswith("/v1/"):
                    for operation in operations.values():
                        operation["responses"].pop("422", None)  # there it is 400
            bearer = {"type": "http", "scheme": "bearer", "description": "A key of `dateline key add`."}
            found["components"]["securitySchemes"] = {"key": bearer}
            # Both: without any key or user, a server on this machine asks nobody who they are.
            found["security"] = [{"key": []}, {}]
            self.app.openapi_schema = found
        return self.app.openapi_schema
