"""One question being answered in a thread of its own, so that its reader can leave at any time.

A step of the model can take seconds and cannot be broken off from outside. So the thread that answers goes on to the
end of its step (of a network model: to the next word it sends) while the reader is told at once that it has stopped.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import cast

from rag.answering import AnswerEvent, Finished, Notice, SentenceReady
from rag.errors import DatelineError, ModelError, NobodyWaitsError
from rag.service import Dateline
from rag.types import Answer, Filters, Turn

EXTRACTIVE = "extractive"
_POLL = 0.2
STOPPED = "stopped before the answer was complete"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Others are before this question; ``before`` is how many."""

    before: int


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no answer; ``message`` says why in one line, ``cause`` for programs."""

    message: str
    cause: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, and the versions of what made it."""

    answer: Answer
    made_with: Mapping[str, str]


Progress = Notice | SentenceReady | Waiting | Failed | Answered


class Line:
    """People who wait for one model, first come, first served."""

    def __init__(self) -> None:
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    def join(self) -> object:
        """Returns a place at the end."""
        place = object()
        with self._changed:
            self._waiting.append(place)
        return place

    def before(self, place: object) -> int:
        """Returns how many are before a place."""
        with self._changed:
            return self._waiting.index(place)

    def wait(self, place: object, seconds: float) -> None:
        """Returns when it is the place's turn, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting[0] is place, seconds)

    def leave(self, place: object) -> None:
        """Gives a place up."""
        with self._changed:
            self._waiting.remove(place)
            self._changed.notify_all()


class Asking:
    """A question on its way to an answer.

    Args:
        dateline: Answers.
        line: Who waits for the model; ``None`` when nobody needs to wait.
        question: As asked.
        filters: What the answer may draw on.
        history: The conversation before.
        model: As in the setting of this name.
    """

    def __init__(
        self,
        dateline: Dateline,
        line: Line | None,
        question: str,
        filters: Filters,
        history: Sequence[Turn],
        model: str,
    ) -> None:
        self._events: queue.SimpleQueue[Progress] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._dateline, self._line = dateline, line
        self._question, self._filters, self._history, self._model = question, filters, history, model
        self._shown = SentenceReady((), ())
        # In a copy of the caller's context, which says for whose request this is done.
        run = copy_context().run
        self._thread = threading.Thread(target=run, args=(self._run,), name="dateline-asking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the answer for its reader at once, and the model's work as soon as its step is done."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the reader has stopped it."""
        return self._stopped.is_set()

    def poll(self) -> Progress | None:
        """Returns what has happened next; ``None`` when nothing has."""
        try:
            event = self._events.get_nowait()
        except queue.Empty:
            return None
        if isinstance(event, SentenceReady):
            self._shown = event
        return event

    def so_far(self) -> Answer:
        """Returns what has been shown, as an answer that was stopped."""
        shown = self._shown
        text = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in shown.sentences)
        return Answer(
            self._question, self._question, self._model, False, None, text, shown.sentences, shown.citations,
            warnings=(STOPPED,),
        )  # fmt: skip

    def _run(self) -> None:
        place = self._line.join() if self._line else None
        try:
            if self._line and place:
                self._wait(self._line, place)
            self._answer()
        except NobodyWaitsError:
            return
        except DatelineError as error:
            self._events.put(Failed(str(error), error))
        except BaseException as error:
            self._events.put(Failed(f"the program has a fault ({type(error).__name__}); its log says where", error))
            raise
        finally:
            if self._line and place:
                self._line.leave(place)

    def _wait(self, line: Line, place: object) -> None:
        told = 0
        while (before := line.before(place)) and not self._stopped.is_set():
            if before != told:
                self._events.put(Waiting(before))
                told = before
            line.wait(place, _POLL)

    def _answer(self) -> None:
        if self._stopped.is_set():
            return
        try:
            self._pass_on(self._model)
        except ModelError as error:
            if self._model == EXTRACTIVE:
                raise
            self._events.put(Notice("the model failed; looking for source sentences instead"))
            self._pass_on(EXTRACTIVE, failure=str(error))

    def _pass_on(self, model: str, failure: str = "") -> None:
        events = self._dateline.ask_stream(
            self._question, filters=self._filters, history=self._history, model=model, has_left=self._stopped.is_set
        )
        with closing(cast("Generator[AnswerEvent]", events)) as answering:
            for event in answering:
                if self._stopped.is_set():
                    return
                if isinstance(event, Finished):
                    answer = event.answer
                    if failure:
                        said = f"{failure}; these are source sentences, chosen without a language model"
                        answer = replace(answer, failure=failure, warnings=(said, *answer.warnings))
                    self._dateline.record("answer", self._question, answer.citations)
                    self._events.put(Answered(answer, self._dateline.made_with(answer)))
                else:
                    self._events.put(event)
