from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.errors import EmbeddingMismatchError
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest, remove
from rag.retrieve.hybrid import Retriever
from rag.types import Filters, RetrievedPassage, SearchMode
from tests.corpora import report, write_article
from tests.fakes import HashEmbedder

FERRY = (
    "A ferry with forty people on board sank off Arkona in heavy seas on Monday night, the coast guard said. Three"
    " passengers drowned and the others were taken ashore by fishermen who had heard the distress call. The captain"
    " told reporters that a wave had broken the bow door. An inquiry will begin next week. Relatives of the dead were"
    " waiting in the harbour church, where the mayor read out the names of those who had been saved."
)
SUMMIT = (
    "The presidents of three countries met in the mountain resort of Sella to speak about a peace settlement for the"
    " war. They agreed to invite all parties to a congress. Diplomats said that the talks would go on in the spring."
)
HARVEST = (
    "Farmers in the Gant valley have brought in the largest barley harvest for twenty years, the growers' union"
    " announced. Prices have fallen by a fifth since August. Brewers welcomed the news."
)
ADDITION = (
    "In Dunmore, where the ferry was built in 1974, retired welders recalled that the shipyard had used cheap rivets"
    " after the steel strike. Agnes Tully, aged 81, said that inspectors never came."
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[IndexStore]:
    base = tmp_path_factory.mktemp("hybrid")
    corpus = base / "corpus"
    longer = "\n\n".join(f"## Part {i}\n\n{HARVEST} {report(i, 5)}" for i in range(5))
    articles = [
        ("ferry", FERRY, "Agency", date(2017, 11, 20)),
        ("ferry-herald", f"{FERRY} Reported by our staff.", "The Herald", date(2017, 11, 21)),
        ("ferry-local", f"{FERRY}\n\n## The old shipyard\n\n{ADDITION}", "Dunmore Echo", date(2017, 11, 22)),
        ("summit", SUMMIT, "The Courier", date(2017, 11, 22)),
        ("harvest", longer, "The Courier", date(2017, 11, 23)),
        ("undated", "Barley beer is brewed again in the abbey of Cordelia after ninety years.", "Echo", None),
    ]
    for name, text, publisher, day in articles:
        write_article(corpus / f"{name}.md", text, title=name.title(), publisher=publisher, published=day)
    opened = IndexStore(base / "index", create=True)
    ingest(opened, embedder, [corpus])
    yield opened
    opened.close()


@pytest.fixture
def retriever(store: IndexStore, embedder: Embedder) -> Retriever:
    return Retriever(store, embedder)


def articles(found: list[RetrievedPassage]) -> list[str]:
    return [hit.passage.article_id.removesuffix(".md") for hit in found]


@pytest.mark.parametrize("mode", list(SearchMode))
def test_the_best_passage_answers_and_knows_its_article(retriever: Retriever, mode: SearchMode) -> None:
    best = retriever.search("peace congress of the presidents", 3, mode=mode)[0]
    assert best.passage.article_id == "summit.md"
    assert (best.title, best.publisher, best.published) == ("Summit", "The Courier", date(2017, 11, 22))
    assert "peace settlement" in best.passage.text
    assert (best.cosine is None) is (mode is SearchMode.BM25)
    assert (best.bm25 is None) is (mode is SearchMode.DENSE)
    assert 0 < best.score <= 1


def test_dense_search_needs_no_common_word_and_bm25_does(retriever: Retriever) -> None:
    question = "shipwreck victims"
    assert articles(retriever.search(question, 1, mode=SearchMode.DENSE)) == ["ferry"]
    assert retriever.search(question, 1, mode=SearchMode.BM25) == []
    assert articles(retriever.search(question, 1)) == ["ferry"]


@pytest.mark.parametrize("mode", list(SearchMode))
def test_scores_fall_and_the_order_is_the_same_every_time(retriever: Retriever, mode: SearchMode) -> None:
    found = retriever.search("who said what about the harvest and the ferry?", 10, mode=mode)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for _ in range(3):
        assert retriever.search("who said what about the harvest and the ferry?", 10, mode=mode) == found


@pytest.mark.parametrize("mode", list(SearchMode))
def test_copies_are_one_result_from_the_lead(retriever: Retriever, mode: SearchMode) -> None:
    found = retriever.search("how many passengers drowned when the ferry sank?", 10, mode=mode)
    assert articles(found)[0] == "ferry"
    assert "ferry-herald" not in articles(found)
    assert found[0].also_carried_by == ("Dunmore Echo", "The Herald")


def test_what_only_a_copy_has_is_found_in_the_copy(retriever: Retriever) -> None:
    best = retriever.search("What did retired welders say about cheap rivets?", 3)[0]
    assert best.passage.article_id == "ferry-local.md"
    assert "Agnes Tully" in best.passage.text
    assert best.also_carried_by == ()


@pytest.mark.parametrize("mode", list(SearchMode))
def test_a_filter_that_excludes_the_lead_finds_the_copy(retriever: Retriever, mode: SearchMode) -> None:
    question = "passengers drowned ferry sank"
    herald = retriever.search(question, 5, filters=Filters(publishers=("the herald",)), mode=mode)
    assert set(articles(herald)) == {"ferry-herald"}
    assert herald[0].also_carried_by == ("Agency", "Dunmore Echo")
    copies_only = Filters(after=date(2017, 11, 21), before=date(2017, 11, 22))
    later = retriever.search(question, 9, filters=copies_only, mode=mode)
    sinkings = [hit.passage.article_id for hit in later if "forty people on board" in hit.passage.text]
    assert len(sinkings) == 1
    assert sinkings[0] in ("ferry-herald.md", "ferry-local.md")


def test_at_most_two_passages_of_an_article_unless_there_is_room_to_fill(retriever: Retriever) -> None:
    question = "barley harvest in the Gant valley"
    thinned = articles(retriever.search(question, 20))
    assert thinned.count("harvest") == 2
    filled = retriever.search(question, 20, fill=True)
    assert articles(filled)[: len(thinned)] == thinned
    assert articles(filled).count("harvest") == 5
    assert "ferry-herald" not in articles(filled)
    assert len({hit.passage.id for hit in filled}) == len(filled)
    assert articles(retriever.search(question, 3, fill=True)) == articles(retriever.search(question, 3))
    assert articles(retriever.search(question, 20, per_article=1)).count("harvest") == 1


@pytest.mark.parametrize("mode", list(SearchMode))
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(publishers=("THE COURIER",)), {"summit", "harvest"}),
        (Filters(publishers=("the  courier", "Echo")), {"summit", "harvest", "undated"}),
        (Filters(publishers=("Nobody",)), set()),
        (Filters(after=date(2017, 11, 22)), {"ferry-local", "summit", "harvest"}),
        (Filters(before=date(2017, 11, 20)), {"ferry"}),
        (Filters(after=date(2017, 11, 22), before=date(2017, 11, 22)), {"ferry-local", "summit"}),
        (Filters(publishers=("the courier",), before=date(2017, 11, 22)), {"summit"}),
        (Filters(after=date(1900, 1, 1)), {"ferry", "ferry-local", "summit", "harvest"}),
    ],
)
def test_filters(retriever: Retriever, filters: Filters, expected: set[str], mode: SearchMode) -> None:
    everything = "the barley ferry presidents union Arkona harvest captain Dunmore abbey peace"
    assert set(articles(retriever.search(everything, 20, filters=filters, mode=mode))) == expected


@pytest.mark.parametrize("question", ["", "   ", "?!", '"(AND OR +-: ~^ [}', "x" * 5000, "Ω≈ç√ 平和 🕊", "\ud800"])
def test_any_text_is_a_question(retriever: Retriever, question: str) -> None:
    for mode in SearchMode:
        assert len(retriever.search(question, 3, mode=mode)) <= 3


def test_k_is_honoured(retriever: Retriever) -> None:
    assert [len(retriever.search("the ferry", k, fill=True)) for k in (1, 2, 4)] == [1, 2, 4]


def test_the_index_of_another_model_is_refused_where_its_vectors_count(store: IndexStore) -> None:
    other = Retriever(store, HashEmbedder())
    with pytest.raises(EmbeddingMismatchError, match="hash:64"):
        other.search("ferry", 3)
    with pytest.raises(EmbeddingMismatchError, match="hash:64"):
        other.search("ferry", 3, mode=SearchMode.DENSE)
    assert articles(other.search("harbour church", 1, mode=SearchMode.BM25)) == ["ferry"]


def test_an_empty_index_finds_nothing(tmp_path: Path, embedder: Embedder) -> None:
    store = IndexStore(tmp_path, create=True)
    assert all(Retriever(store, embedder).search("anything", 5, mode=mode) == [] for mode in SearchMode)
    store.close()


def test_what_is_removed_is_found_no_more_and_its_heir_is(tmp_path: Path, embedder: Embedder) -> None:
    write_article(tmp_path / "c" / "a.md", FERRY, publisher="Agency", published=date(2017, 11, 20))
    write_article(tmp_path / "c" / "b.md", FERRY, publisher="Herald", published=date(2017, 11, 21))
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, embedder, [tmp_path / "c"])
    retriever = Retriever(store, embedder)
    assert [(hit.publisher, hit.also_carried_by) for hit in retriever.search("ferry", 5)] == [("Agency", ("Herald",))]
    remove(store, ["a.md"])
    assert [(hit.publisher, hit.also_carried_by) for hit in retriever.search("ferry", 5)] == [("Herald", ())]
    store.close()


def test_a_copy_with_another_figure_is_heard_itself(tmp_path: Path, embedder: Embedder) -> None:
    body = (
        "The storm killed {} people in Tallinn on Friday, the mayor said. Roofs were torn off, and trams stood still"
        " until Sunday. The harbour stayed closed. Schools open again on Monday, and the army clears the park of trees."
    )
    for name, dead in (("tide", "12"), ("quay", "12"), ("port", "19")):
        write_article(tmp_path / f"{name}.md", body.format(dead), title="Storm", publisher=name, published=None)
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, embedder, [tmp_path / f"{name}.md" for name in ("tide", "quay", "port")])
    found = Retriever(store, embedder).search("How many people did the storm kill in Tallinn?", 9)
    store.close()
    assert sorted("19" in hit.passage.text for hit in found) == [False, True]


def test_a_passage_is_found_by_what_its_article_is_about(tmp_path: Path, embedder: Embedder) -> None:
    closing = "The bridge was closed for nine days. Buses took another way, and the market moved to the school yard."
    storm, strike = (
        f"{topic}\n\n## What followed\n\n{closing}"
        for topic in (
            "Storm Ottilie tore at the coast on Monday. Ottilie is the worst storm in Arkona since records began.",
            "Welders laid down their work on Monday. Their strike over wages is the longest in Dunmore for years.",
        )
    )
    write_article(tmp_path / "c" / "a-strike.md", strike, title="Strike in Dunmore", published=date(2017, 11, 20))
    write_article(tmp_path / "c" / "storm.md", storm, title="Storm in Arkona", published=date(2017, 11, 20))
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, embedder, [tmp_path / "c"])
    found = Retriever(store, embedder).search(
        "For how many days was the bridge closed after Ottilie?", 4, per_article=9
    )
    store.close()
    closures = [hit.passage.article_id for hit in found if "nine days" in hit.passage.text]
    assert closures == ["storm.md", "a-strike.md"]
