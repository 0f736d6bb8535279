"""Brings the index in step with a corpus: reads, compares, splits, embeds and writes, a bounded batch at a time.

Reading, cleaning and splitting run in one thread while the batch before is embedded in the caller's, so memory
holds two batches however large the corpus is. Every batch written is kept: an interrupted ingest goes on where it
stopped, because what is stored already compares as unchanged, and a file is known as read only once all of it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rag.errors import ArticleNotFoundError, SourceError
from rag.index.embedding import Embedder
from rag.index.records import searched_text
from rag.index.sources import Held
from rag.index.store import IndexStore
from rag.ingest.ahead import ahead
from rag.ingest.comparing import Changed, Comparison, Unchanged
from rag.ingest.duplicates import group_copies
from rag.ingest.heap import give_back
from rag.ingest.pages import Visits
from rag.ingest.pruning import find_gone
from rag.ingest.readers.base import Reading, well_formed
from rag.ingest.readers.mapping import FieldMap
from rag.ingest.readers.sandbox import Sandbox
from rag.types import IngestFailure, IngestReport

_BATCH_PASSAGES = 512
_BATCH_SOURCES = 1_000

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    failed: list[IngestFailure] = field(default_factory=list)
    headlines: list[str] = field(default_factory=list)
    regrouped: set[str] = field(default_factory=set)

    @property
    def read(self) -> int:
        """Articles met so far, those waiting to be written aside."""
        return self.added + self.updated + self.unchanged + len(self.failed)


@dataclass(slots=True)
class _Batch:
    """What has been read and is not yet written."""

    changed: list[Changed] = field(default_factory=list)
    finished: list[Held] = field(default_factory=list)
    passages: int = 0

    def is_full(self) -> bool:
        return self.passages >= _BATCH_PASSAGES or len(self.finished) >= _BATCH_SOURCES


def ingest(
    store: IndexStore,
    embedder: Embedder,
    paths: Sequence[Path],
    *,
    web: Visits | None = None,
    fields: FieldMap | None = None,
    sandbox: Sandbox | None = None,
    prune: bool = False,
    max_record_bytes: int = 20_000_000,
    progress: Progress | None = None,
) -> IngestReport:
    """Makes the index agree with files and folders.

    Args:
        store: The index; its write lock is taken here.
        embedder: Must be the model the index was built with.
        paths: Files and folders. A folder is one corpus; its articles are keyed by their path inside it.
        web: Visits pages and feeds. A feed lists only its newest entries, so ``prune`` never removes an article that
            came from the web.
        fields: Where foreign JSON records keep our fields.
        sandbox: Parses what may be hostile; by default one of this ingest's own.
        prune: Also remove articles of these corpora whose file or record is gone. What could not be read is kept.
        max_record_bytes: Largest file or record read as one article.
        progress: Called with the articles read and the passages written so far.

    Returns:
        What changed. Sources that could not be read are listed, and cost nothing already stored.

    Raises:
        SourceError: A path does not exist, or its name cannot be stored.
        IndexLockedError: Another process is writing.
        EmbeddingMismatchError: The index was built with another embedding model.
    """
    started = time.perf_counter()
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path} does not exist; give a file or a folder of articles")
        if (name := well_formed(str(path.absolute()))) != str(path.absolute()):
            raise SourceError(f"{name} has a name that is not UTF-8; rename it")
    tally, batch = _Tally(), _Batch()
    with store.writing(embedder.fingerprint), nullcontext(sandbox) if sandbox else Sandbox() as parser:
        comparison = Comparison(store.catalog, Reading(max_record_bytes, fields or FieldMap(), parser))
        with closing(ahead(comparison.read(paths, web))) as events:
            for event in events:
                if isinstance(event, Changed):
                    batch.changed.append(event)
                    batch.passages += max(1, len(event.item.passages))
                elif isinstance(event, Held):
                    batch.finished.append(event)
                elif isinstance(event, Unchanged):
                    tally.unchanged += event.articles
                else:
                    tally.failed.append(event)
                if batch.is_full():
                    _write(store, embedder, batch, tally)
                    batch = _Batch()
                if progress is not None and not isinstance(event, Held):
                    progress(tally.read + len(batch.changed), tally.passages)
        _write(store, embedder, batch, tally)
        if prune:
            gone = find_gone(store.catalog.places(), paths, comparison.old_roots, comparison.seen, comparison.unread)
            tally.removed = len(gone)
            tally.regrouped |= _remove(store, gone)
        if progress is not None:
            progress(tally.read, tally.passages)
    duplicates = tuple(sorted(store.catalog.leads(tally.regrouped).items()))
    return IngestReport(
        tally.added, tally.updated, tally.unchanged, tally.removed, tuple(tally.failed), tally.passages,
        duplicates, time.perf_counter() - started, tuple(tally.headlines),
    )  # fmt: skip


def remove(store: IndexStore, article_ids: Sequence[str]) -> None:
    """Removes articles from all indexes.

    Raises:
        ArticleNotFoundError: One of the ids is unknown; then nothing is removed.
    """
    unique = list(dict.fromkeys(article_ids))
    with store.writing():
        for article_id in unique:
            if store.catalog.get_stored(article_id) is None:
                raise ArticleNotFoundError(f"no article has the id {article_id!r}; `dateline sources` lists them")
        _remove(store, unique)


def _remove(store: IndexStore, article_ids: Sequence[str]) -> set[str]:
    """Removes articles and returns the ids of those that change groups for it."""
    if not article_ids:
        return set()
    grouping = group_copies(store.catalog, [], article_ids)
    store.write([], np.empty((0, 0), np.float32), article_ids, grouping.leads)
    return set(grouping.leads)


def _write(store: IndexStore, embedder: Embedder, batch: _Batch, tally: _Tally) -> None:
    if batch.changed:
        grouping = group_copies(store.catalog, [change.item for change in batch.changed])
        texts = [searched_text(item.article.title, p.text) for item in grouping.items for p in item.passages]
        store.write(grouping.items, embedder.embed_passages(texts), leads=grouping.leads)
        give_back()
        tally.regrouped.update(grouping.leads, (item.article.id for item in grouping.items))
        tally.passages += len(texts)
        for change in batch.changed:
            tally.added += change.is_new
            tally.updated += not change.is_new
        tally.headlines += [c.item.article.id for c in batch.changed if c.item.article.is_headline_only]
    # Only now: a source is known once all it held is stored.
    store.catalog.sources.put(batch.finished)
