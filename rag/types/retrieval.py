"""What is asked for and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rag.types.articles import Passage


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question may draw on. Both dates are inclusive; articles without a date fail any date bound.

    Attributes:
        publishers: Accepted publishers, compared without regard to case; empty accepts all.
        after: Earliest publication date.
        before: Latest publication date.
        as_of: The day the reader asks on: nothing published later is used, what was said before in a chat included.
        during: A first and a last day. An article passes that was published between them, that speaks of a day between
            them, or that has no date.
    """

    publishers: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    during: tuple[date, date] | None = None

    def __bool__(self) -> bool:
        return bool(self.publishers or self.after or self.before or self.as_of or self.during)

    @property
    def latest(self) -> date | None:
        """The earlier of ``before`` and ``as_of``."""
        return min((day for day in (self.before, self.as_of) if day), default=None)


class SearchMode(StrEnum):
    """Which rankings a search uses."""

    HYBRID = "hybrid"
    DENSE = "dense"
    BM25 = "bm25"


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage with the article facts a reader needs and why it was retrieved.

    Attributes:
        score: Rank-fusion score of the search, comparable only within one search.
        cosine: Cosine of question and passage in [-1, 1]; ``None`` when the dense ranking did not return it.
        bm25: BM25 score, unbounded; ``None`` when the lexical ranking did not return it.
    """

    passage: Passage
    title: str
    publisher: str
    published: date | None
    score: float
    cosine: float | None = None
    bm25: float | None = None
    also_carried_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and the answer it got; the answer is empty when there was none.

    ``latest`` is the day of the newest article that the answer cites, ``None`` when that is not known.
    """

    question: str
    answer: str = ""
    latest: date | None = None
