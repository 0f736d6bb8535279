"""Articles, their passages, and places in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range ``[start, end)`` of code points in an article's canonical text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Returns the words of ``text`` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class RemovedText:
    """A stretch of the source that cleaning left out of the canonical text, and the rule that did it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """What a reader found in one source, before cleaning.

    Attributes:
        key: The source key: URL, record id, or path relative to the corpus root, with ``/`` separators.
        text: The body as read: decoded, but otherwise untouched.
        title: Title the source states; empty when it states none.
        publisher: Publisher the source states; empty when it states none.
        published: Publication date the source states.
        url: Address of the original; empty when unknown.
        language: BCP 47 tag the source states; empty when unknown.
        container: The file of several articles that this one was a record of, relative to the corpus root; empty
            when the source is a file of its own. Of what was fetched, the scheme and host of its address.
        removed: What the reader left out of ``text`` because it is not the article, such as a page's navigation.
        is_excerpt: Whether ``text`` may be only a summary, as feeds give it; it does not replace a longer text.
        authors: Names of the authors the source states.
    """

    key: str
    text: str
    title: str = ""
    publisher: str = ""
    published: date | None = None
    url: str = ""
    language: str = ""
    container: str = ""
    removed: tuple[RemovedText, ...] = ()
    is_excerpt: bool = False
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDate:
    """Words of a canonical text that name a time, and the days they mean.

    Attributes:
        span: The words, without their preposition.
        first: The first day they can mean.
        last: The last one; equal to ``first`` where the words name one day.
    """

    span: Span
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article, with the canonical text that every offset refers to.

    Attributes:
        id: The identity that outlives edits (see ``SourceDocument.key``).
        version: Lower-case hexadecimal SHA-256 of the canonical text in UTF-8.
        text: Canonical text: what a reader would call the article.
        removed: What cleaning dropped, in source order.
        duplicate_of: Identity of the lead copy when this article repeats another; else ``None``.
        authors: Names of the authors its source states.
    """

    id: str
    version: str
    text: str
    title: str = ""
    publisher: str = ""
    published: date | None = None
    url: str = ""
    language: str = ""
    removed: tuple[RemovedText, ...] = ()
    duplicate_of: str | None = None
    authors: tuple[str, ...] = ()

    @property
    def is_headline_only(self) -> bool:
        """Whether the source gave no more than its title, as pages of a video or a picture do."""
        return bool(self.title) and self.text == self.title


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article version: the unit that is retrieved.

    Attributes:
        id: Deterministic: article id, digest of all that is indexed, start and end.
        span: Where the passage lies in the canonical text.
        sentences: The sentences of the passage in order, as spans of the canonical text; the unit that is cited. None
            where an article is only a headline, which can be found and states nothing.
        text: ``article.text[span.start:span.end]``.
    """

    id: str
    article_id: str
    version: str
    span: Span
    sentences: tuple[Span, ...]
    text: str

    def words(self, span: Span) -> str:
        """Returns the words of a span of the canonical text that lies inside the passage."""
        return self.text[span.start - self.span.start : span.end - self.span.start]

    def before(self, span: Span) -> list[str]:
        """Returns the sentences of the passage that end before a span begins, in reading order."""
        return [self.words(sentence) for sentence in self.sentences if sentence.end <= span.start]

    def shown(self) -> str:
        """Returns its sentences as one text; less than ``text`` when some were set aside."""
        return " ".join(self.words(span) for span in self.sentences)
