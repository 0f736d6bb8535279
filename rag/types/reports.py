"""What an ingest did, and what an index holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A source that could not be read, and why, in one line."""

    source: str
    error: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest changed. Counts are articles unless said otherwise.

    ``headlines`` are the ids of those added or updated that hold no text and can only be found by their headline.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[IngestFailure, ...] = ()
    passages: int = 0
    duplicates: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    headlines: tuple[str, ...] = ()


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
