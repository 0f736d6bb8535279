"""Dense vectors in Chroma, and the one place that imports ``chromadb``.

Only ids, vectors and the two filter fields live here: text and metadata stay in the catalog, which makes adding
about five times faster and leaves one truth. The client is embedded; no server is started or contacted. Direct calls
rather than llama-index's vector store: it stores the text again, exceeds Chroma's batch limit and replaces cosine by
``exp(-distance)``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.records import publisher_key
from rag.types import Article, Filters

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import System

_COLLECTION = "passages"
_BATCH = 5_000  # chroma's limit is 5,461 rows a call
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 128, "ef_search": 200, "max_neighbors": 24}


class VectorIndex:
    """Nearest neighbours by cosine over all passages.

    Args:
        folder: Chroma's own folder; created when absent.

    Raises:
        StoreError: The folder cannot be opened by Chroma.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = threading.RLock()
        self._system: System
        self._collection: Collection
        self._open()

    def _open(self) -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        from chromadb.api import ServerAPI
        from chromadb.api.collection_configuration import CreateCollectionConfiguration
        from chromadb.api.models.Collection import Collection
        from chromadb.config import Settings, System

        try:
            # Not ``PersistentClient``: all clients of one folder in a process share its system, so that reopening
            # one does not show what another process wrote while a second one is open.
            self._system = System(
                Settings(is_persistent=True, persist_directory=str(self._folder), anonymized_telemetry=False)
            )
            server = self._system.instance(ServerAPI)  # type: ignore[type-abstract]  # a name for the configured class
            self._system.start()
            model = server.get_or_create_collection(
                _COLLECTION, configuration=CreateCollectionConfiguration(hnsw=_HNSW)
            )
            self._collection = Collection(client=server, model=model, embedding_function=None)
        except Exception as error:  # chroma raises bare Exceptions and its Rust core's own types
            reason = str(error).strip().partition("\n")[0]
            raise StoreError(
                f"{self._folder} cannot be opened by Chroma ({reason}); delete the index folder and ingest again, or"
                " choose another --index"
            ) from error

    def reopen(self) -> None:
        """Reads the folder anew, to see what another process has written since; waits for searches under way."""
        with self._reading:
            self.close()
            self._open()

    def close(self) -> None:
        """Releases the folder; the index must be reopened before further use."""
        with self._reading:
            self._system.stop()

    def count(self) -> int:
        """Returns the number of stored vectors."""
        with self._reading:
            return int(self._collection.count())

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32], articles: Sequence[Article]) -> None:
        """Stores vectors; an id that exists already is replaced.

        Args:
            ids: Passage ids, ``n`` of them.
            vectors: Shape ``(n, dimension)``.
            articles: The article of each passage, for the filter fields.
        """
        for start in range(0, len(ids), _BATCH):
            batch = list(ids[start : start + _BATCH])
            self._collection.upsert(
                ids=batch,
                embeddings=vectors[start : start + _BATCH],
                metadatas=[_fields(article) for article in articles[start : start + _BATCH]],
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Forgets vectors; unknown ids are ignored."""
        unique = list(dict.fromkeys(ids))  # chroma refuses repetitions
        for start in range(0, len(unique), _BATCH):
            self._collection.delete(ids=unique[start : start + _BATCH])

    def search(self, vector: NDArray[np.float32], k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """Returns up to ``k`` passage ids with their cosine to ``vector``, best first, ties by id."""
        with self._reading:
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=max(k, 1), where=_where(filters), include=["distances"]
            )
        distances = found["distances"]
        assert distances is not None
        hits = [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Returns the stored vectors of those ids that exist."""
        if not ids:
            return {}
        with self._reading:
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        embeddings = found["embeddings"]
        assert embeddings is not None
        return {i: np.asarray(e, dtype=np.float32) for i, e in zip(found["ids"], embeddings, strict=True)}

    def ids(self) -> set[str]:
        """Returns every stored id."""
        with self._reading:
            return set(self._collection.get(include=[])["ids"])


def _fields(article: Article) -> dict[str, Any]:
    # An undated article has no day at all, so every date bound excludes it; Chroma refuses None.
    fields: dict[str, Any] = {"publisher": publisher_key(article.publisher)}
    if article.published is not None:
        fields["day"] = article.published.toordinal()
    return fields


def _where(filters: Filters | None) -> dict[str, Any] | None:
    if not filters:
        return None
    clauses: list[dict[str, Any]] = []
    if filters.publishers:
        clauses.append({"publisher": {"$in": [publisher_key(name) for name in filters.publishers]}})
    if filters.after:
        clauses.append({"day": {"$gte": filters.after.toordinal()}})
    if filters.before:
        clauses.append({"day": {"$lte": filters.before.toordinal()}})
    return clauses[0] if len(clauses) == 1 else {"$and": clauses}
