"""The SQLite file behind the catalog: its tables, its connections, its transactions."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rag.errors import StoreError
from rag.index.shadow import is_writable

_SCHEMA_VERSION = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
    title TEXT NOT NULL, publisher TEXT NOT NULL, publisher_key TEXT NOT NULL, published INTEGER,
    url TEXT NOT NULL, language TEXT NOT NULL, duplicate_of TEXT, signature BLOB, ingested_at TEXT NOT NULL,
    UNIQUE (root, key)
);
CREATE INDEX IF NOT EXISTS articles_by_key ON articles (key);
CREATE INDEX IF NOT EXISTS articles_by_day ON articles (published);
CREATE INDEX IF NOT EXISTS articles_by_publisher ON articles (publisher_key);
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
CREATE TABLE IF NOT EXISTS event_dates (
    article_id TEXT NOT NULL, version TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (article_id, version, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS authors (article_id TEXT PRIMARY KEY, names TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (passage_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (band, article_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    id INTEGER PRIMARY KEY, place TEXT NOT NULL UNIQUE, how TEXT NOT NULL, size INTEGER NOT NULL,
    modified INTEGER NOT NULL, changed INTEGER NOT NULL, is_settled INTEGER NOT NULL, content TEXT NOT NULL,
    address TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL, failed TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS source_articles (
    article_id TEXT NOT NULL, source_id INTEGER NOT NULL, PRIMARY KEY (article_id, source_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_by_source ON source_articles (source_id);
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, question TEXT NOT NULL, given TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS answer_citations (
    answer_id INTEGER NOT NULL, article_id TEXT NOT NULL, version TEXT NOT NULL,
    PRIMARY KEY (article_id, version, answer_id)
) WITHOUT ROWID;
"""
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
_TABLES = frozenset(_TABLE.findall(_SCHEMA))
# What the disk or another program did; any other failure of a statement is a bug and keeps its traceback.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DENIED = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}  # fmt: skip


class Database:
    """One SQLite file with the catalog's tables, usable from several threads: each gets its own connection.

    Args:
        path: The file; created with its tables when absent.

    Raises:
        StoreError: The file is not a catalog of this version. Every method raises it when the file turns out to be
            damaged, or cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_writable = is_writable(path) and is_writable(path.parent)
        self._local = threading.local()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        self._guard = threading.Lock()
        try:
            self._create_tables()
            found = self.get_meta("schema")
            if found != _SCHEMA_VERSION:
                raise StoreError(
                    f"{path} has catalog format {found}, this version reads {_SCHEMA_VERSION};"
                    " ingest into a new --index"
                )
        except BaseException:
            self.close()
            raise

    def _create_tables(self) -> None:
        if not self._is_writable:
            return  # see ``_read_only``
        names = {row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names >= _TABLES:
            return
        if names and "journal" not in names:
            raise StoreError(f"{self._path} is the database of another program; choose another --index")
        with self.transaction() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (_SCHEMA_VERSION,))

    def connection(self) -> sqlite3.Connection:
        """Returns this thread's connection; those of threads that have ended are closed."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or (not self._is_writable and self._local.state != self._state()):
            with self._guard:
                for thread in [thread for thread in self._connections if not thread.is_alive()]:
                    self._connections.pop(thread).close()
            if not self._is_writable:
                self._local.state = self._state()
            connection = self._opened() if self._is_writable else self._read_only()
            with self._guard:
                self._connections[threading.current_thread()] = connection
            self._local.connection = connection
        return connection

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30.0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _read_only(self) -> sqlite3.Connection:
        """Opens a file that cannot be written. Tables that it does not have yet are there, and empty."""
        # Beside a log there is, or was, a writer, and the log is a part of the database. Without one nothing changes
        # it, and no lock need be taken, which would take a file; ``_state`` tells when that is over.
        address = f"{self._path.absolute().as_uri()}?mode=ro{'' if self._state()[0] else '&immutable=1'}"
        connection = sqlite3.connect(address, uri=True, timeout=30.0, isolation_level=None, check_same_thread=False)
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for statement in _SCHEMA.split(";"):
            table = _TABLE.search(statement)
            if table and table[1] not in names:
                connection.execute(statement.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
        return connection

    def _state(self) -> tuple[bool, int, int]:
        """Returns whether there is a log, and the size and time of the file: another user may write what we cannot."""
        found = self._path.stat()
        return self._path.with_name(f"{self._path.name}-wal").exists(), found.st_size, found.st_mtime_ns

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Returns all rows of a query."""
        with self._errors_named():
            return self.connection().execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Runs a write transaction, rolled back whole when the block raises."""
        with self._errors_named():
            db = self.connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _DAMAGED:
                raise StoreError(
                    f"{self._path} is damaged ({error}); delete the index folder and ingest again, or choose another"
                    " --index"
                ) from error
            if code in _DENIED:
                raise StoreError(f"{self._path} cannot be used ({error}); check the disk and permissions") from error
            raise

    def get_meta(self, key: str) -> str | None:
        """Returns a stored fact about the index; ``None`` when absent."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def set_meta(self, key: str, value: str) -> None:
        """Stores a fact about the index."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def copy_to(self, path: Path) -> None:
        """Writes the database as it is at one instant to a new file, while others may read and write it."""
        with self._errors_named(), closing(sqlite3.connect(path)) as copy:
            self.connection().backup(copy)

    def close(self) -> None:
        """Closes every connection; the file must not be used afterwards."""
        with self._guard:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()
        self._local = threading.local()
