"""Brings the index in step with a corpus: reads, compares, splits, embeds and writes, a bounded batch at a time.

Reading, cleaning and splitting run in one thread while the batch before is embedded in the caller's, so memory
holds two batches however large the corpus is. Every batch written is kept: an interrupted ingest goes on where it
stopped, because what is stored already compares as unchanged.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from rag.errors import ArticleNotFoundError, SourceError
from rag.index.embedding import Embedder
from rag.index.records import IndexedArticle
from rag.index.store import IndexStore
from rag.ingest.cleaning import clean
from rag.ingest.duplicates import NearDuplicates
from rag.ingest.readers import read_sources
from rag.ingest.splitting import split
from rag.types import Article, IngestFailure, IngestReport, Passage, SourceDocument

# Raise when cleaning, splitting or the embedded text changes, so that stored articles count as changed.
PIPELINE = "1"
_BATCH_PASSAGES = 512

Progress = Callable[[int, int], None]
_T = TypeVar("_T")


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    failed: list[IngestFailure] = field(default_factory=list)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    new_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Changed:
    item: IndexedArticle
    is_new: bool


def embedded_text(article: Article, passage: Passage) -> str:
    """Returns what is embedded for a passage: its text under the article's title, so that it can stand alone."""
    return f"{article.title}\n{passage.text}" if article.title else passage.text


def ingest(
    store: IndexStore,
    embedder: Embedder,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    max_record_bytes: int = 20_000_000,
    progress: Progress | None = None,
) -> IngestReport:
    """Makes the index agree with files and folders.

    Args:
        store: The index; its write lock is taken here.
        embedder: Must be the model the index was built with.
        paths: Files and folders. A folder is one corpus; its articles are keyed by their path inside it.
        prune: Also remove articles of these corpora whose file or record is gone. What could not be read is kept.
        max_record_bytes: Largest file or record read as one article.
        progress: Called with the articles read and the passages written so far.

    Returns:
        What changed. Sources that could not be read are listed, and cost nothing already stored.

    Raises:
        SourceError: A path does not exist.
        IndexLockedError: Another process is writing.
        EmbeddingMismatchError: The index was built with another embedding model.
    """
    started = time.perf_counter()
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path} does not exist; give a file or a folder of articles")
    tally = _Tally()
    with store.writing(embedder.fingerprint):
        copies = NearDuplicates(store.catalog)
        batch: list[_Changed] = []
        read = 0
        for outcome in _ahead(_changes(store, paths, max_record_bytes, tally)):
            if outcome is not None:
                batch.append(outcome)
            read += 1
            if sum(len(change.item.passages) for change in batch) >= _BATCH_PASSAGES:
                _write(store, embedder, copies, batch, tally)
                batch = []
            if progress is not None:
                progress(read, tally.passages)
        _write(store, embedder, copies, batch, tally)
        if prune:
            _prune(store, paths, tally)
        if progress is not None:
            progress(read, tally.passages)
    return IngestReport(
        tally.added, tally.updated, tally.unchanged, tally.removed, tuple(tally.failed), tally.passages,
        tuple(sorted(tally.duplicates)), time.perf_counter() - started,
    )  # fmt: skip


def remove(store: IndexStore, article_ids: Sequence[str]) -> None:
    """Removes articles from all indexes.

    Raises:
        ArticleNotFoundError: One of the ids is unknown; then nothing is removed.
    """
    with store.writing():
        for article_id in article_ids:
            if store.catalog.get_stored(article_id) is None:
                raise ArticleNotFoundError(f"no article has the id {article_id!r}; `dateline sources` lists them")
        _remove(store, article_ids)


def _remove(store: IndexStore, article_ids: Sequence[str]) -> None:
    store.write([], np.empty((0, 0), np.float32), article_ids)


def _changes(
    store: IndexStore, paths: Sequence[Path], max_record_bytes: int, tally: _Tally
) -> Iterator[_Changed | None]:
    """Yields an article that must be written, or ``None`` for a source that needs nothing."""
    for path in paths:
        folder = (path if path.is_dir() else path.parent).resolve()
        for found in read_sources(path, max_record_bytes=max_record_bytes):
            cleaned = found if isinstance(found, IngestFailure) else clean(found)
            if isinstance(cleaned, IngestFailure) or isinstance(found, IngestFailure):
                tally.failed.append(cleaned)  # type: ignore[arg-type]
                yield None
                continue
            yield _compare(store, folder, found, cleaned, tally)


def _compare(
    store: IndexStore, folder: Path, document: SourceDocument, article: Article, tally: _Tally
) -> _Changed | None:
    root = str(folder / document.container) if document.container else str(folder)
    place = (root, document.key)
    if place in tally.seen:
        reason = f"the id {document.key!r} occurs twice; the first is kept, give each record its own id"
        tally.failed.append(IngestFailure(document.container or document.key, reason))
        return None
    tally.seen.add(place)
    digest = _digest(article)
    known = store.catalog.find(*place)
    if known is not None and known.digest == digest:
        tally.unchanged += 1
        return None
    article = replace(article, id=known.id if known else _free_id(store, root, document.key, tally.new_ids))
    passages = tuple(
        replace(p, id=f"{article.id}:{digest[:16]}:{p.span.start}-{p.span.end}", article_id=article.id)
        for p in split(article)
    )
    return _Changed(IndexedArticle(article, root, document.key, digest, passages), known is None)


def _digest(article: Article) -> str:
    parts = (PIPELINE, article.version, article.title, article.publisher, str(article.published), article.url)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _free_id(store: IndexStore, root: str, key: str, taken: set[str]) -> str:
    """Returns the key itself, qualified by its corpus only when another corpus has taken it."""
    name = Path(root).name
    for candidate in (key, f"{name}/{key}", f"{Path(root).parent.name}/{name}/{key}", f"{root}/{key}"):
        holder = store.catalog.get_stored(candidate)
        moved = holder is not None and holder.key == key and not Path(holder.root).exists()
        if candidate not in taken and (holder is None or moved):
            break
    taken.add(candidate)
    return candidate


def _write(
    store: IndexStore, embedder: Embedder, copies: NearDuplicates, batch: Sequence[_Changed], tally: _Tally
) -> None:
    if not batch:
        return
    items = [copies.place(change.item) for change in batch]
    texts = [embedded_text(item.article, passage) for item in items for passage in item.passages]
    store.write(items, embedder.embed_passages(texts))
    tally.duplicates.extend(copies.settle())
    tally.passages += len(texts)
    for change in batch:
        tally.added += change.is_new
        tally.updated += not change.is_new


def _prune(store: IndexStore, paths: Sequence[Path], tally: _Tally) -> None:
    """Removes what is gone from disk, and records gone from a container that was read without a failure."""
    failed = {failure.source for failure in tally.failed}
    gone: list[str] = []
    for path in paths:
        resolved = path.resolve()
        for root, key, article_id in store.catalog.places():
            if (root, key) in tally.seen or not (Path(root) == resolved or resolved in Path(root).parents):
                continue
            container = Path(root)
            is_record = not container.is_dir()
            if is_record and container.exists():
                damaged = any(source.split("#")[0].endswith(container.name) for source in failed)
                if not damaged:
                    gone.append(article_id)
            elif not (container / key).exists():
                gone.append(article_id)
    if gone:
        _remove(store, gone)
        tally.removed += len(gone)


def _ahead(items: Iterator[_T], depth: int = 256) -> Iterator[_T]:
    """Yields the same items, produced in another thread at most ``depth`` ahead; errors are raised here."""
    ready: queue.Queue[tuple[str, _T | BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(kind: str, value: _T | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put((kind, value), timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def produce() -> None:
        try:
            for item in items:
                if not put("item", item):
                    return
            put("end", None)
        except BaseException as error:  # handed to the consumer, whose caller decides
            put("error", error)

    thread = threading.Thread(target=produce, name="dateline-reader", daemon=True)
    thread.start()
    try:
        while True:
            kind, value = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise cast(BaseException, value)
            yield cast(_T, value)
    finally:
        stopped.set()
        thread.join()
