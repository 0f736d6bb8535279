"""The frozen values that cross every border of the house.

All offsets are Python string indices (code points), half open: ``text[start:end]``. All publication dates are
calendar dates without a time zone; an unknown date is ``None`` and is never guessed.
"""

from rag.types.answers import (
    AbstentionReason,
    Answer,
    AnswerSentence,
    Check,
    Citation,
    Disagreement,
    DroppedSentence,
    Position,
    Seconds,
    Usage,
    Verdict,
)
from rag.types.articles import Article, EventDate, Passage, RemovedText, SourceDocument, Span
from rag.types.reports import IngestFailure, IngestReport, SourceSummary
from rag.types.retrieval import Filters, RetrievedPassage, SearchMode, Turn

__all__ = [
    "AbstentionReason",
    "Answer",
    "AnswerSentence",
    "Article",
    "Check",
    "Citation",
    "Disagreement",
    "DroppedSentence",
    "EventDate",
    "Filters",
    "IngestFailure",
    "IngestReport",
    "Passage",
    "Position",
    "RemovedText",
    "RetrievedPassage",
    "SearchMode",
    "Seconds",
    "SourceDocument",
    "SourceSummary",
    "Span",
    "Turn",
    "Usage",
    "Verdict",
]
