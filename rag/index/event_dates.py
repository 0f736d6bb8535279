"""The dates that articles speak of, in the catalog: one set for every version of an article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

from rag.index.database import Database
from rag.types import EventDate, Span


def event_dates_of(database: Database, article_id: str, version: str | None = None) -> list[EventDate]:
    """Returns the dates that a version of an article speaks of, by default the current, in reading order."""
    rows = database.rows(
        "SELECT d.start, d.stop, d.first, d.last FROM event_dates d JOIN articles a"
        " ON a.id = d.article_id AND d.version = coalesce(?2, a.version) WHERE a.id = ?1 ORDER BY d.start",
        (article_id, version),
    )
    return [EventDate(Span(r[0], r[1]), date.fromordinal(r[2]), date.fromordinal(r[3])) for r in rows]


def put_event_dates(db: sqlite3.Connection, article_id: str, version: str, dates: Sequence[EventDate]) -> None:
    """Stores the dates of a version in place of those it had: its day of publication may have been corrected."""
    db.execute("DELETE FROM event_dates WHERE article_id = ? AND version = ?", (article_id, version))
    db.executemany(
        "INSERT INTO event_dates VALUES (?, ?, ?, ?, ?, ?)",
        ((article_id, version, d.span.start, d.span.end, d.first.toordinal(), d.last.toordinal()) for d in dates),
    )


def drop_event_dates(db: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Removes the dates of all versions of articles."""
    db.executemany("DELETE FROM event_dates WHERE article_id = ?", ((i,) for i in article_ids))
