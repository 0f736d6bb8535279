"""The Evaluate page: a suite run from the browser, its report, a comparison, a run broken off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.sites import give, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

ITEMS = [
    {"suite": "mine"},
    {"id": "asked", "question": "What did Assad ask Russia for?", "answers": [{"regex": "interfer|meddle"}]},
    {"id": "china", "question": "What did China say about the Sochi summit?", "unanswerable": True},
    {"id": "hostile", "question": "<script>parent.window.pwned = 1</script> How long did Trump and Putin talk?",
     "answers": ["hour"]},
]  # fmt: skip


def choose_own(page: Page, suite: Path) -> None:
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#own > button").click()
    # The name is in two elements there; in one it only stands in the bar that is shown while the file is sent.
    give(page, "#suite-file", suite, heard=f"#suite-file [aria-label='{suite.name}']")


def run_own(page: Page, tmp_path: Path) -> None:
    suite = tmp_path / "mine.jsonl"
    suite.write_text("\n".join(json.dumps(item) for item in ITEMS), encoding="utf-8")
    choose_own(page, suite)
    page.locator("#run-suite").click()
    page.locator(".job.done").wait_for(timeout=60_000)


def test_a_suite_of_ones_own_is_run_and_its_report_shown_in_a_frame_apart(page: Page, tmp_path: Path) -> None:
    run_own(page, tmp_path)
    assert "of 3 items came out right" in page.locator(".job.done").inner_text()
    frame = page.frame_locator("iframe.report")
    frame.get_by_role("heading", name="Quality").wait_for()
    assert frame.locator("details.item").count() == 3
    assert "[" in frame.locator(".numbers").first.inner_text()
    assert page.evaluate("window.pwned") is None
    assert page.locator("iframe.report").get_attribute("sandbox") == "allow-scripts"

    page.locator("#baseline input").click()  # the run that was just finished is there to be compared with
    page.get_by_role("option", name="mine").first.click()
    page.locator("#run-suite").click()
    frame.get_by_role("heading", name="Against").wait_for()


def test_a_report_has_the_colours_of_the_page_and_is_legible_on_a_telephone(page: Page, tmp_path: Path) -> None:
    run_own(page, tmp_path)
    report = page.frame_locator("iframe.report")
    report.get_by_role("heading", name="Quality").wait_for()
    seen = set()
    for _ in range(2):
        page.locator("[data-theme-toggle]").click()
        settle(page)
        dark = page.locator("body").evaluate("body => body.classList.contains('dark')")
        colour = report.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        assert colour == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")
        seen.add(dark)
    assert seen == {True, False}
    page.set_viewport_size({"width": 400, "height": 800})
    lines = report.locator(".name").evaluate_all(
        "names => names.map(name => name.getClientRects().length === 1 && name.offsetHeight < 40)"
    )
    assert lines and all(lines)


def test_what_is_wrong_with_a_suite_is_said(page: Page, tmp_path: Path) -> None:
    suite = tmp_path / "broken.jsonl"
    suite.write_text('{"id": "x"}\n', encoding="utf-8")
    choose_own(page, suite)
    page.locator("#run-suite").click()
    page.locator(".job.failed", has_text="question").wait_for()


def test_a_run_is_cancelled(page: Page) -> None:
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#run-suite").click()
    page.locator("#evaluation-progress").get_by_role("button", name="Cancel").click()
    page.locator(".job.cancelled").wait_for(timeout=60_000)
