"""Brings the index in step with a corpus: reads, compares, splits, embeds and writes, a bounded batch at a time.

Reading, cleaning and splitting run in one thread while the batch before is embedded in the caller's, so memory
holds two batches however large the corpus is. Every batch written is kept: an interrupted ingest goes on where it
stopped, because what is stored already compares as unchanged.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rag.errors import ArticleNotFoundError, SourceError
from rag.index.embedding import Embedder
from rag.index.records import IndexedArticle, StoredArticle, searched_text
from rag.index.store import IndexStore
from rag.ingest.ahead import ahead
from rag.ingest.cleaning import clean
from rag.ingest.duplicates import group_copies
from rag.ingest.event_dates import find_event_dates
from rag.ingest.pruning import find_gone
from rag.ingest.readers import read_sources
from rag.ingest.readers.base import Outcome
from rag.ingest.readers.mapping import FieldMap
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.splitting import split
from rag.ingest.urls import web_address
from rag.types import Article, IngestFailure, IngestReport, SourceDocument

# Raise when cleaning, splitting, event dates or the embedded text change, so that stored articles count as changed.
PIPELINE = "4"
_BATCH_PASSAGES = 512
_RECORD = re.compile(r"#\d+$")

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    failed: list[IngestFailure] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    unread: set[Path] = field(default_factory=set)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    new_ids: set[str] = field(default_factory=set)
    regrouped: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Changed:
    item: IndexedArticle
    is_new: bool


def ingest(
    store: IndexStore,
    embedder: Embedder,
    paths: Sequence[Path],
    *,
    fetched: Iterable[Outcome] = (),
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
        fetched: What pages and feeds hold, read lazily. A feed lists only its newest entries, so ``prune`` never
            removes an article that came from the web.
        fields: Where foreign JSON records keep our fields.
        sandbox: Parses what may be hostile; by default each of ``paths`` gets its own.
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
        batch: list[_Changed] = []
        read = pending = 0
        sources = _read(store, paths, fetched, max_record_bytes, fields, sandbox, tally)
        with closing(ahead(_changes(store, sources, tally))) as changes:
            for change in changes:
                read += 1
                if change is not None:
                    batch.append(change)
                    pending += max(1, len(change.item.passages))
                if pending >= _BATCH_PASSAGES:
                    _write(store, embedder, batch, tally)
                    batch, pending = [], 0
                if progress is not None:
                    progress(read, tally.passages)
        _write(store, embedder, batch, tally)
        if tally.moved:
            store.catalog.relocate((article_id, root) for article_id, (_, root) in tally.moved.items())
        if prune:
            old_roots = {old for old, _ in tally.moved.values()}
            gone = find_gone(store.catalog.places(), paths, old_roots, tally.seen, tally.unread)
            tally.removed = len(gone)
            tally.regrouped |= _remove(store, gone)
        if progress is not None:
            progress(read, tally.passages)
    duplicates = tuple(sorted(store.catalog.leads(tally.regrouped).items()))
    return IngestReport(
        tally.added, tally.updated, tally.unchanged, tally.removed, tuple(tally.failed), tally.passages,
        duplicates, time.perf_counter() - started,
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


def _read(
    store: IndexStore,
    paths: Sequence[Path],
    fetched: Iterable[Outcome],
    max_record_bytes: int,
    fields: FieldMap | None,
    sandbox: Sandbox | None,
    tally: _Tally,
) -> Iterator[tuple[Path, Outcome]]:
    """Yields everything found, with the folder that its key is relative to."""
    for path in paths:
        path = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
        folder = path if path.is_dir() else Path(_place(store, path.parent, path.name)[0])
        for found in read_sources(path, max_record_bytes=max_record_bytes, root=folder, fields=fields, sandbox=sandbox):
            if isinstance(found, IngestFailure):
                # A failure names a file, a record in it by its number, or a folder, even the corpus itself.
                names = (found.source, _RECORD.sub("", found.source))
                tally.unread.update(folder if name == folder.name else folder / name for name in names)
            yield folder, found
    for found in fetched:
        yield Path(), found


def _changes(store: IndexStore, sources: Iterator[tuple[Path, Outcome]], tally: _Tally) -> Iterator[_Changed | None]:
    """Yields an article that must be written, or ``None`` for a source that needs nothing."""
    for folder, found in sources:
        if isinstance(found, IngestFailure):
            tally.failed.append(found)
            yield None
        else:
            yield _compare(store, folder, found, tally)


def _compare(store: IndexStore, folder: Path, document: SourceDocument, tally: _Tally) -> _Changed | None:
    is_web = bool(web_address(document.container))
    if document.container:
        root, key = document.container if is_web else str(folder / document.container), document.key
    else:
        root, key = _place(store, folder, document.key)
    place = (root, key)
    if place in tally.seen:
        if not document.container or is_web:
            return None  # the same file or page, named twice
        reason = f"the id {document.key!r} occurs twice; the first is kept, give each record its own id"
        tally.failed.append(IngestFailure(document.container or document.key, reason))
        return None
    tally.seen.add(place)
    article = clean(document)
    if isinstance(article, IngestFailure):
        tally.failed.append(article)
        return None
    digest = _digest(article)
    known = store.catalog.find(*place)
    if known is None:
        known = _moved_from(store, key, digest, tally)
        if known is not None:
            tally.moved[known.id] = (known.root, root)
    if known is not None and (known.digest == digest or (document.is_excerpt and _holds_more(store, known, article))):
        tally.unchanged += 1
        return None
    article = replace(article, id=known.id if known else _free_id(store, root, key, tally.new_ids))
    passages = tuple(
        replace(p, id=f"{article.id}:{digest[:16]}:{p.span.start}-{p.span.end}", article_id=article.id)
        for p in split(article)
    )
    dates = find_event_dates(article.text, article.published)
    return _Changed(IndexedArticle(article, root, key, digest, passages, dates=dates), known is None)


def _place(store: IndexStore, folder: Path, key: str) -> tuple[str, str]:
    """Returns the corpus and key under which a file is stored, by whichever of its folders it was read before."""
    file = folder / key
    for root in file.parents:
        inside = file.relative_to(root).as_posix()
        if store.catalog.find(str(root), inside) is not None:
            return str(root), inside
    return str(folder), key


def _moved_from(store: IndexStore, key: str, digest: str, tally: _Tally) -> StoredArticle | None:
    """Returns the same article of a corpus whose folder is no longer there."""
    for other in store.catalog.namesakes(key):
        is_gone = not web_address(other.root) and not Path(other.root).exists()
        if other.digest == digest and other.id not in tally.moved and is_gone:
            return other
    return None


def _holds_more(store: IndexStore, known: StoredArticle, article: Article) -> bool:
    """Returns whether the stored text is the longer: a feed's summary does not replace the article it sums up."""
    return len(store.catalog.article(known.id).text) > len(article.text)


def _digest(article: Article) -> str:
    facts = (article.title, article.publisher, str(article.published), article.url, article.language)
    parts = (PIPELINE, article.version, *facts)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _free_id(store: IndexStore, root: str, key: str, taken: set[str]) -> str:
    """Returns the key itself, qualified by its corpus only when another corpus has taken it."""
    name = Path(root).name
    for candidate in (key, f"{name}/{key}", f"{Path(root).parent.name}/{name}/{key}", f"{root}/{key}"):
        if candidate not in taken and store.catalog.get_stored(candidate) is None:
            break
    taken.add(candidate)
    return candidate


def _write(store: IndexStore, embedder: Embedder, batch: Sequence[_Changed], tally: _Tally) -> None:
    if not batch:
        return
    grouping = group_copies(store.catalog, [change.item for change in batch])
    texts = [searched_text(item.article.title, passage.text) for item in grouping.items for passage in item.passages]
    store.write(grouping.items, embedder.embed_passages(texts), leads=grouping.leads)
    tally.regrouped.update(grouping.leads, (item.article.id for item in grouping.items))
    tally.passages += len(texts)
    for change in batch:
        tally.added += change.is_new
        tally.updated += not change.is_new
