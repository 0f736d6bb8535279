"""The index folder: catalog, vectors, lexical index and whole articles kept in step, one writer, many readers.

Writing an article version: journal the new passage ids → add them to the derived indexes → one catalog transaction
makes them current and journals the old ones → delete the old ones from the derived indexes → clear the journal.
A whole article goes where its passages go: its key begins their ids.
Searches ignore whatever the catalog does not list, so every instant in between is a consistent index, and a kill
leaves at most journalled leftovers that the next writer sweeps.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from rag.errors import EmbeddingMismatchError, IndexLockedError, StoreError
from rag.index.articles import ArticleIndex, article_key, article_of
from rag.index.catalog import Catalog
from rag.index.derived import EMBEDDER, Batches, DerivedIndexes
from rag.index.lexical import LexicalIndex
from rag.index.records import IndexedArticle
from rag.index.vectors import VectorIndex
from rag.types import Filters

# Share of an article's score that its first passage has when only the title matches: less than any match of its own.
_TITLE_ONLY = 0.001
# Ids that pass a filter and are handed to both rankings; beyond, the unfiltered best grow instead.
_FEW = 25_000
# Unfiltered hits that cost no more than a ranking among the ids that pass.
_CHEAP = 2_500

_Ranking = Callable[[int, Sequence[str] | None], list[tuple[str, float]]]


class IndexStore:
    """An open index folder.

    Vectors and the lexical index are opened on first use, so that commands which need only the catalog stay fast.

    Args:
        folder: The index folder.
        create: Whether to create it when absent.

    Raises:
        StoreError: The folder is a file, is missing, cannot be written, or is not an index.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        if (name := str(folder).encode("utf-8", "replace").decode()) != str(folder):
            raise StoreError(f"{name} has a name that is not UTF-8; choose another --index")
        if folder.exists() and not folder.is_dir():
            raise StoreError(f"{folder} is a file, not an index folder; choose another --index")
        if not self.exists(folder):
            if not create:
                raise StoreError(
                    f"there is no index in {folder}; run `dateline ingest PATH` first or name one with --index"
                )
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"{folder} cannot be created: {error.strerror}; choose another --index") from error
            if any(folder.iterdir()) and not (folder / "write.lock").exists():
                raise StoreError(f"{folder} holds other files and no index; choose a new folder with --index")
        self.catalog = Catalog(folder / "catalog.sqlite")
        self._derived = DerivedIndexes(folder, self.catalog)
        self._seen = self.catalog.generation()
        self._refreshing = threading.RLock()
        self._fingerprint: str | None = None
        self._last_passing: tuple[int, Filters, list[str] | None] | None = None

    @staticmethod
    def exists(folder: Path) -> bool:
        """Tells whether the folder holds an index."""
        return (folder / "catalog.sqlite").is_file()

    @property
    def vectors(self) -> VectorIndex:
        """The vector index, opened on first use."""
        return self._derived.vectors

    @property
    def lexical(self) -> LexicalIndex:
        """The lexical index, opened on first use."""
        return self._derived.lexical

    @property
    def articles(self) -> ArticleIndex | None:
        """Whole articles, opened on first use; ``None`` in an index that no writer of this version has opened yet."""
        return self._derived.articles

    def close(self) -> None:
        """Releases every file."""
        self._derived.close()
        self.catalog.close()

    # -- readers ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Reopens the derived indexes when another process has changed the catalog since the last look."""
        with self._refreshing:
            generation = self.catalog.generation()
            if generation == self._seen:
                return
            self._derived.refresh()
            self._seen = generation

    def require_embedder(self, fingerprint: str) -> None:
        """Refuses to mix vectors of two models.

        Raises:
            EmbeddingMismatchError: The index was built with a model of another fingerprint.
        """
        stored = self.catalog.get_meta(EMBEDDER)
        if stored is not None and stored != fingerprint:
            raise EmbeddingMismatchError(
                f"{self.folder} was built with the embedding model {stored}, but the settings ask for {fingerprint};"
                " set DATELINE_EMBEDDING_MODEL back, or run `dateline reindex` to embed everything with the other model"
            )

    def search_dense(self, vector: NDArray[np.float32], k: int, filters: Filters) -> list[tuple[str, float]]:
        """Returns current passages by cosine, best first; fewer than ``k`` only when no more pass the filters."""

        def rank(wanted: int, among: Sequence[str] | None) -> list[tuple[str, float]]:
            return self.vectors.search(vector, wanted, among)

        return self._steadily(lambda: self._filtered(rank, k, filters))

    def search_lexical(self, query: str, k: int, filters: Filters) -> list[tuple[str, float]]:
        """Returns current passages by BM25, best first; fewer than ``k`` only when no more match.

        After them come the first passages of articles that match in their title alone.
        """

        def rank(wanted: int, among: Sequence[str] | None) -> list[tuple[str, float]]:
            return self.lexical.search(query, wanted, among)

        return self._steadily(lambda: self._with_titles(query, self._filtered(rank, k, filters), k, filters))

    def _with_titles(
        self, query: str, hits: list[tuple[str, float]], k: int, filters: Filters
    ) -> list[tuple[str, float]]:
        wholes = self.articles
        if len(hits) < k and wholes is not None:
            seen = {article_key(i) for i, _ in hits}
            titled = [(article_of(key), score) for key, score in wholes.search(query, k) if key not in seen]
            known = self.catalog.first_passages([article_id for article_id, _ in titled])
            first = [(known[article_id], _TITLE_ONLY * s) for article_id, s in titled if article_id in known]
            current = self.catalog.entries([i for i, _ in first], filters)
            hits = hits + [hit for hit in first if hit[0] in current]
        return hits[:k]

    def _steadily(self, search: Callable[[], list[tuple[str, float]]]) -> list[tuple[str, float]]:
        seen = self._seen
        try:
            return search()
        except Exception:
            # Rebuilt indexes take the place of the old, whose folders go from under a search.
            self.refresh()
            if self._seen == seen:
                raise
            return search()

    def _filtered(self, rank: _Ranking, k: int, filters: Filters) -> list[tuple[str, float]]:
        # A filter that keeps a good part of the best finds enough among the unfiltered best, or some more of them; any
        # other is turned into the ids that pass, unless they are too many to name.
        wanted = 3 * k if filters else k
        among: list[str] | None = None
        while True:
            hits = rank(wanted, among)
            current = self.catalog.entries([i for i, _ in hits], filters)
            kept = [hit for hit in hits if hit[0] in current]
            if len(kept) >= k or len(hits) < wanted:
                return kept[:k]
            # Half as many again as the share kept so far says.
            wanted = max(2 * wanted, 3 * k * wanted // (2 * len(kept) + 1))
            if filters and among is None and wanted > _CHEAP:
                among = self._passing(filters)
                wanted = wanted if among is None else k

    def _passing(self, filters: Filters) -> list[str] | None:
        """Returns the ids that pass, ``None`` when they are too many; one search asks twice."""
        generation = self.catalog.generation()
        last = self._last_passing
        if last is None or last[:2] != (generation, filters):
            found = self.catalog.passing(filters, _FEW + 1)
            last = self._last_passing = (generation, filters, found if len(found) <= _FEW else None)
        return last[2]

    # -- the writer -------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, fingerprint: str | None = None, *, replacing: bool = False) -> Iterator[None]:
        """Holds the write lock, after sweeping what a killed writer may have left.

        Args:
            fingerprint: The embedding model that will be used, stored with the first passages.
            replacing: Whether the derived indexes will be replaced; then they are not touched, and may be damaged.

        Raises:
            IndexLockedError: Another process is writing; the message names it.
            EmbeddingMismatchError: The index was built with another embedding model.
            StoreError: The folder cannot be written.
        """
        lock = FileLock(self.folder / "write.lock")
        owner = self.folder / "writer.json"
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexLockedError(
                f"{self.folder} is being written by {_describe(owner)}; wait for it, then run this again"
            ) from error
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error.strerror}; check its permissions") from error
        try:
            owner.write_text(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
            if fingerprint is not None:
                self.require_embedder(fingerprint)
            self._fingerprint = fingerprint
            self.refresh()
            self._derived.sweep()
            if not replacing:
                self._derived.update_layout()
                self._forget(self.catalog.journal())
            yield
        except BaseException:
            self._derived.abandon()
            raise
        finally:
            owner.unlink(missing_ok=True)
            lock.release()

    def write(
        self,
        written: Sequence[IndexedArticle],
        vectors: NDArray[np.float32],
        removed: Sequence[str] = (),
        leads: Mapping[str, str | None] | None = None,
    ) -> None:
        """Makes articles current, and removes others, in all three indexes. The write lock must be held.

        Args:
            written: New or changed articles with their passages.
            vectors: One row per passage, in the order of ``written``.
            removed: Ids of articles to remove.
            leads: New lead copies of other articles; see ``Catalog.commit``.
        """
        pairs = [(item.article, passage) for item in written for passage in item.passages]
        ids = [passage.id for _, passage in pairs]
        self.catalog.announce(ids)
        if ids:
            if self._fingerprint is not None and self.catalog.get_meta(EMBEDDER) is None:
                self.catalog.set_meta(EMBEDDER, self._fingerprint)
            self._derived.add([(item.article, item.passages) for item in written], ids, vectors)
        with self._refreshing:
            gone = self.catalog.commit(written, removed, leads or {})
            self._seen = self.catalog.generation()
        self._forget(gone)

    def rebuild(self, fingerprint: str, batches: Batches) -> None:
        """Replaces the derived indexes in one step; see ``DerivedIndexes``. The write lock must be held."""
        self._derived.rebuild(fingerprint, batches)
        with self._refreshing:
            self._seen = self.catalog.generation()

    def _forget(self, passage_ids: Sequence[str]) -> None:
        if not passage_ids:
            return
        self._derived.forget(passage_ids)
        self.catalog.clear_journal(passage_ids)


def _describe(owner: Path) -> str:
    try:
        facts = json.loads(owner.read_text())
        since = datetime.fromisoformat(facts["since"])
        minutes = max(0, int((datetime.now(UTC) - since).total_seconds() // 60))
        return f"process {facts['pid']}, for {minutes} min"
    except (OSError, ValueError, KeyError):
        return "another process"
