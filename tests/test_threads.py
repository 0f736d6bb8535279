"""One ``Dateline`` used by several threads at once, as the page and the API do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.answering import Finished, load_answerer
from rag.config import Settings
from rag.errors import EmbeddingMismatchError
from rag.index.embedding import Embedder, PackagedEmbedder, load_embedder
from rag.service import Dateline
from tests.corpora import write_article

TOWNS = ("Tartu", "Narva", "Viljandi", "Rakvere")


def write_corpus(folder: Path) -> Path:
    for town in TOWNS:
        text = f"The bridge of {town} was closed on Monday."
        write_article(folder / f"{town}.md", text, title=f"Bridge of {town}")
    return folder


def test_what_is_opened_on_first_use_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def slow_embedder(settings: Settings) -> Embedder:
        opened.append("embedder")
        threading.Event().wait(0.2)
        return load_embedder(settings)

    def slow_answerer(settings: Settings, *rest: object) -> object:
        opened.append(settings.model)
        threading.Event().wait(0.2)
        return load_answerer(settings, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("rag.index.embedding.load_embedder", slow_embedder)
    monkeypatch.setattr("rag.answering.load_answerer", slow_answerer)
    corpus = write_corpus(tmp_path / "corpus")
    dateline = Dateline(Settings(index=tmp_path / "index", corpus=corpus, model="extractive"))
    together = threading.Barrier(len(TOWNS))

    def ask(town: str) -> str:
        together.wait(10)
        return dateline.ask(f"When was the bridge of {town} closed?").text

    with ThreadPoolExecutor(len(TOWNS)) as pool:
        answers = dict(zip(TOWNS, pool.map(ask, TOWNS), strict=True))
    dateline.close()
    assert sorted(opened) == ["embedder", "extractive"]
    assert all(town in answer for town, answer in answers.items())


def test_each_question_may_name_its_model(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    dateline = Dateline(Settings(index=tmp_path / "index", corpus=corpus, model="openai/nobody"))
    events = list(dateline.ask_stream("When was the bridge of Narva closed?", model="extractive"))
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.model == "extractive"
    dateline.close()


def test_what_would_fail_the_first_question_is_told_while_warming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(index=tmp_path / "index", corpus=write_corpus(tmp_path / "corpus"), model="extractive")
    dateline = Dateline(settings)
    dateline.warm()
    dateline.close()
    monkeypatch.setattr(PackagedEmbedder, "fingerprint", "other:1")
    dateline = Dateline(settings)
    with pytest.raises(EmbeddingMismatchError, match="other:1"):
        dateline.warm()
    dateline.close()


def test_questions_are_answered_while_articles_are_added(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    dateline = Dateline(Settings(index=tmp_path / "index", corpus=corpus, model="extractive"))
    dateline.warm()
    more = tmp_path / "more"
    for n in range(60):
        write_article(more / f"{n}.md", f"The school number {n} opened on Tuesday in Tartu.", title=f"School {n}")
    with ThreadPoolExecutor(3) as pool:
        ingesting = pool.submit(lambda: [dateline.ingest([more / f"{n}.md"]) for n in range(60)])
        asking = [pool.submit(dateline.ask, f"When was the bridge of {TOWNS[n % 4]} closed?") for n in range(20)]
        assert all(TOWNS[n % 4] in answer.result().text for n, answer in enumerate(asking))
        assert sum(report.added for report in ingesting.result()) == 60
    dateline.close()
