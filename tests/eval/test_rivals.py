"""Peers are given what they wrote: a bench that loses an answer would flatter us."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench.rival_systems import CitationEngine
from rag.config import Settings
from rag.index.embedding import Embedder
from rag.service import Dateline
from tests.corpora import write_article
from tests.fakes import ScriptedModel


@pytest.mark.parametrize("streaming", [False, True])
def test_the_citation_engines_words_are_its_answer(tmp_path: Path, embedder: Embedder, streaming: bool) -> None:
    write_article(tmp_path / "corpus" / "a.md", "The bridge of Narva was closed on Monday.", title="Bridge")
    dateline = Dateline(Settings(index=tmp_path / "index", model="extractive"))
    dateline.ingest([tmp_path / "corpus"])
    said = "It was closed on Monday [1]."
    model = ScriptedModel(replies=lambda messages: said)
    engine = CitationEngine(dateline, model, embedder, tmp_path / "engine", streaming=streaming)
    answer = engine.ask("When was the bridge closed?")
    dateline.close()
    assert [sentence.text for sentence in answer.sentences] == ["It was closed on Monday."]
    assert answer.sentences[0].citations
    assert len(engine.first_word) == streaming
