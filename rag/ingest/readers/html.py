"""Web pages: their article, as trafilatura finds it, what the page states about it, and what stood around it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import SourceError
from rag.ingest.authors import stated_authors
from rag.ingest.dates import parse_published
from rag.ingest.readers.base import Outcome, Reading, one_line, open_binary, read_bounded, well_formed
from rag.ingest.readers.parsing import Hints
from rag.ingest.readers.text import decode
from rag.ingest.urls import web_address
from rag.types import RemovedText, SourceDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEAD = 4096
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "textarea"}
)
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
     "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
# What a page keeps from its readers may be meant for programs only.
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_PUBLISHED_TIME = (
    "//time[@datetime][@pubdate or @itemprop='datePublished' or contains(@class,'publi')]",
    "//article//time[@datetime]",
    "//main//time[@datetime]",
)
_MOST_BLOCKS = 3000
_MOST_REMOVED = 300


def read_html(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a saved web page as one article."""
    with open_binary(path) as stream:
        data = read_bounded(stream, reading.limit)
    yield from reading.sandbox.parse("HTML", data, key)


def parse_html(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Finds the article of a page.

    The date is one the page states as its own, in its head, its linked data or its article's ``time``; other dates on
    a page, such as the year of its copyright, are not taken for it. Scripts are neither run nor read.

    Raises:
        SourceError: The page holds no text that reads like an article.
    """
    from trafilatura import bare_extraction
    from trafilatura.utils import load_html

    source = decode_page(data, hints.charset)
    tree = load_html(source) if source.strip() else None
    if tree is None:
        raise SourceError("is empty" if not source.strip() else "is not HTML")
    found: Any = None
    for page in (_as_seen(tree), source):  # some pages hide all of themselves until a script has run
        found = page is not None and bare_extraction(
            page,
            url=hints.address or None,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        if found and found.text:
            break
    text = well_formed((found.text if found else "") or "").strip()
    if not text:
        raise SourceError("has no article text; a page that is built by scripts must be saved as its reader sees it")
    title = one_line(found.title)
    yield SourceDocument(
        key=hints.key,
        text="\n\n".join(line for line in text.split("\n") if line.strip()),
        title=title,
        publisher=_site(found),
        published=_published(tree),
        url=web_address(one_line(found.url)) or hints.address,
        language=_language(tree),
        authors=stated_authors(found.author),
        removed=tuple(_left_out(tree, text, title)),
    )


def fragment_text(markup: str) -> str:
    """Returns all visible text of a piece of HTML, such as the content of a feed's entry, in paragraphs."""
    from lxml import html

    if not markup.strip():
        return ""
    if "<" not in markup and "&" not in markup:
        return well_formed(markup)
    try:
        tree = html.document_fromstring(markup.replace("\0", ""))
    except (ValueError, html.etree.ParserError):  # nothing but comments, or characters no markup may hold
        return ""
    return "\n\n".join(_blocks(tree))


def decode_page(data: bytes, charset: str = "") -> str:
    """Decodes a page by its byte order mark, what the server states, what the page states, or as plain text is.

    Raises:
        SourceError: The bytes are not text.
    """
    stated = [charset, *(name.decode("ascii") for name in _CHARSET.findall(data[:_HEAD])[:1])]
    if not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for name in filter(None, stated):
            try:
                text = data.decode(name)
            except (LookupError, UnicodeError, ValueError):
                continue
            if isinstance(text, str) and "\0" not in text:
                return text
    return decode(data)


def _as_seen(tree: HtmlElement) -> HtmlElement | None:
    """Returns a page without what its own markup hides from readers; ``None`` when it hides nothing."""

    def hidden(page: HtmlElement) -> list[HtmlElement]:
        found = page.xpath("//body//*[@hidden or @style]")
        return [e for e in found if e.get("hidden") is not None or _HIDING.search(e.get("style", ""))]

    if not hidden(tree):
        return None
    seen = deepcopy(tree)
    for element in hidden(seen):
        if element.getparent() is not None:
            element.drop_tree()
    return seen


def _site(found: Any) -> str:
    name = one_line(found.sitename)
    # Where a page names no site, trafilatura gives its host; addresses are read elsewhere, and better.
    return "" if not found.hostname or name.removeprefix("www.") == found.hostname.removeprefix("www.") else name


def _language(tree: HtmlElement) -> str:
    stated = one_line(tree.get("lang") or tree.get("xml:lang") or "")
    return stated if _LANGUAGE.fullmatch(stated) else ""


def _published(tree: HtmlElement) -> date | None:
    """Returns the date that a page states; htmldate knows how, but given the whole page it also guesses."""
    from htmldate import find_date
    from lxml import html

    stated = html.Element("html")
    head = html.Element("head")
    stated.append(head)
    stated.append(html.Element("body"))
    for element in tree.xpath("//meta | //script[@type='application/ld+json']")[:1000]:
        if "copyright" not in str(element.get("name", "")).lower():
            copied = deepcopy(element)
            copied.tail = None
            head.append(copied)
    found = find_date(stated, extensive_search=False, original_date=True)
    if found:
        return parse_published(found)
    for path in _PUBLISHED_TIME:
        for element in tree.xpath(path)[:1]:
            return parse_published(one_line(element.get("datetime")))
    return None


def _left_out(tree: HtmlElement, text: str, title: str) -> Iterator[RemovedText]:
    """Yields the visible blocks of a page that are not in the text that was found."""
    kept, known = _letters(text), {_letters(title), ""}
    count = 0
    for number, block in enumerate(_blocks(tree)):
        if number == _MOST_BLOCKS or count == _MOST_REMOVED:
            return
        letters = _letters(block)
        if letters not in known and letters not in kept:
            known.add(letters)
            count += 1
            yield RemovedText(block[:1000], "outside the article")


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _blocks(tree: HtmlElement) -> Iterator[str]:
    from lxml.etree import iterwalk

    words: list[str] = []

    def flush() -> Iterator[str]:
        line = well_formed(" ".join("".join(words).split()))
        words.clear()
        if line:
            yield line

    walker = iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        is_block = bool(tag) and tag not in _INLINE
        if event in ("start", "end") and is_block:
            yield from flush()
        if event == "start" and tag in _SILENT:
            walker.skip_subtree()
        elif event == "start":
            words.append(element.text or "")
        if event != "start":
            words.append(element.tail or "")
    yield from flush()
