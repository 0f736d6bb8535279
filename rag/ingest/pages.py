"""Articles from the web: a page is one, a feed is many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, fill_from_address
from rag.ingest.readers.feed import is_feed
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.readers.text import decode
from rag.ingest.urls import article_address
from rag.ingest.web import Fetched, Web
from rag.types import IngestFailure, SourceDocument

_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<div", b"<p")
_HEAD = 4096


def read_urls(urls: Sequence[str], web: Web, sandbox: Sandbox, *, pages: bool = False) -> Iterator[Outcome]:
    """Reads addresses; what each one is, a page or a feed, is decided by what it holds.

    An article's key is its address: the one its page calls canonical when that is on the same site, without what
    merely tracks readers. Its ``container`` is the site, so the same article is found again whichever way it is met.

    Args:
        urls: Addresses of pages and feeds.
        web: Fetches them.
        sandbox: Parses them.
        pages: Fetch the page of each entry of a feed, rather than take what the feed gives of it.
    """
    for url in dict.fromkeys(urls):
        try:
            fetched = web.fetch(url)
            if is_feed(fetched.data):
                yield from _read_feed(fetched, web, sandbox, pages)
            else:
                yield _page(fetched, sandbox)
        except SourceError as error:
            yield IngestFailure(url, str(error))


def _read_feed(fetched: Fetched, web: Web, sandbox: Sandbox, pages: bool) -> Iterator[Outcome]:
    for entry in sandbox.parse("feed", fetched.data, fetched.url, address=fetched.url, charset=fetched.charset):
        if not pages or not entry.url:
            yield fill_from_address(replace(entry, container=site(entry.url or fetched.url)))
            continue
        try:
            page = _page(web.fetch(entry.url), sandbox)
        except SourceError as error:
            yield IngestFailure(entry.url, str(error))
        else:
            yield replace(
                page,
                title=page.title or entry.title,
                publisher=page.publisher or entry.publisher,
                published=entry.published or page.published,
                language=page.language or entry.language,
            )


def _page(fetched: Fetched, sandbox: Sandbox) -> SourceDocument:
    form = _form(fetched)
    if form == "text":
        document = SourceDocument(fetched.url, decode(fetched.data))
    else:
        [document] = sandbox.parse(form, fetched.data, fetched.url, address=fetched.url, charset=fetched.charset)
    address = article_address(fetched.url, document.url)
    return fill_from_address(replace(document, key=address, url=address, container=site(address)))


def _form(fetched: Fetched) -> str:
    head = fetched.data[:_HEAD].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return "PDF"
    if fetched.kind.endswith("wordprocessingml.document"):
        return "Word"
    if "html" in fetched.kind or any(mark in head for mark in _MARKUP):
        return "HTML"
    if fetched.kind in ("text/plain", "text/markdown"):
        return "text"
    raise SourceError(f"is {fetched.kind or 'of no stated kind'}, which is neither an article's page nor a feed")


def site(url: str) -> str:
    """Returns the scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
