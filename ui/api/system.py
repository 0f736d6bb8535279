"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from rag.errors import DatelineError
from rag.service import Dateline
from ui.access.figures import Figures
from ui.api.documents import Health
from ui.api.errors import ApiError, refusals


class Readiness:
    """Whether the server can answer: models loaded, index readable, not about to end."""

    def __init__(self, dateline: Dateline) -> None:
        self._dateline = dateline
        self._lock = threading.Lock()
        self._objection = "models are being loaded"

    def ready(self) -> None:
        """Notes that models are loaded."""
        self._set("")

    def not_ready(self, why: str) -> None:
        """Notes why no answer can be given."""
        self._set(why)

    def objection(self) -> str:
        """Returns why no answer can be given; empty when it can."""
        with self._lock:
            found = self._objection
        if not found:
            try:
                self._dateline.sources()
            except DatelineError as error:
                found = str(error)
        return found

    def _set(self, why: str) -> None:
        with self._lock:
            self._objection = why


def system(readiness: Readiness, figures: Figures) -> APIRouter:
    """Returns the routes for whoever runs the server."""
    router = APIRouter(tags=["system"])

    @router.get("/healthz", response_model=Health, summary="Whether the server is there", responses=refusals())
    async def healthz() -> Any:
        return {"status": "ok"}

    @router.get("/readyz", response_model=Health, summary="Whether it can answer", responses=refusals())
    async def readyz() -> Any:
        if why := await run_in_threadpool(readiness.objection):
            raise ApiError(503, "not_ready", why, retry_after=2)
        return {"status": "ready"}

    @router.get(
        "/metrics", summary="Figures for Prometheus", response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **refusals()},
    )  # fmt: skip
    async def metrics() -> Response:
        return Response(figures.text(), headers={"content-type": figures.content_type})

    return router
