"""Pages and feeds by their address: bounded, and never from inside the user's own network."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eval.bench.samples import PARAGRAPHS, TITLE, docx, html, pdf, rss
from rag.errors import SourceError
from rag.index.sources import ReadSource
from rag.index.store import IndexStore
from rag.ingest.pages import visit_urls
from rag.ingest.readers.base import Outcome
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.sync import ingest, remove
from rag.ingest.urls import article_address
from rag.ingest.web import Web, is_public
from rag.types import IngestFailure, IngestReport, SourceDocument
from tests.corpora import report
from tests.fakes import HashEmbedder
from tests.ingest.newsserver import NewsSite, news_site

LIMIT = 1_000_000
WEB = Web(limit=LIMIT, seconds=10, allow_private=True)


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with news_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def page(base: str, words: str = "", path: str = "/world/harbour") -> bytes:
    canonical = f"{base}{path}".encode()
    return html((*PARAGRAPHS, words)).replace(b"https://www.courier.example/world/harbour", canonical)


def refused(web: Web, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        web.fetch(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestFetching:
    def test_addresses_of_this_machine_and_network_are_refused(self, site: NewsSite) -> None:
        site.pages["/"] = ("text/html", html())
        port = site.base.rpartition(":")[2]
        web = Web(limit=LIMIT)
        for host in ("127.0.0.1", "localhost", "0x7f000001", "[::1]", "0.0.0.0", "10.0.0.1", "169.254.169.254"):
            assert "allow_private_addresses" in refused(web, f"http://{host}:{port}/")
        assert site.asked == []

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("100.64.0.1", False),
            ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("fe80::1", False),
            ("224.0.0.1", False), ("fc00::1", False), ("255.255.255.255", False), ("192.168.1.1", False),
        ],
    )  # fmt: skip
    def test_which_addresses_are_public(self, address: str, public: bool) -> None:
        assert is_public(ipaddress.ip_address(address)) is public

    def test_the_connection_is_made_to_the_address_that_was_checked(
        self, site: NewsSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = int(site.base.rpartition(":")[2])
        site.pages["/"] = ("text/html", html())
        asked: list[str] = []

        def resolve(host: str, *arguments: Any, **options: Any) -> Any:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        real = socket.getaddrinfo
        monkeypatch.setattr(
            "socket.getaddrinfo", lambda host, *a, **o: resolve(host) if host == "news.example" else real(host, *a, **o)
        )
        assert WEB.fetch(f"http://news.example:{port}/").url == f"http://news.example:{port}/"
        assert (asked, site.hosts) == (["news.example"], [f"news.example:{port}"])
        assert "allow_private_addresses" in refused(Web(limit=LIMIT), f"http://news.example:{port}/")

    def test_every_redirect_is_checked_again(self, site: NewsSite, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rag.ingest.web.is_public", lambda address: str(address) == "127.0.0.1")
        site.pages |= {"/a": "http://10.0.0.1/", "/b": "file:///etc/passwd", "/c": "/c", "/d": "/e"}
        site.pages["/e"] = ("text/html", html())
        web = Web(limit=LIMIT)
        assert "allow_private_addresses" in refused(web, f"{site.base}/a")
        assert "only http and https" in refused(web, f"{site.base}/b")
        assert "redirects more than 8 times" in refused(web, f"{site.base}/c")
        assert web.fetch(f"{site.base}/d").url == f"{site.base}/e"

    @pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
    def test_a_server_that_drips_is_left(self, site: NewsSite, start: bytes) -> None:
        site.drip["/"] = start
        began = time.monotonic()
        assert "within 0.5 seconds" in refused(Web(limit=LIMIT, seconds=0.5, allow_private=True), site.base)
        assert time.monotonic() - began < 5

    def test_too_much_is_refused_packed_or_not(self, site: NewsSite) -> None:
        site.pages["/"] = ("text/html", b"x" * (LIMIT + 1))
        site.pages["/bomb"] = ("text/html", gzip.compress(b"x" * 50_000_000))
        site.headers["/bomb"] = {"Content-Encoding": "gzip"}
        assert "is larger than 1,000,000 bytes" in refused(WEB, site.base)
        assert "is larger than 1,000,000 bytes" in refused(WEB, f"{site.base}/bomb")

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("ftp://news.example/", "only http and https"), ("http:///x", "only http and https"),
            ("http://user:secret@news.example/", "user name or password"), ("http://127.0.0.1:1/", "refused"),
            ("http://[::1/", "cannot be fetched"),
        ],
    )  # fmt: skip
    def test_other_addresses_get_their_line(self, url: str, reason: str) -> None:
        assert reason in refused(WEB, url)

    def test_errors_and_unasked_encodings(self, site: NewsSite) -> None:
        site.pages["/br"] = ("text/html", b"x")
        site.headers["/br"] = {"Content-Encoding": "br"}
        assert refused(WEB, f"{site.base}/gone") == "answers with 404 Not Found"
        assert "encoding that was not asked for, br" in refused(WEB, f"{site.base}/br")


def read_urls(urls: Sequence[str], sandbox: Sandbox, *, pages: bool = False) -> list[Outcome]:
    """Returns all that addresses hold of which nothing is known."""
    visits = visit_urls(lambda place, *facts: ReadSource(place, ""), urls, WEB, sandbox, pages=pages)
    return [outcome for visit in visits for outcome in visit.outcomes]


class TestPages:
    def test_what_an_address_holds_decides(self, site: NewsSite, sandbox: Sandbox) -> None:
        site.pages |= {
            "/a": ("text/html", html()), "/b": ("application/octet-stream", pdf()),
            "/c": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx()),
            "/d": ("text/plain", PARAGRAPHS[0].encode()), "/e": ("text/html", rss()), "/f": ("image/png", b"\x89PNG"),
        }  # fmt: skip
        found = list(read_urls([f"{site.base}/{name}" for name in "abcdef"], sandbox))
        assert [type(f) for f in found] == [SourceDocument] * 6 + [IngestFailure]
        assert all(PARAGRAPHS[0] in f.text for f in found[:5] if isinstance(f, SourceDocument))
        failed = found[-1]
        assert isinstance(failed, IngestFailure)
        assert failed.error == "is image/png, which is neither an article's page nor a feed"

    def test_an_article_is_named_by_its_canonical_address_on_the_same_site(
        self, site: NewsSite, sandbox: Sandbox
    ) -> None:
        site.pages["/x?utm_source=f"] = ("text/html", page(site.base))
        site.pages["/y"] = ("text/html", html())  # its canonical address is another site's
        one, two = read_urls([f"{site.base}/x?utm_source=f#top", f"{site.base}/y"], sandbox)
        assert isinstance(one, SourceDocument) and isinstance(two, SourceDocument)
        assert (one.key, one.url, one.container) == (f"{site.base}/world/harbour",) * 2 + (site.base,)
        assert (two.key, two.published) == (f"{site.base}/y", date(2017, 11, 20))

    @pytest.mark.parametrize(
        ("url", "canonical", "address"),
        [
            ("https://a.example.com/x?utm_source=z&id=3&fbclid=9#f", "", "https://a.example.com/x?id=3"),
            ("https://m.cnn.com/x", "https://www.cnn.com/y", "https://www.cnn.com/y"),
            ("https://m.cnn.com/x", "https://evil.com/y", "https://m.cnn.com/x"),
            ("https://www.cnn.com/x", "https://www.cnn.com/", "https://www.cnn.com/x"),
            ("https://www.cnn.com/x", "javascript:alert(1)", "https://www.cnn.com/x"),
        ],
    )
    def test_addresses_of_articles(self, url: str, canonical: str, address: str) -> None:
        assert article_address(url, canonical) == address

    def test_the_pages_of_a_feed(self, site: NewsSite, sandbox: Sandbox) -> None:
        site.pages["/feed"] = ("application/rss+xml", rss(base=site.base))
        site.pages["/world/harbour"] = ("text/html", page(site.base, "Only the page says this."))
        one, two = read_urls([f"{site.base}/feed"], sandbox, pages=True)
        assert isinstance(one, SourceDocument)
        assert (one.text.endswith("Only the page says this."), one.is_excerpt, one.title) == (True, False, TITLE)
        assert two == IngestFailure(f"{site.base}/world/bridge", "answers with 404 Not Found")


class TestSync:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[IndexStore]:
        opened = IndexStore(tmp_path / "index", create=True)
        yield opened
        opened.close()

    def read(
        self, store: IndexStore, sandbox: Sandbox, *urls: str, pages: bool = False, paths: tuple[Path, ...] = ()
    ) -> IngestReport:
        web = partial(visit_urls, urls=urls, web=WEB, sandbox=sandbox, pages=pages)
        return ingest(store, HashEmbedder(), paths, web=web, sandbox=sandbox, prune=True)

    def test_a_feed_that_scrolls_on_loses_nothing(
        self, site: NewsSite, sandbox: Sandbox, store: IndexStore, tmp_path: Path
    ) -> None:
        feed = f"{site.base}/feed"
        site.pages["/feed"] = ("application/rss+xml", rss(base=site.base))
        assert (self.read(store, sandbox, feed).added, self.read(store, sandbox, feed).unchanged) == (2, 2)
        shorter = rss(base=site.base).partition(b"<item><title>Bridge")[0] + b"</channel></rss>"
        site.pages["/feed"] = ("application/rss+xml", shorter)
        report = self.read(store, sandbox, feed)
        assert (report.unchanged, report.removed, report.failed) == (1, 0, ())
        folder = tmp_path / "corpus"
        folder.mkdir()
        assert self.read(store, sandbox, paths=(folder,)).removed == 0
        assert {s.id for s in store.catalog.summaries()} == {f"{site.base}/world/{n}" for n in ("harbour", "bridge")}

    def test_a_summary_does_not_replace_the_article(self, site: NewsSite, sandbox: Sandbox, store: IndexStore) -> None:
        site.pages["/feed"] = ("application/rss+xml", rss(base=site.base))
        words = "The bridge of Narva was closed on Tuesday. It will open again in spring."
        site.pages["/world/bridge"] = ("text/html", page(site.base, words, "/world/bridge"))
        assert self.read(store, sandbox, f"{site.base}/world/bridge").added == 1
        report = self.read(store, sandbox, f"{site.base}/feed")
        assert (report.added, report.updated, report.unchanged) == (1, 0, 1)
        assert "spring" in store.catalog.article(f"{site.base}/world/bridge").text

    def test_an_edited_page_is_an_update(self, site: NewsSite, sandbox: Sandbox, store: IndexStore) -> None:
        url = f"{site.base}/world/harbour"
        site.pages["/world/harbour"] = ("text/html", page(site.base))
        self.read(store, sandbox, url)
        site.pages["/world/harbour"] = ("text/html", page(site.base, "The storm came back on Friday, he said later."))
        report = self.read(store, sandbox, url, url)
        assert (report.updated, report.failed) == (1, ())

    @pytest.mark.parametrize("pages", [False, True])
    @pytest.mark.parametrize("validator", ["ETag", "Last-Modified", ""])
    def test_what_a_server_says_is_unchanged_is_not_read_again(
        self, site: NewsSite, sandbox: Sandbox, store: IndexStore, validator: str, pages: bool
    ) -> None:
        feed = f"{site.base}/feed"
        site.pages["/feed"] = ("application/rss+xml", rss(base=site.base))
        for name in ("harbour", "bridge"):
            site.pages[f"/world/{name}"] = ("text/html", page(site.base, report(len(name)), f"/world/{name}"))
        site.validate(validator)
        assert self.read(store, sandbox, feed, pages=pages).added == 2
        generation = store.catalog.generation()
        site.asked.clear()
        parses = WatchedSandbox(sandbox)
        again = self.read(store, parses, feed, pages=pages)
        assert (again.unchanged, again.failed, store.catalog.generation()) == (2, (), generation)
        # A feed is read for the pages it names; they are not.
        assert parses.forms == (["feed"] if pages else [])
        expected = ["/feed", "/world/harbour", "/world/bridge"] if pages else ["/feed"]
        assert site.asked == expected
        assert site.spared == ([] if not validator else expected[1:] if pages else expected)
        site.pages["/world/bridge"] = ("text/html", page(site.base, report(30), "/world/bridge"))
        edited = rss(base=site.base).replace(b"bridge of Narva", b"bridge of Kuressaare")
        site.pages["/feed"] = ("application/rss+xml", edited)
        site.validate(validator)
        assert self.read(store, sandbox, feed, pages=pages).updated == 1

    def test_what_was_removed_is_fetched_in_full(self, site: NewsSite, sandbox: Sandbox, store: IndexStore) -> None:
        url = f"{site.base}/world/harbour"
        site.pages["/world/harbour"] = ("text/html", page(site.base))
        site.validate("ETag")
        self.read(store, sandbox, url)
        remove(store, [url])
        assert self.read(store, sandbox, url).added == 1

    def test_validators_go_only_to_where_they_came_from(
        self, site: NewsSite, sandbox: Sandbox, store: IndexStore
    ) -> None:
        site.pages |= {"/old": "/one", "/one": ("text/html", page(site.base)), "/two": ("text/html", page(site.base))}
        site.headers = {"/one": {"ETag": "x"}, "/two": {"ETag": "x"}}
        self.read(store, sandbox, f"{site.base}/old")
        site.pages["/old"] = "/two"
        site.pages["/two"] = ("text/html", page(site.base, report(30)))
        assert self.read(store, sandbox, f"{site.base}/old").updated == 1
        assert site.spared == []

    @pytest.mark.parametrize("etag", ["ab\xe9", "x" * 5_000])
    def test_a_validator_that_cannot_be_sent_back_is_not_kept(
        self, site: NewsSite, sandbox: Sandbox, store: IndexStore, etag: str
    ) -> None:
        site.pages["/world/harbour"] = ("text/html", page(site.base))
        site.headers["/world/harbour"] = {"ETag": etag}
        for _ in range(2):
            assert self.read(store, sandbox, f"{site.base}/world/harbour").failed == ()
        assert site.spared == []


class WatchedSandbox(Sandbox):
    """Notes what it parses."""

    def __init__(self, inner: Sandbox) -> None:
        super().__init__()
        self._inner = inner
        self.forms: list[str] = []

    def parse(
        self, form: str, data: bytes, key: str, *, address: str = "", charset: str = ""
    ) -> tuple[SourceDocument, ...]:
        self.forms.append(form)
        return self._inner.parse(form, data, key, address=address, charset=charset)
