"""What every reader shares: its interface, bounded reading, and the fields of a document."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

from rag.errors import SourceError
from rag.ingest.authors import stated_authors
from rag.ingest.dates import infer_month_first, is_order_unknown, parse_published
from rag.ingest.readers.mapping import FieldMap
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.urls import date_from_url, publisher_from_url, web_address
from rag.types import IngestFailure, SourceDocument

Outcome = SourceDocument | IngestFailure
"""One thing found in a source."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read.

    Attributes:
        limit: Largest file or record that is read as one article, in bytes.
        fields: Where foreign JSON records keep our fields.
        sandbox: Where formats are parsed whose libraries may hang or eat memory on hostile files.
    """

    limit: int
    fields: FieldMap
    sandbox: Sandbox


Reader = Callable[[Path, str, Reading], Iterator[Outcome]]
"""Reads a file, given its key and how to read.

A reader raises ``SourceError`` when nothing more of the file can be read, and yields an ``IngestFailure`` for a record
after which it can go on.
"""

_TITLE = ("title", "headline")
_PUBLISHER = ("publisher", "source", "outlet")
_PUBLISHED = ("published", "date")
_AUTHORS = ("authors", "author")
# What front matter states: our fields, and others that pages commonly have.
FRONT_MATTER = frozenset(
    (*_TITLE, *_PUBLISHER, *_PUBLISHED, *_AUTHORS, "url", "language", "tags", "categories", "description")
) | {"layout", "slug", "id", "note", "section", "keywords", "draft", "permalink"}
_SCAN_BYTES = 1 << 20
_MOST_RATIO = 200
_HARMLESS = 500_000_000
_STATED_DATE = re.compile(rb'"(?:published|date)"\s*:\s*"\s*(\d{1,2}[/-]\d{1,2}[/-]\d{2,4})')


def too_large(limit: int) -> str:
    """Returns the message for a record over the limit, which is in bytes."""
    return f"is larger than {limit:,} bytes; split it, or raise max_record_bytes"


def open_binary(path: Path) -> BinaryIO:
    """Opens a file for reading bytes, decompressed when its name ends in ``.gz``."""
    if not path.name.lower().endswith(".gz"):
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(_Unpacking(path), 1 << 16))


class _Unpacking(io.RawIOBase):
    """Decompressed bytes of a gzip file, as long as they are not out of all proportion to it."""

    def __init__(self, path: Path) -> None:
        self._stream = gzip.open(path)  # noqa: SIM115 (closed below)
        self._left = max(_MOST_RATIO * path.stat().st_size, _HARMLESS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read1(len(buffer))  # what comes before damage, rather than all or nothing
        buffer[: len(data)] = data
        self._left -= len(data)
        if self._left < 0:
            raise SourceError(f"unpacks to more than {_MOST_RATIO} times its size, as a bomb does; it is not read on")
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def read_bounded(stream: BinaryIO, limit: int) -> bytes:
    """Reads a whole file of at most ``limit`` bytes.

    Raises:
        SourceError: The file is longer.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise SourceError(too_large(limit))
    return data


def well_formed(text: str) -> str:
    """Replaces lone surrogates, which no encoding can store, by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def one_line(value: object) -> str:
    """Returns a stated field as one line of text; anything but text or a number counts as not stated."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(well_formed(str(value)).split())


def load_json(data: bytes | str) -> object:
    """Parses JSON.

    Raises:
        SourceError: It is not JSON, with the place where it goes wrong.
    """
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise SourceError(f"is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}") from error
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8 text") from error
    except RecursionError as error:
        raise SourceError("is not usable JSON: nested too deeply") from error
    except ValueError as error:
        raise SourceError(f"is not usable JSON: {error}".splitlines()[0]) from error


class StatedDates:
    """Reads the dates of one file, and looks through the file for their order when a date alone does not tell it.

    Args:
        reopen: Opens the file, decompressed, for a second look.
    """

    def __init__(self, reopen: Callable[[], BinaryIO] | None = None) -> None:
        self._reopen = reopen
        self._month_first: bool | None = None

    def parse(self, value: object) -> date | None:
        """Returns the date a record states, or ``None``."""
        if is_order_unknown(value) and self._reopen:
            self._month_first = infer_month_first(self._scan(self._reopen))
            self._reopen = None
        return parse_published(value, month_first=self._month_first)

    @staticmethod
    def _scan(reopen: Callable[[], BinaryIO]) -> Iterator[str]:
        kept = b""
        try:
            with reopen() as stream:
                while chunk := stream.read(_SCAN_BYTES):
                    window = kept + chunk
                    for found in _STATED_DATE.finditer(window):
                        yield found[1].decode("ascii")
                    kept = window[-64:]
        except (OSError, EOFError, zlib.error):
            return


def document_from_fields(
    key: str, text: str, fields: Mapping[str, object], dates: StatedDates, container: str = ""
) -> SourceDocument:
    """Makes a document of a body and the fields stated beside it (a record, or front matter)."""
    return SourceDocument(
        key=key,
        text=well_formed(text),
        title=_first(fields, _TITLE),
        publisher=_first(fields, _PUBLISHER),
        published=next(filter(None, (dates.parse(fields.get(name)) for name in _PUBLISHED)), None),
        url=web_address(one_line(fields.get("url"))),
        language=one_line(fields.get("language")),
        container=container,
        authors=next(filter(None, (stated_authors(fields.get(name)) for name in _AUTHORS)), ()),
    )


def fill_from_address(document: SourceDocument) -> SourceDocument:
    """Takes the date and the publisher that a document does not state from its address."""
    if not document.url or (document.published and document.publisher):
        return document
    return replace(
        document,
        published=document.published or date_from_url(document.url),
        publisher=document.publisher or publisher_from_url(document.url),
    )


def _first(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        # News services nest the outlet: {"source": {"id": null, "name": "..."}}.
        found = one_line(value.get("name") if isinstance(value, Mapping) else value)
        if found:
            return found
    return ""
