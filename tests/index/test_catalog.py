from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.errors import ArticleNotFoundError
from rag.index.catalog import Catalog
from rag.index.records import ArticleHead, IndexedArticle, PassageEntry, publisher_key
from rag.index.sources import Held
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.types import Article, EventDate, Filters, Passage, RemovedText, SourceSummary, Span
from tests.corpora import write_article
from tests.fakes import HashEmbedder

TEXT = "Erste Meldung über 😀 Arkona. Second sentence.\n\nThird sentence here."


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def passage(article: Article, start: int, end: int) -> Passage:
    span = Span(start, end)
    return Passage(f"{article.id}:{article.version[:8]}:{start}-{end}", article.id, article.version, span, (span,),
                   span.of(article.text))  # fmt: skip


def item(article_id: str, text: str = TEXT, root: str = "/corpus", **facts: object) -> IndexedArticle:
    article = Article(article_id, hashlib.sha256(text.encode()).hexdigest(), text)
    article = replace(article, **facts)  # type: ignore[arg-type]
    middle = len(text) // 2
    passages = (passage(article, 0, middle), passage(article, middle, len(text)))
    return IndexedArticle(article, root, article_id, f"digest of {text}", passages)


def test_the_first_passage_of_each_article(catalog: Catalog) -> None:
    first, second = item("a"), item("b")
    catalog.commit([first, second], [], {})
    assert catalog.first_passages(["b", "unknown", "a", "b"]) == {"a": first.passages[0].id, "b": second.passages[0].id}
    assert catalog.first_passages([]) == {}


def test_an_article_comes_back_as_it_was_written(catalog: Catalog) -> None:
    written = item(
        "a", title="Title", publisher="The Courier", published=date(2017, 11, 20), url="https://a.example/1",
        language="de", removed=(RemovedText("Share 😀", "share bar"), RemovedText("More", "link list")),
    )  # fmt: skip
    assert catalog.commit([written], [], {}) == []
    assert catalog.article("a") == written.article
    assert catalog.passages_of("a") == list(written.passages)
    assert [p.text for p in catalog.passages_of("a")] == [p.span.of(TEXT) for p in written.passages]
    assert catalog.counts() == (1, 2)
    assert catalog.summaries() == [
        SourceSummary("a", written.article.version, "Title", "The Courier", date(2017, 11, 20), "de", 2, None)
    ]
    assert catalog.heads(["a", "b"]) == {"a": ArticleHead("Title", "The Courier", date(2017, 11, 20))}


def test_unknown_ids(catalog: Catalog) -> None:
    with pytest.raises(ArticleNotFoundError, match="no article has the id 'x'; `dateline sources` lists them"):
        catalog.article("x")
    assert (catalog.passages(["x"]), catalog.passages_of("x"), catalog.entries(["x"], Filters())) == ([], [], {})
    assert (catalog.carriers("x"), catalog.leads(["x"]), catalog.get_stored("x")) == ([], {}, None)
    catalog.commit([], ["x"], {})


def test_passages_come_in_the_order_asked(catalog: Catalog) -> None:
    written = item("a")
    catalog.commit([written], [], {})
    first, second = (p.id for p in written.passages)
    assert [p.id for p in catalog.passages([second, "gone", first])] == [second, first]


def test_a_new_version_takes_the_place_of_the_old_whose_passages_enter_the_journal(catalog: Catalog) -> None:
    old, new = item("a"), item("a", f"{TEXT} More.")
    catalog.commit([old], [], {})
    catalog.announce([p.id for p in new.passages])
    gone = catalog.commit([new], [], {})
    assert set(gone) == {p.id for p in old.passages} == set(catalog.journal())
    assert catalog.passages_of("a") == list(new.passages)
    assert catalog.entries(gone, Filters()) == {}
    catalog.clear_journal(gone)
    assert catalog.journal() == []


def test_what_is_current_is_never_announced_for_sweeping(catalog: Catalog) -> None:
    written = item("a")
    ids = [p.id for p in written.passages]
    catalog.announce(ids)
    assert sorted(catalog.journal()) == sorted(ids)
    catalog.commit([written], [], {})
    catalog.announce(ids)
    assert catalog.journal() == []


def test_cleaning_that_drops_other_lines_of_the_same_text_is_stored(catalog: Catalog) -> None:
    catalog.commit([item("a", removed=(RemovedText("Share", "share bar"),))], [], {})
    catalog.commit([item("a", removed=(RemovedText("Advert", "advert"),))], [], {})
    assert catalog.article("a").removed == (RemovedText("Advert", "advert"),)


def test_a_commit_that_fails_changes_nothing(catalog: Catalog) -> None:
    catalog.commit([item("a")], [], {})
    generation, before = catalog.generation(), catalog.summaries()
    twice = item("b")
    with pytest.raises(Exception, match="UNIQUE"):
        catalog.commit([twice, twice], ["a"], {})
    assert (catalog.generation(), catalog.summaries(), catalog.journal()) == (generation, before, [])


def test_the_generation_grows_with_every_commit(catalog: Catalog) -> None:
    seen = [catalog.generation()]
    for change in ([item("a")], [item("a", "Other.")], []):
        catalog.commit(change, [], {})
        seen.append(catalog.generation())
    assert seen == sorted(set(seen))


def test_copies_know_each_other(catalog: Catalog) -> None:
    catalog.commit([item("a", publisher="Agency"), item("b", publisher="Herald", duplicate_of="a"),
                    item("c", duplicate_of="a"), item("d", publisher="agency", duplicate_of="a"),
                    item("e", publisher="Echo")], [], {})  # fmt: skip
    assert catalog.carriers("a") == ["Herald", "c"]
    assert catalog.carriers("b") == ["Agency", "agency", "c"]
    assert catalog.carriers("e") == []
    assert catalog.leads("abcde") == {"b": "a", "c": "a", "d": "a"}
    catalog.commit([], ["a"], {"b": None, "c": "b", "d": "b"})
    assert catalog.leads("bcde") == {"c": "b", "d": "b"}
    assert catalog.entries([f"{catalog.passages_of('c')[0].id}"], Filters()).popitem()[1].group == "b"


def test_filters_of_the_catalog(catalog: Catalog) -> None:
    catalog.commit(
        [
            item("a", publisher="The Courier", published=date(2017, 11, 20)),
            item("b", publisher="the  COURIER", published=date(2017, 11, 22)),
            item("c", publisher="Straße", published=date(1, 1, 1)),
            item("d", publisher="Straße"),
        ],
        [],
        {},
    )
    ids = [catalog.passages_of(article)[0].id for article in "abcd"]

    def passing(filters: Filters) -> str:
        found = {entry.article_id for entry in catalog.entries(ids, filters).values()}
        assert catalog.matching(filters) == len(found)
        return "".join(sorted(found))

    assert passing(Filters()) == "abcd"
    assert passing(Filters(publishers=("THE COURIER ",))) == "ab"
    assert passing(Filters(publishers=("STRASSE",))) == "cd"
    assert passing(Filters(publishers=("Courier",))) == ""
    assert passing(Filters(after=date(2017, 11, 20))) == "ab"
    assert passing(Filters(after=date(2017, 11, 21))) == "b"
    assert passing(Filters(before=date(2017, 11, 20))) == "ac"
    assert passing(Filters(before=date.max)) == "abc"
    assert passing(Filters(publishers=("the courier",), after=date(2017, 11, 22), before=date(2017, 11, 22))) == "b"
    assert catalog.entries(ids[:1], Filters()) == {
        ids[0]: PassageEntry(ids[0], "a", "a", "The Courier", date(2017, 11, 20))
    }
    assert catalog.publishers() == ["Straße", "The Courier", "the  COURIER"]


def test_summaries_are_ordered_by_date_publisher_and_id_with_undated_ones_last(catalog: Catalog) -> None:
    day = date(2017, 11, 20)
    catalog.commit(
        [item("z"), item("b", publisher="B", published=day), item("c", publisher="A", published=day),
         item("a", publisher="B", published=day), item("first", publisher="Z", published=date(2016, 1, 1))],
        [], {},
    )  # fmt: skip
    assert [summary.id for summary in catalog.summaries()] == ["first", "c", "a", "b", "z"]


def test_places(catalog: Catalog) -> None:
    catalog.commit([item("a", root="/one"), replace(item("one/a", root="/two"), key="a")], [], {})
    assert catalog.places() == [("/one", "a", "a"), ("/two", "a", "one/a")]
    found = catalog.find("/two", "a")
    assert found is not None
    assert (found.id, found == catalog.get_stored("one/a")) == ("one/a", True)
    assert [stored.id for stored in catalog.namesakes("a")] == ["a", "one/a"]
    catalog.sources.put([Held(moved=(("a", "/three"),))])
    assert catalog.find("/one", "a") is None
    assert catalog.places()[0] == ("/three", "a", "a")


def test_many_ids_and_many_articles(catalog: Catalog) -> None:
    catalog.commit([item(f"a{i}") for i in range(1200)], [], {})
    ids = [p.id for i in range(1200) for p in item(f"a{i}").passages]
    asked = [*ids, *(f"unknown {i}" for i in range(40_000))]
    assert len(catalog.entries(asked, Filters())) == len(catalog.passages(asked)) == 2400
    assert len(catalog.commit([], [f"a{i}" for i in range(1200)], {})) == 2400
    assert catalog.counts() == (0, 0)


def test_readers_in_other_threads_see_whole_commits(catalog: Catalog) -> None:
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                assert catalog.counts() in ((0, 0), (2, 4))
                for passage_ in catalog.passages([p.id for p in item("a").passages]):
                    assert passage_.text == passage_.span.of(TEXT)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        catalog.commit([item("a"), item("b")], [], {})
        catalog.commit([], ["a", "b"], {})
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_publishers_are_compared_without_case_or_spacing() -> None:
    assert publisher_key(" The\u00a0 COURIER\n") == publisher_key("the courier") == "the courier"


def test_who_carried_it_later_is_not_known_earlier(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    text = " ".join(f"The roof of the cathedral in Turin fell in, said witness number {n}." for n in range(12))
    write_article(folder / "lead.md", text, publisher="Alpha", published=date(2019, 1, 1))
    write_article(folder / "copy.md", text, publisher="Beta", published=date(2020, 6, 1))
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, HashEmbedder(), [folder])
    assert store.catalog.carriers("lead.md") == ["Beta"]
    assert store.catalog.carriers("lead.md", date(2019, 12, 31)) == []
    assert store.catalog.carriers("copy.md", date(2020, 12, 31)) == ["Alpha"]
    store.close()


def test_event_dates_live_and_go_with_their_version(catalog: Catalog) -> None:
    first, second = (EventDate(Span(0, 5), date(2017, 11, day), date(2017, 11, day)) for day in (20, 21))
    catalog.commit([replace(item("a"), dates=(first,))], [], {})
    assert catalog.event_dates("a") == [first]
    catalog.commit([replace(item("a"), dates=(second,))], [], {})  # same text, corrected day of publication
    assert catalog.event_dates("a") == [second]
    catalog.commit([item("a", "Another text altogether.")], [], {})
    assert catalog.event_dates("a") == []
    catalog.commit([replace(item("a"), dates=(first,))], [], {})
    catalog.commit([], ["a"], {})
    catalog.commit([item("a")], [], {})
    assert catalog.event_dates("a") == []


def test_an_index_from_before_event_dates_opens(tmp_path: Path) -> None:
    old = Catalog(tmp_path / "catalog.sqlite")
    old.commit([item("a")], [], {})
    old.close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as db:
        db.execute("DROP TABLE event_dates")
    opened = Catalog(tmp_path / "catalog.sqlite")
    assert opened.event_dates("a") == []
    opened.commit([item("b")], ["a"], {})
    opened.close()
