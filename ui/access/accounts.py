"""Keys, users and sessions in one SQLite file beside the index, which holds hashes only."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rag.errors import SettingsError, StoreError
from ui.access.identity import Caller, Scope
from ui.access.passwords import LONGEST, SHORTEST, Passwords

FILE = "access.sqlite"
SESSION = timedelta(days=14)
_PREFIX = "dl_"
_NAME = re.compile(r"[\w.@-]{1,64}")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, created TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, scope TEXT NOT NULL, created TEXT NOT NULL, owner TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, ends TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A key or a user, without its secret."""

    name: str
    scope: Scope
    created: str


class Accounts:
    """Who may come in.

    A key is a random secret, so that a plain hash of it is enough; a password is not, so that it gets a slow one. Other
    processes may change the file at any time: nothing is remembered here.

    Args:
        path: The file; created when absent, for its owner only.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._passwords = Passwords()
        try:
            path.touch(mode=0o600)
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"keys and users cannot be kept in {path} ({error}); check the folder") from error

    def close(self) -> None:
        """Releases the file."""
        with self._lock:
            self._database.close()

    def any(self) -> bool:
        """Tells whether there is a key or a user, so that callers have to say who they are."""
        return bool(self._rows("SELECT 1 FROM keys UNION ALL SELECT 1 FROM users LIMIT 1"))

    # -- keys -------------------------------------------------------------------------------------------------

    def add_key(self, name: str, scope: Scope) -> str:
        """Makes a key and returns it; it cannot be read again.

        Raises:
            SettingsError: The name is taken or cannot be one.
        """
        key = f"{_PREFIX}{secrets.token_urlsafe(32)}"
        self._insert("keys", (_name(name), _hashed(key), scope.value, _now()), "key")
        return key

    def keys(self) -> list[Account]:
        """Returns the keys, the oldest first."""
        return self._listed("keys")

    def remove_key(self, name: str) -> None:
        """Makes a key worthless at once.

        Raises:
            SettingsError: There is none of this name.
        """
        self._delete("keys", name, "key")

    def caller_with_key(self, key: str) -> Caller | None:
        """Returns whose key this is; ``None`` when it is nobody's."""
        rows = self._rows("SELECT name, scope FROM keys WHERE hash = ?", _hashed(key))
        return Caller(f"key:{rows[0][0]}", Scope(rows[0][1])) if rows else None

    # -- users ------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str, scope: Scope) -> None:
        """Adds a user.

        Raises:
            SettingsError: The name is taken or cannot be one, or the password is too short.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise SettingsError(f"a password has {SHORTEST} to {LONGEST} characters; choose another")
        owner = secrets.token_urlsafe(32)
        self._insert("users", (_name(name), self._passwords.hash(password), scope.value, _now(), owner), "user")

    def users(self) -> list[Account]:
        """Returns the users, the oldest first."""
        return self._listed("users")

    def remove_user(self, name: str) -> None:
        """Removes a user and ends their sessions.

        Raises:
            SettingsError: There is none of this name.
        """
        self._delete("users", name, "user")

    def log_in(self, name: str, password: str) -> str | None:
        """Returns the secret of a new session, or ``None`` when name and password do not fit."""
        rows = self._rows("SELECT hash FROM users WHERE name = ?", name)
        if not self._passwords.fits(str(rows[0][0]) if rows else None, password[: LONGEST + 1]):
            return None
        session = secrets.token_urlsafe(32)
        with self._writing() as database:
            database.execute("DELETE FROM sessions WHERE ends < ?", (_now(),))
            ends = (datetime.now(UTC) + SESSION).isoformat(timespec="seconds")
            database.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hashed(session), name, ends))
        return session

    def log_out(self, session: str) -> None:
        """Ends a session."""
        with self._writing() as database:
            database.execute("DELETE FROM sessions WHERE hash = ?", (_hashed(session),))

    def caller_in_session(self, session: str) -> Caller | None:
        """Returns whose session this is; ``None`` when it is nobody's or has ended."""
        sql = "SELECT name, scope, owner FROM sessions JOIN users ON name = user WHERE sessions.hash = ? AND ends >= ?"
        rows = self._rows(sql, _hashed(session), _now())
        return Caller(f"user:{rows[0][0]}", Scope(rows[0][1]), str(rows[0][2])) if rows else None

    # -- the file ---------------------------------------------------------------------------------------------

    def _listed(self, table: str) -> list[Account]:
        rows = self._rows(f"SELECT name, scope, created FROM {table} ORDER BY created, rowid")
        return [Account(str(name), Scope(scope), str(created)) for name, scope, created in rows]

    def _insert(self, table: str, values: Sequence[str], what: str) -> None:
        marks = ", ".join("?" for _ in values)
        with self._writing() as database:
            try:
                database.execute(f"INSERT INTO {table} VALUES ({marks})", values)
            except sqlite3.IntegrityError as error:
                raise SettingsError(f"there is a {what} {values[0]} already; remove it first") from error

    def _delete(self, table: str, name: str, what: str) -> None:
        with self._writing() as database:
            if not database.execute(f"DELETE FROM {table} WHERE name = ?", (name,)).rowcount:
                raise SettingsError(f"there is no {what} {name}; `dateline {what} list` shows them")

    def _rows(self, sql: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock:
            try:
                return self._database.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"keys and users cannot be read: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise StoreError(f"keys and users cannot be kept: {error}; check the disk") from error


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} cannot be a name; use up to 64 letters, digits, and . _ @ -")
    return name


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
