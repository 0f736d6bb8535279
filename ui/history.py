"""Conversations that outlive a reload and a restart: one SQLite file beside the index, read by owner only."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from eval.validation import as_text, from_text
from rag.errors import StoreError
from rag.types import Answer, Filters

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, touched TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, touched);
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, n INTEGER NOT NULL,
    question TEXT NOT NULL, scope TEXT NOT NULL, answer TEXT, state TEXT NOT NULL, made_with TEXT NOT NULL,
    asked TEXT NOT NULL, PRIMARY KEY (conversation, n)
) STRICT;
"""
_TURNS = (
    "SELECT n, question, scope, turns.answer, state, made_with, asked FROM turns JOIN conversations"
    " ON conversations.id = conversation WHERE conversation = ? AND owner = ?"
)
_TITLE = 80


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question was asked of: filters and model.

    Attributes:
        as_of: Nothing published after this day; beside ``before``, whichever is earlier.
    """

    publishers: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    model: str = ""

    def filters(self) -> Filters:
        """Returns the filters of the question."""
        return Filters(self.publishers, self.after, self.before, self.as_of)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One question and what became of it.

    Attributes:
        n: Its place in the conversation, from 1.
        answer: What was shown; ``None`` when nothing was.
        state: ``answered``, ``stopped`` by the reader, ``failed``, or ``asked`` when the program ended before.
        made_with: Versions of what made the answer, for its bundle; why, when it failed.
    """

    n: int
    question: str
    scope: Scope
    answer: Answer | None
    state: str
    made_with: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line in the list of conversations."""

    id: str
    title: str
    touched: str


class History:
    """Who asked what, and what was answered.

    An owner is the secret that a browser keeps; the file holds its hash only, so that reading the file lets nobody
    pass for its owner. Every method takes the owner, and knows nothing of other owners' conversations.

    Args:
        path: The file; created when absent.

    Raises:
        StoreError: The file cannot be written, or is something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"conversations cannot be kept in {path} ({error}); check the folder") from error

    def close(self) -> None:
        """Releases the file."""
        with self._lock:
            self._database.close()

    def conversations(self, owner: str) -> list[Conversation]:
        """Returns an owner's conversations, the latest first."""
        sql = "SELECT id, title, touched FROM conversations WHERE owner = ? ORDER BY touched DESC, rowid DESC"
        return [Conversation(str(i), str(title), str(touched)) for i, title, touched in self._rows(sql, _hashed(owner))]

    def turns(self, owner: str, conversation: str) -> list[StoredTurn]:
        """Returns the turns of a conversation in order; none when it is not the owner's."""
        return [_turn(row) for row in self._rows(f"{_TURNS} ORDER BY n", conversation, _hashed(owner))]

    def turn(self, owner: str, conversation: str, n: int) -> StoredTurn | None:
        """Returns one turn; ``None`` when the owner has none such."""
        found = self._rows(f"{_TURNS} AND n = ?", conversation, _hashed(owner), n)
        return _turn(found[0]) if found else None

    def ask(
        self, owner: str, conversation: str, question: str, scope: Scope, *, at: int | None = None
    ) -> tuple[str, int]:
        """Keeps a question that is about to be answered.

        Args:
            owner: Who asks.
            conversation: Where; a new one is begun when it is empty or not the owner's.
            question: As asked.
            scope: What it is asked of.
            at: The turn it takes the place of; that and all after it are forgotten.

        Returns:
            The conversation and the number of the turn.
        """
        now = _now()
        with self._transaction() as db:
            sql = "SELECT 1 FROM conversations WHERE id = ? AND owner = ?"
            if not db.execute(sql, (conversation, _hashed(owner))).fetchone():
                conversation = secrets.token_urlsafe(12)
                title = " ".join(question.split())[:_TITLE]
                db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?)", (conversation, _hashed(owner), title, now))
            if at is not None:
                db.execute("DELETE FROM turns WHERE conversation = ? AND n >= ?", (conversation, at))
            last = db.execute("SELECT max(n) FROM turns WHERE conversation = ?", (conversation,)).fetchone()[0] or 0
            values = (conversation, last + 1, question, as_text(Scope, scope), None, "asked", "{}", now)
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            db.execute("UPDATE conversations SET touched = ? WHERE id = ?", (now, conversation))
        return conversation, last + 1

    def settle(
        self, conversation: str, n: int, state: str, answer: Answer | None, made_with: Mapping[str, str] | None = None
    ) -> None:
        """Keeps what became of a question; does nothing when it was asked anew or removed meanwhile."""
        values = (as_text(Answer, answer) if answer else None, state, json.dumps(dict(made_with or {})))
        with self._transaction() as db:
            sql = "UPDATE turns SET answer = ?, state = ?, made_with = ? WHERE conversation = ? AND n = ?"
            db.execute(f"{sql} AND state = 'asked'", (*values, conversation, n))

    def remove(self, owner: str, conversation: str) -> None:
        """Forgets a conversation of the owner's."""
        with self._transaction() as db:
            db.execute("DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, _hashed(owner)))

    def _rows(self, sql: str, *values: str | int) -> list[tuple[object, ...]]:
        with self._lock, self._errors_named():
            return self._database.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._errors_named():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"conversations cannot be kept in {self._path} ({error}); check the disk") from error


def _turn(row: tuple[object, ...]) -> StoredTurn:
    n, question, scope, answer, state, made_with, asked = row
    try:
        shown = from_text(Answer, str(answer)) if answer else None
    except ValueError:  # written by another version of this program
        shown = None
    return StoredTurn(
        int(str(n)), str(question), from_text(Scope, str(scope)), shown, str(state), json.loads(str(made_with)),
        str(asked),
    )  # fmt: skip


def _hashed(owner: str) -> str:
    return hashlib.sha256(owner.encode("utf-8", "replace")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
