"""What a language model adds to a briefing: short sentences, which are shown only when they pass their check."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.brief.types import Briefing, Request
from rag.brief.writing import write_briefing
from rag.check.builtin import BuiltinVerifier
from rag.errors import ModelError, ModelTimeoutError
from rag.generate.answerability import Assessor
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.fallback import FallbackAnswerer
from rag.generate.model import Message
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import Embedder
from rag.retrieve.hybrid import Retriever
from rag.service import Dateline
from rag.types import Filters, Verdict
from tests.fakes import ScriptedModel

TOPIC = Request("Putin receives Assad in Sochi", Filters(publishers=("Northline Wire", "Cedar Coast Courier")))
SHORT = "Al-Assad met Putin in Sochi on 20 November."
FALSE = "Putin received Assad in Moscow on the evening of Friday, 24 November, and gave him 50 aircraft."


def brief(sample: Dateline, embedder: Embedder, model: ScriptedModel) -> Briefing:
    store = sample._opened()
    assessor = Assessor(embedder, store.lexical.idf)
    return write_briefing(
        TOPIC,
        catalog=store.catalog,
        retriever=Retriever(store, embedder),
        embedder=embedder,
        answerer=FallbackAnswerer(PassagewiseAnswerer(model, assessor), ExtractiveAnswerer(assessor)),
        verifier=BuiltinVerifier(),
        idf=store.lexical.idf,
        notice=lambda message: None,
    )


def bottom(found: Briefing) -> list[str]:
    return [s.text for x in found.sections if x.title == "Bottom line" for s in x.sentences]


def everything(found: Briefing) -> str:
    return " ".join(s.text for x in found.sections for s in x.sentences)


def answering(text: str) -> ScriptedModel:
    def reply(messages: Sequence[Message]) -> str:
        return text

    return ScriptedModel(replies=reply, yes=lambda messages: 0.99)


def test_a_short_sentence_that_its_source_bears_out_is_shown(sample: Dateline, embedder: Embedder) -> None:
    found = brief(sample, embedder, answering(SHORT))
    assert SHORT in everything(found)
    assert found.model == "scripted"
    assert found.usage.prompt_tokens > 0
    assert all(s.verdict is Verdict.SUPPORTED and s.citations for x in found.sections for s in x.sentences)


def test_a_sentence_that_no_source_bears_out_is_not(sample: Dateline, embedder: Embedder) -> None:
    found = brief(sample, embedder, answering(FALSE))
    assert "50 aircraft" not in everything(found)
    assert len(bottom(found)) == 2


@pytest.mark.parametrize("error", [ModelTimeoutError("the model did not answer in time"), ModelError("it broke")])
def test_a_model_that_fails_leaves_a_briefing_of_source_sentences(
    sample: Dateline, embedder: Embedder, error: Exception
) -> None:
    found = brief(sample, embedder, ScriptedModel(yes=[error], replies=[]))
    assert len(bottom(found)) == 2
    assert any(str(error) in warning for warning in found.warnings)


def test_few_passages_are_put_to_the_model(sample: Dateline, embedder: Embedder) -> None:
    model = answering(FALSE)
    brief(sample, embedder, model)
    assert len(model.asked) <= 3 * 4  # a gate, an answer and a check for each


def test_without_a_model_that_is_said(sample: Dateline, embedder: Embedder) -> None:
    store = sample._opened()
    extractive = ExtractiveAnswerer(Assessor(embedder, store.lexical.idf))
    found = write_briefing(
        TOPIC,
        catalog=store.catalog,
        retriever=Retriever(store, embedder),
        embedder=embedder,
        answerer=FallbackAnswerer(None, extractive, "the model is not installed"),
        verifier=BuiltinVerifier(),
        idf=store.lexical.idf,
        notice=lambda message: None,
    )
    assert any("no language model" in warning for warning in found.warnings)
