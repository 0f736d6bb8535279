"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as ASGIScope

from ui.guard import session_of

_KEY = "dateline.caller"


class Scope(StrEnum):
    """What a key or user may do; each may do what those before it may.

    ``read`` asks and searches, ``write`` also changes articles, ``admin`` also sees figures and runs evaluations.
    """

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, other: Scope) -> bool:
        """Tells whether it includes another."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Attributes:
        name: For logs and figures: ``key:NAME``, ``user:NAME``, ``local`` when nobody has to say, or ``nobody``.
        scope: What it may do; ``None`` may do only what everybody may.
        owner: The secret under which its conversations are kept; empty when it has none.
    """

    name: str
    scope: Scope | None
    owner: str = ""

    def may(self, wanted: Scope | None) -> bool:
        """Tells whether it may do what needs a scope; ``None`` needs none."""
        return wanted is None or (self.scope is not None and self.scope.covers(wanted))


NOBODY = Caller("nobody", None)
LOCAL = Caller("local", Scope.ADMIN)
"""Whoever sits at this machine, as long as there is neither key nor user."""


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """Returns who sent the request of an ASGI scope; nobody when no gate has said."""
    found = scope.get(_KEY, NOBODY)
    assert isinstance(found, Caller)
    return found


def page_allows(request: Any, wanted: Scope) -> bool:
    """Tells whether who sent an event of the page may do what needs a scope; ``request`` is Gradio's."""
    inner = request.request
    return inner is not None and caller_of(inner.scope).may(wanted)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page.

    Attributes:
        name: As of the caller.
        session: The secret of the browser, or of the user who has logged in; where cookies are refused, this opening of
            the page.
    """

    name: str
    session: str


def reader_of(request: Any) -> Reader:
    """Returns who sent an event of the page; ``request`` is Gradio's."""
    inner = request.request
    name = caller_of(inner.scope).name if inner is not None else NOBODY.name
    return Reader(name, session_of(request.headers.get("cookie", "")) or f"tab:{request.session_hash}")


def as_local(app: ASGIApp) -> ASGIApp:
    """Returns an application that takes every caller for whoever sits at this machine, where no gate stands before."""

    async def local(scope: ASGIScope, receive: Receive, send: Send) -> None:
        await app(with_caller(scope, LOCAL), receive, send)

    return local


def with_caller(scope: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Returns an ASGI scope that says who sent the request."""
    return {**scope, _KEY: caller}
