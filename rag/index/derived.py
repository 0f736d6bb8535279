"""The indexes derived from the catalog, kept as one: opened when used, reopened when changed, replaced whole.

Rebuilding fills new folders beside the old ones; one catalog transaction then names them as current, together with
their embedding model.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.articles import ArticleIndex, article_key, article_of
from rag.index.catalog import Catalog
from rag.index.layout import LAYOUT, add_words, refill
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex
from rag.types import Article, Passage

EMBEDDER = "embedder"
"""The catalog's fact that names the model of the vectors."""

_LAYOUT = "layout"
# The folders' first names, and the catalog's facts that name those of a rebuilt index.
_VECTORS, _LEXICAL, _ARTICLES = _KINDS = ("vectors", "lexical", "articles")

Batches = Iterable[tuple[Sequence[tuple[Article, Sequence[Passage]]], NDArray[np.float32]]]
"""Articles with their passages, and one vector for each passage in order; some hundreds of passages at a time."""


_Part = TypeVar("_Part", VectorIndex, LexicalIndex, ArticleIndex)


class DerivedIndexes:
    """Vectors, lexical index and whole articles of one index folder; safe to share between threads.

    Args:
        folder: The index folder.
        catalog: Says which passages there are and which folders are current.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._vectors: VectorIndex | None = None
        self._lexical: LexicalIndex | None = None
        self._articles: ArticleIndex | None = None
        self._opening = threading.RLock()

    @property
    def vectors(self) -> VectorIndex:
        """The vector index, opened on first use.

        Raises:
            StoreError: It cannot be opened, or has lost vectors.
        """
        with self._opening:
            if self._vectors is None:
                vectors = VectorIndex(self._place(_VECTORS))
                self._require_complete(vectors, "vectors")
                self._vectors = vectors
            return self._vectors

    @property
    def lexical(self) -> LexicalIndex:
        """The lexical index, opened on first use.

        Raises:
            StoreError: It cannot be opened, or has lost passages.
        """
        with self._opening:
            if self._lexical is None:
                lexical = LexicalIndex(self._place(_LEXICAL))
                self._require_complete(lexical, "entries of the lexical index")
                self._lexical = lexical
            return self._lexical

    @property
    def articles(self) -> ArticleIndex | None:
        """Whole articles, opened on first use; ``None`` in an index that no writer of this version has opened yet."""
        return self._whole() if self._catalog.get_meta(_LAYOUT) == LAYOUT else None

    def _whole(self) -> ArticleIndex:
        with self._opening:
            if self._articles is None:
                self._articles = ArticleIndex(self._place(_ARTICLES))
            return self._articles

    def refresh(self) -> None:
        """Makes what another process has written or rebuilt since visible here."""
        with self._opening:
            self._vectors = self._current(self._vectors, _VECTORS)
            self._lexical = self._current(self._lexical, _LEXICAL)
            self._articles = self._current(self._articles, _ARTICLES)
            if self._vectors is not None:
                self._vectors.reopen()
            if self._lexical is not None:
                self._lexical.refresh()
            if self._articles is not None:
                self._articles.refresh()

    def _current(self, part: _Part | None, kind: str) -> _Part | None:
        """Returns an open index, or closes it when another has taken its place."""
        if part is not None and part.folder != self._place(kind):
            part.close()
            return None
        return part

    # -- for the writer; the write lock must be held ----------------------------------------------------------

    def add(
        self,
        articles: Sequence[tuple[Article, Sequence[Passage]]],
        passage_ids: Sequence[str],
        vectors: NDArray[np.float32],
    ) -> None:
        """Adds articles with their passages.

        Args:
            articles: Articles with their passages.
            passage_ids: The ids of all their passages.
            vectors: One row for each of these.
        """
        self.vectors.add(passage_ids, vectors)
        add_words(self.lexical, self._whole(), articles, dict(zip(passage_ids, vectors, strict=True)))

    def forget(self, passage_ids: Sequence[str]) -> None:
        """Deletes passages, and the article versions that have none left."""
        self.vectors.delete(passage_ids)
        self.lexical.delete(passage_ids)
        self.lexical.commit()
        wholes = self._whole()
        wholes.delete([key for key in {article_key(i) for i in passage_ids} if not self._is_current(key)])
        wholes.commit()

    def _is_current(self, key: str) -> bool:
        stored = self._catalog.get_stored(article_of(key))
        return stored is not None and stored.digest.startswith(key.rpartition(":")[2])

    def update_layout(self) -> None:
        """Fills the indexes anew with the vectors there are when an older version filled them differently."""
        if self._catalog.get_meta(_LAYOUT) != LAYOUT:
            refill(self._catalog, self.vectors, self.lexical, self._whole())
            self._catalog.set_meta(_LAYOUT, LAYOUT)

    def rebuild(self, fingerprint: str, batches: Batches) -> None:
        """Replaces all indexes in one step, once all of them is written.

        Args:
            fingerprint: The embedding model of the vectors.
            batches: Every current passage.
        """
        number = self._catalog.generation() + 1
        folders = {kind: f"{kind}-{number}" for kind in _KINDS}
        for name in folders.values():
            shutil.rmtree(self._folder / name, ignore_errors=True)
        vectors = VectorIndex(self._folder / folders[_VECTORS])
        lexical = LexicalIndex(self._folder / folders[_LEXICAL])
        wholes = ArticleIndex(self._folder / folders[_ARTICLES])
        try:
            for articles, embedded in batches:
                ids = [passage.id for _, passages in articles for passage in passages]
                vectors.add(ids, embedded)
                add_words(lexical, wholes, articles, dict(zip(ids, embedded, strict=True)))
        finally:
            for part in (vectors, lexical, wholes):
                part.close()
        self._catalog.switch({**folders, EMBEDDER: fingerprint, _LAYOUT: LAYOUT})
        self.refresh()
        self.sweep()

    def sweep(self) -> None:
        """Removes indexes that are no longer, or never became, the current ones."""
        for kind in _KINDS:
            for folder in {self._folder / kind, *self._folder.glob(f"{kind}-*")} - {self._place(kind)}:
                shutil.rmtree(folder, ignore_errors=True)

    def abandon(self) -> None:
        """Drops what an interrupted write left uncommitted, which would keep other processes from writing."""
        if self._lexical is not None:
            lexical, self._lexical = self._lexical, None
            lexical.close()
        if self._articles is not None:
            self._articles.abandon()

    def close(self) -> None:
        """Releases every file."""
        for part in (self._vectors, self._lexical, self._articles):
            if part is not None:
                part.close()

    def _place(self, kind: str) -> Path:
        return self._folder / (self._catalog.get_meta(kind) or kind)

    def _require_complete(self, derived: VectorIndex | LexicalIndex, what: str) -> None:
        while True:
            generation = self._catalog.generation()
            passages, found = self._catalog.counts()[1], derived.count()
            if found >= passages:
                return
            if generation == self._catalog.generation():  # no writer passed by between the two counts
                derived.close()
                raise StoreError(
                    f"{self._folder} has lost {passages - found:,} of its {passages:,} {what}; run `dateline reindex`"
                )
            if isinstance(derived, LexicalIndex):
                derived.refresh()
            else:
                derived.reopen()
