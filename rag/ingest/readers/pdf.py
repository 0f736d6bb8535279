"""PDF files: their text as one flow, without what repeats on every page."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.authors import persons
from rag.ingest.dates import parse_published
from rag.ingest.readers.base import Outcome, Reading, one_line, read_bounded, well_formed
from rag.ingest.readers.flow import flow, strip_furniture
from rag.ingest.readers.parsing import Hints
from rag.ingest.textdates import mentions
from rag.types import SourceDocument

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_CREATED = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft (?:word|powerpoint|excel)\b|slide \d|print|layout \d|document\s?\d*$|title$|about:blank)|"
    r".*(?:\.(?:docx?|pdf|html?|indd|rtf|odt|tex|pptx?|txt|qxp|ps)\b|://|\\|/.*/)",
    re.IGNORECASE,
)
_FIRST_PAGE = 3000
_MOST_LINES = 2000
_GAP = 1.3


def read_pdf(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a PDF file as one article."""
    with path.open("rb") as stream:
        data = read_bounded(stream, reading.limit)
    yield from reading.sandbox.parse("PDF", data, key)


def parse_pdf(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Reads the text of a PDF file.

    Running headers, footers and page numbers go to ``removed``; words parted at line ends and lines parted inside
    paragraphs are joined. The title is the file's when it is one, not the name of a program or a file. The day the
    file was made counts as the publication date only when its text names the same day or month: PDF files are
    printed from older articles every day.

    Raises:
        SourceError: The file is damaged or encrypted, or has no text.
    """
    pages, facts = _open(data)
    if not any(line.strip() for page in pages for line in page):
        count = f"{len(pages):,} page{'s' * (len(pages) != 1)}"
        raise SourceError(f"has no text on its {count}; if it was scanned, run text recognition (OCR) on it first")
    kept, removed = strip_furniture(pages)
    text = flow(kept)
    title = one_line(facts.get("Title", ""))
    made = _CREATED.match(facts.get("CreationDate", ""))
    day = parse_published("-".join(made.groups())) if made else None
    yield SourceDocument(
        key=hints.key,
        text=text,
        title="" if len(title.split()) < 2 or _NO_TITLE.match(title) else title,
        published=day if day and mentions(text[:_FIRST_PAGE], day) else None,
        url=hints.address,
        removed=removed,
        authors=persons(one_line(facts.get("Author", ""))),
    )


def _open(data: bytes) -> tuple[list[list[str]], dict[str, str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise SourceError("is encrypted; save it without a password") from error
        raise SourceError("is damaged, or is not PDF") from error
    try:
        return [_lines(document, number) for number in range(len(document))], document.get_metadata_dict()
    finally:
        document.close()


def _lines(document: Any, number: int) -> list[str]:
    """Returns the lines of a page, with an empty one where a gap shows that a paragraph ends."""
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage()
        found: str = text.get_text_range()
        lines = found.split("\r\n")
        if len(found) == text.count_chars() and 2 < len(lines) <= _MOST_LINES:
            lines = _with_gaps(lines, text)
    except pypdfium2.PdfiumError:  # one damaged page does not cost the others
        return []
    text.close()
    page.close()
    return [well_formed(line) for line in lines]


def _with_gaps(lines: list[str], text: Any) -> list[str]:
    # A line may hold two, joined at a hyphen: its foot is not at the same height at its beginning and at its end.
    heads, feet, at = list[float](), list[float](), 0
    for line in lines:
        start, end = at + len(line) - len(line.lstrip()), at + len(line.rstrip()) - 1
        heads.append(text.get_charbox(start, loose=True)[1] if line.strip() else math.nan)
        feet.append(text.get_charbox(end, loose=True)[1] if line.strip() else math.nan)
        at += len(line) + 2
    steps = [above - below for above, below in zip(feet, heads[1:], strict=False)]
    downward = [step for step in steps if step > 0]
    usual = statistics.median_low(downward) if downward else math.inf
    found = lines[:1]
    for line, step in zip(lines[1:], steps, strict=True):
        found += ["", line] if step > _GAP * usual else [line]
    return found
