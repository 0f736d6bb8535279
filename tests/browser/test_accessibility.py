"""Each page under axe-core, at two widths and in both colours: nothing serious or critical."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.sites import Site, ask, open_page, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def faults(page: Page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="there is no axe-core")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "colours"), [(400, "dark"), (1280, "light")])
def test_no_page_has_a_serious_fault(browser: Browser, site: Site, width: int, colours: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", color_scheme=colours  # type: ignore[arg-type]
    )  # fmt: skip
    page = open_page(context, site)
    assert faults(page) == []
    for question in ("How many people have been killed in the war in Syria?", "Why did Assad fly to Tehran?"):
        ask(page, question)
    page.locator(".turn .chip").first.click()
    page.locator("#source mark").wait_for()
    page.locator("#scope > button").click()
    page.locator("#publishers input").wait_for()
    assert faults(page) == []
    write(page, "the war in Syria")
    page.locator(".briefing .chip").first.click()
    page.locator("#briefing-source mark").wait_for()
    assert faults(page) == []
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#add > button").click()
    page.locator("#table button.title").first.click()
    page.locator("#article .article").wait_for()
    assert faults(page) == []
    page.get_by_role("tab", name="Evaluate").click()
    page.locator("#own > button").click()
    page.locator("#suite-file").wait_for()
    assert faults(page) == []
    context.close()


def test_a_citation_is_opened_and_left_by_keyboard(page: Page) -> None:
    ask(page, "What did Assad ask Russia for?")
    chip = page.locator(".sentence .chip").first
    chip.focus()
    page.keyboard.press("Enter")
    page.locator("#source mark").wait_for()
    page.wait_for_function("document.activeElement.matches('#source h2')")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.turn .chip')")
