"""Dateline: ask a news corpus a question, get an answer you can check.

    from rag import Dateline, load_settings

    dateline = Dateline(load_settings(model="extractive"))
    answer = dateline.ask("What did Assad ask Russia for?")

The names below are imported on first use, so ``import rag`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.config import Settings, load_settings
    from rag.errors import DatelineError
    from rag.service import Dateline
    from rag.types import (
        AbstentionReason,
        Answer,
        AnswerSentence,
        Article,
        Citation,
        Filters,
        IngestReport,
        RetrievedPassage,
        SearchMode,
        SourceSummary,
        Turn,
        Verdict,
    )

__all__ = [
    "AbstentionReason",
    "Answer",
    "AnswerSentence",
    "Article",
    "Citation",
    "Dateline",
    "DatelineError",
    "Filters",
    "IngestReport",
    "RetrievedPassage",
    "SearchMode",
    "Settings",
    "SourceSummary",
    "Turn",
    "Verdict",
    "load_settings",
]

# Everything else is in rag.types.
_HOMES = {
    "Dateline": "rag.service",
    "DatelineError": "rag.errors",
    "Settings": "rag.config",
    "load_settings": "rag.config",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "rag.types")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
