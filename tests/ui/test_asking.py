"""Asking in a thread of its own: the line, what is passed on, and stopping."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.answering import AnswerEvent, Finished, SentenceReady
from rag.errors import ModelUnavailableError, StoreError
from rag.types import Answer, AnswerSentence, Citation, Filters, Turn, Verdict
from ui.asking import Answered, Asking, Failed, Line, Progress, Waiting

SENTENCE = AnswerSentence("Because.", Verdict.SUPPORTED, 0.9, ())
ANSWER = Answer("why", "why", "m", False, None, "Because.", (SENTENCE,), ())


@dataclass
class FakeDateline:
    """Answers by script: an exception for a model is raised, else a sentence, a wait and the answer."""

    failing: dict[str, Exception] = field(default_factory=dict)
    go_on: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    recorded: list[str] = field(default_factory=list)

    def record(self, kind: str, question: str, citations: Sequence[Citation]) -> None:
        self.recorded.append(question)

    def ask_stream(
        self,
        question: str,
        *,
        filters: Filters,
        history: Sequence[Turn],
        model: str,
        has_left: Callable[[], bool],
    ) -> Iterator[AnswerEvent]:
        if model in self.failing:
            raise self.failing[model]
        try:
            yield SentenceReady((SENTENCE,), ())
            self.go_on.wait(5)
            yield Finished(ANSWER)
        finally:
            self.closed.set()

    def made_with(self, answer: Answer) -> dict[str, str]:
        return {"model": answer.model}


def ask(dateline: FakeDateline, line: Line | None = None, model: str = "m") -> Asking:
    return Asking(dateline, line, "why", Filters(), (), model)  # type: ignore[arg-type]


def until(asking: Asking, kind: type[Progress]) -> Progress:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        event = asking.poll()
        if isinstance(event, kind):
            return event
        if event is None:
            time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__} came")


def test_an_answer_comes_with_what_made_it() -> None:
    dateline = FakeDateline()
    dateline.go_on.set()
    assert until(ask(dateline), Answered) == Answered(ANSWER, {"model": "m"})


def test_one_at_a_time_in_the_order_of_asking() -> None:
    line, first, second, third = Line(), FakeDateline(), FakeDateline(), FakeDateline()
    asking = ask(first, line)
    until(asking, SentenceReady)
    waiting = ask(second, line)
    assert until(waiting, Waiting) == Waiting(1)
    last = ask(third, line)
    assert until(last, Waiting) == Waiting(2)
    first.go_on.set()
    until(waiting, SentenceReady)
    assert until(last, Waiting) == Waiting(1)
    waiting.stop()
    second.go_on.set()
    until(last, SentenceReady)
    third.go_on.set()


def test_who_is_stopped_while_waiting_leaves_the_line() -> None:
    line, first, second = Line(), FakeDateline(), FakeDateline()
    until(ask(first, line), SentenceReady)
    gone = ask(FakeDateline(), line)
    until(gone, Waiting)
    gone.stop()
    last = ask(second, line)
    first.go_on.set()
    until(last, SentenceReady)
    second.go_on.set()


def test_stopping_closes_the_model_and_keeps_what_was_shown() -> None:
    dateline = FakeDateline()
    asking = ask(dateline)
    until(asking, SentenceReady)
    asking.stop()
    dateline.go_on.set()
    assert dateline.closed.wait(5)
    assert asking.so_far().sentences == (SENTENCE,)
    assert asking.poll() is None


def test_a_model_that_fails_is_replaced_by_source_sentences_and_says_why() -> None:
    dateline = FakeDateline({"m": ModelUnavailableError("the key was refused")})
    dateline.go_on.set()
    answered = until(ask(dateline), Answered)
    assert isinstance(answered, Answered)
    assert answered.answer.failure == "the key was refused"
    assert dateline.recorded == ["why"]
    assert "source sentences" in answered.answer.warnings[0]


def test_any_other_error_is_one_line() -> None:
    asking = ask(FakeDateline({"m": StoreError("there is no index")}))
    failed = until(asking, Failed)
    assert isinstance(failed, Failed)
    assert failed.message == "there is no index"
