"""Word files (.docx), by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.authors import persons
from rag.ingest.readers.base import Outcome, Reading, one_line, read_bounded, well_formed
from rag.ingest.readers.parsing import Hints
from rag.ingest.textdates import mentions
from rag.types import SourceDocument

OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_PARTS = 5000
_MOST_UNPACKED = 200_000_000
_FIRST_PAGE = 3000
_NO_TITLE = re.compile(r"(?:untitled|document\s?\d*|title|word document)$|.*\.\w{2,4}$", re.IGNORECASE)


def read_word(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a Word file as one article."""
    with path.open("rb") as stream:
        data = read_bounded(stream, reading.limit)
    yield from reading.sandbox.parse("Word", data, key)


def read_old_word(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Refuses a file of the Word that came before 2007, in its one line."""
    raise SourceError("is in the old Word format; open it in a word processor and save it as .docx")


def parse_word(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Reads paragraphs and tables in their order; the day a file was made counts as for a PDF file.

    Raises:
        SourceError: It is not a Word file, is encrypted, or has no text.
    """
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    if data.startswith(OLD_WORD):
        raise SourceError("is encrypted or in the old Word format; save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SourceError("is damaged, or is not a Word file") from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise SourceError(f"unpacks to more than {_MOST_UNPACKED:,} bytes or {_MOST_PARTS:,} parts; it is not read")
    try:
        document = Document(io.BytesIO(data))
    except (
        KeyError,
        ValueError,
        PackageNotFoundError,
        zipfile.BadZipFile,
        EOFError,
        SyntaxError,
        OSError,
        zlib.error,
    ) as error:
        raise SourceError("is damaged, or is not a Word file") from error
    blocks: list[str] = []
    title = one_line(document.core_properties.title)
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                blocks.append(" | ".join(" ".join(cell.text.split()) for cell in row.cells))
            continue
        line = well_formed(block.text).strip()
        style = block.style.name if block.style is not None else ""
        if line and style == "Title" and not title:
            title = one_line(line)
        if line:
            blocks.append(f"- {line}" if (style or "").startswith("List") else line)
    text = "\n\n".join(block for block in blocks if block.strip(" |"))
    if not text.strip():
        raise SourceError("has no text")
    made = document.core_properties.created
    yield SourceDocument(
        key=hints.key,
        text=text,
        title="" if _NO_TITLE.match(title) else title,
        published=made.date() if made and mentions(text[:_FIRST_PAGE], made.date()) else None,
        url=hints.address,
        language=one_line(document.core_properties.language),
        authors=persons(one_line(document.core_properties.author)),
    )
