"""``metadata.jsonl``: what a folder says about its files, for what the files themselves lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from rag.errors import SourceError
from rag.ingest.readers.base import StatedDates, document_from_fields, load_json, one_line, open_binary
from rag.ingest.readers.records import read_lines
from rag.types import IngestFailure, SourceDocument

METADATA_NAME = "metadata.jsonl"


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """What a line of ``metadata.jsonl`` states about one file."""

    title: str
    publisher: str
    published: date | None
    url: str
    language: str
    authors: tuple[str, ...] = ()

    def fill(self, document: SourceDocument) -> SourceDocument:
        """Returns the document with what it lacks. Records get none of what is one article's."""
        is_record = bool(document.container)
        return replace(
            document,
            title=document.title or ("" if is_record else self.title),
            publisher=document.publisher or self.publisher,
            published=document.published or self.published,
            url=document.url or ("" if is_record else self.url),
            language=document.language or self.language,
            authors=document.authors or (() if is_record else self.authors),
        )


def read_metadata(path: Path, key: str, limit: int, into: dict[str, FileMetadata]) -> Iterator[IngestFailure]:
    """Reads a ``metadata.jsonl`` into a mapping from file keys; a broken line is a failure, and the rest counts.

    Args:
        path: The file.
        key: Its key; paths in it are relative to the folder it lies in.
        limit: Longest line in bytes.
        into: Receives an entry per file.
    """
    dates = StatedDates(lambda: open_binary(path))
    folder = PurePosixPath(key).parent
    for number, line in read_lines(path, limit):
        try:
            if isinstance(line, SourceError):
                raise line
            name, entry = _entry(load_json(line), path.parent, dates)
        except SourceError as error:
            yield IngestFailure(f"{key}#{number}", f"line {number} {error}")
        else:
            into[(folder / name).as_posix()] = entry


def _entry(record: object, folder: Path, dates: StatedDates) -> tuple[PurePosixPath, FileMetadata]:
    if not isinstance(record, Mapping):
        raise SourceError("is not a JSON object")
    stated = record.get("path")
    if not isinstance(stated, str) or not stated.strip():
        raise SourceError("has no `path` of the file it describes")
    name = PurePosixPath(stated.strip().replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        raise SourceError(f"names {one_line(stated)}, which is outside the folder")
    if "\0" in stated or not (folder / name).is_file():
        raise SourceError(f"names {one_line(stated)}, which is not in the folder")
    stands = document_from_fields("", "", record, dates)
    return name, FileMetadata(
        stands.title, stands.publisher, stands.published, stands.url, stands.language, stands.authors
    )  # fmt: skip
