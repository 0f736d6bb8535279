"""What is as it was when it was read last: files by what the file system says of them, articles by their digest.

A file whose size and times are as they were is not opened, as rsync does it. Where they differ its content decides. A
file that was changed less than two seconds before it was read may be changed again within the same tick of its file
system's clock, and look the same: its content decides too, until it has been left alone (git's "racy" index entries).
"""

from __future__ import annotations

import hashlib
import re
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.index.catalog_reader import CatalogReader
from rag.index.records import IndexedArticle, StoredArticle
from rag.index.sources import FileState, Held, ReadSource
from rag.ingest.cleaning import clean
from rag.ingest.event_dates import find_event_dates
from rag.ingest.pages import Visit, Visits
from rag.ingest.readers import find_files, read_file
from rag.ingest.readers.base import Reading, well_formed
from rag.ingest.readers.folder import CorpusFile
from rag.ingest.splitting import split
from rag.ingest.urls import web_address
from rag.types import Article, IngestFailure, SourceDocument

# Raise when reading, cleaning, splitting, event dates or the embedded text change, so that stored articles count as
# changed and files are read again.
PIPELINE = "6"
_RECORD = re.compile(r"#\d+$")
_SETTLING_NS = 2_000_000_000  # the coarsest clock of a file system in use, that of FAT


@dataclass(frozen=True, slots=True)
class Changed:
    """An article that must be written."""

    item: IndexedArticle
    is_new: bool


@dataclass(frozen=True, slots=True)
class Unchanged:
    """So many articles that are as they were."""

    articles: int


Event = Changed | Unchanged | IngestFailure | Held
"""What comparing comes upon; ``Held`` follows the articles of its source."""


@dataclass(slots=True)
class _Source:
    """What has been found in a source so far."""

    article_ids: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    unread: list[IngestFailure] = field(default_factory=list)
    unused: list[IngestFailure] = field(default_factory=list)
    is_whole: bool = True

    def held(self, source: ReadSource | None) -> Held:
        known = source and replace(source, unread=tuple(self.unread), unused=tuple(self.unused))
        return Held(known if self.is_whole else None, tuple(self.article_ids), tuple(self.moved))


class Comparison:
    """Compares a corpus with the index; for one ingest.

    Args:
        catalog: What the index holds.
        reading: How files are read.

    Attributes:
        seen: ``(root, key)`` of the articles that were met.
        unread: Files and folders that could not be read, wholly or in part.
        old_roots: Corpora that were found under another path than before.
    """

    def __init__(self, catalog: CatalogReader, reading: Reading) -> None:
        self._catalog = catalog
        self._reading = reading
        self._files: set[Path] = set()
        self._moved: set[str] = set()
        self._new_ids: set[str] = set()
        self.seen: set[tuple[str, str]] = set()
        self.unread: set[Path] = set()
        self.old_roots: set[str] = set()

    def read(self, paths: Sequence[Path], web: Visits | None = None) -> Iterator[Event]:
        """Reads sources as far as they are not as they were, and compares what is in them.

        Args:
            paths: Files and folders.
            web: Visits addresses.
        """
        for path in paths:
            path = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
            folder = path if path.is_dir() else Path(self._place(path.parent, path.name)[0])
            for found in find_files(path, self._reading.limit, folder):
                if isinstance(found, IngestFailure):
                    yield self._noted(folder, found)
                elif found.path not in self._files:
                    self._files.add(found.path)
                    yield from self._file(folder, found)
        for visit in web(self._known) if web else ():
            yield from self._visit(visit)

    def _noted(self, folder: Path, failure: IngestFailure) -> IngestFailure:
        # A failure names a file, a record in it by its number, or a folder, even the corpus itself.
        names = (failure.source, _RECORD.sub("", failure.source))
        self.unread.update(folder if name == folder.name else folder / name for name in names)
        return failure

    def _file(self, folder: Path, file: CorpusFile) -> Iterator[Event]:
        how = _sha256(PIPELINE, str(self._reading.limit), repr(self._reading.fields), repr(file.metadata))
        known = self._catalog.sources.get(well_formed(str(file.path)))
        source = _look(file.path, how, known)
        if source is not None and known is not None and (source.how, source.content) == (known.how, known.content):
            for failure in source.unread:
                yield self._noted(folder, failure)
            yield from self._as_it_was(source, is_fresher=source is not known)
            return
        found = _Source()
        for outcome in read_file(file, self._reading):
            if isinstance(outcome, SourceDocument):
                yield self._compare(folder, outcome, found)
                continue
            # What is wrong with a record stays so; why a whole file was not read may have been the moment's.
            found.is_whole &= outcome.source.startswith(f"{file.key}#")
            found.unread.append(outcome)
            yield self._noted(folder, outcome)
        found.is_whole &= source is not None and source.state == _state(file.path)
        yield found.held(source)

    def _known(self, address: str, *facts: str) -> ReadSource:
        how = _sha256(PIPELINE, str(self._reading.limit), *facts)
        known = self._catalog.sources.get(well_formed(address))
        return known if known is not None and known.how == how else ReadSource(well_formed(address), how)

    def _visit(self, visit: Visit) -> Iterator[Event]:
        source = visit.source
        if visit.is_unchanged and source is not None:
            yield from self._as_it_was(source, is_fresher=source != self._catalog.sources.get(source.place))
            return
        found = _Source()
        for outcome in visit.outcomes:
            yield outcome if isinstance(outcome, IngestFailure) else self._compare(Path(), outcome, found)
        if source is not None:
            yield found.held(source)

    def _as_it_was(self, source: ReadSource, *, is_fresher: bool) -> Iterator[Event]:
        """Passes over a source that holds what it held; ``is_fresher`` when it looks otherwise than it did."""
        articles = self._catalog.sources.articles(source.place)
        met = len(self.seen)
        self.seen.update((root, key) for root, key, _ in articles)
        yield from source.unused
        yield Unchanged(len(self.seen) - met)
        if is_fresher:
            yield Held(source, tuple(article_id for _, _, article_id in articles))

    def _compare(self, folder: Path, document: SourceDocument, source: _Source) -> Changed | Unchanged | IngestFailure:
        is_web = bool(web_address(document.container))
        if document.container:
            root, key = document.container if is_web else str(folder / document.container), document.key
        else:
            root, key = self._place(folder, document.key)
        known = self._catalog.find(root, key)
        if (root, key) in self.seen:
            if not document.container or is_web:
                return Unchanged(0)  # the same page, met twice
            reason = f"the id {document.key!r} occurs twice; the first is kept, give each record its own id"
            source.unused.append(IngestFailure(document.container or document.key, reason))
            return source.unused[-1]
        self.seen.add((root, key))
        article = clean(document)
        if isinstance(article, IngestFailure):
            source.unused.append(article)
            source.article_ids += [known.id] if known else []
            return article
        digest = _digest(article)
        if known is None:
            known = self._moved_from(key, digest)
            if known is not None:
                self._moved.add(known.id)
                self.old_roots.add(known.root)
                source.moved.append((known.id, root))
        source.article_ids.append(known.id if known else self._free_id(root, key))
        if known is not None and (known.digest == digest or (document.is_excerpt and self._holds_more(known, article))):
            return Unchanged(1)
        return Changed(_indexed(replace(article, id=source.article_ids[-1]), root, key, digest), known is None)

    def _place(self, folder: Path, key: str) -> tuple[str, str]:
        """Returns the corpus and key under which a file is stored, by whichever of its folders it was read before."""
        file = folder / key
        for root in file.parents:
            inside = file.relative_to(root).as_posix()
            if self._catalog.find(str(root), inside) is not None:
                return str(root), inside
        return str(folder), key

    def _moved_from(self, key: str, digest: str) -> StoredArticle | None:
        """Returns the same article of a corpus whose folder is no longer there."""
        for other in self._catalog.namesakes(key):
            is_gone = not web_address(other.root) and not Path(other.root).exists()
            if other.digest == digest and other.id not in self._moved and is_gone:
                return other
        return None

    def _holds_more(self, known: StoredArticle, article: Article) -> bool:
        """Returns whether the stored text is the longer: a feed's summary does not replace the article it sums up."""
        return len(self._catalog.article(known.id).text) > len(article.text)

    def _free_id(self, root: str, key: str) -> str:
        """Returns the key itself, qualified by its corpus only when another corpus has taken it."""
        name = Path(root).name
        for candidate in (key, f"{name}/{key}", f"{Path(root).parent.name}/{name}/{key}", f"{root}/{key}"):
            if candidate not in self._new_ids and self._catalog.get_stored(candidate) is None:
                break
        self._new_ids.add(candidate)
        return candidate


def _indexed(article: Article, root: str, key: str, digest: str) -> IndexedArticle:
    passages = tuple(
        replace(p, id=f"{article.id}:{digest[:16]}:{p.span.start}-{p.span.end}", article_id=article.id)
        for p in split(article)
    )
    return IndexedArticle(article, root, key, digest, passages, dates=find_event_dates(article.text, article.published))


def _digest(article: Article) -> str:
    facts = (article.title, article.publisher, str(article.published), article.url, article.language)
    return _sha256(PIPELINE, article.version, *facts, *article.authors)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _look(path: Path, how: str, known: ReadSource | None) -> ReadSource | None:
    """Returns what a file is now: ``known`` itself when it looks as it did, ``None`` when it cannot be told."""
    now, state = time.time_ns(), _state(path)
    if state is None:
        return None
    if known is not None and known.is_settled and (known.how, known.state) == (how, state):
        return known
    try:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
    is_settled = max(state.modified, state.changed) < now - _SETTLING_NS
    if known is not None and (known.how, known.content) == (how, content):
        fresh = replace(known, state=state, is_settled=is_settled)
        return known if fresh == known else fresh
    return ReadSource(well_formed(str(path)), how, state, is_settled, content)


def _state(path: Path) -> FileState | None:
    """Returns the state of a file that can be read as often as one likes, which a pipe cannot."""
    try:
        found = path.stat()
    except OSError:
        return None
    return FileState(found.st_size, found.st_mtime_ns, found.st_ctime_ns) if stat.S_ISREG(found.st_mode) else None
