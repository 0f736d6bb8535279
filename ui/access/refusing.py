"""Refusals at the gate, before anything behind it has been asked."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.types import Scope, Send


class RefusedError(Exception):
    """A request that is not let in, with the status, code and message it is told with."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def too_many(wait: int, why: str) -> RefusedError:
    """Returns the refusal of who asks too often, with the seconds to wait."""
    return RefusedError(429, "too_many_requests", f"{why}; come back in {wait} s", {"Retry-After": str(wait)})


async def tell(refused: RefusedError, scope: Scope, headers: Mapping[str, str], send: Send) -> None:
    """Answers a request with a refusal; a browser is sent to the page for logging in."""
    if refused.status == 401 and scope.get("method") == "GET" and "text/html" in headers.get("accept", ""):
        found: list[tuple[bytes, bytes]] = [(b"location", b"/login"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": found})
        await send({"type": "http.response.body", "body": b""})
        return
    error = {"code": refused.code, "message": refused.message}
    if scope["path"].startswith("/v1/"):  # as clients of OpenAI's interface expect it
        error |= {"type": refused.code}
    body = json.dumps({"error": error}).encode()
    found = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    found += [(name.lower().encode(), value.encode()) for name, value in refused.headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": found})
    await send({"type": "http.response.body", "body": body})
