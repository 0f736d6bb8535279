"""RSS and Atom feeds, by feedparser: each entry is an article, keyed by its address."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.ingest.authors import stated_authors
from rag.ingest.dates import parse_published
from rag.ingest.readers.base import Outcome, Reading, one_line, open_binary, read_bounded
from rag.ingest.readers.html import fragment_text
from rag.ingest.readers.parsing import Hints
from rag.ingest.urls import article_address, web_address
from rag.types import SourceDocument

_HEAD = 8192
_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|RDF)\b")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_MOST_ENTRIES = 5000


def read_feed(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a saved feed, each entry as an article."""
    with open_binary(path) as stream:
        data = read_bounded(stream, reading.limit)
    for document in reading.sandbox.parse("feed", data, key):
        yield replace(document, container=key)


def is_feed(data: bytes) -> bool:
    """Returns whether data begins as an RSS or Atom feed."""
    head = data[:_HEAD].replace(b"\0", b"")  # UTF-16
    found = _ROOT.search(head)
    return bool(found) and b"<html" not in head[: found.start()].lower() if found else False


def parse_feed(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Reads the entries of a feed: the content of each where the feed gives it, else its summary.

    An entry is keyed by its address, or by its id where it has none. The feed's title is the publisher.

    Raises:
        SourceError: It is no feed, declares XML entities, or holds no entries with text.
    """
    import feedparser

    if not data.strip():
        raise SourceError("is empty")
    if not is_feed(data):
        raise SourceError("is XML, but neither an RSS nor an Atom feed")
    if _ENTITY.search(data.replace(b"\0", b"")):
        raise SourceError("declares XML entities, which no feed needs and attacks are made of; it is not read")
    headers = {"content-type": f"application/xml{f'; charset={hints.charset}' if hints.charset else ''}"}
    if hints.address:
        headers["content-location"] = hints.address
    # A stream, never bytes: feedparser would open what looks like an address or the name of a file.
    found = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=True, resolve_relative_uris=True)
    publisher = one_line(fragment_text(found.feed.get("title") or ""))
    language = one_line(found.feed.get("language"))
    seen: set[str] = set()
    for entry in found.entries[:_MOST_ENTRIES]:
        document = _document(entry, publisher, language)
        if document and document.key not in seen:
            seen.add(document.key)
            yield document
    if not seen:
        raise SourceError("is a feed without entries" if not found.entries else "is a feed whose entries have no text")


def _document(entry: Mapping[str, Any], publisher: str, language: str) -> SourceDocument | None:
    contents = [part.get("value") or "" for part in entry.get("content", ())] + [entry.get("summary") or ""]
    text = max(map(fragment_text, contents), key=len)
    title = one_line(fragment_text(entry.get("title") or ""))
    link = web_address(one_line(entry.get("link")))
    url = article_address(link) if link else ""
    key = url or one_line(entry.get("id"))
    if not key or not (text.strip() or title):
        return None
    source = entry.get("source")
    name = one_line(source.get("title")) if isinstance(source, Mapping) else ""
    return SourceDocument(
        key=key,
        text=text if text.strip() else title,
        title=title,
        publisher=name or publisher,
        published=_day(entry),
        url=url,
        language=language,
        is_excerpt=not entry.get("content"),
        authors=_authors(entry),
    )


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    # feedparser cuts an address in two whose last part is longer than four letters.
    last = one_line(entry.get("author"))
    return stated_authors(last if "@" in last else entry.get("authors"))


def _day(entry: Mapping[str, Any]) -> date | None:
    """Returns the day as the feed writes it: the one that feedparser converts to UTC may be the next."""
    return next(filter(None, (parse_published(entry.get(name)) for name in ("published", "created", "updated"))), None)
