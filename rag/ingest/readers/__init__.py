"""Reading sources: files and folders in, documents and failures out, one at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from rag.errors import SourceError
from rag.ingest.readers.archive import read_archive
from rag.ingest.readers.base import Outcome, Reader, Reading, fill_from_address, well_formed
from rag.ingest.readers.feed import read_feed
from rag.ingest.readers.folder import CorpusFile, walk
from rag.ingest.readers.html import read_html
from rag.ingest.readers.mail import read_mail
from rag.ingest.readers.mapping import FieldMap
from rag.ingest.readers.markdown import read_markdown
from rag.ingest.readers.pdf import read_pdf
from rag.ingest.readers.records import read_json, read_jsonl
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.readers.text import read_text
from rag.ingest.readers.word import read_old_word, read_word
from rag.types import IngestFailure

_TEXT_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": read_text,
        ".md": read_markdown,
        ".json": read_json,
        ".jsonl": read_jsonl,
        ".html": read_html,
        ".htm": read_html,
        ".eml": read_mail,
        ".xml": read_feed,
        ".rss": read_feed,
        ".atom": read_feed,
    }
)
READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **_TEXT_READERS,
        **{f"{suffix}.gz": reader for suffix, reader in _TEXT_READERS.items()},
        ".pdf": read_pdf,
        ".docx": read_word,
        ".doc": read_old_word,
    }
)
"""The reader of each format, by the end of the file's name in lower case; archives are read besides."""

_ARCHIVE = ".zip"
SUPPORTED = f"{' '.join(_TEXT_READERS)} (each also .gz) .pdf .docx {_ARCHIVE}"


def read_sources(
    path: Path,
    *,
    max_record_bytes: int,
    root: Path | None = None,
    fields: FieldMap | None = None,
    sandbox: Sandbox | None = None,
) -> Iterator[Outcome]:
    """Reads a file, or all files of a folder in the order of their names.

    Memory holds one record at a time, however large the corpus is. What cannot be read is yielded as a failure, and
    reading goes on. In a folder, hidden files and files of other formats are passed over.

    Args:
        path: A file or a folder. Keys are paths relative to the folder, or for a file to ``root``.
        max_record_bytes: Largest file or JSON record that is read as one article.
        root: The corpus a single file belongs to, whose ``metadata.jsonl`` describes it; by default its folder.
        fields: Where foreign JSON records keep our fields.
        sandbox: Where hostile formats are parsed; by default one that ends with the last source.

    Raises:
        SourceError: The path does not exist.
    """
    reading = Reading(max_record_bytes, fields or FieldMap(), sandbox or Sandbox())
    found = _read_all(find_files(path, max_record_bytes, root), reading)
    return found if sandbox else _closing(found, reading.sandbox)


def _read_all(files: Iterator[CorpusFile | IngestFailure], reading: Reading) -> Iterator[Outcome]:
    for found in files:
        if isinstance(found, IngestFailure):
            yield found
        else:
            yield from read_file(found, reading)


def _closing(found: Iterator[Outcome], sandbox: Sandbox) -> Iterator[Outcome]:
    with sandbox:
        yield from found


def find_files(path: Path, limit: int, root: Path | None = None) -> Iterator[CorpusFile | IngestFailure]:
    """Returns a file, or those of a folder that can be read; see ``read_sources``.

    Args:
        path: A file or a folder.
        limit: Longest line of a ``metadata.jsonl``, in bytes.
        root: The corpus a single file belongs to.

    Raises:
        SourceError: The path does not exist.
    """
    try:
        path.lstat()
        is_folder = path.is_dir()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise SourceError(f"{path} {reason}; give a file or a folder of articles") from error
    return _in_folder(path, limit) if is_folder else iter([_in_corpus(path, root or path.parent, limit)])


def _in_corpus(path: Path, root: Path, limit: int) -> CorpusFile:
    place = path.absolute()
    for found in walk(root.absolute(), limit) if path.is_file() else ():
        if isinstance(found, CorpusFile) and found.path == place:
            return found
    return CorpusFile(path, well_formed(path.name))


def _in_folder(folder: Path, limit: int) -> Iterator[CorpusFile | IngestFailure]:
    for found in walk(folder, limit):
        if isinstance(found, IngestFailure) or _is_archive(found.path.name) or _reader_of(found.path.name):
            yield found


def _is_archive(name: str) -> bool:
    return name.lower().endswith(_ARCHIVE)


def _reader_of(name: str) -> Reader | None:
    name = name.lower()
    return next((reader for suffix, reader in READERS.items() if name.endswith(suffix)), None)


def read_file(file: CorpusFile, reading: Reading) -> Iterator[Outcome]:
    """Reads one file: what is in it, and what of it cannot be read."""
    reader = _reader_of(file.path.name)
    if reader is None and not _is_archive(file.path.name):
        yield IngestFailure(file.key, f"is of no format that can be read; supported are {SUPPORTED}")
        return
    if not file.path.is_file():
        yield IngestFailure(file.key, "is not a file, or is a link to nothing")
        return
    try:
        for outcome in reader(file.path, file.key, reading) if reader else _read_archive(file, reading):
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


def _read_archive(file: CorpusFile, reading: Reading) -> Iterator[Outcome]:
    def read_inside(path: Path, key: str) -> Iterator[Outcome]:
        return read_file(CorpusFile(path, key), reading)

    return read_archive(file.path, file.key, reading, lambda name: _reader_of(name) is not None, read_inside)
