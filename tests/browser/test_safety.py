"""What hostile articles, other sites and the page's own libraries must not be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.sites import Site, ask, open_page, settle, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

HOSTILE = """---
title: "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>Bridge of Tartu closed"
publisher: "<b onmouseover='window.pwned = 3'>Night Post</b>"
published: 2020-05-04
url: "javascript:window.pwned=4"
---
The bridge of Tartu was closed on Monday because of cracks <img
src="https://tracker.invalid/pixel.png" onerror="window.pwned = 5">.

The mayor of Tartu said <script>window.pwned = 6</script> the bridge would open again
[in June](javascript:window.pwned=7).

![map of Tartu](https://tracker.invalid/map.png)
The repair of the bridge costs ${window.pwned = 8} two million {{euros}}.
"""


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    (folder / "articles" / "bridge.md").write_text(HOSTILE, encoding="utf-8")
    served = Site(folder, folder / "articles")
    with served.up():
        yield served


def test_a_hostile_article_does_nothing(context: BrowserContext, hostile: Site) -> None:
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page = open_page(context, hostile)
    for number, question in enumerate(
        ("Why was the bridge of Tartu closed?", "What did the mayor of Tartu say?", "What does the repair cost?")
    ):
        ask(page, question)
        page.locator(".turn").nth(number).locator(".chip").first.click()
        page.locator("#source h2").wait_for()
        page.wait_for_timeout(200)
    page.locator("#source h2").hover()
    page.locator("#source .byline").hover()
    write(page, "<img src=x onerror='window.pwned = 11'> the bridge of Tartu")
    page.locator(".briefing .chip").first.click()
    page.locator("#briefing-source h2").hover()
    assert page.locator("#briefing-page img, #briefing-page script").count() == 0
    assert "<script>" in page.locator("#source h2").inner_text()
    assert page.evaluate("window.pwned") is None
    assert page.locator("#source img, #transcript img, #source script, #transcript script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    shown = page.locator("#source .article").evaluate("article => article.textContent")
    assert shown == hostile.dateline.article("bridge.md")[0].text
    assert [url for url in requests if "tracker.invalid" in url] == []


def test_a_hostile_question_is_only_text(context: BrowserContext, hostile: Site) -> None:
    page = open_page(context, hostile)
    ask(page, "<img src=x onerror='window.pwned = 9'> Why was the ${window.pwned = 10} bridge closed?")
    page.reload()
    page.locator("#transcript .turn").wait_for()
    assert page.evaluate("window.pwned") is None
    assert page.locator("#transcript img, #conversations img").count() == 0


def test_no_markup_is_seen_as_text_while_the_page_loads_and_answers(context: BrowserContext, site: Site) -> None:
    context.add_init_script(
        """window.seen = []; window.frames_looked_at = 0;
        const look = () => {
            window.frames_looked_at += 1;
            const found = document.body?.innerText.match(/<\\/?[a-z][^\\n]{0,40}|&(lt|gt|amp|#\\d+);/i);
            if (found) window.seen.push(found[0]);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);"""
    )
    page = open_page(context, site)
    ask(page, "What did Assad ask Russia for?")
    page.locator(".chip").first.click()
    page.locator("#source mark").wait_for()
    page.reload()
    page.locator("#transcript .turn").wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
        settle(page)
    assert page.evaluate("window.frames_looked_at") > 20
    assert page.evaluate("window.seen") == []


def test_no_request_leaves_the_machine(context: BrowserContext, hostile: Site) -> None:
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page = open_page(context, hostile)
    ask(page, "Why was the bridge of Tartu closed?")
    write(page, "the bridge of Tartu")
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(400)
    page.wait_for_timeout(500)
    assert requests
    assert [url for url in requests if not url.startswith((hostile.address, "data:", "blob:"))] == []


def test_the_browser_is_told_to_fetch_nothing_from_elsewhere(page: Page) -> None:
    told = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective), {once: true});
            const image = new Image(); image.src = "https://tracker.invalid/x.png";
        })"""
    )
    assert told == "img-src"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:8017"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_other_sites_are_refused(context: BrowserContext, hostile: Site, headers: dict[str, str], status: int) -> None:
    import httpx

    assert httpx.get(hostile.address, headers=headers).status_code == status


def test_the_secret_of_a_browser_is_out_of_reach_of_scripts(page: Page, tmp_path: Path, site: Site) -> None:
    cookie = next(c for c in page.context.cookies() if c["name"] == "dateline_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert page.evaluate("document.cookie").count("dateline_session") == 0
    stored = (site.settings.index / "conversations.sqlite").read_bytes()
    assert cookie["value"].encode() not in stored
