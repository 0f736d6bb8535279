"""Articles from the web: a page is one, a feed is many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, fill_from_address
from rag.ingest.readers.feed import is_feed
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.readers.text import decode
from rag.ingest.urls import publisher_from_url, web_address
from rag.ingest.web import Fetched, Web
from rag.types import IngestFailure, SourceDocument

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "cmpid", "at_medium", "at_campaign", "ftag", "igshid")
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
        address = article_address(entry.url) if entry.url else entry.key
        if not pages or not entry.url:
            found = replace(entry, key=address, url=entry.url and address, container=site(entry.url or fetched.url))
            yield fill_from_address(found)
            continue
        try:
            page = _page(web.fetch(address), sandbox)
        except SourceError as error:
            yield IngestFailure(address, str(error))
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


def article_address(url: str, canonical: str = "") -> str:
    """Returns the address that names an article, given the one it was met at and the one its page calls canonical.

    A canonical address on another site, or the front page of the same one, is not believed.
    """
    try:
        stated = urlsplit(web_address(canonical))
        parts = urlsplit(url)
        if stated.hostname and _same_site(url, canonical) and (stated.path.strip("/") or not parts.path.strip("/")):
            parts = stated
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [(name, value) for name, value in query if not name.lower().startswith(_TRACKING)]
    # Rewritten only where something goes: quoting differs from site to site.
    asked = parts.query if len(kept) == len(query) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", asked, ""))


def site(url: str) -> str:
    """Returns the scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _same_site(one: str, other: str) -> bool:
    mine, its = publisher_from_url(one), publisher_from_url(other)
    return mine == its if mine or its else urlsplit(one).hostname == urlsplit(other).hostname
