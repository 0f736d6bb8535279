"""What Dateline works with, opened on first use: the index, the embedder, the models and the verifier."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.index.store import IndexStore

if TYPE_CHECKING:
    from rag.answering import AnswerEvent
    from rag.check.verification import Verifier
    from rag.generate.drafting import Answerer
    from rag.index.embedding import Embedder
    from rag.retrieve.hybrid import Retriever
    from rag.retrieve.reranking import Reranker
    from rag.telemetry import Telemetry

Notice = Callable[[str], None]


class Parts:
    """The parts of one index and its settings, each opened once and kept; safe to share between threads.

    Args:
        settings: See ``rag.config.load_settings``.
        notice: Told in a few words about work that takes seconds, such as loading a model.
    """

    def __init__(self, settings: Settings, notice: Notice | None = None) -> None:
        self.settings = settings
        self.notice: Notice = notice or (lambda message: None)
        self._store: IndexStore | None = None
        self._embedder: Embedder | None = None
        self._answerers: dict[str, Answerer] = {}
        self._reranker: Reranker | None = None
        self._verifier: Verifier | None = None
        # Two locks, so that a search need not wait while a model is being loaded.
        self._opening, self._loading = threading.RLock(), threading.RLock()

    @cached_property
    def telemetry(self) -> Telemetry | None:
        """What writes traces; ``None`` where the settings want none."""
        if not self.settings.traces:
            return None
        from rag.telemetry import load_telemetry

        return load_telemetry(self.settings)

    def close(self) -> None:
        """Releases files and models."""
        for answerer in self._answerers.values():
            answerer.close()
        if self.telemetry is not None:
            self.telemetry.close()
        if self._store is not None:
            self._store.close()

    def _opened(self, *, create: bool = False) -> IndexStore:
        with self._opening:
            if self._store is None:
                self._store = IndexStore(self.settings.index, create=create)
            return self._store

    def _embed(self) -> Embedder:
        with self._opening:
            if self._embedder is None:
                from rag.index.embedding import load_embedder

                self._embedder = load_embedder(self.settings)
            return self._embedder

    def _retriever(self) -> Retriever:
        from rag.retrieve.hybrid import Retriever

        with self._opening:
            if self.settings.reranker != "none" and self._reranker is None:
                from rag.retrieve.reranking import load_reranker

                self.notice("loading the reranker")
                self._reranker = load_reranker(self.settings)
        retriever = Retriever(self._opened(), self._embed(), self._reranker)
        return self.telemetry.retriever(retriever) if self.telemetry else retriever

    def _answering(self, model: str | None = None) -> Answerer:
        model = model or self.settings.model
        with self._loading:
            if model not in self._answerers:
                from rag.answering import load_answerer

                settings = self.settings.model_copy(update={"model": model})
                idf = self._opened().lexical.idf
                if self.telemetry is None:
                    self._answerers[model] = load_answerer(settings, self._embed(), idf, self.notice)
                else:
                    watched = load_answerer(settings, self._embed(), idf, self.notice, self.telemetry.model)
                    self._answerers[model] = self.telemetry.answerer(watched)
            return self._answerers[model]

    def _drafting(self, model: str | None = None) -> Answerer:
        from rag.brief.remembering import RememberingAnswerer

        return RememberingAnswerer(self._answering(model), self.settings.cache)

    def _verifying(self) -> Verifier:
        with self._loading:
            if self._verifier is None:
                from rag.generate.verifiers import load_verifier

                verifier = load_verifier(self.settings)
                self._verifier = self.telemetry.verifier(verifier) if self.telemetry else verifier
            return self._verifier

    def _followed(self, question: str, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """Returns the events of an answer, and has it traced where the settings want that."""
        return self.telemetry.answering(question, events) if self.telemetry else events
