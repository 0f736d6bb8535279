"""What becomes of jobs, in one SQLite file beside the index, so that a restart does not forget them."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import StoreError

FILE = "jobs.sqlite"
WAITING, RUNNING, DONE, FAILED, CANCELLED, INTERRUPTED = (
    "waiting", "running", "done", "failed", "cancelled", "interrupted",
)  # fmt: skip
_KEPT = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL,
    started TEXT, finished TEXT, articles INTEGER NOT NULL DEFAULT 0, passages INTEGER NOT NULL DEFAULT 0,
    result TEXT, code TEXT, message TEXT
) STRICT;
"""
_COLUMNS = "id, kind, owner, state, created, started, finished, articles, passages, result, code, message"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes:
        owner: Name of the caller who began it.
        articles: Articles read so far.
        passages: Passages written so far.
        result: What it came to, when done.
        code: Why it failed, for programs; empty when it did not.
    """

    id: str
    kind: str
    owner: str
    state: str
    created: str
    started: str | None
    finished: str | None
    articles: int
    passages: int
    result: Mapping[str, Any] | None
    code: str
    message: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state not in (WAITING, RUNNING)


class JobStore:
    """Keeps jobs; those that a program left unfinished when it ended are marked as interrupted.

    Args:
        path: The file; created when absent.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"jobs cannot be kept in {path} ({error}); check the folder") from error
        self._run(
            "UPDATE jobs SET state = ?, finished = ?, code = ?, message = ? WHERE state IN (?, ?)",
            INTERRUPTED, _now(), "interrupted", "the server ended before the job did; send it again",
            WAITING, RUNNING,
        )  # fmt: skip
        self._run(f"DELETE FROM jobs WHERE id NOT IN (SELECT id FROM jobs ORDER BY created DESC LIMIT {_KEPT})")

    def close(self) -> None:
        """Releases the file."""
        with self._lock:
            self._database.close()

    def add(self, kind: str, owner: str) -> Job:
        """Adds a job that waits."""
        job = secrets.token_hex(8)
        sql = "INSERT INTO jobs (id, kind, owner, state, created) VALUES (?, ?, ?, ?, ?)"
        self._run(sql, job, kind, owner, WAITING, _now())
        found = self.get(job)
        assert found is not None
        return found

    def get(self, job: str) -> Job | None:
        """Returns a job; ``None`` when there is none of this id."""
        return next(iter(self._select("WHERE id = ?", job)), None)

    def all(self, owner: str | None = None) -> list[Job]:
        """Returns the jobs of a caller, or of all, the latest first."""
        if owner is None:
            return self._select("ORDER BY created DESC, rowid DESC")
        return self._select("WHERE owner = ? ORDER BY created DESC, rowid DESC", owner)

    def begin(self, job: str) -> bool:
        """Marks a job as running; returns whether it was still waiting."""
        return self._run("UPDATE jobs SET state = ?, started = ? WHERE id = ? AND state = ?", RUNNING, _now(), job,
                         WAITING) == 1  # fmt: skip

    def progress(self, job: str, articles: int, passages: int) -> None:
        """Keeps how far a job is."""
        self._run("UPDATE jobs SET articles = ?, passages = ? WHERE id = ?", articles, passages, job)

    def finish(
        self, job: str, state: str, result: Mapping[str, Any] | None = None, code: str = "", message: str = ""
    ) -> bool:
        """Marks a job as over; returns whether it was not over before."""
        kept = None if result is None else json.dumps(result, ensure_ascii=False)
        sql = (
            "UPDATE jobs SET state = ?, finished = ?, result = ?, code = ?, message = ?"
            " WHERE id = ? AND state IN (?, ?)"
        )
        return self._run(sql, state, _now(), kept, code, message, job, WAITING, RUNNING) == 1

    def _select(self, rest: str, *values: str) -> list[Job]:
        with self._lock:
            try:
                rows = self._database.execute(f"SELECT {_COLUMNS} FROM jobs {rest}", values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"jobs cannot be read: {error}") from error
        return [_job(row) for row in rows]

    def _run(self, sql: str, *values: object) -> int:
        with self._lock:
            try:
                return self._database.execute(sql, values).rowcount
            except sqlite3.Error as error:
                raise StoreError(f"jobs cannot be kept: {error}; check the disk") from error


def _job(row: Sequence[Any]) -> Job:
    job, kind, owner, state, created, started, finished, articles, passages, result, code, message = row
    return Job(
        job, kind, owner, state, created, started, finished, articles, passages,
        json.loads(result) if result else None, code or "", message or "",
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
