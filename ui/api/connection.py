"""Work for somebody who may leave before it is done, and server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any, Final, TypeVar

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from rag.errors import DatelineError
from ui.api.errors import LOG, ApiError, told

Sent = ServerSentEvent
"""What is sent to a reader of a stream."""

EVENT_SCHEMA: Final = {
    "type": "object",
    "description": "One server-sent event.",
    "properties": {"event": {"type": "string"}, "data": {"type": "string", "description": "JSON, or `[DONE]`."}},
    "required": ["data"],
}

_T = TypeVar("_T")
_LOOK = 0.25
_FIRST = 1.0
_PING = 15
_LAST_WORDS = 10.0
# Not a status that anybody sees: nobody is there to see it. Logs count it apart from faults.
_LEFT = 499


async def while_connected(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """Returns what work comes to; cancels it when the caller leaves.

    Raises:
        ApiError: The caller has left.
    """
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
            if await request.is_disconnected():
                raise ApiError(_LEFT, "left", "the caller has left")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task


async def event_stream(
    events: AsyncGenerator[_T],
    encode: Callable[[_T], AsyncIterator[ServerSentEvent]],
    failed: Callable[[BaseException], ServerSentEvent],
) -> EventSourceResponse:
    """Returns a response of server-sent events.

    What fails at once, as a question that cannot be taken, is raised, so that it gets its own status; what fails later
    is the last event. When the caller leaves, ``events`` is closed.

    Args:
        events: What happens.
        encode: Yields what is sent of it.
        failed: Returns the event that tells of an error.
    """
    first = asyncio.ensure_future(anext(events))
    try:
        await asyncio.wait({first}, timeout=_FIRST)
        if first.done():
            first.result()
    except BaseException:
        first.cancel()
        await events.aclose()
        raise

    async def sent() -> AsyncIterator[ServerSentEvent]:
        try:
            async with aclosing(events):
                async for event in encode(await first):
                    yield event
                async for happened in events:
                    async for event in encode(happened):
                        yield event
        except Exception as error:
            if not isinstance(error, ApiError | DatelineError):
                LOG.error("fault", exc_info=error)
            yield failed(error)
        finally:
            if not first.done():
                first.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await first
            await events.aclose()

    return EventSourceResponse(sent(), ping=_PING, sep="\n", shutdown_grace_period=_LAST_WORDS)


def event(name: str, data: Any) -> ServerSentEvent:
    """Returns an event with JSON as its data."""
    return ServerSentEvent(json.dumps(data, ensure_ascii=False, separators=(",", ":")), event=name)


def error_event(error: BaseException) -> ServerSentEvent:
    """Returns the event that tells of an error as other responses do."""
    return event("error", told(error).document())
