"""The Briefing page as a reader uses it: written, read beside its sources, taken away, kept, cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag.check.bundle import verify_bundle
from tests.api.conftest import sample_index  # noqa: F401  # a fixture
from tests.api.served import serving
from tests.browser.sites import Site, choose, choose_model, open_page, to_order, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TOPIC = "the war in Syria and the meeting of Assad and Putin in Sochi"
BEGINNINGS = {"md": b"# ", "html": b"<!doctype html>", "docx": b"PK", "pdf": b"%PDF-", "json": b"{"}


@pytest.fixture(scope="module")
def written(browser: Browser, site: Site) -> Iterator[Page]:
    """A page on which a briefing has been written. Tests that read only share it."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = open_page(context, site)
    write(page, TOPIC, "Standard")
    yield page
    context.close()


def files(page: Page, site: Site) -> dict[str, bytes]:
    """Every form that the page offers, by the end of its address."""
    found = {}
    for link in page.locator(".files a").all():
        place = str(link.get_attribute("href"))
        response = page.context.request.get(site.address + place)
        assert response.ok
        assert "attachment" in response.headers["content-disposition"]
        found[place.rpartition("/")[2]] = response.body()
    return found


def as_json(page: Page, site: Site) -> dict[str, Any]:
    place = page.locator(".files a", has_text="JSON").get_attribute("href")
    found: dict[str, Any] = page.context.request.get(site.address + str(place)).json()
    return found


def test_a_citation_opens_its_source_with_exactly_the_quoted_words_marked(written: Page, site: Site) -> None:
    briefing = as_json(written, site)
    assert len(briefing["citations"]) > 5
    for citation in briefing["citations"][:6]:
        chip = written.locator(f".briefing .chip[data-n='{citation['n']}']").first
        chip.click()
        written.locator("#briefing-source .steps", has_text=f"Citation {citation['n']} of").wait_for()
        assert written.locator("#briefing-source mark").evaluate("mark => mark.textContent") == citation["quote"]
        assert chip.get_attribute("aria-current") == "true"
        assert citation["publisher"] in written.locator("#briefing-source .byline").inner_text()
    written.get_by_role("button", name="Previous citation").click()
    written.locator("#briefing-source .steps", has_text="Citation 5 of").wait_for()


def test_the_source_stays_beside_what_is_read(written: Page) -> None:
    chip = written.locator(".briefing .sources .chip").last
    chip.scroll_into_view_if_needed()
    chip.click()
    number = chip.get_attribute("data-n")
    written.locator("#briefing-source .steps", has_text=f"Citation {number} of").wait_for()
    written.wait_for_timeout(150)
    for part in (chip, written.locator("#briefing-source mark")):
        assert part.evaluate("e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight }")


def test_the_page_says_what_the_briefing_says(written: Page, site: Site) -> None:
    briefing = as_json(written, site)
    headings = written.locator(".briefing section > h3").all_inner_texts()
    titles = [section["title"] for section in briefing["sections"] if section["title"] != "Headline"]
    assert headings[:-1] == titles
    assert headings[-1].startswith("Sources: ")
    said = [s["text"] for section in briefing["sections"][1:] for s in section["sentences"]]
    assert written.locator(".briefing .said").all_inner_texts() == said
    assert briefing["headline"] in written.locator(".briefing h2").inner_text()


def test_sources_that_differ_stand_in_a_table(written: Page) -> None:
    table = written.locator("table.disagreement", has_text="400,000")
    assert "half a million" in table.inner_text()
    table.locator(".chip").last.click()
    written.locator("#briefing-source mark").wait_for()


def test_the_timeline_leads_to_the_sources_by_mouse_and_by_keyboard(written: Page) -> None:
    events, reports = written.locator(".timeline .event"), written.locator(".timeline .report")
    assert events.count() >= 4
    assert reports.count() >= 4
    first = events.first
    first.click()
    number = first.get_attribute("data-n")
    written.locator("#briefing-source .steps", has_text=f"Citation {number} of").wait_for()
    last = reports.last
    last.focus()
    written.keyboard.press("Enter")
    number = last.get_attribute("data-n")
    written.locator("#briefing-source .steps", has_text=f"Citation {number} of").wait_for()


def test_it_is_taken_away_in_every_form(written: Page, browser: Browser, site: Site, tmp_path: Path) -> None:
    found = files(written, site)
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(found.pop("bundle.json"))
    assert verify_bundle(bundle) == []
    forms = {name.rpartition(".")[2]: data for name, data in found.items()}
    assert forms.keys() == BEGINNINGS.keys()
    for form, beginning in BEGINNINGS.items():
        assert forms[form][:20].lower().startswith(beginning.lower()), form
    with written.expect_download() as started:
        written.locator(".files a", has_text="PDF").click()
    assert started.value.suggested_filename.endswith(".pdf")
    other = browser.new_context()
    for link in written.locator(".files a").all():
        assert other.request.get(site.address + str(link.get_attribute("href"))).status == 404
    other.close()


def test_it_survives_a_reload_and_is_its_readers_own(written: Page, browser: Browser, site: Site) -> None:
    headline = written.locator(".briefing h2").inner_text()
    again = open_page(written.context, site)
    again.get_by_role("tab", name="Briefing").click()
    again.locator(".briefing h2").wait_for()
    assert again.locator(".briefing h2").inner_text() == headline
    again.locator(".briefing .chip").first.click()
    again.locator("#briefing-source mark").wait_for()
    again.close()
    other = browser.new_context()
    page = open_page(other, site)
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#briefing-shown .greeting").wait_for()
    other.close()


def test_two_publishers_are_compared_and_the_briefing_deleted(page: Page) -> None:
    to_order(page)
    for field, name in (("#compare-one", "Northline Wire"), ("#compare-other", "Harbour Gazette")):
        choose(page, field, name)
    write(page, "Assad in Sochi")
    assert "How Northline Wire and Harbour Gazette tell it" in page.locator(".briefing h2").inner_text()
    page.get_by_role("heading", name="Only Harbour Gazette").wait_for()
    page.locator("#briefing-take .menu > summary").click()
    page.get_by_text("Delete this briefing").click()
    page.get_by_role("button", name="Delete for good").click()
    page.locator("#briefing-shown .greeting").wait_for()
    page.reload()
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#briefing-shown .greeting").wait_for()


def test_one_is_cancelled_after_a_reload_and_another_written(page: Page, site: Site) -> None:
    to_order(page)
    choose_model(page, "fake/stuck", "#brief-model")
    write(page, "Assad in Sochi", wait=False)
    page.locator("#briefing-progress", has_text="Asking the model about passage 1").wait_for(timeout=60_000)
    page.reload()
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#briefing-progress", has_text="Asking the model about passage 1").wait_for(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    page.locator("#briefing-progress", has_text="Being cancelled").wait_for()
    site.stuck.released.set()
    page.locator("#briefing-progress .job.cancelled").wait_for()
    write(page, "Assad in Sochi")
    site.stuck.released.clear()


def test_a_model_that_fails_gives_its_reason_and_source_sentences(page: Page) -> None:
    to_order(page)
    choose_model(page, "fake/absent", "#brief-model")
    write(page, "Assad in Sochi")
    assert "there is no model fake/absent" in page.locator(".briefing .warnings").inner_text()
    assert page.locator(".briefing .sentence").count() > 3


def test_what_cannot_be_done_is_said(page: Page) -> None:
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#topic input, #topic textarea").fill("?!")
    page.locator("#write").click()
    page.get_by_text("name the topic in words").wait_for()
    to_order(page)
    page.locator("#brief-before input").fill("1999-01-01")
    page.locator("#brief-before input").blur()
    write(page, "Assad in Sochi", wait=False)
    page.get_by_text("No article is about this within the filters").wait_for(timeout=60_000)


@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_is_wider_than_the_window(browser: Browser, written: Page, site: Site, width: int) -> None:
    state = written.context.storage_state()
    context = browser.new_context(viewport={"width": width, "height": 900}, storage_state=state)
    page = open_page(context, site)
    page.get_by_role("tab", name="Briefing").click()
    page.locator(".briefing .sentence .chip").first.click()
    page.locator("#briefing-source mark").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_programs_and_the_page_share_their_jobs(
    context: BrowserContext, sample_index: Path, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    with serving(sample_index, tmp_path) as served, served.client() as client:
        job = client.post("/api/v1/briefings", json={"topic": "Assad in Sochi", "length": "short"}).json()["id"]
        page = context.new_page()
        page.goto(f"{served.url}/")
        page.get_by_role("tab", name="Briefing").click()
        page.locator("#briefing-shown .briefing").wait_for(timeout=60_000)
        assert f"briefings/{job}/" in str(page.locator(".files a").first.get_attribute("href"))
        write(page, "the summit of Russia, Turkey and Iran")
        page.locator(".briefing .about", has_text="the summit of Russia").wait_for()
        jobs = client.get("/api/v1/jobs").json()["jobs"]
        assert [(j["kind"], j["state"]) for j in jobs] == [("briefing", "done")] * 2
        file = client.get(f"/api/v1/briefings/{jobs[0]['id']}", params={"format": "md"})
        assert file.status_code == 200

        page.get_by_role("tab", name="Corpus").click()
        page.locator("#table table").wait_for()
        article = ("bridge.md", b"---\ntitle: Old bridge closed\n---\nThe bridge of Tartu was closed on Monday.\n")
        client.post("/api/v1/articles", files={"files": article}).raise_for_status()
        page.locator("#table button.title", has_text="Old bridge closed").wait_for()
