"""What stands between the network and the page: who a browser is, and what a browser may do for somebody else's page.

Written against ASGI itself, since the ready-made middleware for headers reads streams to their end first.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

COOKIE = "dateline_session"
_YEAR = 365 * 24 * 3600
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# The page's own code is inline and compiles templates; nothing else is allowed in, and nothing at all goes out.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
    " worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Gives each browser a secret of its own, refuses what other sites ask of it, and lets nothing be fetched.

    The secret is a cookie that scripts cannot read. A request that names another host than this machine, as a page
    does that makes its own name point here, is refused; so is one that a page of another origin sends.

    Args:
        app: What is guarded.
        hosts: Names under which this server may be asked; ``None`` for any, where everybody has to say who they are.
    """

    def __init__(self, app: App, hosts: tuple[str, ...] | None = _LOOPBACK) -> None:
        self._app = app
        self._hosts = None if hosts is None else frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if why := self._objection(headers):
            await _refuse(scope, send, why)
            return
        fresh = None
        if not session_of(headers.get("cookie", "")):
            fresh = secrets.token_urlsafe(32)
            cookies = "; ".join(filter(None, (headers.get("cookie", ""), f"{COOKIE}={fresh}")))
            rest = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
            scope = {**scope, "headers": [*rest, (b"cookie", cookies.encode("latin-1"))]}

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = list(_HEADERS)
                if fresh:
                    secure = "; Secure" if scope.get("scheme") in ("https", "wss") else ""
                    kept = f"{COOKIE}={fresh}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}"
                    added.append((b"set-cookie", kept.encode()))
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, answer)

    def _objection(self, headers: dict[str, str]) -> str:
        host = headers.get("host", "")
        if self._hosts is not None and _hostname(f"//{host}") not in self._hosts:
            return "this server answers to its own name only"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "another site may not ask this"
        return ""


def session_of(cookies: str) -> str:
    """Returns the secret among a request's cookies; empty when there is none that we made."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found and _SESSION.fullmatch(found.value) else ""


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    body = f"{why}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
