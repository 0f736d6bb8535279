"""One question at a time, for people's own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eval.runner import Response
from eval.scoring import score_response
from eval.suites import item_of
from rag.config import Settings
from rag.generate.verifiers import load_verifier
from rag.service import Dateline
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, its scores by metric, and what is wrong with it, one line each."""

    answer: Answer
    scores: dict[str, float]
    problems: tuple[str, ...]

    def check(self) -> Answer:
        """Returns the answer.

        Raises:
            AssertionError: Something that was expected of it did not come out; the message says what.
        """
        if self.problems:
            shown = self.answer.text or f"no answer ({self.answer.reason})"
            raise AssertionError("; ".join((*self.problems, f"got: {shown}")))
        return self.answer


@contextmanager
def asking(settings: Settings) -> Iterator[Callable[..., Asked]]:
    """Opens Dateline for questions with expectations.

    Yields:
        Asks a question; keyword arguments are the other fields of a suite's item.
    """
    dateline = Dateline(settings)
    judge = load_verifier(settings)

    def ask(question: str, **expected: Any) -> Asked:
        item = item_of({"id": question, "question": question, **expected}, "this question")
        answer = dateline.ask(item.question, filters=item.scope, history=item.history)
        scored = score_response(Response(item, 0, answer), dateline, judge)
        return Asked(answer, dict(scored.scores), scored.problems)

    try:
        yield ask
    finally:
        dateline.close()
