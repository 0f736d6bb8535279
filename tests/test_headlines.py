"""A page of which only the headline is known can be found, and nothing is answered from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.brief.types import Request
from rag.config import Settings
from rag.index.audit import audit
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.service import Dateline
from rag.types import Filters

FURNITURE = "Advertisement\n\nShare on Facebook"
REPORT = (
    "The regatta of Arkona was won by the crew of the Marisa on Sunday, the club said. Forty boats took part in it, "
    "more than in any year since the war. The harbour was closed to ferries from noon until the evening."
)
PAGES = [
    {"id": "report", "title": "Marisa wins", "text": REPORT, "published": "2022-07-25"},
    {
        "id": "video",
        "text": FURNITURE,
        "url": "https://news.example/videos/2022/07/26/volcano-erupts-dunmore/index.html",
    },
]


@pytest.fixture(scope="module")
def dateline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    folder = tmp_path_factory.mktemp("headlines")
    (folder / "pages.jsonl").write_text("\n".join(map(json.dumps, PAGES)), encoding="utf-8")
    dateline = Dateline(Settings(index=folder / "index", model="extractive"))
    report = dateline.ingest([folder / "pages.jsonl"])
    assert (report.added, report.failed, report.headlines) == (2, (), ("video",))
    yield dateline
    dateline.close()


def test_it_is_found_by_the_words_of_its_address(dateline: Dateline) -> None:
    first = dateline.search("Which volcano erupted in Dunmore?")[0]
    article, passages = dateline.article(first.passage.article_id)
    assert (article.id.endswith("video"), article.text, passages) == (True, "Volcano erupts dunmore", 1)
    assert article.text[first.passage.span.start : first.passage.span.end] == first.passage.text
    assert article.published is not None and article.published.isoformat() == "2022-07-26"


@pytest.mark.parametrize("question", ["Which volcano erupted in Dunmore?", "What erupts in Dunmore?"])
def test_nothing_is_answered_from_it(dateline: Dateline, question: str) -> None:
    answer = dateline.ask(question)
    assert answer.abstained
    assert {citation.article_id.endswith("report") for citation in answer.nearest} <= {True}


def test_nothing_is_quoted_from_it(dateline: Dateline) -> None:
    assert dateline.quote("Volcano erupts dunmore") == []


def test_nothing_is_summarised_from_it(dateline: Dateline) -> None:
    days = Filters(after=date(2022, 7, 1), before=date(2022, 7, 31))
    for wanted in (Request("Arkona regatta and Dunmore volcano"), Request(filters=days)):
        written = dateline.brief(wanted)
        assert written.sections
        assert all("olcano" not in told.text for section in written.sections for told in section.sentences)


def test_an_index_with_it_is_in_order(dateline: Dateline, embedder: Embedder) -> None:
    store = IndexStore(dateline.settings.index)
    assert audit(store, embedder) == []
    store.close()


def test_a_page_that_is_read_later_takes_its_place(dateline: Dateline, tmp_path: Path) -> None:
    told = PAGES[1] | {"text": "Mount Dunmore erupted on Tuesday and covered three villages in ash, the mayor said."}
    file = tmp_path / "pages.jsonl"
    for pages in (PAGES, [PAGES[0], told]):
        file.write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
        with_text = Dateline(Settings(index=tmp_path / "index", model="extractive"))
        with_text.ingest([file])
        answer = with_text.ask("Which mountain erupted on Tuesday?")
        with_text.close()
    assert "Mount Dunmore" in answer.text
