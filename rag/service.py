"""Dateline: the one public object behind the command line, the page, the API and the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import StoreError
from rag.index.store import IndexStore
from rag.types import Answer, Article, Filters, IngestReport, RetrievedPassage, SearchMode, SourceSummary, Turn

if TYPE_CHECKING:
    from rag.answering import AnswerEvent
    from rag.check.verification import Verifier
    from rag.generate.drafting import Answerer
    from rag.index.embedding import Embedder
    from rag.retrieve.hybrid import Retriever
    from rag.retrieve.reranking import Reranker

Notice = Callable[[str], None]


class Dateline:
    """A corpus and its questions.

    Index and models are opened on first use and kept until ``close``.

    Args:
        settings: See ``rag.config.load_settings``.
        notice: Told in a few words about work that takes seconds, such as loading a model.
    """

    def __init__(self, settings: Settings, notice: Notice | None = None) -> None:
        self.settings = settings
        self.notice: Notice = notice or (lambda message: None)
        self._store: IndexStore | None = None
        self._embedder: Embedder | None = None
        self._reranker: Reranker | None = None
        self._answerer: Answerer | None = None
        self._verifier: Verifier | None = None

    def close(self) -> None:
        """Releases files and models."""
        if self._answerer is not None:
            self._answerer.close()
        if self._store is not None:
            self._store.close()

    # -- the corpus -------------------------------------------------------------------------------------------

    def ingest(
        self, paths: Sequence[Path], *, prune: bool = False, progress: Callable[[int, int], None] | None = None
    ) -> IngestReport:
        """Brings the index in step with files and folders; see ``rag.ingest.sync.ingest``."""
        from rag.ingest.sync import ingest

        return ingest(
            self._opened(create=True),
            self._embed(),
            paths,
            prune=prune,
            max_record_bytes=self.settings.max_record_bytes,
            progress=progress,
        )

    def sources(self) -> list[SourceSummary]:
        """Returns one line per article, by publication date."""
        return self._opened().catalog.summaries()

    def article(self, article_id: str) -> tuple[Article, int]:
        """Returns an article and the number of its passages.

        Raises:
            ArticleNotFoundError: There is none with this id.
        """
        catalog = self._opened().catalog
        return catalog.article(article_id), len(catalog.passages_of(article_id))

    def remove(self, article_ids: Sequence[str]) -> None:
        """Removes articles from the index; all or, when an id is unknown, none."""
        from rag.ingest.sync import remove

        remove(self._opened(), article_ids)

    # -- questions --------------------------------------------------------------------------------------------

    def search(
        self, question: str, k: int = 8, *, filters: Filters | None = None, mode: SearchMode = SearchMode.HYBRID
    ) -> list[RetrievedPassage]:
        """Returns the passages that best match a question, best first."""
        return self._retriever().search(question, k, filters=filters, mode=mode)

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers a question, or abstains with a reason."""
        from rag.answering import Finished

        for event in self.ask_stream(question, filters=filters, history=history):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("an answer stream ends with the answer")

    def ask_stream(
        self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()
    ) -> Iterator[AnswerEvent]:
        """Answers a question, yielding each sentence once it is checked and the whole answer last.

        When there is no index yet, the configured corpus is ingested first. Closing the iterator stops the model.
        """
        from rag.answering import answer_stream

        self._ingest_default_corpus()
        yield from answer_stream(
            question,
            filters or Filters(),
            history,
            catalog=self._opened().catalog,
            retriever=self._retriever(),
            answerer=self._answering(),
            verifier=self._verifying(),
            idf=self._opened().lexical.idf,
            k=self.settings.passages,
        )

    def cited_articles(self, answer: Answer) -> list[Article]:
        """Returns the articles an answer cites, each once."""
        ids = dict.fromkeys(citation.article_id for citation in (*answer.citations, *answer.nearest))
        return [self._opened().catalog.article(article_id) for article_id in ids]

    def made_with(self, answer: Answer) -> dict[str, str]:
        """Returns the versions of what made an answer, for its bundle: program, models, prompts and verifier."""
        from importlib.metadata import version

        from rag.check.builtin import weights_digest
        from rag.generate.prompts import prompts_digest

        return {
            "dateline": version("dateline"),
            "model": answer.model,
            "prompts": prompts_digest(),
            "verifier": self._verifying().name,
            "verifier_weights": weights_digest(),
            "embedding_model": self._embed().fingerprint,
        }

    # -- parts, opened on first use ---------------------------------------------------------------------------

    def _ingest_default_corpus(self) -> None:
        # An index without articles is what a mistyped path or an early Ctrl-C leaves: no reason to know nothing.
        if IndexStore.exists(self.settings.index) and self._opened().catalog.counts()[0]:
            return
        if not self.settings.corpus.exists():
            raise StoreError(
                f"there is no index in {self.settings.index} and no corpus at {self.settings.corpus};"
                " run `dateline ingest PATH` first"
            )
        self.notice(f"reading {self.settings.corpus}")
        self.ingest([self.settings.corpus])

    def _opened(self, *, create: bool = False) -> IndexStore:
        if self._store is None:
            self._store = IndexStore(self.settings.index, create=create)
        return self._store

    def _embed(self) -> Embedder:
        if self._embedder is None:
            from rag.index.embedding import load_embedder

            self._embedder = load_embedder(self.settings)
        return self._embedder

    def _retriever(self) -> Retriever:
        from rag.retrieve.hybrid import Retriever

        if self.settings.reranker != "none" and self._reranker is None:
            from rag.retrieve.reranking import load_reranker

            self.notice("loading the reranker")
            self._reranker = load_reranker(self.settings)
        return Retriever(self._opened(), self._embed(), self._reranker)

    def _answering(self) -> Answerer:
        if self._answerer is None:
            from rag.answering import load_answerer

            self._answerer = load_answerer(self.settings, self._embed(), self._opened().lexical.idf, self.notice)
        return self._answerer

    def _verifying(self) -> Verifier:
        if self._verifier is None:
            from rag.generate.verifiers import load_verifier

            self._verifier = load_verifier(self.settings)
        return self._verifier
