"""What becomes of jobs, in one SQLite file beside the index, so that a restart does not forget them."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    result TEXT, code TEXT, message TEXT, session TEXT NOT NULL DEFAULT '', about TEXT NOT NULL DEFAULT '',
    step TEXT NOT NULL DEFAULT '{}'
) STRICT;
"""
# Files of earlier versions lack these.
_ADDED = {"session": "''", "about": "''", "step": "'{}'"}
_COLUMNS = (
    "id, kind, owner, state, created, started, finished, articles, passages, result, code, message, session, about,"
    " step"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or address: ``state`` is ``good`` or ``bad``."""

    name: str
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is, for people.

    Attributes:
        said: What it is doing, or how it ended, in a few words.
        done: Steps done.
        total: Steps in all; 0 when nobody can know.
        outcomes: What has become of each file so far.
    """

    said: str = ""
    done: int = 0
    total: int = 0
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands.

    Attributes:
        owner: Name of the caller who began it.
        articles: Articles read so far.
        passages: Passages written so far.
        result: What it came to, when done.
        code: Why it failed, for programs; empty when it did not.
        session: Hash of the browser's secret it was begun with; empty when a program began it.
        about: What it is about, in words.
        step: How far it is, for people.
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
    session: str = ""
    about: str = ""
    step: Step = field(default_factory=Step)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state not in (WAITING, RUNNING)


class JobStore:
    """Keeps jobs; those that a program left unfinished when it ended are marked as interrupted.

    How far a job is stays in memory while it runs: nobody can go on from there after a restart.

    Args:
        path: The file; created when absent.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._live: dict[str, tuple[int, int, Step]] = {}
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(_SCHEMA)
            present = {row[1] for row in self._database.execute("PRAGMA table_info(jobs)")}
            for name in _ADDED.keys() - present:
                self._database.execute(f"ALTER TABLE jobs ADD COLUMN {name} TEXT NOT NULL DEFAULT {_ADDED[name]}")
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

    def add(self, kind: str, owner: str, session: str = "", about: str = "") -> Job:
        """Adds a job that waits; of the session's secret only the hash is kept."""
        job = secrets.token_hex(8)
        sql = "INSERT INTO jobs (id, kind, owner, state, created, session, about) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._run(sql, job, kind, owner, WAITING, _now(), hashed(session), about)
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

    def of_kind(self, kind: str, owner: str, session: str) -> list[Job]:
        """Returns what a reader of the page began, here or as a program, the latest first.

        Two browsers may have the same name, where nobody has to say who they are: neither sees the other's.
        """
        where = "WHERE kind = ? AND owner = ? AND session IN ('', ?) ORDER BY created DESC, rowid DESC"
        return self._select(where, kind, owner, hashed(session))

    def active(self, kind: str) -> Job | None:
        """Returns the first job of a kind that waits or runs, whoever began it."""
        return next(iter(self._select("WHERE kind = ? AND state IN (?, ?) ORDER BY created, rowid", kind, WAITING,
                                      RUNNING)), None)  # fmt: skip

    def before(self, job: Job) -> int:
        """Returns how many of its kind are to be done before a job."""
        return sum(
            not other.is_over and (other.created, other.id) < (job.created, job.id) and other.kind == job.kind
            for other in self._select("WHERE state IN (?, ?)", WAITING, RUNNING)
        )

    def begin(self, job: str) -> bool:
        """Marks a job as running; returns whether it was still waiting."""
        return self._run("UPDATE jobs SET state = ?, started = ? WHERE id = ? AND state = ?", RUNNING, _now(), job,
                         WAITING) == 1  # fmt: skip

    def count(self, job: str, articles: int, passages: int) -> None:
        """Takes note of how much a job has read and written."""
        with self._lock:
            self._live[job] = (articles, passages, self._live[job][2] if job in self._live else Step())

    def tell(self, job: str, step: Step) -> None:
        """Takes note of how far a job is."""
        with self._lock:
            articles, passages, _ = self._live.get(job, (0, 0, step))
            self._live[job] = (articles, passages, step)

    def finish(
        self, job: str, state: str, result: Mapping[str, Any] | None = None, code: str = "", message: str = ""
    ) -> bool:
        """Marks a job as over; returns whether it was not over before."""
        kept = None if result is None else json.dumps(result, ensure_ascii=False)
        sql = (
            "UPDATE jobs SET state = ?, finished = ?, result = ?, code = ?, message = ?, articles = ?, passages = ?,"
            " step = ? WHERE id = ? AND state IN (?, ?)"
        )
        with self._lock:
            articles, passages, step = self._live.pop(job, (0, 0, Step()))
            values = (state, _now(), kept, code, message, articles, passages, _encoded(step), job, WAITING, RUNNING)
            return self._run(sql, *values) == 1

    def remove(self, job: str) -> None:
        """Forgets a job that is over."""
        self._run("DELETE FROM jobs WHERE id = ? AND state NOT IN (?, ?)", job, WAITING, RUNNING)

    def _select(self, rest: str, *values: str) -> list[Job]:
        with self._lock:
            try:
                rows = self._database.execute(f"SELECT {_COLUMNS} FROM jobs {rest}", values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"jobs cannot be read: {error}") from error
            return [self._job(row) for row in rows]

    def _job(self, row: Sequence[Any]) -> Job:
        job, kind, owner, state, created, started, finished, articles, passages, result, code, message = row[:12]
        found = Job(
            job, kind, owner, state, created, started, finished, articles, passages,
            json.loads(result) if result else None, code or "", message or "", row[12], row[13], _decoded(row[14]),
        )  # fmt: skip
        if job not in self._live:
            return found
        articles, passages, step = self._live[job]
        return replace(found, articles=articles, passages=passages, step=step)

    def _run(self, sql: str, *values: object) -> int:
        with self._lock:
            try:
                return self._database.execute(sql, values).rowcount
            except sqlite3.Error as error:
                raise StoreError(f"jobs cannot be kept: {error}; check the disk") from error


def hashed(secret: str) -> str:
    """Returns what of a browser's secret is kept."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest() if secret else ""


def _encoded(step: Step) -> str:
    outcomes = [[o.name, o.state, o.said] for o in step.outcomes]
    return json.dumps({"said": step.said, "done": step.done, "total": step.total, "outcomes": outcomes})


def _decoded(text: str) -> Step:
    found = json.loads(text)
    outcomes = tuple(Outcome(*outcome) for outcome in found.get("outcomes", ()))
    return Step(found.get("said", ""), found.get("done", 0), found.get("total", 0), outcomes)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
