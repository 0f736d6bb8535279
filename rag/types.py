"""The frozen values that cross every border of the house.

All offsets are Python string indices (code points), half open: ``text[start:end]``. All publication dates are
calendar dates without a time zone; an unknown date is ``None`` and is never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article version: the unit that is retrieved.

    Attributes:
        id: Deterministic: article id, digest of all that is indexed, start and end.
        span: Where the passage lies in the canonical text.
        sentences: The sentences of the passage in order, as spans of the canonical text; the unit that is cited.
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


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question may draw on. Both dates are inclusive; articles without a date fail any date bound.

    Attributes:
        publishers: Accepted publishers, compared without regard to case; empty accepts all.
        after: Earliest publication date.
        before: Latest publication date.
    """

    publishers: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None

    def __bool__(self) -> bool:
        return bool(self.publishers or self.after or self.before)


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
    """One question and the answer it got; the answer is empty when there was none."""

    question: str
    answer: str = ""


class Verdict(StrEnum):
    """Outcome of checking a sentence against the spans it cites."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class AbstentionReason(StrEnum):
    """Why an answer was withheld."""

    NOT_IN_CORPUS = "not_in_corpus"
    OUTSIDE_FILTERS = "outside_filters"
    FALSE_PREMISE = "false_premise"
    CONFLICTING = "conflicting"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer to exact words: ``article.text[start:end] == quote``."""

    n: int
    article_id: str
    version: str
    title: str
    publisher: str
    published: date | None
    start: int
    end: int
    quote: str
    also_carried_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Result of checking one sentence: verdict, support in [0, 1] and, unless supported, what failed.

    ``scored`` is false when the verifier came to no verdict, as a judge whose words cannot be read; then the verdict
    is unsupported, since nothing was confirmed. ``lacks`` names the kinds of facts that failed, such as ``name``.
    """

    verdict: Verdict
    support: float
    why: str = ""
    scored: bool = True
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence shown to the reader; ``citations`` are the numbers of the citations it rests on."""

    text: str
    verdict: Verdict
    support: float
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence the model wrote that did not survive checking."""

    text: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a disagreement."""

    value: str
    publishers: tuple[str, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that differ; ``kind`` is numeric, date, attribution or stance."""

    kind: str
    about: str
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money spent on one answer. Costs are US dollars; the embedded model costs nothing."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost_usd + other.cost_usd,
        )


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds by stage; loading models and a first ingest come before and are not counted.

    ``retrieve`` includes rewriting a follow-up.
    """

    retrieve: float = 0.0
    generate: float = 0.0
    check: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or an abstention with its reason and the nearest evidence.

    ``failure`` says how the model failed, if it did: what is shown then is not what the model would have given.
    """

    question: str
    standalone_question: str
    model: str
    abstained: bool
    reason: AbstentionReason | None
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    disagreements: tuple[Disagreement, ...] = ()
    nearest: tuple[Citation, ...] = ()
    passages: tuple[RetrievedPassage, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: Seconds = field(default_factory=Seconds)
    dropped: tuple[DroppedSentence, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A source that could not be read, and why, in one line."""

    source: str
    error: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest changed. Counts are articles unless said otherwise."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[IngestFailure, ...] = ()
    passages: int = 0
    duplicates: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A line of ``dateline sources``."""

    id: str
    version: str
    title: str
    publisher: str
    published: date | None
    language: str
    passages: int
    duplicate_of: str | None
