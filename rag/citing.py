"""Citations of one answer: each compared with its article byte for byte, and numbered once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.check.citations import CitedSentence, choose_citations, verify_span
from rag.check.dates import of_events
from rag.check.day_words import in_words, names_its_day
from rag.check.facts import FactContext
from rag.check.modality import is_statement
from rag.check.quotations import with_brackets
from rag.check.support import Idf, support
from rag.check.words import content_stems, plain
from rag.errors import ArticleNotFoundError
from rag.index.catalog import Catalog
from rag.types import Article, Citation, RetrievedPassage, Span

_SENTENCES_BEFORE = 2
_NEAREST = 3
ONE_SENTENCE_AT = 0.65
"""Least support by wording that one source sentence lends to what rests on words gathered from here and there.

Of 57 of our own sentences labelled by hand (``eval.bench.shown``, the half for choosing, as it then was) it takes the 3
wrong ones that the other rules leave, and 4 of 32 right ones.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that can be cited, and the passage it was retrieved in."""

    passage: RetrievedPassage
    sentence: CitedSentence

    def before(self) -> list[str]:
        """Returns the sentences of the passage before it."""
        return self.passage.passage.before(self.sentence.span)

    def has(self, stems: frozenset[str]) -> bool:
        """Tells whether its sentence has all of these content stems."""
        return stems <= set(content_stems(plain(self.sentence.text)))

    def context(self) -> FactContext:
        """Returns what is known of it beside its words."""
        hit = self.passage
        # Whom a pronoun in it means is said shortly before.
        return FactContext(hit.title, hit.publisher, hit.published, " ".join(self.before()[-_SENTENCES_BEFORE:]))


def source_at(passage: RetrievedPassage, span: Span) -> Source:
    """Returns the sentence of a retrieved passage at a span of its article."""
    inside = passage.passage
    return Source(passage, CitedSentence(inside.article_id, inside.version, span, inside.words(span)))


def sources_in(passages: Iterable[RetrievedPassage]) -> list[Source]:
    """Returns every sentence of passages that states something, in order."""
    return stating(source_at(passage, span) for passage in passages for span in passage.passage.sentences)


def stating(sources: Iterable[Source]) -> list[Source]:
    """Returns those sources that state something; what a source only asks bears out nothing."""
    return [source for source in sources if is_statement(source.sentence.text)]


def added(text: str, asked: str) -> frozenset[str]:
    """Returns the content stems that a sentence adds to the question: where its answer must lie."""
    return frozenset(content_stems(plain(text))) - frozenset(content_stems(plain(asked)))


def scattered(text: str, cited: Sequence[Source], pool: Sequence[Source], asked: str) -> str:
    """Returns why words gathered from a pool, each of which a sentence has, may still not say it; empty if they do.

    Words gathered from here and there can support almost anything: they must stand in one place, and one of the
    sentences must say most of it, with all that it adds to the question. Where one source sentence repeats the
    question, another that has the words of the answer may speak of something else.

    Args:
        text: The sentence.
        cited: Sources from the pool, at least one.
        pool: All that was searched, in reading order.
        asked: The question that it answers.
    """
    places = sorted(pool.index(source) for source in cited)
    together = all(after - place == 1 for place, after in pairwise(places))
    if not together or len({source.passage.passage.id for source in cited}) > 1:
        return "no one place in the sources says all of this"
    saying = [source for source in cited if support(text, source.sentence.text) >= ONE_SENTENCE_AT]
    if not saying:
        return "no one sentence of the sources says most of this"
    if len(cited) > 1 and not any(source.has(added(text, asked)) for source in saying):
        return "no one sentence of the sources says this with what answers the question"
    return ""


class CitationList:
    """Gives numbers to the sentences an answer cites, in the order they are first asked for.

    Attributes:
        stale: Articles that turned out to have changed since they were retrieved.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._articles: dict[str, Article | None] = {}
        self._numbers: dict[tuple[str, Span], int] = {}
        self._given: list[Citation] = []
        self.stale: set[str] = set()

    def number(self, source: Source) -> int | None:
        """Returns the number of a source, the same each time; ``None`` when its article has changed meanwhile."""
        place = (source.sentence.article_id, source.sentence.span)
        if place not in self._numbers:
            citation = self.citation(source, len(self._given) + 1)
            if citation is None:
                return None
            self._given.append(citation)
            self._numbers[place] = citation.n
        return self._numbers[place]

    def citation(self, source: Source, n: int) -> Citation | None:
        """Returns a citation with a number, outside the list; ``None`` when its article has changed meanwhile."""
        sentence, head = source.sentence, source.passage
        article = self._article(sentence.article_id)
        span = sentence.span
        if (
            article is None
            or article.version != sentence.version
            or not verify_span(article.text, span.start, span.end, sentence.text)
        ):
            self.stale.add(sentence.article_id)
            return None
        return Citation(
            n, sentence.article_id, sentence.version, head.title, head.publisher, head.published,
            span.start, span.end, sentence.text, head.also_carried_by,
        )  # fmt: skip

    def given(self) -> tuple[Citation, ...]:
        """Returns the citations numbered so far, by number."""
        return tuple(self._given)

    def renumbered(self, order: Iterable[int]) -> dict[int, int]:
        """Gives the citations numbers anew, in an order of the old ones; those not in it follow.

        Returns:
            The new number of each old one.
        """
        old = list(dict.fromkeys([*order, *(citation.n for citation in self._given)]))
        numbers = {n: place for place, n in enumerate(old, 1)}
        self._given = [replace(self._given[n - 1], n=numbers[n]) for n in old]
        self._numbers = {place: numbers[n] for place, n in self._numbers.items()}
        return numbers

    def _article(self, article_id: str) -> Article | None:
        if article_id not in self._articles:
            try:
                self._articles[article_id] = self._catalog.article(article_id)
            except ArticleNotFoundError:
                self._articles[article_id] = None
        return self._articles[article_id]

    def nearest(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
        first: Sequence[tuple[RetrievedPassage, Span]],
        idf: Idf | None,
    ) -> tuple[Citation, ...]:
        """Returns the sentences that come nearest to a question, outside the list: one of each of the best articles.

        Args:
            question: The standalone question.
            passages: What was retrieved, best first.
            first: Sentences that are nearer than those, best first.
            idf: Weight of a word stem; ``None`` weighs all alike.
        """
        found: list[Citation] = []
        for passage, span in first[:_NEAREST]:
            if (citation := self.citation(source_at(passage, span), len(found) + 1)) is not None:
                found.append(citation)
        cited = {citation.article_id for citation in found}
        for passage in passages:
            if len(found) >= _NEAREST:
                break
            sources = sources_in([passage])
            if passage.passage.article_id in cited or not sources:
                continue
            by_sentence = {source.sentence: source for source in sources}
            best = choose_citations(question, list(by_sentence), idf=idf, limit=1)
            citation = self.citation(by_sentence[best[0]] if best else sources[0], len(found) + 1)
            if citation is not None:
                found.append(citation)
        return tuple(found)

    def dated(self, text: str, sources: Iterable[Source]) -> str:
        """Returns a sentence with what its "on Monday" or "last month" means, in brackets as an editor would put it.

        The days are those that ingest resolved against the publication of the sources. What stands in quotation marks
        stays as it was said.

        Args:
            text: The sentence.
            sources: Those that bear it out; the first to use the same words decides.
        """
        for source in sources:
            sentence = source.sentence
            inside = [
                (Span(found.span.start - sentence.span.start, found.span.end - sentence.span.start), found)
                for found in self._catalog.event_dates(sentence.article_id, sentence.version)
                if sentence.span.start <= found.span.start and found.span.end <= sentence.span.end
            ]
            for span, found in of_events(inside, sentence.text, lambda each: each[0].start):
                words = span.of(sentence.text)
                if not names_its_day(words):
                    said = re.compile(rf"(?<!\w){re.escape(words)}(?:['’]s)?(?!\w|['’]\w| \[)", re.IGNORECASE)
                    day = in_words(found.first, found.last)
                    text = with_brackets(text, said, lambda _, day=day: day)  # type: ignore[misc]
        return text
