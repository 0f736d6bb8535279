"""Uploads and ``/api/v1/jobs``: work that takes longer than a request."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from ui.access.identity import Scope, caller_of
from ui.api import REST
from ui.api.documents import Job as JobDocument
from ui.api.documents import Jobs
from ui.api.errors import ApiError, refusals
from ui.api.uploads import MOST_FILES, Uploads, file_name
from ui.jobs.board import Board
from ui.jobs.store import FAILED, Job


def jobs(board: Board, uploads: Uploads) -> APIRouter:
    """Returns the routes to jobs, and the one that begins an ingest.

    Args:
        board: Keeps jobs and has them done.
        uploads: Where files are laid aside.
    """
    router, store = APIRouter(prefix=REST, tags=["jobs"]), board.store

    @router.post(
        "/articles", response_model=JobDocument, status_code=202, tags=["articles"],
        summary="Bring articles as files, and have them ingested by a job", responses=refusals(400, 415),
    )  # fmt: skip
    async def upload(
        request: Request,
        response: Response,
        files: Annotated[
            list[UploadFile],
            File(max_length=MOST_FILES, description="A file of a name that is there already replaces it."),
        ],
    ) -> Any:
        named = [(file_name(file.filename), file.file) for file in files]
        job = await run_in_threadpool(store.add, "ingest", caller_of(request.scope).name)
        try:
            await run_in_threadpool(uploads.lay_aside, job.id, named)
            board.writing.add(job, lambda progress: uploads.ingest(job.id, progress), lambda: uploads.forget(job.id))
        except BaseException as error:
            uploads.forget(job.id)
            store.finish(job.id, FAILED, code="refused", message="its files could not be taken")
            if isinstance(error, OSError):
                message = f"the files cannot be kept: {error.strerror}"
                raise ApiError(503, "storage_unavailable", message) from error
            raise
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return encode_job(job)

    @router.get("/jobs", response_model=Jobs, summary="List your jobs, the latest first", responses=refusals())
    def list_jobs(request: Request) -> Any:
        caller = caller_of(request.scope)
        owner = None if caller.may(Scope.ADMIN) else caller.name
        return {"jobs": [encode_job(job) | {"result": None} for job in store.all(owner)]}

    @router.get("/jobs/{job_id}", response_model=JobDocument, summary="Show one job", responses=refusals(404))
    def get_job(request: Request, job_id: str) -> Any:
        return encode_job(_own(request, job_id))

    @router.delete(
        "/jobs/{job_id}", response_model=JobDocument, status_code=202, responses=refusals(404, 409),
        summary="Cancel a job; what it has finished is kept",
    )  # fmt: skip
    def cancel(request: Request, job_id: str) -> Any:
        job = _own(request, job_id)
        if not board.cancel(job.id):
            raise ApiError(409, "job_over", f"the job is {job.state} already")
        return encode_job(_own(request, job_id))

    def _own(request: Request, job_id: str) -> Job:
        caller, job = caller_of(request.scope), store.get(job_id)
        if job is None or not (caller.may(Scope.ADMIN) or job.owner == caller.name):
            raise ApiError(404, "not_found", "there is no such job")
        return job

    return router


def encode_job(job: Job) -> dict[str, Any]:
    """Returns a job as the API shows it."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "progress": {"articles": job.articles, "passages": job.passages},
        "result": job.result,
        "error": {"code": job.code, "message": job.message} if job.code else None,
    }
