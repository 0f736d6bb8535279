"""Briefings as files: Markdown, HTML, DOCX, PDF and JSON, all made from one document, so that they say the same."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from rag.brief.encoding import encode_briefing
from rag.brief.export.document import document_of
from rag.brief.types import Briefing
from rag.errors import SourceError
from rag.types import Article


class Format(StrEnum):
    """A form of file."""

    MARKDOWN = "md"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    JSON = "json"


def exported(briefing: Briefing, articles: Sequence[Article], form: Format) -> bytes:
    """Returns a briefing as the bytes of a file.

    Args:
        briefing: The briefing.
        articles: Every article it cites; the HTML shows their texts with the cited words marked.
        form: Which form.
    """
    if form is Format.JSON:
        text = json.dumps(encode_briefing(briefing), ensure_ascii=False, indent=2) + "\n"
        return text.encode("utf-8", "replace")
    document = document_of(briefing)
    match form:
        case Format.MARKDOWN:
            from rag.brief.export.markdown import as_markdown

            return as_markdown(document).encode("utf-8", "replace")
        case Format.HTML:
            from rag.brief.export.page import as_html

            return as_html(document, briefing, articles).encode("utf-8", "replace")
        case Format.DOCX:
            from rag.brief.export.word import as_docx

            return as_docx(document)
        case Format.PDF:
            from rag.brief.export.pdf import as_pdf

            return as_pdf(document)


def require_free(path: Path, *, force: bool) -> None:
    """Refuses a file that exists, unless it may be replaced, and a place where none can be written.

    Raises:
        SourceError: With what to do about it.
    """
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name a file")
    if path.exists() and not force:
        raise SourceError(f"{path} exists; add --force to replace it, or name another file")
    if not path.parent.is_dir():
        raise SourceError(f"{path} cannot be written: there is no folder {path.parent}; name another file")


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all.

    Raises:
        SourceError: The file cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; name another file") from error
    finally:
        partial.unlink(missing_ok=True)
