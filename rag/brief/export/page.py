"""A briefing as one HTML file: offline, printable, each citation jumping to the marked words in the source text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

from rag.brief.export.document import NOTES, QUOTES, SOURCES, Document, printable, spoken
from rag.brief.types import Briefing
from rag.types import Article, Citation


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a source text; ``numbers`` are the citations that begin with it, ``marked`` says it is cited."""

    text: str
    numbers: tuple[int, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class SourceText:
    """A cited article with its text in paragraphs of pieces."""

    title: str
    origin: str
    paragraphs: tuple[tuple[Piece, ...], ...]


def as_html(document: Document, briefing: Briefing, articles: Sequence[Article]) -> str:
    """Returns the page. Templates escape everything; there is no script and nothing is loaded from elsewhere."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = files("rag.brief.export").joinpath("templates/briefing.html.j2").read_text(encoding="utf-8")
    texts = [source_text(a, [c for c in briefing.citations if c.article_id == a.id]) for a in articles]
    return environment.from_string(source).render(
        document=document, texts=texts, headings={"sources": SOURCES, "quotes": QUOTES, "notes": NOTES}
    )


def source_text(article: Article, citations: Sequence[Citation]) -> SourceText:
    """Returns an article's text cut so that every cited stretch is a piece of its own."""
    valid = [c for c in citations if c.version == article.version and article.text[c.start : c.end] == c.quote]
    borders = sorted({0, len(article.text), *(c.start for c in valid), *(c.end for c in valid)})
    paragraphs: list[list[Piece]] = [[]]
    for start, end in pairwise(borders):
        numbers = tuple(c.n for c in valid if c.start == start)
        marked = any(c.start <= start and end <= c.end for c in valid)
        for number, line in enumerate(article.text[start:end].split("\n")):
            if number and paragraphs[-1]:
                paragraphs.append([])
            # Not trimmed: the blank between two sentences may stand at the end of a piece.
            text = " ".join(printable(f"|{line}|").split())[1:-1]
            if text:
                paragraphs[-1].append(Piece(text, numbers, marked))
                numbers = ()
    return SourceText(
        printable(article.title or article.id),
        printable(f"{article.publisher or 'unknown publisher'}, {spoken(article.published)}"),
        tuple(tuple(paragraph) for paragraph in paragraphs if paragraph),
    )
