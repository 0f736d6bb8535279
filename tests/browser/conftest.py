"""A browser and a served page; both skipped where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from rag.answering import load_answerer
from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.drafting import Answerer
from tests.browser.sites import ARTICLES, BrokenModel, Site, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium; install the package chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="there is no playwright; install dateline[test]")
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def fakes() -> Iterator[Callable[[Site], None]]:
    """Puts fake models behind their names; returns a function that tells which site's slow model is meant."""
    with pytest.MonkeyPatch.context() as patch:
        sites: list[Site] = []

        def load(settings: Settings, *rest: object) -> Answerer:
            if settings.model == "fake/slow":
                return sites[-1].slow
            if settings.model == "fake/stuck":
                return sites[-1].stuck
            if settings.model == "fake/broken":
                return BrokenModel()
            if settings.model.startswith("fake/"):
                raise ModelUnavailableError(f"there is no model {settings.model}; see `dateline doctor`")
            return load_answerer(settings, *rest)  # type: ignore[arg-type]

        patch.setattr("rag.answering.load_answerer", load)
        yield sites.append


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser, fakes: Callable[[Site], None]) -> Iterator[Site]:
    served = Site(tmp_path_factory.mktemp("site"), ARTICLES)
    fakes(served)
    with served.up():
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    return open_page(context, site)
