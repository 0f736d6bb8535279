"""Answers that were given, on disk, by everything that decides them: what is stored is never asked, or paid, again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

from eval.suites import Item
from eval.validation import as_json, as_text, from_text
from rag.errors import StoreError
from rag.types import Answer


class AnswerStore:
    """A file of answers; several threads and processes may share one, and a kill costs no answer stored before.

    Args:
        path: Created when absent, with its folder; ``None`` remembers nothing beyond this object.
        fresh: Forgets what the file holds.

    Raises:
        StoreError: The file cannot be written, or is something else.
    """

    def __init__(self, path: Path | None, *, fresh: bool = False) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                if fresh:
                    path.unlink(missing_ok=True)
            place = ":memory:" if path is None else str(path)
            self._database = sqlite3.connect(place, timeout=60, isolation_level=None, check_same_thread=False)
            self._database.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT) STRICT")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"answers cannot be kept in {path} ({error}); choose another folder") from error

    def get(self, key: str) -> Answer | None:
        """Returns the answer stored under a key; ``None`` when there is none that this program can read."""
        with self._lock:
            row = self._database.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            return from_text(Answer, row[0])
        except ValueError:
            return None

    def put(self, key: str, answer: Answer) -> None:
        """Stores an answer.

        Raises:
            StoreError: The file cannot be written, as on a full disk.
        """
        try:
            with self._lock:
                self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, as_text(Answer, answer)))
        except sqlite3.Error as error:
            raise StoreError(f"answers cannot be kept in {self._path} ({error}); what was stored stays") from error

    def close(self) -> None:
        """Releases the file."""
        self._database.close()


def key_of(item: Item, repeat: int, made_with: Mapping[str, str]) -> str:
    """Returns the digest of everything that an answer depends on.

    Args:
        item: Its question, history and scope count; what is expected of the answer does not.
        repeat: Which of several answers to the same question.
        made_with: Program, models, prompts, settings and index; see ``eval.fingerprint``.
    """
    encoded = as_json(Item, item)
    asked = {name: encoded[name] for name in ("question", "history", "filters", "as_of")}
    whole = json.dumps([asked, repeat, sorted(made_with.items())], ensure_ascii=False)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
