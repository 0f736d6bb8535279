"""Markdown files with front matter, as the plain text a reader of the page would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import SourceError
from rag.ingest.readers.base import (
    FRONT_MATTER,
    Outcome,
    Reading,
    StatedDates,
    document_from_fields,
    open_binary,
    read_bounded,
)
from rag.ingest.readers.parsing import Hints
from rag.ingest.readers.text import decode
from rag.types import SourceDocument

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SMALL = 50_000


def read_markdown(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a Markdown file as one article; without a title in the front matter, a first heading is its title."""
    with open_binary(path) as stream:
        data = read_bounded(stream, reading.limit)
    # Brackets that never close take time that grows with the square of the file: no matter for an article.
    found = parse_markdown(data, Hints(key)) if len(data) <= _SMALL else reading.sandbox.parse("Markdown", data, key)
    yield from found


def parse_markdown(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Reads a Markdown file.

    Raises:
        SourceError: It is not text, has none, or its front matter is broken.
    """
    import yaml

    source = decode(data).replace("\r\n", "\n")
    if not source.strip():
        raise SourceError("is empty")
    try:
        fields, body = _front_matter(source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"has front matter that is not YAML: {_problem(error)}") from error
    title, text = plain_text(body)
    if not text.strip():
        raise SourceError("has no text below its front matter")
    if not fields.get("title") and title:
        fields = {**fields, "title": title}
    yield document_from_fields(hints.key, text, fields, StatedDates())


def _problem(error: Exception) -> str:
    import yaml

    if isinstance(error, yaml.MarkedYAMLError) and error.problem and error.problem_mark:
        return f"{error.problem} in line {error.problem_mark.line + 1}"
    return str(error).partition("\n")[0]


def _front_matter(source: str) -> tuple[dict[str, object], str]:
    """Returns the fields between two rules at the top, all as strings, and the body.

    What stands there without being a mapping that names one of our fields is text: a page may begin with a rule.
    """
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class Strings(YAMLHandler):
        def load(self, fm: str, **kwargs: object) -> Any:
            # Plain strings: YAML's own dates would refuse a whole article for a 31 November.
            return yaml.load(fm, Loader=yaml.BaseLoader)

    fields, body = frontmatter.parse(source, handler=Strings())
    return (fields, body) if FRONT_MATTER & fields.keys() else ({}, source)


def plain_text(markdown: str) -> tuple[str, str]:
    """Drops the marks of Markdown: headings, emphasis and the targets of links; HTML is kept as the text it is.

    Returns:
        The first heading when the page begins with a level-one heading, else an empty string; and the text, in
        paragraphs parted by blank lines, with that heading still in it.
    """
    tokens = _parser().parse(markdown)
    blocks: list[str] = []
    cells: list[str] = []
    bullet = ""
    in_table = False
    for token in tokens:
        if token.type == "list_item_open":
            bullet = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type in ("tr_open", "tr_close"):
            in_table = token.type == "tr_open"
            blocks += [" | ".join(cells)] if any(cells) else []
            cells = []
        elif token.type == "inline":
            line = _inline(token.children or ())
            if in_table:
                cells.append(line)
            elif line.strip():
                blocks.append(bullet + line)
            bullet = ""
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "hr":
            blocks.append("___")
    has_title = len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return (blocks[0] if has_title and blocks else "", "\n\n".join(blocks))


def _inline(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" " if token.type == "softbreak" else "\n")
        else:
            parts.append(token.content)
    return "".join(parts)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
