"""The planted cases of the sample corpus, from question to positions, without a language model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.index.embedding import Embedder
from rag.service import Dateline
from rag.types import Answer

ARTICLES = Path(__file__).parents[1] / "corpus" / "articles"


@pytest.fixture(scope="module")
def dateline(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.index.embedding.load_embedder", lambda settings: embedder)
        opened = Dateline(Settings(index=tmp_path_factory.mktemp("planted") / "index", model="extractive"))
        opened.ingest([ARTICLES])
        yield opened
        opened.close()


def positions(answer: Answer) -> list[tuple[str, set[str]]]:
    return [(position.value, set(position.publishers)) for d in answer.disagreements for position in d.positions]


def assert_exact(dateline: Dateline, answer: Answer) -> None:
    by_number = {citation.n: citation for citation in answer.citations}
    assert sorted(by_number) == list(range(1, len(by_number) + 1))
    for disagreement in answer.disagreements:
        assert len(disagreement.positions) > 1
        for position in disagreement.positions:
            assert position.citations
            cited = [by_number[n] for n in position.citations]
            assert {citation.publisher for citation in cited} <= set(position.publishers)
            for c in cited:
                assert dateline.article(c.article_id)[0].text[c.start : c.end] == c.quote


@pytest.mark.parametrize(
    ("question", "kind", "expected"),
    [
        (
            "When did Assad meet Putin in Sochi?",
            "date",
            {
                "20 November 2017": {"Northline Wire", "Cedar Coast Courier"},
                "21 November 2017": {"Caspian Shore Review"},
            },
        ),
        (
            "How many people have been killed in the war in Syria?",
            "numeric",
            {"400,000": {"Northline Wire"}, "more than half a million": {"Cedar Coast Courier", "Bosphorus Ledger"}},
        ),
        (
            "What exactly did Putin say about the military operation?",
            "attribution",
            {"indeed wrapping up": {"Northline Wire", "Cedar Coast Courier"}, "now finished": {"Bosphorus Ledger"}},
        ),
        (
            "Should Assad stay in office? Who says what?",
            "stance",
            {"must leave office": {"Cedar Coast Courier"}, "the Syrian people alone": {"Harbour Gazette"}},
        ),
    ],
)
def test_planted_disagreements(dateline: Dateline, question: str, kind: str, expected: dict[str, set[str]]) -> None:
    answer = dateline.ask(question)
    assert [d.kind for d in answer.disagreements] == [kind]
    shown = positions(answer)
    for value, publishers in expected.items():
        assert any(value in text and publishers <= names for text, names in shown), shown
    assert_exact(dateline, answer)


@pytest.mark.parametrize(
    ("question", "update"),
    [
        ("How many people were injured in the minibus crash near Sochi?", ("Harbour Gazette", "nine", "Six")),
        ("How long did Putin and Assad talk in Sochi?", ("Harbour Gazette", "three hours", "two hours", "corrects")),
    ],
)
def test_planted_updates_are_no_disagreements(dateline: Dateline, question: str, update: tuple[str, ...]) -> None:
    answer = dateline.ask(question)
    assert answer.disagreements == ()
    (line,) = [warning for warning in answer.warnings if all(words in warning for words in update)]
    assert "November 2017" in line


@pytest.mark.parametrize(
    "question",
    [
        "How many people have been displaced?",
        "How many refugees live in Turkey?",
        "How long did Trump and Putin talk on the telephone?",
        "When did Assad visit Moscow before?",
        "When did Putin order troops home from Hmeimim?",
        "What did Assad ask Russia for?",
        "Who resigned from the opposition's negotiating body, and who followed him?",
    ],
)
def test_no_false_alarm(dateline: Dateline, question: str) -> None:
    assert dateline.ask(question).disagreements == ()
