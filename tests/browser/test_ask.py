"""The Ask page as a reader uses it: questions, citations, sources, conversations."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from rag.check.bundle import verify_bundle
from tests.browser.sites import ARTICLES, Site, ask, choose_model, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


def export(page: Page, site: Site) -> list[dict[str, object]]:
    """The conversation as its owner can download it."""
    page.locator("#take .menu > summary").click()
    place = page.locator("#take a", has_text="JSON").get_attribute("href")
    page.locator("#take .menu > summary").click()
    found = page.context.request.get(site.address + str(place))
    assert found.ok
    turns: list[dict[str, object]] = found.json()["turns"]
    return turns


def test_a_citation_opens_its_source_with_exactly_the_quoted_words_marked(page: Page, site: Site) -> None:
    ask(page, "What did Assad ask Russia for?")
    answer = export(page, site)[0]["answer"]
    assert isinstance(answer, dict)
    for citation in answer["citations"]:
        chip = page.locator(f".sentence .chip[data-n='{citation['n']}']").first
        chip.click()
        page.locator("#source h2", has_text=citation["title"]).wait_for()
        assert page.locator("#source mark").evaluate("mark => mark.textContent") == citation["quote"]
        assert chip.get_attribute("aria-current") == "true"
        assert citation["publisher"] in page.locator("#source .byline").inner_text()
        article, _ = site.dateline.article(citation["article_id"])
        assert page.locator("#source .article").evaluate("article => article.textContent") == article.text


def test_the_marked_words_are_in_sight(page: Page) -> None:
    ask(page, "What did Russia, Turkey and Iran agree at the summit?")
    for chip in page.locator(".sources .chip").all():
        chip.click()
        mark = page.locator("#source mark")
        mark.wait_for()
        page.wait_for_timeout(150)
        inside = mark.evaluate(
            "m => { const p = document.querySelector('#source-panel').getBoundingClientRect(),"
            " r = m.getBoundingClientRect(); return r.top >= p.top && r.top < p.bottom }"
        )
        assert inside


def test_previous_and_next_step_through_the_citations(page: Page) -> None:
    ask(page, "How many people have been killed in the war in Syria?")
    page.locator(".sources .chip").first.click()
    page.locator(".steps", has_text="Citation 1 of").wait_for()
    first = page.locator("#source mark").inner_text()
    page.get_by_role("button", name="Next citation").click()
    page.locator(".steps", has_text="Citation 2 of").wait_for()
    assert page.locator("#source mark").inner_text() != first
    page.get_by_role("button", name="Previous citation").click()
    page.locator(".steps", has_text="Citation 1 of").wait_for()
    assert page.locator("#source mark").inner_text() == first


def test_sources_that_differ_stand_in_a_table(page: Page) -> None:
    ask(page, "How many people have been killed in the war in Syria?")
    table = page.locator("table.disagreement")
    assert "400,000" in table.inner_text() and "half a million" in table.inner_text()
    table.locator(".chip").last.click()
    page.locator("#source mark").wait_for()
    assert "Meridian Morning Herald" in page.locator("#source .also", has_text="Also carried by").inner_text()


def test_a_question_without_an_answer_looks_different_and_offers_the_nearest_evidence(page: Page) -> None:
    ask(page, "Why did Assad fly to Tehran after the Sochi meeting?")
    told = page.locator(".abstained")
    assert "takes for granted" in told.inner_text()
    assert page.locator(".sentence").count() == 0
    quote = told.locator("q").first.inner_text().strip("“”")
    told.locator(".chip").first.click()
    page.locator("#source mark").wait_for()
    assert page.locator("#source mark").inner_text() == quote


def test_a_follow_up_is_understood_from_what_came_before(page: Page) -> None:
    ask(page, "What did Assad ask Russia for?")
    ask(page, "And what did Putin answer him?")
    assert "Understood as" in page.locator(".turn").nth(1).inner_text()


def test_filters_bound_what_is_used_and_are_shown_with_the_question(page: Page) -> None:
    page.locator("#scope > button").click()
    page.locator("#before input").first.fill("2017-11-19")
    page.locator("#before input").first.blur()
    ask(page, "What did Putin say about the military operation?")
    assert "other articles do" in page.locator(".abstained").inner_text()
    assert "until 19 November 2017" in page.locator(".scope").inner_text()


def test_history_survives_a_reload_and_a_restart(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    site = Site(tmp_path, ARTICLES)
    with site.up():
        page = open_page(context, site)
        ask(page, "What did Assad ask Russia for?")
        page.reload()
        page.locator("#transcript .turn", has_text="What did Assad ask Russia for?").wait_for()
    with site.up():
        page.reload()
        page.locator("#transcript .turn", has_text="What did Assad ask Russia for?").wait_for()
        page.locator(".sentence .chip").first.click()
        page.locator("#source mark").wait_for()
    context.close()


def test_two_readers_do_not_see_each_other(browser: Browser, site: Site) -> None:
    one, other = browser.new_context(), browser.new_context()
    mine, theirs = open_page(one, site), open_page(other, site)
    ask(mine, "What did Assad ask Russia for?")
    place = mine.locator(".tools a[href$='bundle.json']").get_attribute("href")
    theirs.reload()
    theirs.locator(".greeting").wait_for()
    ask(theirs, "What worries Turkey about the congress?")
    assert "Assad ask Russia" not in theirs.locator("body").inner_text()
    assert one.request.get(site.address + str(place)).ok
    assert other.request.get(site.address + str(place)).status == 404
    one.close()
    other.close()


def test_stopping_in_mid_stream_keeps_what_was_shown(page: Page, site: Site) -> None:
    choose_model(page, "fake/slow")
    ask(page, "What did Assad ask Russia for?", wait=False)
    page.locator("#live .sentence").wait_for()
    page.locator("#live .chip").first.click()  # a source can be read while the answer is still being written
    page.locator("#source mark").wait_for()
    page.locator("#stop").click()
    page.locator("#transcript .turn", has_text="You stopped this").wait_for(timeout=3000)
    assert page.locator("#transcript .sentence").count() == 1
    assert page.locator("#send").is_visible()
    page.locator("#transcript .sentence .chip").click()
    page.locator("#source mark").wait_for()
    site.slow.released.set()


def test_others_see_their_place_and_are_not_kept_from_source_sentences(browser: Browser, site: Site) -> None:
    site.slow.released.clear()
    contexts = [browser.new_context() for _ in range(3)]
    first, second, third = (open_page(context, site) for context in contexts)
    for page in (first, second):
        choose_model(page, "fake/slow")
    ask(first, "What did Assad ask Russia for?", wait=False)
    first.locator("#live .sentence").wait_for()
    ask(second, "What worries Turkey about the congress?", wait=False)
    second.locator(".status", has_text="1 question before this one").wait_for()
    ask(third, "How long did Putin and Assad talk in Sochi?")
    site.slow.released.set()
    second.locator("#transcript .turn").wait_for()
    for context in contexts:
        context.close()


def test_closing_the_page_stops_the_model(browser: Browser, site: Site) -> None:
    site.slow.released.clear()
    context = browser.new_context()
    page = open_page(context, site)
    choose_model(page, "fake/slow")
    ask(page, "What did Assad ask Russia for?", wait=False)
    page.locator("#live .sentence").wait_for()
    place = site.address + str(page.locator("#take a", has_text="JSON").get_attribute("href"))
    cookies = {str(c["name"]): str(c["value"]) for c in context.cookies()}
    context.close()
    for _ in range(100):
        (turn,) = httpx.get(place, cookies=cookies).json()["turns"]
        if turn["state"] != "asked":
            break
        time.sleep(0.2)
    assert turn["state"] == "stopped"
    site.slow.released.set()


def test_a_model_that_fails_gives_its_reason_and_source_sentences(page: Page) -> None:
    choose_model(page, "fake/broken")
    ask(page, "What did Assad ask Russia for?")
    assert "did not answer within 120 s" in page.locator(".notice.failed").inner_text()
    assert page.locator(".sentence").count() >= 1
    assert "extractive" in page.locator(".cost").inner_text()


def test_a_model_that_does_not_exist_gives_its_reason_and_source_sentences(page: Page) -> None:
    choose_model(page, "fake/absent")
    ask(page, "What did Assad ask Russia for?")
    assert "there is no model fake/absent" in page.locator(".notice.failed").inner_text()
    assert page.locator(".sentence").count() >= 1


def test_a_visitor_cannot_load_a_file_as_a_model(page: Page, tmp_path: Path) -> None:
    choose_model(page, str(tmp_path))
    ask(page, "What did Assad ask Russia for?", wait=False)
    page.get_by_text("a model file can only be set by").wait_for()


def test_an_edited_question_takes_the_place_of_the_old_one_and_what_followed(page: Page) -> None:
    ask(page, "What did Assad ask Russia for?")
    ask(page, "What worries Turkey about the congress?")
    page.get_by_role("button", name="Edit question 1 and ask again").click()
    page.locator("#banner", has_text="replaces it").wait_for()
    field = page.locator("#question textarea")
    assert field.input_value() == "What did Assad ask Russia for?"
    field.fill("How long did Putin and Assad talk in Sochi?")
    field.press("Enter")
    page.locator("#transcript .turn", has_text="How long did").wait_for()
    assert page.locator("#transcript .turn").count() == 1


def test_retry_asks_the_last_question_again(page: Page) -> None:
    ask(page, "What did Assad ask Russia for?")
    before = page.locator("#transcript .cost").inner_text()
    page.get_by_role("button", name="Ask the last question again").click()
    page.locator("#live .turn").wait_for()
    page.locator("#transcript .turn .tools").wait_for()
    assert page.locator("#transcript .turn").count() == 1
    assert "extractive" in before


def test_an_answer_is_copied_with_footnotes(page: Page, context: BrowserContext, site: Site) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    ask(page, "What did Assad ask Russia for?")
    page.locator("[data-copy]").click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    answer = export(page, site)[0]["answer"]
    assert isinstance(answer, dict)
    assert copied.startswith(answer["text"])
    for citation in answer["citations"]:
        assert f"[{citation['n']}] {citation['publisher']}" in copied
        assert citation["quote"] in copied


def test_the_bundle_of_an_answer_can_be_verified(page: Page, site: Site, tmp_path: Path) -> None:
    ask(page, "What did Assad ask Russia for?")
    with page.expect_download() as started:
        page.locator(".tools a[href$='bundle.json']").click()
    bundle = tmp_path / "bundle.json"
    started.value.save_as(bundle)
    assert verify_bundle(bundle) == []
    assert json.loads(bundle.read_text())["made_with"]["verifier"]
    bundle.write_text(bundle.read_text().replace("Russia", "Prussia", 1))
    assert verify_bundle(bundle) != []


def test_a_conversation_is_exported_as_markdown(page: Page, site: Site) -> None:
    ask(page, "What did Assad ask Russia for?")
    page.locator("#take .menu > summary").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download as Markdown").click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# What did Assad ask Russia for?")
    assert r"\[1\]" in text


def test_a_conversation_can_be_left_opened_and_deleted(page: Page) -> None:
    ask(page, "What did Assad ask Russia for?")
    page.locator("#new").click()
    page.locator(".greeting").wait_for()
    page.locator("#conversations input").click()
    page.get_by_role("option", name="What did Assad ask Russia for?").click()
    page.locator("#transcript .turn").wait_for()
    page.locator("#take .menu > summary").click()
    page.get_by_text("Delete this conversation").click()
    page.get_by_role("button", name="Delete for good").click()
    page.locator(".greeting").wait_for()
    page.reload()
    page.locator(".greeting").wait_for()


def test_an_example_is_asked_at_a_click(page: Page) -> None:
    page.get_by_role("button", name="What did Assad ask Russia for?").click()
    page.locator("#transcript .sentence").first.wait_for()


@pytest.mark.parametrize(("width", "height"), [(400, 800), (1600, 900)])
def test_nothing_is_wider_than_the_window(browser: Browser, site: Site, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = open_page(context, site)
    ask(page, "How many people have been killed in the war in Syria?")
    page.locator(".sentence .chip").first.click()
    page.locator("#source mark").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#source mark").evaluate("m => m.getBoundingClientRect().top < innerHeight")
    context.close()
