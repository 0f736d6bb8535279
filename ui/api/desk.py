"""Where work comes in: so much at a time, so much waiting, the rest is asked to come back."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from rag.answering import Notice, SentenceReady
from rag.service import Dateline
from rag.types import Answer, Filters, Turn
from ui.access.figures import Figures, outcome
from ui.access.identity import Caller
from ui.api.errors import ApiError
from ui.asking import EXTRACTIVE, Answered, Asking, Failed, Waiting
from ui.lines import Lines

_LOG = logging.getLogger("dateline.requests")
_T = TypeVar("_T")
_POLL = 0.02
_MEMORY = 0.2  # weight of the latest answer in the seconds that one is expected to take


@dataclass(frozen=True, slots=True)
class Room:
    """How much is done at a time.

    Attributes:
        active: Requests worked on together.
        waiting: Requests that may wait beside them.
        seconds: Seconds that one request may take in all.
        models: Models that callers may name beside the one the server was started with.
    """

    active: int = 4
    waiting: int = 32
    seconds: float = 300.0
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question with all that belongs to it."""

    question: str
    filters: Filters
    history: Sequence[Turn] = ()
    model: str | None = None


Event = Notice | SentenceReady | Waiting | Answered


class Desk:
    """Takes questions and other short work in turn.

    Args:
        dateline: Does the work.
        figures: Counts answers and how many wait.
        lines: Who waits for which model, shared with others who ask the same ones.
        room: How much is done at a time.
    """

    def __init__(self, dateline: Dateline, figures: Figures, lines: Lines, room: Room) -> None:
        self.dateline = dateline
        self._figures, self._room = figures, room
        self._active = asyncio.Semaphore(room.active)
        self._inside = 0
        self._expected = 1.0
        self._lines = lines
        figures.watch("dateline_queue_length", "Requests that wait.", lambda: max(0, self._inside - room.active))

    @property
    def models(self) -> tuple[str, ...]:
        """Models that callers may name, the default first."""
        return tuple(dict.fromkeys((self.dateline.settings.model, EXTRACTIVE, *self._room.models)))

    def model_for(self, wanted: str | None) -> str:
        """Returns the model to ask.

        Callers choose among what this server offers: another name could load a file, or spend somebody's money.

        Raises:
            ApiError: It is not offered.
        """
        model = (wanted or "").strip() or self.models[0]
        if model not in self.models:
            offered = ", ".join(self.models)
            raise ApiError(404, "model_not_found", f"this server offers {offered}, and not the model that was named")
        return model

    async def run(self, work: Callable[[], _T]) -> _T:
        """Does short work in a thread, in turn.

        Raises:
            ApiError: Too much is waiting, or it took too long.
        """
        async with self._place() as seconds:
            try:
                return await asyncio.wait_for(run_in_threadpool(work), seconds)
            except TimeoutError as error:
                raise _too_late(self._room.seconds) from error

    async def follow(self, inquiry: Inquiry, caller: Caller) -> AsyncGenerator[Event]:
        """Answers a question, yielding what happens and the answer last; closing this stops the model.

        Raises:
            ApiError: Too many are waiting, the model may not be named, or it took too long.
            DatelineError: There can be no answer.
        """
        model = self.model_for(inquiry.model)
        async with self._place() as seconds:
            began = time.monotonic()
            asking = Asking(
                self.dateline, self._lines.of(model), inquiry.question, inquiry.filters, inquiry.history, model
            )
            try:
                while True:
                    event = asking.poll()
                    match event:
                        case None:
                            if time.monotonic() - began > seconds:
                                raise _too_late(self._room.seconds)
                            await asyncio.sleep(_POLL)
                        case Failed(message, cause):
                            raise cause or ApiError(503, "no_answer", message)
                        case Answered(answer):
                            self._expected += _MEMORY * (time.monotonic() - began - self._expected)
                            self._figures.answer(answer, caller.name)
                            _note(answer, caller)
                            yield event
                            return
                        case _:
                            yield event
            finally:
                asking.stop()

    async def answer(self, inquiry: Inquiry, caller: Caller) -> Answer:
        """Returns the answer to a question; cancelling this stops the model.

        Raises:
            ApiError: As ``follow``.
            DatelineError: As ``follow``.
        """
        async with aclosing(self.follow(inquiry, caller)) as events:
            async for event in events:
                if isinstance(event, Answered):
                    return event.answer
        raise AssertionError("what is followed to its end has an answer")

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[float]:
        """Waits for a place, and yields the seconds that are left for the work."""
        waiting = self._inside - self._room.active
        if waiting >= self._room.waiting:
            self._figures.turned_away("queue")
            wait = max(1, min(60, math.ceil(self._expected * waiting / self._room.active)))
            raise ApiError(429, "too_many_requests", f"{waiting} requests are waiting; come back in {wait} s",
                           retry_after=wait)  # fmt: skip
        self._inside += 1
        began = time.monotonic()
        try:
            try:
                await asyncio.wait_for(self._active.acquire(), self._room.seconds)
            except TimeoutError as error:
                raise _too_late(self._room.seconds) from error
            try:
                yield self._room.seconds - (time.monotonic() - began)
            finally:
                self._active.release()
        finally:
            self._inside -= 1


def _note(answer: Answer, caller: Caller) -> None:
    """Logs what one answer took and cost, without a word of it."""
    stages = ("retrieve", "generate", "check", "total")
    _LOG.info(
        "answer",
        extra={
            "caller": caller.name, "model": answer.model, "outcome": outcome(answer),
            "prompt_tokens": answer.usage.prompt_tokens, "completion_tokens": answer.usage.completion_tokens,
            "cost_usd": answer.usage.cost_usd,
            "seconds": {stage: round(getattr(answer.seconds, stage), 3) for stage in stages},
        },
    )  # fmt: skip


def _too_late(seconds: float) -> ApiError:
    return ApiError(504, "timeout", f"this took more than {seconds:g} s; ask for less, or again later")
