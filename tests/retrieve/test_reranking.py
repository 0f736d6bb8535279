from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from rag.config import load_settings
from rag.errors import ModelUnavailableError
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.retrieve.hybrid import Retriever
from rag.retrieve.reranking import load_reranker, reranked
from tests.check.test_cross_encoder import tiny_model
from tests.corpora import report, write_article


class Longest:
    """Prefers long texts; keeps what it read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.read += pairs
        return [min(1.0, len(text) / 10_000) for _, text in pairs]


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[IndexStore]:
    for number in range(5):
        text = f"{report(number)} {'Rain fell. ' * 5 * number}"
        write_article(tmp_path / "c" / f"{number}.md", text, title=f"Story {number}", published=date(2017, 11, 20))
    opened = IndexStore(tmp_path / "index", create=True)
    ingest(opened, embedder, [tmp_path / "c"])
    yield opened
    opened.close()


def test_the_best_are_ordered_anew_and_the_rest_stay_behind() -> None:
    texts = {"a": "short", "b": "somewhat longer"}
    scores = reranked("q", {"a": 0.9, "b": 0.8, "c": 0.7, "d": 0.1}, texts, Longest())
    assert list(scores) == ["b", "a", "c", "d"]
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert reranked("q", {"c": 0.7}, {}, Longest()) == {"c": 0.7}


def test_searches_follow_the_reranker_which_reads_question_title_and_passage(
    store: IndexStore, embedder: Embedder
) -> None:
    reranker = Longest()
    found = Retriever(store, embedder, reranker).search("Which bridge was closed?", 3)
    texts = [text for question, text in reranker.read if question == "Which bridge was closed?"]
    assert len(texts) == len(reranker.read) > 3
    assert all(text.startswith("Story ") for text in texts)
    assert found[0].passage.text in max(texts, key=len)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_any_cross_encoder_of_one_score_is_taken(tmp_path: Path, store: IndexStore, embedder: Embedder) -> None:
    folder = tiny_model(tmp_path / "model", ["only"])
    reranker = load_reranker(load_settings(reranker=str(folder)))
    assert reranker is not None
    assert all(0 <= score <= 1 for score in reranker.score([("storm", "birds"), ("birds", "storm storm")]))
    assert len(Retriever(store, embedder, reranker).search("storm birds", 3)) == 3


def test_without_one_nothing_is_loaded_and_a_classifier_is_refused_in_one_line(tmp_path: Path) -> None:
    assert load_reranker(load_settings()) is None
    folder = tiny_model(tmp_path / "model", ["contradiction", "entailment", "neutral"])
    with pytest.raises(ModelUnavailableError, match="gives 3 scores, and a reranker gives one"):
        load_reranker(load_settings(reranker=str(folder)))
