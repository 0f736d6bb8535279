"""Dense vectors in Chroma, and the one place that imports ``chromadb``.

Only ids and vectors live here: text and metadata stay in the catalog, which makes adding about five times faster,
filtering three times, and leaves one truth. The client is embedded; no server is started or contacted. Direct calls
rather than llama-index's vector store: it stores the text again, exceeds Chroma's batch limit and replaces cosine by
``exp(-distance)``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.shadow import Shadow, is_writable

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import System

_COLLECTION = "passages"
_DATABASE = "chroma.sqlite3"
_BATCH = 5_000  # chroma's limit is 5,461 rows a call
# Up to here comparing with each vector is faster than walking the graph past all others, which takes 20 to 60 ms.
_EACH = 500
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 128, "ef_search": 200, "max_neighbors": 24}


class VectorIndex:
    """Nearest neighbours by cosine over all passages.

    Args:
        folder: Chroma's own folder; created when absent.

    Raises:
        StoreError: The folder cannot be opened by Chroma.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reading = threading.RLock()
        self._is_closed = False
        self._shadow: Shadow | None = None
        self._system: System
        self._collection: Collection
        self._open()

    def _open(self) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        try:
            Path.home()
        except RuntimeError:  # a user without a home: chroma wants one as soon as it is imported, and never goes there
            os.environ["HOME"] = str(self.folder)
        from chromadb.api import ServerAPI
        from chromadb.api.collection_configuration import CreateCollectionConfiguration
        from chromadb.api.models.Collection import Collection
        from chromadb.config import Settings, System

        try:
            if not is_writable(self.folder / _DATABASE):
                self._shadow = Shadow(self.folder, (_DATABASE,))
            place = self._shadow.path if self._shadow else self.folder
            # Not ``PersistentClient``: all clients of one folder in a process share its system, so that reopening
            # one does not show what another process wrote while a second one is open.
            self._system = System(
                Settings(is_persistent=True, persist_directory=str(place), anonymized_telemetry=False)
            )
            server = self._system.instance(ServerAPI)  # type: ignore[type-abstract]  # a name for the configured class
            self._system.start()
            model = server.get_or_create_collection(
                _COLLECTION, configuration=CreateCollectionConfiguration(hnsw=_HNSW)
            )
            self._collection = Collection(client=server, model=model, embedding_function=None)
            self._is_closed = False
        except Exception as error:  # chroma raises bare Exceptions and its Rust core's own types
            reason = str(error).strip().partition("\n")[0]
            is_full = "is full" in reason or "No space left" in reason
            advice = "make room on the disk" if is_full else "run `dateline reindex` to rebuild it"
            raise StoreError(f"{self.folder} cannot be opened by Chroma ({reason}); {advice}") from error

    def reopen(self) -> None:
        """Reads the folder anew, to see what another process has written since; waits for searches under way."""
        with self._reading:
            self.close()
            self._open()

    def close(self) -> None:
        """Releases the folder; the index must be reopened before further use."""
        with self._reading:
            if not self._is_closed:  # chroma fails on a second stop
                self._is_closed = True
                self._system.stop()
                if self._shadow is not None:
                    self._shadow.close()
                    self._shadow = None

    def count(self) -> int:
        """Returns the number of stored vectors."""
        with self._reading:
            return int(self._collection.count())

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Stores vectors; an id that exists already is replaced.

        Args:
            ids: Passage ids, ``n`` of them.
            vectors: Shape ``(n, dimension)``.
        """
        for start in range(0, len(ids), _BATCH):
            batch = list(ids[start : start + _BATCH])
            self._collection.upsert(ids=batch, embeddings=vectors[start : start + _BATCH])

    def delete(self, ids: Sequence[str]) -> None:
        """Forgets vectors; unknown ids are ignored."""
        unique = list(dict.fromkeys(ids))  # chroma refuses repetitions
        for start in range(0, len(unique), _BATCH):
            self._collection.delete(ids=unique[start : start + _BATCH])

    def search(
        self, vector: NDArray[np.float32], k: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Returns up to ``k`` passage ids with their cosine to ``vector``, best first, ties by id.

        Args:
            vector: Shape ``(dimension,)``.
            k: Largest number of results.
            among: The only ids to consider, if any, without repetitions; a few hundred are compared one by one.
        """
        from chromadb.errors import InternalError

        if among is not None and not among:
            return []
        try:
            if among is not None and len(among) <= _EACH:
                return self._compare(vector, k, among)
            return self._query(vector, k, among)
        except InternalError:
            if among is None:
                raise
            # One of the ids was removed, or added by another process, since this index was opened.
            accepted = set(among)
            return [hit for hit in self._query(vector, self.count(), None) if hit[0] in accepted][:k]

    def _query(self, vector: NDArray[np.float32], k: int, among: Sequence[str] | None) -> list[tuple[str, float]]:
        with self._reading:
            found = self._collection.query(
                query_embeddings=vector[None, :],
                n_results=max(k, 1),
                ids=None if among is None else list(among),
                include=["distances"],
            )
        distances = found["distances"]
        assert distances is not None
        hits = [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _compare(self, vector: NDArray[np.float32], k: int, among: Sequence[str]) -> list[tuple[str, float]]:
        with self._reading:
            found = self._collection.get(ids=list(among), include=["embeddings"])
        if not found["ids"]:
            return []
        rows = np.asarray(found["embeddings"], dtype=np.float32)
        cosines = rows @ vector / (np.linalg.norm(rows, axis=1) * np.linalg.norm(vector))
        hits = [(i, float(cosine)) for i, cosine in zip(found["ids"], cosines, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def get(self, ids: Sequence[str]) -> NDArray[np.float32] | None:
        """Returns the vectors of these ids, in their order; ``None`` when one is not stored."""
        rows = self.rows(ids)
        return np.stack([rows[i] for i in ids]) if ids and rows.keys() >= set(ids) else None

    def cosines(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """Returns the cosine to ``vector`` of each of these ids that is there, compared one by one."""
        found: dict[str, float] = {}
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            found |= self._compare(vector, len(batch), batch)
        return found

    def rows(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Returns the stored vectors of these passages, by id; unknown ids are left out."""
        if not ids:
            return {}
        with self._reading:
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def sample(self, size: int) -> NDArray[np.float32]:
        """Returns up to ``size`` stored vectors, always the same ones of the same index."""
        with self._reading:
            found = self._collection.get(limit=size, include=["embeddings"])
        return np.asarray(found["embeddings"], dtype=np.float32)

    def ids(self) -> set[str]:
        """Returns every stored id."""
        with self._reading:
            return set(self._collection.get(include=[])["ids"])
