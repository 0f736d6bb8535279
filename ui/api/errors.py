"""Errors as the API tells them: one code for programs, one line for people, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rag.errors import (
    ArticleNotFoundError,
    DatelineError,
    IndexLockedError,
    ModelError,
    ModelTimeoutError,
    ModelUnavailableError,
    SettingsError,
    SourceError,
    StoreError,
)
from ui.api.documents import ErrorDocument

LOG = logging.getLogger("dateline.server")
_RETRY = 5

_KNOWN: tuple[tuple[type[DatelineError], int, str], ...] = (
    (ArticleNotFoundError, 404, "not_found"),
    (IndexLockedError, 503, "index_locked"),
    (StoreError, 503, "index_unavailable"),
    (SettingsError, 400, "invalid_request"),
    (SourceError, 400, "unreadable"),
    (ModelUnavailableError, 503, "model_unavailable"),
    (ModelTimeoutError, 504, "model_timeout"),
    (ModelError, 503, "model_failed"),
    (DatelineError, 400, "refused"),
)
_BY_STATUS = {
    400: "invalid_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    413: "too_large", 415: "unsupported_media_type", 422: "invalid_request", 429: "too_many_requests",
}  # fmt: skip


class ApiError(Exception):
    """A refusal with the status, code and message it is told with.

    Args:
        status: HTTP status.
        code: For programs.
        message: For people, in one line.
        retry_after: Seconds after which to try again, where that may help.
    """

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


@dataclass(frozen=True, slots=True)
class Told:
    """An error as it is told."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Returns the body."""
        return {"error": {"code": self.code, "message": self.message}}


def told(error: BaseException, request_id: str = "") -> Told:
    """Returns what a caller is told of an error; of a fault of ours no more than where to look for it."""
    match error:
        case ApiError():
            retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            return Told(error.status, error.code, error.message, retry)
        case RequestValidationError():
            return Told(422, "invalid_request", _first_complaint(error), {})
        case HTTPException():
            code = _BY_STATUS.get(error.status_code, "refused")
            return Told(error.status_code, code, str(error.detail), dict(error.headers or {}))
        case DatelineError():
            status, code = next((s, c) for kind, s, c in _KNOWN if isinstance(error, kind))
            retry = {"Retry-After": str(_RETRY)} if status == 503 else {}
            return Told(status, code, str(error), retry)
    where = f"; its log has it under request {request_id}" if request_id else ""
    return Told(500, "fault", f"the server has a fault ({type(error).__name__}){where}", {})


def _first_complaint(error: RequestValidationError) -> str:
    # The value itself is not repeated: it can be long, and no JSON can hold some of them.
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"the body is not JSON: {first.get('ctx', {}).get('error', 'it breaks off')}"
    place = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    message = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {message[:1].lower()}{message[1:]}".encode("utf-8", "replace").decode()


def install(app: FastAPI, forms: Mapping[str, Callable[[Told], dict[str, Any]]]) -> None:
    """Has an application tell its errors in this form, or in another for paths that begin as ``forms`` says."""

    async def tell(request: Request, error: Exception) -> JSONResponse:
        found = told(error, request.scope.get("dateline.request", ""))
        own = next((form for start, form in forms.items() if request.scope["path"].startswith(start)), Told.document)
        return JSONResponse(own(found), found.status, headers=dict(found.headers))

    for kind in (ApiError, DatelineError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, tell)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns what the description of a route says of its errors."""
    said = {
        400: "It cannot be done as asked.", 401: "No valid key or session.", 403: "The key may not do this.",
        404: "There is no such thing.", 409: "It is in a state that does not allow this.",
        410: "It is there no longer.", 413: "Too large.", 415: "Of a kind that is not read.",
        422: "A field is missing, unknown or of another form.",
        429: "Too many requests; `Retry-After` says when to come back.", 500: "A fault of the server.",
        503: "Not possible at the moment.", 504: "It took too long.",
    }  # fmt: skip
    always = (401, 403, 413, 422, 429, 500, 503)
    return {status: {"model": ErrorDocument, "description": said[status]} for status in sorted({*always, *statuses})}
