"""What each address needs. What is not named here needs everything."""

from __future__ import annotations

from dataclasses import dataclass

from ui.access.identity import Scope

OPEN_TO_ALL = ("/healthz", "/readyz", "/login", "/logout", "/openapi.json")
API = ("/api/", "/v1/", "/mcp", "/metrics", "/healthz", "/readyz", "/login", "/logout", "/openapi.json")
_READING = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class Rule:
    """An address, by its beginning, and what its methods need.

    Attributes:
        safe: Scope for GET and HEAD; ``None`` needs none.
        other: Scope for other methods.
    """

    address: str
    safe: Scope | None
    other: Scope | None


_RULES = (
    *(Rule(address, None, None) for address in OPEN_TO_ALL),
    Rule("/api/v1/ask", Scope.READ, Scope.READ),
    Rule("/api/v1/search", Scope.READ, Scope.READ),
    Rule("/api/v1/quote", Scope.READ, Scope.READ),
    Rule("/api/v1/verify", Scope.READ, Scope.READ),
    Rule("/api/v1/briefings", Scope.READ, Scope.READ),
    Rule("/api/v1/articles", Scope.READ, Scope.WRITE),
    Rule("/api/v1/jobs", Scope.READ, Scope.READ),  # one's own: a reader's briefings are jobs too
    Rule("/api/v1/evaluations", Scope.ADMIN, Scope.ADMIN),
    Rule("/v1/models", Scope.READ, Scope.READ),
    Rule("/v1/chat/completions", Scope.READ, Scope.READ),
    Rule("/mcp", Scope.READ, Scope.READ),
    Rule("/metrics", Scope.ADMIN, Scope.ADMIN),
    # The page has no other way to ask than to post, and hides from readers what they may not do.
    Rule("/gradio_api/upload", Scope.WRITE, Scope.WRITE),
    Rule("/api/", Scope.ADMIN, Scope.ADMIN),
    Rule("/v1/", Scope.ADMIN, Scope.ADMIN),
    Rule("/", Scope.READ, Scope.READ),
)


def needed(method: str, path: str) -> Scope | None:
    """Returns the scope that a request needs; ``None`` when it needs none."""
    for rule in _RULES:
        if path == rule.address or path.startswith(rule.address.rstrip("/") + "/"):
            return rule.safe if method in _READING else rule.other
    return Scope.ADMIN


def is_for_programs(path: str) -> bool:
    """Tells whether an address is one that programs ask, and not the page."""
    return any(path == address.rstrip("/") or path.startswith(address.rstrip("/") + "/") for address in API)
