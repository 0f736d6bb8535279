"""Checked answers and their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rag.types.retrieval import RetrievedPassage


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
