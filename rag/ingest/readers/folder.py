"""Walking a corpus folder: every file once, in an order that does not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.ingest.readers.base import well_formed
from rag.ingest.readers.metadata import METADATA_NAME, FileMetadata, read_metadata
from rag.types import IngestFailure

_INDEX_FILE = "catalog.sqlite"  # a folder that holds one is an index, not a part of the corpus


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of a corpus, its key, and what ``metadata.jsonl`` files say about it, the nearest first."""

    path: Path
    key: str
    metadata: tuple[FileMetadata, ...] = ()


def walk(
    folder: Path, limit: int, prefix: str = "", above: tuple[Mapping[str, FileMetadata], ...] = ()
) -> Iterator[CorpusFile | IngestFailure]:
    """Yields the files below a folder, sorted by name, without hidden ones, links to folders and indexes.

    Args:
        folder: Where to look.
        limit: Longest line of a ``metadata.jsonl``, in bytes.
        prefix: The folder's key, ending in ``/``; empty at the root of the corpus.
        above: Metadata of the folders this one lies in, the nearest first.
    """
    try:
        entries = sorted((entry for entry in folder.iterdir() if not entry.name.startswith(".")), key=lambda e: e.name)
    except OSError as error:
        yield IngestFailure(prefix.rstrip("/") or folder.name, f"cannot be listed: {error.strerror}")
        return
    known: dict[str, FileMetadata] = {}
    described = folder / METADATA_NAME
    if described in entries:
        key = prefix + METADATA_NAME
        try:
            yield from read_metadata(described, key, limit, known)
        except OSError as error:
            yield IngestFailure(key, f"cannot be read: {error.strerror}")
    levels = (known, *above) if known else above
    for entry in entries:
        key = prefix + well_formed(entry.name)
        if entry.is_dir():
            if not entry.is_symlink() and not (entry / _INDEX_FILE).exists():
                yield from walk(entry, limit, f"{key}/", levels)
        elif entry != described:
            yield CorpusFile(entry, key, tuple(level[key] for level in levels if key in level))
