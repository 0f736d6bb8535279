"""The two indexes derived from the catalog, kept as one pair: opened when used, reopened when changed, replaced whole.

Rebuilding fills new folders beside the old ones; one catalog transaction then names them as current, together with
their embedding model.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.catalog import Catalog
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex

EMBEDDER = "embedder"
"""The catalog's fact that names the model of the vectors."""

# The folders' first names, and the catalog's facts that name those of a rebuilt index.
_VECTORS, _LEXICAL = "vectors", "lexical"

Batches = Iterable[tuple[Sequence[tuple[str, str]], NDArray[np.float32]]]
"""``(passage id, searched text)`` with one vector each, some hundreds at a time."""


class DerivedIndexes:
    """Vectors and lexical index of one index folder; safe to share between threads.

    Args:
        folder: The index folder.
        catalog: Says which passages there are and which folders are current.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._vectors: VectorIndex | None = None
        self._lexical: LexicalIndex | None = None
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

    def refresh(self) -> None:
        """Makes what another process has written or rebuilt since visible here."""
        with self._opening:
            if self._vectors is not None:
                if self._vectors.folder == self._place(_VECTORS):
                    self._vectors.reopen()
                else:
                    self._vectors.close()
                    self._vectors = None
            if self._lexical is not None:
                if self._lexical.folder == self._place(_LEXICAL):
                    self._lexical.refresh()
                else:
                    self.abandon()

    def rebuild(self, fingerprint: str, batches: Batches) -> None:
        """Replaces both indexes in one step, once all of them is written. The write lock must be held.

        Args:
            fingerprint: The embedding model of the vectors.
            batches: Every current passage.
        """
        number = self._catalog.generation() + 1
        folders = {kind: f"{kind}-{number}" for kind in (_VECTORS, _LEXICAL)}
        for name in folders.values():
            shutil.rmtree(self._folder / name, ignore_errors=True)
        vectors = VectorIndex(self._folder / folders[_VECTORS])
        lexical = LexicalIndex(self._folder / folders[_LEXICAL])
        try:
            for rows, embedded in batches:
                vectors.add([passage_id for passage_id, _ in rows], embedded)
                lexical.add(rows)
                lexical.commit()
        finally:
            vectors.close()
            lexical.close()
        self._catalog.switch({**folders, EMBEDDER: fingerprint})
        self.refresh()
        self.sweep()

    def sweep(self) -> None:
        """Removes indexes that are no longer, or never became, the current ones. The write lock must be held."""
        current = {self._place(_VECTORS), self._place(_LEXICAL)}
        for kind in (_VECTORS, _LEXICAL):
            for folder in {self._folder / kind, *self._folder.glob(f"{kind}-*")} - current:
                shutil.rmtree(folder, ignore_errors=True)

    def abandon(self) -> None:
        """Drops what an interrupted write left uncommitted, which would keep other processes from writing."""
        if self._lexical is not None:
            lexical, self._lexical = self._lexical, None
            lexical.close()

    def close(self) -> None:
        """Releases every file."""
        if self._vectors is not None:
            self._vectors.close()
        if self._lexical is not None:
            self._lexical.close()

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
