"""Reading sources: files and folders in, documents and failures out, one at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, Reader, fill_from_address, well_formed
from rag.ingest.readers.folder import CorpusFile, walk
from rag.ingest.readers.markdown import read_markdown
from rag.ingest.readers.records import read_json, read_jsonl
from rag.ingest.readers.text import read_text
from rag.types import IngestFailure

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": read_text,
        ".md": read_markdown,
        ".json": read_json,
        ".json.gz": read_json,
        ".jsonl": read_jsonl,
        ".jsonl.gz": read_jsonl,
    }
)
"""The reader of each format, by the end of the file's name in lower case."""


def read_sources(path: Path, *, max_record_bytes: int, root: Path | None = None) -> Iterator[Outcome]:
    """Reads a file, or all files of a folder in the order of their names.

    Memory holds one record at a time, however large the corpus is. What cannot be read is yielded as a failure, and
    reading goes on. In a folder, hidden files and files of other formats are passed over.

    Args:
        path: A file or a folder. Keys are paths relative to the folder, or for a file to ``root``.
        max_record_bytes: Largest file or JSON record that is read as one article.
        root: The corpus a single file belongs to, whose ``metadata.jsonl`` describes it; by default its folder.

    Raises:
        SourceError: The path does not exist.
    """
    try:
        path.lstat()
        is_folder = path.is_dir()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise SourceError(f"{path} {reason}; give a file or a folder of articles") from error
    if is_folder:
        return _read_folder(path, max_record_bytes)
    return _read_file(_in_corpus(path, root or path.parent, max_record_bytes), max_record_bytes)


def _in_corpus(path: Path, root: Path, limit: int) -> CorpusFile:
    place = path.absolute()
    for found in walk(root.absolute(), limit) if path.is_file() else ():
        if isinstance(found, CorpusFile) and found.path == place:
            return found
    return CorpusFile(path, well_formed(path.name))


def _read_folder(folder: Path, limit: int) -> Iterator[Outcome]:
    for found in walk(folder, limit):
        if isinstance(found, IngestFailure):
            yield found
        elif _reader_of(found.path):
            yield from _read_file(found, limit)


def _reader_of(path: Path) -> Reader | None:
    name = path.name.lower()
    return next((reader for suffix, reader in READERS.items() if name.endswith(suffix)), None)


def _read_file(file: CorpusFile, limit: int) -> Iterator[Outcome]:
    reader = _reader_of(file.path)
    if reader is None:
        yield IngestFailure(file.key, f"is of no format that can be read; supported are {' '.join(READERS)}")
        return
    if not file.path.is_file():
        yield IngestFailure(file.key, "is not a file, or is a link to nothing")
        return
    try:
        for outcome in reader(file.path, file.key, limit):
            if isinstance(outcome, IngestFailure):
                yield outcome
                continue
            for metadata in file.metadata:
                outcome = metadata.fill(outcome)
            yield fill_from_address(outcome)
    except SourceError as error:
        yield IngestFailure(file.key, str(error))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        yield IngestFailure(file.key, "is damaged gzip data; what came before the damage was read")
    except OSError as error:
        yield IngestFailure(file.key, f"cannot be read: {error.strerror or error}")
