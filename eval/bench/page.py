"""Whether the page stays fluid: a long conversation and a large corpus against an empty page, in one run.

Run as::

    python -m eval.bench.page [--articles 5000] [--messages 200] [--repeats 5] [--work DIR]

Two servers are started, one with the sample corpus, one with as many articles more, recombined from it (see
``eval.bench.recombined``). Chromium (Playwright, headless) asks, types, opens citations and filters the table on both.
Times are the browser's own: from the event of the click or key to the frame in which what was wanted is there. The
long conversation is one real answer, copied; half of the messages are questions, half answers. Answers are source
sentences, so that no language model hides what the page costs. Printed are medians, and their ratios to the empty page.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.recombined import read_sources, recombined
from rag.config import load_settings
from rag.index.embedding import load_embedder
from rag.index.store import IndexStore
from rag.service import Dateline

_CORPUS = Path(__file__).parents[2] / "corpus"
_QUESTION = "How many people have been killed in the war in Syria?"
_TYPED = "What did the ministers agree on?"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_BATCH = 1000
_WATCH = """([type, wanted]) => { window.took = new Promise(done => {
  const holds = new Function("return " + wanted);
  document.addEventListener(type, event => {
    const look = () => holds() ? done(performance.now() - event.timeStamp) : requestAnimationFrame(look);
    requestAnimationFrame(look);
  }, {once: true, capture: true});
}); }"""
_KEYS = """() => { window.keys = []; document.addEventListener("keydown", event => {
  requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - event.timeStamp)));
}, true); }"""

Times = dict[str, list[float]]


def main() -> None:
    """Reads the arguments, builds, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000, help="articles in the large corpus")
    parser.add_argument("--messages", type=int, default=200, help="messages in the long conversation")
    parser.add_argument("--repeats", type=int, default=5, help="times that each thing is done")
    parser.add_argument("--work", type=Path, help="folder of the indexes and of page.json; a temporary one by default")
    arguments = parser.parse_args()
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        small, large = work / "small", work / "large"
        _build(small, large, arguments.articles)
        found: dict[str, Times] = {}
        with _chromium() as browser:
            with _served(small) as address:
                page = _opened(browser, address)
                found["an empty chat"] = _in_the_chat(page, arguments.repeats, fresh=True)
                _lengthen(small / "conversations.sqlite", arguments.messages // 2)
                page.reload()
                page.locator("#transcript .turn").nth(arguments.messages // 2 - 1).wait_for()
                long = _in_the_chat(page, arguments.repeats, fresh=False)
                found[f"{arguments.messages} messages"] = long
                found["18 articles"] = _in_the_table(page, arguments.repeats)
            with _served(large) as address:
                page = _opened(browser, address)
                found[f"{arguments.articles:,} articles"] = _in_the_table(page, arguments.repeats)
        _print(found)
        if arguments.work:
            (work / "page.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def _build(small: Path, large: Path, articles: int) -> None:
    if not IndexStore.exists(small):
        dateline = Dateline(load_settings(index=small, model="extractive"))
        dateline.ingest([_CORPUS / "articles"])
        dateline.close()
    if IndexStore.exists(large):
        return
    store = IndexStore(small)
    sources = read_sources(store)
    store.close()
    shutil.copytree(small, large)
    store = IndexStore(large, create=True)
    with store.writing(load_embedder(load_settings(index=large)).fingerprint):
        rest = recombined(sources)
        while (missing := articles - store.catalog.counts()[0]) > 0:
            batch = list(islice(rest, min(_BATCH, missing)))
            store.write([item for item, _ in batch], np.concatenate([vectors for _, vectors in batch]))
    store.close()


@contextmanager
def _served(index: Path) -> Iterator[str]:
    """Runs ``dateline serve`` and yields its address once its models are loaded."""
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--model", "extractive", "--index", str(index)]
    environment = {**os.environ, "DATELINE_CORPUS": str(_CORPUS / "articles")}
    serving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert serving.stderr is not None
        said = ""
        while "models are loaded" not in said:
            line = serving.stderr.readline()
            if not line:
                raise RuntimeError(f"the server ended: {said}")
            said += line
        yield re.findall(r"http://\S+", said)[0]
    finally:
        serving.terminate()
        serving.wait(60)


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def _opened(browser: Any, address: str) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(address)
    page.locator(".greeting, .turn").first.wait_for()
    return page


def _in_the_chat(page: Any, repeats: int, *, fresh: bool) -> Times:
    """Asks, types and opens citations; each question in a new conversation when ``fresh``, else at the end of one."""
    times: Times = {"click to the first sentence": [], "click to the whole answer": [], "a key": [], "a citation": []}
    for _ in range(repeats):
        if fresh:
            page.locator("#new").click()
            page.locator(".greeting").wait_for()
        before = page.locator("#transcript .turn").count()
        page.evaluate(_KEYS)
        page.locator("#question textarea").press_sequentially(_TYPED, delay=30)
        page.wait_for_function("n => window.keys.length >= n", arg=len(_TYPED))
        times["a key"] += page.evaluate("window.keys.splice(0)")
        page.locator("#question textarea").fill(_QUESTION)
        there = f"document.querySelectorAll('#transcript .turn')[{before}]"
        first = f"document.querySelector('#live .sentence') || {there}"
        times["click to the first sentence"].append(_timed(page, first, page.locator("#send").click))
        page.locator("#transcript .turn").nth(before).wait_for()
        page.locator("#question textarea").fill(_QUESTION)
        there = f"document.querySelectorAll('#transcript .turn')[{before + 1}]"
        times["click to the whole answer"].append(_timed(page, there, page.locator("#send").click))
        chips = page.locator("#transcript .turn").nth(before + 1).locator(".sources .chip")
        for number in range(chips.count()):
            n = chips.nth(number).get_attribute("data-n")
            shown = f"document.querySelector('#source .steps span')?.textContent.includes('Citation {n} of')"
            times["a citation"].append(_timed(page, shown, chips.nth(number).click))
            page.evaluate("document.querySelector('#source .steps span').textContent = ''")
    return times


def _in_the_table(page: Any, repeats: int) -> Times:
    """Filters the table of articles, takes the filter away, and opens an article."""
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#table table").wait_for()
    page.wait_for_timeout(500)
    words = page.locator("#words input, #words textarea").first
    times: Times = {"filter by a word": [], "filter taken away": [], "near-duplicates only": [], "open an article": []}
    bar = "(document.querySelector('#table .bar')?.textContent ?? '')"
    some, every = f"/^\\s*[\\d,]+ of /.test({bar})", f"/^\\s*[\\d,]+ articles/.test({bar})"
    for number in range(repeats):
        for what, wanted, word in (("filter by a word", some, "minibus"), ("filter taken away", every, "")):
            times[what].append(_timed(page, wanted, partial(words.fill, word), "input"))
        box = page.get_by_label("Only near-duplicates")
        times["near-duplicates only"].append(_timed(page, some, box.check))
        box.uncheck()
        page.wait_for_function(f"() => {every}")
        page.evaluate("document.querySelector('#article').dataset.was = document.querySelector('#article').innerText")
        title = page.locator("#table button.title").nth(number % 5)
        shown = "document.querySelector('#article').innerText !== document.querySelector('#article').dataset.was"
        times["open an article"].append(_timed(page, shown, title.click))
    return times


def _timed(page: Any, wanted: str, act: Callable[[], None], event: str = "click") -> float:
    """Returns the milliseconds from an event to the frame in which something holds."""
    page.evaluate(_WATCH, [event, wanted])
    act()
    return float(page.evaluate("window.took"))


def _lengthen(history: Path, turns: int) -> None:
    """Copies the first turn of the latest conversation until it has as many."""
    with sqlite3.connect(history, timeout=30) as database:
        sql = "SELECT id FROM conversations ORDER BY touched DESC LIMIT 1"
        (conversation,) = database.execute(sql).fetchone()
        database.execute("DELETE FROM turns WHERE conversation = ? AND n > 1", (conversation,))
        database.execute(
            "WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < ?)"
            " INSERT INTO turns SELECT conversation, more.n, question, scope, answer, state, made_with, asked"
            " FROM turns, more WHERE conversation = ? AND turns.n = 1",
            (turns, conversation),
        )


def _print(found: dict[str, Times]) -> None:
    names: Sequence[str] = list(found)
    for base, other in (names[:2], names[2:]):
        print(f"\n{'median (95th percentile), ms':32s}{base:>22s}{other:>22s}{'ratio':>8s}{'n':>6s}")
        for what, times in found[base].items():
            cells = [f"{statistics.median(t):,.0f} ({np.percentile(t, 95):,.0f})" for t in (times, found[other][what])]
            ratio = statistics.median(found[other][what]) / statistics.median(times)
            print(f"{what:32s}{cells[0]:>22s}{cells[1]:>22s}{ratio:8.2f}{len(times):6d}")


if __name__ == "__main__":
    main()
