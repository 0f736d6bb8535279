"""The Corpus page as a reader uses it: adding, finding, reading and removing articles."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.sites import ARTICLES, Site, ask, give, open_page, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

BRIDGE = """---
title: Old bridge of Tartu closed
publisher: Emajõgi Post
published: 2020-05-04
---
The old bridge of Tartu was closed on Monday because cracks were found in its second pier.

The mayor said that the repair would cost two million euros and take until June.
"""
QUESTION = "Why was the old bridge of Tartu closed?"


@pytest.fixture
def corpus(browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A site whose corpus a test may change."""
    served = Site(tmp_path, ARTICLES)
    with served.up():
        yield served


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def to_corpus(page: Page) -> None:
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#table table, #table .nothing").first.wait_for()
    settle(page)


def add(page: Page, *files: Path) -> None:
    page.locator("#add > button").click()
    give(page, "#files", *files, heard=".job")
    page.locator(".job.done, .job.failed, .job.cancelled").wait_for()


def test_what_is_added_is_answered_and_what_is_removed_no_longer(
    context: BrowserContext, corpus: Site, tmp_path: Path
) -> None:
    (tmp_path / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "holiday.png").write_bytes(b"\x89PNG\r\n")
    page = open_page(context, corpus)
    ask(page, QUESTION)
    assert page.locator(".abstained").count() == 1

    to_corpus(page)
    add(page, tmp_path / "bridge.md", tmp_path / "holiday.png")
    outcomes = page.locator(".outcomes li").all_inner_texts()
    assert "bridge.md" in outcomes[0] and "added" in outcomes[0]
    assert "holiday.png" in outcomes[1] and "format" in outcomes[1]
    page.locator("#table button.title", has_text="Old bridge of Tartu closed").wait_for()
    assert page.locator("#coverage", has_text="Emajõgi Post").count() == 1
    assert list((corpus.settings.index / "uploads").iterdir()) == []

    page.get_by_role("tab", name="Ask").click()
    ask(page, QUESTION)
    assert "cracks" in page.locator(".turn").nth(1).locator(".sentence").first.inner_text()

    to_corpus(page)
    page.get_by_label("Choose Old bridge of Tartu closed").check()
    page.get_by_role("button", name="Remove chosen").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    assert page.locator("#table button.title", has_text="Old bridge").count() == 1
    page.get_by_role("button", name="Remove chosen").click()
    page.get_by_role("button", name="Remove 1 article").click()
    page.locator("#table button.title", has_text="Old bridge").wait_for(state="detached")

    page.get_by_role("tab", name="Ask").click()
    ask(page, QUESTION)
    assert page.locator(".turn").nth(2).locator(".abstained").count() == 1
    page.locator(".turn").nth(1).locator(".sentence .chip").first.click()
    page.locator("#source", has_text="has been removed since").wait_for()


def test_an_upload_is_cancelled_and_what_was_read_is_kept(
    context: BrowserContext, corpus: Site, tmp_path: Path
) -> None:
    file = tmp_path / "many.jsonl"
    words = BRIDGE.split("---\n")[2]
    with file.open("w", encoding="utf-8") as lines:
        for number in range(5_000):
            text = f"Report {number} of the council. {words}"
            lines.write(json.dumps({"id": f"r{number}", "title": f"Council report {number}", "text": text}) + "\n")
    page = open_page(context, corpus)
    to_corpus(page)
    page.locator("#add > button").click()
    give(page, "#files", file, heard=".job")
    page.locator("#table button.title", has_text="Council report 1").first.wait_for()
    page.locator("#progress").get_by_role("button", name="Cancel").click()
    page.locator(".job.cancelled", has_text="what was finished is kept").wait_for(timeout=60_000)
    kept = [source for source in corpus.dateline.sources() if source.title.startswith("Council report")]
    assert 0 < len(kept) < 5_000
    assert list((corpus.settings.index / "uploads").iterdir()) == []


def test_a_page_is_added_by_its_address(context: BrowserContext, corpus: Site, tmp_path: Path) -> None:
    paragraphs = BRIDGE.split("---\n")[2].split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page_html = (
        f"<html><head><title>Old bridge of Tartu closed</title></head><body><article>{body}</article></body></html>"
    )
    (tmp_path / "bridge.html").write_text(page_html, encoding="utf-8")
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        page = open_page(context, corpus)
        to_corpus(page)
        page.locator("#add > button").click()
        page.locator("#address input").fill("not an address")
        page.locator("#fetch").click()
        page.get_by_text("it begins with http").wait_for()
        page.locator("#address input").fill(f"http://127.0.0.1:{web.server_port}/bridge.html")
        page.locator("#fetch").click()
        page.locator(".outcomes .good", has_text="added").wait_for()
        page.locator("#table button.title", has_text="Old bridge of Tartu closed").wait_for()
        web.shutdown()
    page.get_by_role("tab", name="Ask").click()
    ask(page, QUESTION)
    assert "cracks" in page.locator(".sentence").first.inner_text()


def test_a_file_of_the_same_name_is_a_new_version(context: BrowserContext, corpus: Site, tmp_path: Path) -> None:
    file = tmp_path / "bridge.md"
    file.write_text(BRIDGE, encoding="utf-8")
    page = open_page(context, corpus)
    ask(page, "What did Assad ask Russia for?")
    to_corpus(page)
    add(page, file)
    page.get_by_role("tab", name="Ask").click()
    ask(page, QUESTION)
    file.write_text(BRIDGE.replace("cracks", "deep cracks"), encoding="utf-8")
    report = corpus.dateline.ingest([ARTICLES])  # another change meanwhile, which the page must survive
    assert report.failed == ()
    to_corpus(page)
    give(page, "#files", file, heard=".outcomes li:has-text('updated')")
    page.get_by_role("tab", name="Ask").click()
    page.locator(".turn").nth(1).locator(".sentence .chip").first.click()
    page.locator("#source", has_text="has changed since").wait_for()
    assert "deep cracks" in page.locator("#source .article").inner_text()


def test_articles_are_found_by_words_publisher_and_order(page: Page, site: Site) -> None:
    to_corpus(page)
    everything = page.locator("#table tbody tr").count()
    assert everything < len(site.dateline.sources())  # copies stand under their leads
    page.locator("#words textarea, #words input").first.fill("minibus")
    page.locator("#table .bar", has_text="2 of").wait_for()
    titles = page.locator("#table button.title").all_inner_texts()
    assert titles and all("minibus" in title.lower() or "bus" in title.lower() for title in titles)
    page.locator("#words textarea, #words input").first.fill("nothing has these words")
    page.get_by_text("No article fits.").wait_for()


def test_near_duplicates_stand_together(page: Page) -> None:
    to_corpus(page)
    page.get_by_label("Only near-duplicates").check()
    page.locator("#table .bar", has_text="2 of 18").wait_for()
    assert page.locator("#table tbody tr").count() == 1
    page.locator("#table .copies button.title").click()
    page.locator("#article", has_text="Near-duplicate of").wait_for()


def test_an_article_is_read_as_it_is_cited(page: Page, site: Site) -> None:
    to_corpus(page)
    button = page.locator("#table button.title").first
    article_id = button.get_attribute("data-id")
    button.click()
    page.locator("#article .article").wait_for()
    shown = page.locator("#article .article").evaluate("article => article.textContent")
    assert shown == site.dateline.article(str(article_id))[0].text


def test_what_another_process_adds_appears_by_itself(context: BrowserContext, corpus: Site, tmp_path: Path) -> None:
    page = open_page(context, corpus)
    to_corpus(page)
    (tmp_path / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    corpus.dateline.ingest([tmp_path / "bridge.md"])
    page.locator("#table button.title", has_text="Old bridge of Tartu closed").wait_for()
    page.get_by_role("tab", name="Ask").click()
    page.locator("#scope > button").click()
    settle(page)
    page.locator("#publishers input").click()
    page.get_by_role("option", name="Emajõgi Post").wait_for()
