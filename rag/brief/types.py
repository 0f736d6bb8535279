"""The frozen values that a briefing and a search for a quotation give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rag.types import AnswerSentence, Citation, Disagreement, DroppedSentence, Filters, Usage


@dataclass(frozen=True, slots=True)
class FoundQuotation:
    """A place where an article has the words that were looked for, or nearly: ``article.text[start:end] == quote``.

    Attributes:
        speaker: Whom the article has say them; empty where it does not say, or the rules cannot tell.
        exact: Whether it has just these words and marks; case, styles of quotes and dashes, and white space aside.
        difference: Where it has others, ``[-words looked for-]{+words found+}`` with a few words around; else empty.
    """

    article_id: str
    title: str
    publisher: str
    published: date | None
    start: int
    end: int
    quote: str
    speaker: str
    exact: bool
    difference: str


class Length(StrEnum):
    """How much a briefing tells."""

    SHORT = "short"
    STANDARD = "standard"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Request:
    """What a briefing is to be about.

    Attributes:
        topic: In words; empty for the main stories of what the filters leave, or of the newest week.
        filters: Which articles it may draw on.
        length: How much it tells.
        since: Marks what the articles published up to this day did not say; ``None`` marks nothing.
        compare: Two publishers whose telling is compared; ``None`` for a briefing.
    """

    topic: str = ""
    filters: Filters = field(default_factory=Filters)
    length: Length = Length.STANDARD
    since: date | None = None
    compare: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a briefing; ``new`` are the places, from 0, of the sentences that are new since the day asked for."""

    title: str
    sentences: tuple[AnswerSentence, ...]
    new: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BriefingSource:
    """An article that a briefing draws on.

    Attributes:
        copies: Publishers, or ids, of other articles that carry the same report; they count as one source with it.
        cited: Whether a sentence rests on it.
    """

    article_id: str
    title: str
    publisher: str
    published: date | None
    url: str
    copies: tuple[str, ...]
    cited: bool


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing: sections of checked sentences over one list of citations.

    Attributes:
        headline: The sentence of the first section.
        sections: Headline, bottom line and the rest, in reading order; sections with nothing to say are left out.
        independent: Of how many sources: publishers that carry a report of their own.
        disagreements: What the sources differ on, as in an answer.
        dropped: Sentences that did not survive their check.
    """

    request: Request
    model: str
    headline: str
    sections: tuple[Section, ...]
    citations: tuple[Citation, ...]
    disagreements: tuple[Disagreement, ...] = ()
    sources: tuple[BriefingSource, ...] = ()
    independent: int = 0
    dropped: tuple[DroppedSentence, ...] = ()
    warnings: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
