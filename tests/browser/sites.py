"""A served page with fake models behind it, and how a reader uses it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import ModelTimeoutError
from rag.generate.drafting import Draft, Trace
from rag.service import Dateline
from rag.types import RetrievedPassage, Turn

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


class SlowModel:
    """Quotes one sentence, then thinks until it is released."""

    name = "fake/slow"

    def __init__(self) -> None:
        self.released = threading.Event()

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        first = passages[0]
        for span in first.passage.sentences[:2]:
            yield Draft(first.passage.words(span), (first,), cited=((first, span),))
            self.released.wait(20)

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        return None

    def close(self) -> None:
        self.released.set()


class StuckModel(SlowModel):
    """Writes nothing until it is released."""

    name = "fake/stuck"

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        self.released.wait(20)
        yield from super().draft(question, passages, trace)


class BrokenModel(SlowModel):
    """Fails at once."""

    name = "fake/broken"

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        raise ModelTimeoutError("the model did not answer within 120 s")
        yield


class Site:
    """A served page: its address, what answers, and the slow model behind ``fake/slow``."""

    def __init__(self, folder: Path, corpus: Path, port: int = 0) -> None:
        self.settings = Settings(
            index=folder / "index",
            cache=folder / "cache",  # remembers what a model wrote, which must not outlive the test
            corpus=corpus,
            model="extractive",
            allow_private_addresses=True,
        )
        self.slow, self.stuck = SlowModel(), StuckModel()
        self._port = port

    @contextmanager
    def up(self) -> Iterator[Site]:
        """Serves while the block runs, in a thread of this process."""
        import uvicorn

        from ui.history import History
        from ui.jobs.board import Board
        from ui.server import build_app

        self.dateline = Dateline(self.settings)
        self.dateline.create()
        self.dateline.warm()
        history = History(self.settings.index / "conversations.sqlite")
        examples = ("What did Assad ask Russia for?",)
        self.board = Board(self.settings.index)
        app = build_app(self.dateline, history, self.board, lambda: examples)
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        try:
            yield self
        finally:
            self.slow.released.set()
            self.stuck.released.set()
            server.should_exit = server.force_exit = True
            thread.join(10)
            self.board.close()
            history.close()
            self.dateline.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/"


def open_page(context: BrowserContext, site: Site) -> Page:
    """Opens the page and waits until it can be used."""
    page = context.new_page()
    page.goto(site.address)
    page.locator(".greeting, .turn").first.wait_for()
    return page


def ask(page: Page, question: str, *, wait: bool = True) -> None:
    """Asks a question and waits for the answer to be complete."""
    before = page.locator("#transcript .turn").count()
    page.locator("#question textarea").fill(question)
    page.locator("#send").click()
    if wait:
        page.locator("#transcript .turn").nth(before).wait_for()


def settle(page: Page) -> None:
    """Waits until the page has been still for 300 ms: fields that were opened just now hear nothing before that.

    The page itself measures it, while it has nothing else to do, so a busy machine waits longer.
    """
    page.evaluate("""() => new Promise((resolve) => {
        let timer;
        const still = () => { watcher.disconnect(); requestIdleCallback(() => resolve(null)); };
        const again = () => { clearTimeout(timer); timer = setTimeout(() => requestIdleCallback(still), 300); };
        const watcher = new MutationObserver(again);
        watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
        setTimeout(still, 10000);
        again();
    })""")


def begins(shown: Locator) -> bool:
    """Tells whether something is shown within 15 s: what was opened just now may not hear what is done to it."""
    from playwright.sync_api import TimeoutError as NotHeardError

    try:
        shown.wait_for(timeout=15_000)
    except NotHeardError:
        return False
    return True


def give(page: Page, field: str, *files: Path, heard: str) -> None:
    """Puts files into a field once the page is still, again if it did not hear, and waits for what shows it did."""
    chooser = page.locator(f"{field} input[type=file]")
    for _ in range(2):
        chooser.wait_for(state="attached")
        settle(page)
        chooser.set_input_files([str(file) for file in files])
        if begins(page.locator(heard).first):
            return
    raise AssertionError(f"{field} did not take {files}")


def to_order(page: Page) -> None:
    """Opens all that can be asked of a briefing."""
    page.get_by_role("tab", name="Briefing").click()
    page.locator("#briefing-shown > *").first.wait_for()
    if page.locator("#briefing-scope > button.open").count() == 0:
        page.locator("#briefing-scope > button").click()
    page.locator("#brief-length input").wait_for()
    settle(page)


def write(page: Page, topic: str, length: str = "Short", *, wait: bool = True) -> None:
    """Has a briefing written and waits until it is there."""
    to_order(page)
    page.locator("#brief-length input").fill(length)
    page.locator("#brief-length input").press("Enter")
    page.locator("#topic input, #topic textarea").fill(topic)
    begun = page.locator("#briefing-progress .job").or_(page.locator("#briefing-shown .briefing")).first
    page.locator("#write").click()
    if not begins(begun):
        page.locator("#write").click()
    begun.wait_for()
    if wait:
        page.locator("#briefing-shown .briefing").wait_for(timeout=60_000)


def choose(page: Page, field: str, name: str) -> None:
    """Chooses from a list, which must show the name first: what is typed before it listens is no choice."""
    option = page.get_by_role("option", name=name, exact=True).first
    for _ in range(2):
        page.locator(f"{field} input").fill(name)
        if begins(option):
            break
        page.locator(f"{field} input").blur()
    option.click()
    option.wait_for(state="detached")


def choose_model(page: Page, name: str, where: str = "#model") -> None:
    """Types the name of a model."""
    field = page.locator(f"{where} input")
    if where == "#model" and not field.is_visible():
        page.locator("#scope > button").click()
    field.fill(name)
    field.press("Enter")
    field.blur()
