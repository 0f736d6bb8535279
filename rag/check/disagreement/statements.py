"""What one source says in answer to a question, and the values that two sources may differ in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rag.types import RetrievedPassage, Span


class Kind(StrEnum):
    """The type of a disagreement."""

    NUMERIC = "numeric"
    DATE = "date"
    ATTRIBUTION = "attribution"
    STANCE = "stance"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as the range of values it leaves open; ``scope`` is what is counted, and where and when."""

    low: Decimal
    high: Decimal
    scope: tuple[str, ...] = ()

    def agrees(self, other: Amount) -> bool:
        """Tells whether both can be true: the ranges meet, or they count different things."""
        return self.scope != other.scope or (self.low <= other.high and other.low <= self.high)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date, complete or not."""

    year: int
    month: int | None = None
    day: int | None = None

    def agrees(self, other: Day) -> bool:
        """Tells whether one date can be the other: what both state is the same."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(a == b for a, b in pairs if a is not None and b is not None)


@dataclass(frozen=True, slots=True)
class Label:
    """A name or phrase, as comparable words."""

    keys: tuple[str, ...]

    def agrees(self, other: Label) -> bool:
        """Tells whether the words of one are among those of the other."""
        mine, theirs = set(self.keys), set(other.keys)
        return mine <= theirs or theirs <= mine


Value = Amount | Day | Label


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of a retrieved passage."""

    passage: RetrievedPassage
    span: Span

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.passage.words(self.span)

    @property
    def before(self) -> list[str]:
        """The sentences of its passage that come before it."""
        return self.passage.passage.before(self.span)

    @property
    def published(self) -> date | None:
        """When its article came out."""
        return self.passage.published

    @property
    def source(self) -> str:
        """Who speaks: the publisher, or the article where no publisher is known."""
        return self.passage.publisher.casefold() or self.passage.passage.article_id

    @property
    def publisher(self) -> str:
        """The publisher as shown, or what stands in for it."""
        return self.passage.publisher or self.passage.title or self.passage.passage.article_id

    def neighbours(self) -> str:
        """Returns the sentence with the one before and the one after it in its passage."""
        spans = self.passage.passage.sentences
        at = spans.index(self.span)
        return " ".join(self.passage.passage.words(span) for span in spans[max(0, at - 1) : at + 2])


@dataclass(frozen=True, slots=True)
class Statement:
    """A value that a source gives for what is asked.

    Attributes:
        value: The value, comparable.
        text: The value as the source words it.
        sentence: Where it stands.
    """

    value: Value
    text: str
    sentence: SourceSentence


def source_sentences(passages: Sequence[RetrievedPassage]) -> Iterator[SourceSentence]:
    """Yields every sentence of the passages once, although passages of one article may share some."""
    seen: set[tuple[str, Span]] = set()
    for passage in passages:
        for span in passage.passage.sentences:
            place = (passage.passage.article_id, span)
            if place not in seen:
                seen.add(place)
                yield SourceSentence(passage, span)


def agree(a: Value, b: Value) -> bool:
    """Tells whether two values can both be true of the same thing; values of different types do not compare."""
    if isinstance(a, Amount) and isinstance(b, Amount):
        return a.agrees(b)
    if isinstance(a, Day) and isinstance(b, Day):
        return a.agrees(b)
    if isinstance(a, Label) and isinstance(b, Label):
        return a.agrees(b)
    return True
