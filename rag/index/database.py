"""The SQLite file behind the catalog: its tables, its connections, its transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StoreError

_SCHEMA_VERSION = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
    title TEXT NOT NULL, publisher TEXT NOT NULL, publisher_key TEXT NOT NULL, published INTEGER,
    url TEXT NOT NULL, language TEXT NOT NULL, duplicate_of TEXT, signature BLOB, ingested_at TEXT NOT NULL,
    UNIQUE (root, key)
);
CREATE INDEX IF NOT EXISTS articles_by_lead ON articles (duplicate_of);
CREATE TABLE IF NOT EXISTS versions (
    article_id TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, removed TEXT NOT NULL,
    first_seen TEXT NOT NULL, PRIMARY KEY (article_id, version)
);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL, version TEXT NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, sentences TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id);
CREATE TABLE IF NOT EXISTS journal (passage_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class Database:
    """One SQLite file with the catalog's tables, usable from several threads: each gets its own connection.

    Args:
        path: The file; created with its tables when absent.

    Raises:
        StoreError: The file is not a catalog of this version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        try:
            self._create_tables()
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path} cannot be opened as a catalog: {error}; choose another --index") from error
        if (found := self.get_meta("schema")) != _SCHEMA_VERSION:
            raise StoreError(
                f"{path} has catalog format {found}, this version reads {_SCHEMA_VERSION}; ingest into a new --index"
            )

    def _create_tables(self) -> None:
        found = self.connection().execute("SELECT count(*) FROM sqlite_master WHERE name = 'journal'").fetchone()
        if found[0]:
            return
        with self.transaction() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (_SCHEMA_VERSION,))

    def connection(self) -> sqlite3.Connection:
        """Returns this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30.0, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Runs a write transaction, rolled back whole when the block raises."""
        db = self.connection()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def get_meta(self, key: str) -> str | None:
        """Returns a stored fact about the index; ``None`` when absent."""
        row = self.connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Stores a fact about the index."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Closes every connection; the file must not be used afterwards."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()
