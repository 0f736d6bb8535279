"""Sentence vectors kept beside the index: a briefing of many articles that was cut off goes on where it stopped.

Comparing sentences is what a briefing of source sentences spends its time on. A vector depends on the embedding model
and on the text alone, and is kept by their digest; what has changed is embedded anew. Only digests and vectors are
kept, no text.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.embedding import Embedder

FILE = "briefings.sqlite"
_WAIT = 10.0
_AT_ONCE = 64
_ASKED = 500
_MOST = 100_000
"""Vectors kept; 150 MB. The oldest go first."""
_WORTH_TELLING = 200


class RememberingEmbedder:
    """Embeds texts, and only those that were not embedded before.

    Args:
        embedder: Embeds the others.
        folder: Where vectors are kept, which must be there. Where it cannot be written nothing is kept.
        notice: Told how far a long piece of work has got.
        at_once: How many texts are embedded before what is done is kept.
    """

    def __init__(
        self, embedder: Embedder, folder: Path, notice: Callable[[str], None], *, at_once: int = _AT_ONCE
    ) -> None:
        self._embedder = embedder
        self._folder = folder
        self._notice = notice
        self._at_once = at_once
        self._rows: dict[bytes, NDArray[np.float32]] = {}

    @property
    def fingerprint(self) -> str:
        """Identifies the model."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._embedder.dimension

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embeds a question."""
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; returns one unit row per text, in order. What is done is kept some hundred texts at a time."""
        keys = [self._key(text) for text in texts]
        known = self._rows
        if len(texts) > 1:
            known.update(self._get([key for key in dict.fromkeys(keys) if key not in known]))
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for start in range(0, len(missing), self._at_once):
            if len(missing) >= _WORTH_TELLING:
                self._notice(f"comparing sentences: {start} of {len(missing)}")
            chunk = missing[start : start + self._at_once]
            rows = self._embedder.embed_passages([text for _, text in chunk])
            fresh = {key: row for (key, _), row in zip(chunk, rows, strict=True)}
            if len(texts) > 1:  # single ones come by the hundred, and a file is slow
                self._put(fresh)
            known.update(fresh)
        return np.stack([known[key] for key in keys]) if keys else np.empty((0, self.dimension), dtype=np.float32)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.fingerprint}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def _get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found: dict[bytes, NDArray[np.float32]] = {}
        with suppress(OSError, sqlite3.Error), self._opened() as database:
            for start in range(0, len(keys), _ASKED):
                asked = keys[start : start + _ASKED]
                marks = ",".join("?" * len(asked))
                for key, vector in database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", asked):
                    row = np.frombuffer(vector, dtype=np.float32)
                    if len(row) == self.dimension:
                        found[key] = row
        return found

    def _put(self, rows: dict[bytes, NDArray[np.float32]]) -> None:
        with suppress(OSError, sqlite3.Error), self._opened() as database:
            kept = [(key, np.asarray(row, dtype=np.float32).tobytes()) for key, row in rows.items()]
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", kept)
            database.execute("DELETE FROM vectors WHERE rowid <= (SELECT max(rowid) FROM vectors) - ?", (_MOST,))
            database.commit()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._folder / FILE, timeout=_WAIT)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) STRICT")
            yield database
