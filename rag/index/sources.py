"""What files and addresses were when they were last read, and the articles each held, so that none is read in vain.

An article that is written or removed undoes what is known of every source that holds it: a source is known only as
long as the catalog holds exactly what was read from it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.index.database import Database
from rag.types import IngestFailure


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file system says of a file: its size, and when its content and its entry last changed, in nanoseconds."""

    size: int = 0
    modified: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source that was read to its end.

    Attributes:
        place: Absolute path of a file, or an address.
        how: Digest of all that decided, beside the content, what became of it.
        state: Of a file, before it was read.
        is_settled: Whether the file had been left alone for long enough that any later change shows in its state.
        content: SHA-256 of the bytes.
        address: Where an address led in the end.
        etag: Validator that the server there sent; empty when it sent none.
        last_modified: Another.
        unread: Records that could not be read.
        unused: Records that were read and hold no article of their own.
    """

    place: str
    how: str
    state: FileState = FileState()
    is_settled: bool = False
    content: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    unread: tuple[IngestFailure, ...] = ()
    unused: tuple[IngestFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What one source turned out to hold.

    Attributes:
        source: To be known from now on; ``None`` when it must be read again whatever it looks like.
        article_ids: The articles it holds.
        moved: ``(article id, root)`` of articles that are now read from another folder.
    """

    source: ReadSource | None = None
    article_ids: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()


class ReadSources:
    """The sources that were read into an index.

    Args:
        database: The catalog's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, place: str) -> ReadSource | None:
        """Returns what is known of a source."""
        rows = self._database.rows(
            "SELECT place, how, size, modified, changed, is_settled, content, address, etag,"
            " last_modified, failed FROM sources"
            " WHERE place = ?",
            (place,),
        )
        if not rows:
            return None
        found, how, size, modified, changed, is_settled, content, address, etag, last_modified, failed = rows[0]
        unread, unused = (tuple(IngestFailure(*pair) for pair in part) for part in json.loads(failed))
        state = FileState(size, modified, changed)
        return ReadSource(
            found, how, state, bool(is_settled), content, address, etag, last_modified, unread, unused
        )  # fmt: skip

    def articles(self, place: str) -> list[tuple[str, str, str]]:
        """Returns ``(root, key, article id)`` of the articles that a source held."""
        rows = self._database.rows(
            "SELECT a.root, a.key, a.id FROM sources s JOIN source_articles h ON h.source_id = s.id"
            " JOIN articles a ON a.id = h.article_id WHERE s.place = ?",
            (place,),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def put(self, found: Sequence[Held]) -> None:
        """Keeps what was read, in one transaction, once its articles are in the catalog."""
        if not found:
            return
        with self._database.transaction() as db:
            for held in found:
                db.executemany("UPDATE articles SET root = ?2 WHERE id = ?1", held.moved)
                forget_sources(db, (article_id for article_id, _ in held.moved))
                if held.source is not None:
                    _put(db, held.source, held.article_ids)


def forget_sources(db: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Undoes what is known of the sources that hold these articles."""
    for article_id in article_ids:
        held = db.execute("SELECT source_id FROM source_articles WHERE article_id = ?", (article_id,)).fetchall()
        for row in held:
            _drop(db, row[0])


def _put(db: sqlite3.Connection, source: ReadSource, article_ids: Sequence[str]) -> None:
    for row in db.execute("SELECT id FROM sources WHERE place = ?", (source.place,)).fetchall():
        _drop(db, row[0])
    failed = json.dumps([[[f.source, f.error] for f in part] for part in (source.unread, source.unused)])
    state = source.state
    added = db.execute(
        "INSERT INTO sources (place, how, size, modified, changed, is_settled, content, address, etag,"
        " last_modified, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (source.place, source.how, state.size, state.modified, state.changed, source.is_settled, source.content,
         source.address, source.etag, source.last_modified, failed),
    )  # fmt: skip
    rows = ((article_id, added.lastrowid) for article_id in dict.fromkeys(article_ids))
    db.executemany("INSERT INTO source_articles VALUES (?, ?)", rows)


def _drop(db: sqlite3.Connection, source_id: int) -> None:
    db.execute("DELETE FROM source_articles WHERE source_id = ?", (source_id,))
    db.execute("DELETE FROM sources WHERE id = ?", (source_id,))
