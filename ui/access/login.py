"""Logging in and out, for people with a browser: one plain page without a script."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ui.access.accounts import SESSION, Accounts
from ui.access.gate import LOGIN_COOKIE, cookie
from ui.access.limits import Rate

_ATTEMPTS = 10
_FORM = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Dateline: log in</title><style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 20rem; margin: 15vh auto; padding: 0 1rem }
:root { color-scheme: light dark }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input { padding: .4rem; margin-bottom: 1rem } button { padding: .5rem } .said { color: #b00020 }
</style></head><body><main><h1>Dateline</h1>%s
<form method="post" action="/login">
<label for="name">Name</label><input id="name" name="name" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Log in</button></form></main></body></html>
"""


def login(accounts: Accounts) -> APIRouter:
    """Returns the routes."""
    router = APIRouter(include_in_schema=False)
    attempts = Rate(_ATTEMPTS)

    @router.get("/login")
    async def form() -> Response:
        return _page("")

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        address = request.client.host if request.client else "unknown"
        if wait := attempts.wait(address):
            return _page(f"Too many attempts; come back in {wait} seconds.", 429, {"Retry-After": str(wait)})
        # Read by hand: the password must not be part of a message about a form that does not fit.
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
        name, password = (fields.get(field, [""])[0] for field in ("name", "password"))
        session = await run_in_threadpool(accounts.log_in, name, password)
        if session is None:
            return _page("Name and password do not fit.", 401)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            LOGIN_COOKIE, session, max_age=int(SESSION.total_seconds()), httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        session = cookie({"cookie": request.headers.get("cookie", "")}, LOGIN_COOKIE)
        if session:
            await run_in_threadpool(accounts.log_out, session)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(LOGIN_COOKIE)
        return response

    return router


def _page(said: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(_FORM.replace("%s", f'<p class="said">{escape(said)}</p>' if said else ""), status, headers)
