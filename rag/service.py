"""Dateline: the one public object behind the command line, the page, the API and the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rag.corpus import Corpus
from rag.parts import Notice
from rag.types import Answer, Article, Check, Filters, RetrievedPassage, SearchMode, Turn

if TYPE_CHECKING:
    from rag.answering import AnswerEvent
    from rag.brief.types import Briefing, FoundQuotation, Request
    from rag.check.verification import Claim


class Dateline(Corpus):
    """A corpus and its questions.

    Index and models are opened on first use and kept until ``close``. Several threads may use one object; a model
    that answers one question at a time is for its caller to ask so.

    Args:
        settings: See ``rag.config.load_settings``.
        notice: Told in a few words about work that takes seconds, such as loading a model.
    """

    def search(
        self, question: str, k: int = 8, *, filters: Filters | None = None, mode: SearchMode = SearchMode.HYBRID
    ) -> list[RetrievedPassage]:
        """Returns the passages that best match a question, best first."""
        return self._retriever().search(question, k, filters=filters, mode=mode)

    def quote(self, words: str, *, filters: Filters | None = None) -> list[FoundQuotation]:
        """Returns who carries a quotation, the earliest first; see ``rag.brief.quoting.find_quotation``."""
        from rag.brief.quoting import find_quotation

        self._ingest_default_corpus()
        return find_quotation(self._opened(), words, filters)

    def check(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns what the check of answers makes of each claim, in order."""
        return self._verifying().verify_many(claims)

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers a question, or abstains with a reason."""
        from rag.answering import Finished

        for event in self.ask_stream(question, filters=filters, history=history):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("an answer stream ends with the answer")

    def ask_stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        model: str | None = None,
        has_left: Callable[[], bool] = lambda: False,
    ) -> Iterator[AnswerEvent]:
        """Answers a question, yielding each sentence once it is checked and the whole answer last.

        When there is no index yet, the configured corpus is ingested first. Closing the iterator stops the model.

        Args:
            question: As asked.
            filters: What the answer may draw on.
            history: The conversation before, oldest first.
            model: As in the setting of this name; by default the one that is set.
            has_left: Tells whether whoever asked has left, which ends the work at its next step.

        Raises:
            NobodyWaitsError: Whoever asked has left.
            ModelUnavailableError: A model that was asked for by name does not exist or refuses.
        """
        from rag.answering import answer_stream

        self._ingest_default_corpus()
        events = answer_stream(
            question,
            filters or Filters(),
            history,
            catalog=self._opened().catalog,
            retriever=self._retriever(),
            answerer=self._answering(model),
            verifier=self._verifying(),
            idf=self._opened().lexical.idf,
            k=self.settings.passages,
            has_left=has_left,
        )
        yield from self._followed(question, events)

    def brief(self, request: Request, notice: Notice | None = None, *, model: str | None = None) -> Briefing:
        """Writes a briefing; see ``rag.brief.writing.write_briefing``.

        ``notice`` is told of this briefing alone; an exception from it ends the work.

        When there is no index yet, the configured corpus is ingested first. Without a language model, and where the
        settings ask for ``extractive``, it consists of source sentences. ``model`` is as in the setting of this name.
        """
        from rag.brief.vectors import RememberingEmbedder
        from rag.brief.writing import write_briefing

        self._ingest_default_corpus()
        tell = notice or self.notice
        return write_briefing(
            request,
            catalog=self._opened().catalog,
            retriever=self._retriever(),
            embedder=RememberingEmbedder(self._embed(), self.settings.index, tell),
            answerer=None if (model or self.settings.model) == "extractive" else self._drafting(model),
            verifier=self._verifying(),
            idf=self._opened().lexical.idf,
            notice=tell,
        )

    def cited_articles(self, answer: Answer | Briefing) -> list[Article]:
        """Returns the articles an answer or briefing cites, each once."""
        nearest = answer.nearest if isinstance(answer, Answer) else ()
        ids = dict.fromkeys(citation.article_id for citation in (*answer.citations, *nearest))
        return [self._opened().catalog.article(article_id) for article_id in ids]

    def made_with(self, answer: Answer | Briefing) -> dict[str, str]:
        """Returns the versions of what made an answer or briefing, for its bundle: program, models, verifier."""
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

    def warm(self) -> None:
        """Opens everything that the first question needs, so that it is answered as fast as those after it.

        Raises:
            DatelineError: As ``ask_stream``.
        """
        self._ingest_default_corpus()
        self.search("news", 1)  # the encoder is loaded with its first text, the graph with its first search
        self._verifying()
        self._answering()
