"""Rebuilds the derived indexes from the catalog: after damage, or for another embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
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

    def embedded() -> Iterator[tuple[list[tuple[str, str]], NDArray[np.float32]]]:
        nonlocal done
        for rows in _batches(store):
            yield rows, embedder.embed_passages([text for _, text in rows])
            done += len(rows)
            if progress is not None:
                progress(done, total)

    with store.writing(replacing=True):
        total = store.catalog.counts()[1]
        store.rebuild(embedder.fingerprint, embedded())
    return done


def searched_passages(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yields the id and the searched text of every current passage, by article id and place."""
    for _, _, article_id in catalog.places():
        head = catalog.heads([article_id]).get(article_id)
        if head is not None:
            for passage in catalog.passages_of(article_id):
                yield passage.id, searched_text(head.title, passage.text)


def _batches(store: IndexStore) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    for row in searched_passages(store.catalog):
        batch.append(row)
        if len(batch) >= _BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch
