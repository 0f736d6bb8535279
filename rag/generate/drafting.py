"""What every way of answering has in common: it turns passages into draft sentences that are yet to be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.errors import NobodyWaitsError
from rag.types import RetrievedPassage, Span, Turn, Usage


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence as written, before any check.

    Attributes:
        evidence: The passages it may cite: those its author was shown for it.
        cited: The sentences its author named as its source, as spans of the canonical text of the passage's article;
            empty when it named none and they are still to be found in ``evidence``.
        invented: How many sources its author named that it was never shown.
        sure: Probability in [0, 1] that its author gives, asked again, to the evidence saying it; ``None`` where it was
            not asked, and its wording is as good as any.
        weight: How much speaks for its evidence answering the question, on its author's own scale: the weightiest of
            what is shown comes first. All alike leaves the order as drafted.
    """

    text: str
    evidence: tuple[RetrievedPassage, ...]
    cited: tuple[tuple[RetrievedPassage, Span], ...] = ()
    invented: int = 0
    sure: float | None = None
    weight: float = 0.0


@dataclass(slots=True)
class Trace:
    """What happened while drafting one answer, beside the sentences.

    Attributes:
        usage: Tokens and money spent.
        warnings: What the reader should know, one line each.
        model: What wrote the answer, where it is not the answerer that was asked.
        failure: How the model failed, if it did; the answer is then not what the model would have given.
        has_left: Tells whether whoever asked has left.
        unanswered: Tells whether nothing of what was drafted so far is left after its check.
    """

    usage: Usage = field(default_factory=Usage)
    warnings: list[str] = field(default_factory=list)
    model: str | None = None
    failure: str = ""
    has_left: Callable[[], bool] = lambda: False
    unanswered: Callable[[], bool] = lambda: False

    def go_on(self) -> None:
        """Is called before each step that takes long.

        Raises:
            NobodyWaitsError: Whoever asked has left.
        """
        if self.has_left():
            raise NobodyWaitsError("whoever asked has left")


class Answerer(Protocol):
    """A way of answering a question from passages."""

    @property
    def name(self) -> str:
        """The model, as shown with an answer."""

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields draft sentences, the most direct answer first; none when the passages do not answer.

        Closing the iterator stops the model.
        """

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns the follow-up question so that it stands alone, or ``None`` when this answerer cannot."""

    def close(self) -> None:
        """Releases the model."""
