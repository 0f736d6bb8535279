"""Rebuilds the derived indexes from the catalog: after damage, or for another embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.index.layout import Passages, passages_in_batches
from rag.index.records import searched_text
from rag.index.store import IndexStore

_BATCH_PASSAGES = 512

Progress = Callable[[int, int], None]


def reindex(store: IndexStore, embedder: Embedder, progress: Progress | None = None) -> int:
    """Embeds every passage of the catalog anew and replaces vectors and lexical index in one step.

    Until that step searches use the old indexes; killed before it, nothing has changed. The embedding model may be
    another one than before.

    Args:
        store: The index; its write lock is taken here.
        embedder: The model of the new vectors.
        progress: Called with the passages done and their total.

    Returns:
        The number of passages.

    Raises:
        IndexLockedError: Another process is writing.
    """
    done = 0

    def embedded() -> Iterator[tuple[list[Passages], NDArray[np.float32]]]:
        nonlocal done
        for batch in passages_in_batches(store.catalog, _BATCH_PASSAGES):
            texts = [searched_text(article.title, p.text) for article, passages in batch for p in passages]
            yield batch, embedder.embed_passages(texts)
            done += len(texts)
            if progress is not None:
                progress(done, total)

    with store.writing(replacing=True):
        total = store.catalog.counts()[1]
        store.rebuild(embedder.fingerprint, embedded())
    return done


def searched_passages(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yields the id and the searched text of every current passage, in the order of ``passages_in_batches``."""
    for batch in passages_in_batches(catalog, 1):
        for article, passages in batch:
            for passage in passages:
                yield passage.id, searched_text(article.title, passage.text)
