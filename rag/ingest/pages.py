"""Articles from the web: a page is one, a feed is many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rag.errors import SourceError
from rag.index.sources import ReadSource
from rag.ingest.readers.base import Outcome, fill_from_address
from rag.ingest.readers.feed import is_feed
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.readers.text import decode
from rag.ingest.urls import article_address
from rag.ingest.web import Fetched, Validators, Web
from rag.types import IngestFailure, SourceDocument

_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<article", b"<div", b"<p")
_HEAD = 4096


Known = Callable[..., ReadSource]
"""Returns what is known of an address, given it and all that decides, beside the content, what becomes of it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one address gave.

    Attributes:
        outcomes: What was found, read as it is asked for; nothing when all is as it was.
        source: To be known of the address; ``None`` when it must be read again.
        is_unchanged: Whether it holds what it held when it was read last.
    """

    outcomes: Iterable[Outcome] = ()
    source: ReadSource | None = None
    is_unchanged: bool = False


Visits = Callable[[Known], Iterator[Visit]]
"""Visits addresses, given what is known of them."""


def visit_urls(
    known: Known, urls: Sequence[str], web: Web, sandbox: Sandbox, *, pages: bool = False
) -> Iterator[Visit]:
    """Reads addresses; what each one is, a page or a feed, is decided by what it holds.

    An article's key is its address: the one its page calls canonical when that is on the same site, without what
    merely tracks readers. Its ``container`` is the site, so the same article is found again whichever way it is met.
    A server is told which answer of its own is known already, so that it need not send it again.

    Args:
        known: What is known of them.
        urls: Addresses of pages and feeds.
        web: Fetches them.
        sandbox: Parses them.
        pages: Fetch the page of each entry of a feed, rather than take what the feed gives of it.
    """
    for url in dict.fromkeys(urls):
        source = known(url, str(pages))
        try:
            fetched, source = _fetch(web, source)
            if fetched is None:
                yield Visit(source=source, is_unchanged=True)
            elif not is_feed(fetched.data):
                yield Visit([_page(fetched, sandbox)], source)
            elif pages:
                # The feed is not known hereafter: it must be read to learn which pages there are.
                yield from _visit_entries(fetched, web, sandbox, known)
            else:
                entries = _entries(fetched, sandbox)
                sites = (replace(entry, container=site(entry.url or fetched.url)) for entry in entries)
                yield Visit(list(map(fill_from_address, sites)), source)
        except SourceError as error:
            yield Visit([IngestFailure(url, str(error))])


def _fetch(web: Web, source: ReadSource) -> tuple[Fetched | None, ReadSource]:
    """Returns what an address holds, ``None`` when that is what it held, and what to know of it from now on."""
    fetched = web.fetch(source.place, Validators(source.address, source.etag, source.last_modified))
    if fetched.is_unchanged:
        return None, source
    content = hashlib.sha256(fetched.data).hexdigest()
    sent = fetched.validators
    now = replace(
        source, content=content, address=fetched.url, etag=sent.etag, last_modified=sent.last_modified
    )  # fmt: skip
    is_same = (source.content, source.address) == (content, fetched.url)
    return None if is_same else fetched, now


def _entries(fetched: Fetched, sandbox: Sandbox) -> tuple[SourceDocument, ...]:
    return sandbox.parse("feed", fetched.data, fetched.url, address=fetched.url, charset=fetched.charset)


def _visit_entries(feed: Fetched, web: Web, sandbox: Sandbox, known: Known) -> Iterator[Visit]:
    for entry in _entries(feed, sandbox):
        if not entry.url:
            yield Visit([fill_from_address(replace(entry, container=site(feed.url)))])
            continue
        stated = (entry.title, entry.publisher, str(entry.published), entry.language, *entry.authors)
        try:
            fetched, source = _fetch(web, known(entry.url, *stated))
            if fetched is None:
                yield Visit(source=source, is_unchanged=True)
                continue
            page = _page(fetched, sandbox)
        except SourceError as error:
            yield Visit([IngestFailure(entry.url, str(error))])
        else:
            page = replace(
                page,
                title=page.title or entry.title,
                publisher=page.publisher or entry.publisher,
                published=entry.published or page.published,
                language=page.language or entry.language,
                authors=page.authors or entry.authors,
            )
            yield Visit([page], source)


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
