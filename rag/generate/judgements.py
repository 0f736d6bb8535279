"""What a judge has said before, on disk."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import StoreError

if TYPE_CHECKING:
    from rag.generate.model import Message

_FILE = "judgements.sqlite"


class JudgementCache:
    """Replies of judges by everything they depend on; several processes may share one.

    Args:
        folder: Created when absent; ``None`` remembers nothing beyond this object.

    Raises:
        StoreError: The folder cannot be written.
    """

    def __init__(self, folder: Path | None) -> None:
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            place = ":memory:" if folder is None else str(folder / _FILE)
            self._database = sqlite3.connect(place, timeout=30, isolation_level=None)
            self._database.execute("CREATE TABLE IF NOT EXISTS judgements (key TEXT PRIMARY KEY, reply TEXT) STRICT")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"judgements cannot be kept in {folder} ({error}); set DATELINE_CACHE") from error

    @staticmethod
    def key(model: str, messages: Sequence[Message]) -> str:
        """Returns the digest of a model's name and of all it is shown: rubric, claim and evidence."""
        return hashlib.sha256(json.dumps([model, list(messages)]).encode()).hexdigest()

    def get(self, key: str) -> str | None:
        """Returns what was said, if anything."""
        row = self._database.execute("SELECT reply FROM judgements WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, reply: str) -> None:
        """Remembers a reply."""
        self._database.execute("INSERT OR REPLACE INTO judgements VALUES (?, ?)", (key, reply))

    def close(self) -> None:
        """Releases the file."""
        self._database.close()
