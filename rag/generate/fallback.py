"""What happens when a model fails: source sentences answer instead, and the reader is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.errors import ModelError, ModelUnavailableError
from rag.generate.drafting import Answerer, Draft, Trace
from rag.types import RetrievedPassage, Turn


class FallbackAnswerer:
    """Answers with ``first``; when its model fails before the first sentence, with ``second``.

    A model that does not exist or refuses the key is the user's to put right, and its error passes.

    Args:
        first: Preferred; ``None`` when it could not be loaded.
        second: Needs no model.
        why: Why ``first`` could not be loaded.
    """

    def __init__(self, first: Answerer | None, second: Answerer, why: str = "") -> None:
        self._first = first
        self._second = second
        self._why = why

    @property
    def name(self) -> str:
        """The preferred model, or what stands in for it."""
        return (self._first or self._second).name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields drafts of the first that works."""
        why, written = self._why, 0
        if self._first is not None:
            try:
                for draft in self._first.draft(question, passages, trace):
                    written += 1
                    yield draft
                return
            except ModelUnavailableError:
                raise
            except ModelError as error:
                why = str(error)
        trace.failure = why
        if written:
            trace.warnings.append(f"{why}; the answer may be incomplete")
            return
        trace.warnings.append(f"{why}; these are source sentences, chosen without a language model")
        trace.model = self._second.name
        yield from self._second.draft(question, passages, trace)

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns what the first makes of a follow-up, or ``None`` when it fails."""
        if self._first is None:
            return None
        try:
            return self._first.rewrite(question, history, trace)
        except ModelUnavailableError:
            raise
        except ModelError as error:
            trace.failure = str(error)
            trace.warnings.append(trace.failure)
            return None

    def close(self) -> None:
        """Releases both."""
        if self._first is not None:
            self._first.close()
        self._second.close()
