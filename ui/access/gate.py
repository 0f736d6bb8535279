"""The gate: every request gets a number, has to say who sends it, and may come in only so often and so large."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.accounts import Accounts
from ui.access.figures import Figures
from ui.access.identity import LOCAL, NOBODY, Caller, caller_of, with_caller
from ui.access.limits import Rate
from ui.access.logs import current_request
from ui.access.policy import is_for_programs, needed
from ui.access.refusing import RefusedError, tell, too_many
from ui.guard import COOKIE as BROWSER_COOKIE

if TYPE_CHECKING:
    from rag.telemetry import Telemetry

LOGIN_COOKIE = "dateline_login"
_LOG = logging.getLogger("dateline.requests")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_FORWARDED = frozenset(("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"))
_UNTRACED = ("/healthz", "/readyz", "/metrics")
_BODY_SECONDS = 30.0
_WRONG_KEYS = 20
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
                                 b" frame-ancestors 'none'; base-uri 'none'"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask of the server.

    Attributes:
        per_minute: Requests of a program in a minute; 0 lets all pass.
        body: Bytes of a request.
        upload: Bytes of a request that brings articles or a bundle.
    """

    per_minute: int = 120
    body: int = 1_000_000
    upload: int = 25_000_000


class Gate:
    """The application as the network sees it.

    Args:
        programs: Answers what programs ask.
        page: Answers everything else.
        accounts: Who may come in.
        figures: Counts requests.
        limits: What one caller may ask.
        is_local: Whether only this machine can reach the server. Then, and as long as there is neither key nor user,
            whoever asks may do everything, though only under a name of this machine: a page elsewhere could make its
            own name point here.
        telemetry: Writes a span of each request of a program.
    """

    def __init__(
        self,
        programs: ASGIApp,
        page: ASGIApp,
        accounts: Accounts,
        figures: Figures,
        limits: Limits,
        *,
        is_local: bool,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._programs, self._page = programs, page
        self._accounts, self._figures, self._limits, self._is_local = accounts, figures, limits, is_local
        self._telemetry = telemetry
        self._rate, self._failures = Rate(limits.per_minute), Rate(_WRONG_KEYS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._page(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        for_programs = is_for_programs(scope["path"])
        inner: dict[str, Any] = {**scope, "dateline.request": request_id}
        current_request.set(request_id)
        began, status, is_complete = time.perf_counter(), 0, False

        async def answer(message: Message) -> None:
            nonlocal status, is_complete
            if message["type"] == "http.response.start":
                status = message["status"]
                added = [(b"x-request-id", request_id.encode())]
                message["headers"] = [*message.get("headers", ()), *added, *(_HEADERS if for_programs else ())]
            elif message["type"] == "http.response.body":
                is_complete = not message.get("more_body", False)
            await send(message)

        try:
            self._check_origin(headers)
            inner = with_caller(inner, self._admit(scope, headers))
            self._count(inner, for_programs)
            if scope["type"] == "http":
                receive = self._bounded(scope["path"], headers, receive)
            if for_programs:
                with self._traced(inner, headers, lambda: status):
                    await self._programs(inner, receive, answer)
            else:
                await self._page(_as_seen_by_the_page(inner, headers), receive, answer)
        except RefusedError as refused:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": refused.message})
            else:
                await tell(refused, scope, headers, answer)
        except Exception as error:
            _LOG.error("fault", exc_info=error, extra={"request_id": request_id})
            if is_complete:
                return  # it was told so
            if status:
                raise  # the connection has to break: half an answer must not look whole
            where = f"the server has a fault ({type(error).__name__}); its log has it under request {request_id}"
            await tell(RefusedError(500, "fault", where), scope, headers, answer)
        finally:
            if scope["type"] == "http":
                self._note(inner, status, time.perf_counter() - began, for_programs)

    @contextmanager
    def _traced(
        self, scope: Mapping[str, Any], headers: Mapping[str, str], status: Callable[[], int]
    ) -> Iterator[None]:
        """Writes a span of a request where traces are wanted; what only looks after the server has none."""
        if self._telemetry is None or scope["path"] in _UNTRACED:
            yield
            return
        known = {
            "http.request.method": scope["method"], "url.path": scope["path"], "user.id": caller_of(scope).name,
            "dateline.request_id": scope["dateline.request"],
        }  # fmt: skip
        with self._telemetry.request(headers, known) as span:
            yield
            span.set_attribute("http.response.status_code", status())
            route = getattr(scope.get("route"), "path", "")
            span.set_attribute("http.route", route)
            span.update_name(f"{scope['method']} {route}".strip())

    # -- who, and whether -------------------------------------------------------------------------------------

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        origin = headers.get("origin")
        if origin is not None and _netloc(origin) != headers.get("host", ""):
            raise RefusedError(403, "forbidden", "another site may not ask this")

    def _admit(self, scope: Scope, headers: Mapping[str, str]) -> Caller:
        caller = self._who(_address(scope), headers)
        wanted = needed(scope.get("method", "GET"), scope["path"])
        if caller.may(wanted):
            return caller
        if caller.scope is None:
            raise RefusedError(
                401, "unauthorized", "say who you are: Authorization: Bearer KEY, or log in at /login",
                {"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        raise RefusedError(403, "forbidden", f"this needs the scope {wanted}, and {caller.name} has {caller.scope}")

    def _who(self, address: str, headers: Mapping[str, str]) -> Caller:
        if not self._accounts.any():
            if not self._is_local:
                return NOBODY
            if _hostname(headers.get("host", "")) not in _LOOPBACK:
                raise RefusedError(403, "forbidden", "this server answers to its own name only")
            if not _FORWARDED.isdisjoint(headers):  # its proxy sits at this machine, whoever asks it does not
                why = "a proxy passed this on: run `dateline key add NAME` or `dateline user add NAME` first"
                raise RefusedError(403, "forbidden", why)
            return LOCAL
        kind, _, key = headers.get("authorization", "").partition(" ")
        if key:
            if wait := self._failures.is_spent(address):
                raise too_many(wait, "too many wrong keys from this address")
            found = self._accounts.caller_with_key(key.strip()) if kind.lower() == "bearer" else None
            if found is None:
                self._failures.wait(address)
                headers_ = {"WWW-Authenticate": "Bearer"}
                raise RefusedError(401, "unauthorized", "this key is not known here", headers_)
            return found
        session = cookie(headers, LOGIN_COOKIE)
        return (self._accounts.caller_in_session(session) if session else None) or NOBODY

    def _count(self, scope: Scope, for_programs: bool) -> None:
        caller = caller_of(scope)
        if not for_programs or scope["path"] in ("/healthz", "/readyz"):
            return
        who = _address(scope) if caller in (NOBODY, LOCAL) else caller.name
        if wait := self._rate.wait(who):
            self._figures.turned_away("rate")
            raise too_many(wait, f"at most {self._limits.per_minute} requests a minute")

    # -- how large --------------------------------------------------------------------------------------------

    def _bounded(self, path: str, headers: Mapping[str, str], receive: Receive) -> Receive:
        limit = self._limits.upload if _brings_files(path) else self._limits.body
        message = f"a request here may have {limit:,} bytes"
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > limit:
            raise RefusedError(413, "too_large", message)
        size, complete = 0, False

        async def bounded() -> Message:
            nonlocal size, complete
            if complete:
                return await receive()  # which waits for the caller to leave
            try:
                received = await asyncio.wait_for(receive(), _BODY_SECONDS)
            except TimeoutError as error:
                raise HTTPException(408, "the request did not arrive in time") from error
            size += len(received.get("body", b""))
            complete = not received.get("more_body", False)
            if size > limit:
                raise HTTPException(413, message)
            return received

        return bounded

    def _note(self, scope: Scope, status: int, seconds: float, for_programs: bool) -> None:
        route = getattr(scope.get("route"), "path", "") if for_programs else "page"
        known = route or "none"
        self._figures.request(known, scope["method"] if route else "ANY", status, seconds)
        _LOG.info(
            "request",
            extra={
                "request_id": scope["dateline.request"], "method": scope["method"], "route": known, "status": status,
                "milliseconds": round(1000 * seconds, 1), "caller": caller_of(scope).name, "address": _address(scope),
            },
        )  # fmt: skip


def cookie(headers: Mapping[str, str], name: str) -> str:
    """Returns a cookie of a request; empty when it has none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _as_seen_by_the_page(scope: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Gives a user who has logged in the same browser secret everywhere, so that conversations follow the user."""
    owner = caller_of(scope).owner
    if not owner:
        return scope
    rest = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    return {**scope, "headers": [*rest, (b"cookie", f"{BROWSER_COOKIE}={owner}".encode())]}


def _brings_files(path: str) -> bool:
    return path.startswith(("/api/v1/jobs", "/api/v1/verify", "/gradio_api/upload", "/api/v1/articles"))


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown", 0))[0])


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
