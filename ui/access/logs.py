"""One JSON line for each event, on standard error. What people ask and what keys they hold is never logged."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

_FIELDS: Final = (
    "request_id", "method", "route", "status", "milliseconds", "caller", "address", "job", "model", "outcome",
    "prompt_tokens", "completion_tokens", "cost_usd", "seconds",
)  # fmt: skip
current_request: ContextVar[str] = ContextVar("current_request", default="")
"""Number of the request that is being answered, also in the threads that work on it; empty outside of any."""


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Returns an event as one line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()}
        if request := current_request.get():
            line["request_id"] = request
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_lines(*, requests: bool) -> None:
    """Has the loggers of the server write JSON lines.

    Args:
        requests: Whether each request is an event; faults always are.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    for name, level in (("dateline", logging.INFO if requests else logging.WARNING), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
