"""``/api/v1/evaluations``: suites run by a job, the report as its result."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from ui import evaluations as running
from ui.access.identity import caller_of
from ui.api import REST
from ui.api.desk import Desk
from ui.api.documents import Evaluations
from ui.api.documents import Job as JobDocument
from ui.api.errors import ApiError, refusals
from ui.api.jobs import encode_job
from ui.api.requests import EvaluationRequest
from ui.jobs.board import Board


def evaluations(board: Board, desk: Desk) -> APIRouter:
    """Returns the routes to evaluations."""
    router = APIRouter(prefix=REST, tags=["evaluations"])
    settings = desk.dateline.settings

    @router.get(
        "/evaluations", response_model=Evaluations, summary="List suites and what they can be compared with",
        responses=refusals(),
    )  # fmt: skip
    def list_suites() -> Any:
        return {"suites": list(running.suites()), "baselines": list(running.baselines(settings))}

    @router.post(
        "/evaluations", response_model=JobDocument, status_code=202, responses=refusals(400, 404),
        summary="Have a suite run by a job",
        description="The result is the report as `dateline eval run --json` prints it; `progress.articles` counts"
        " questions.",
    )  # fmt: skip
    async def run(request: Request, response: Response, wanted: EvaluationRequest) -> Any:
        suite = running.suites().get(wanted.suite)
        base = running.baselines(settings).get(wanted.baseline) if wanted.baseline else None
        if suite is None or (wanted.baseline and base is None):
            raise ApiError(404, "not_found", f"GET {REST}/evaluations lists the suites and baselines there are")
        order = running.Order(suite, desk.model_for(wanted.model), wanted.own_corpus, base)
        owner, work = caller_of(request.scope).name, running.work(settings, order)
        job = await run_in_threadpool(board.begin, board.measuring, "evaluation", owner, work, about=suite.stem)
        response.headers["Location"] = f"{REST}/jobs/{job.id}"
        return encode_job(job)

    return router
