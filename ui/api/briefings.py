"""``/api/v1/briefings``: written by a job, and fetched in the form that is wanted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from rag.brief.export import Format
from ui.access.identity import Scope, caller_of
from ui.api import REST
from ui.api.documents import Job as JobDocument
from ui.api.errors import ApiError, refusals
from ui.api.jobs import encode_job
from ui.api.requests import BriefingRequest
from ui.briefing.writer import KIND, TYPES, Writer
from ui.jobs.board import Board
from ui.jobs.store import DONE


def briefings(board: Board, writer: Writer) -> APIRouter:
    """Returns the routes to briefings."""
    router = APIRouter(prefix=REST, tags=["briefings"])

    @router.post(
        "/briefings", response_model=JobDocument, status_code=202, responses=refusals(400),
        summary="Have a briefing written by a job",
    )  # fmt: skip
    async def write(request: Request, response: Response, wanted: BriefingRequest) -> Any:
        job = await run_in_threadpool(writer.begin, board, wanted.request(), caller_of(request.scope).name)
        response.headers["Location"] = f"{REST}/briefings/{job.id}"
        return encode_job(job)

    @router.get(
        "/briefings/{job_id}",
        summary="Show how far a briefing is, or fetch it as a file",
        description="Without `format` the job, whose `result` is the briefing; with it the file, once it is written.",
        response_model=JobDocument,
        responses={
            200: {"content": {kind.partition(";")[0]: {} for form, kind in TYPES.items() if form is not Format.JSON}},
            **refusals(404, 409, 410),
        },
    )
    async def fetch(request: Request, job_id: str, form: Annotated[Format | None, Query(alias="format")] = None) -> Any:
        caller, job = caller_of(request.scope), await run_in_threadpool(board.store.get, job_id)
        if job is None or job.kind != KIND or not (caller.may(Scope.ADMIN) or job.owner == caller.name):
            raise ApiError(404, "not_found", "there is no such briefing")
        if form is None or form is Format.JSON:
            return encode_job(job)
        if job.state != DONE:
            raise ApiError(409, "not_done", f"the briefing is {job.state}")
        return Response(await run_in_threadpool(writer.file, job.id, form), media_type=TYPES[form])

    return router
