from __future__ import annotations

import pytest

from rag.errors import ModelError, ModelTimeoutError, ModelUnavailableError, ModelUnreachableError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Trace
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.fallback import FallbackAnswerer
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import Embedder
from tests.fakes import ScriptedModel
from tests.passages import retrieved

QUESTION = "How many passengers of the ferry drowned?"
SOURCES = [retrieved(f"Three passengers of the ferry drowned off Cape {n}.", f"{n}.md") for n in range(2)]


@pytest.fixture
def assessor(embedder: Embedder) -> Assessor:
    return Assessor(embedder, lambda stem: 1.0)


def falling_back(model: ScriptedModel | None, assessor: Assessor, why: str = "") -> FallbackAnswerer:
    first = None if model is None else PassagewiseAnswerer(model, assessor)
    return FallbackAnswerer(first, ExtractiveAnswerer(assessor), why)


def test_a_model_that_works_answers_alone(assessor: Assessor) -> None:
    model, trace = ScriptedModel(replies=["Three drowned.", ""], yes=[0.97, 0.97, 0.97]), Trace()
    answerer = falling_back(model, assessor)
    assert [draft.text for draft in answerer.draft(QUESTION, SOURCES, trace)] == ["Three drowned."]
    assert (answerer.name, trace.warnings, trace.model) == ("scripted", [], None)


def test_a_model_that_finds_nothing_is_not_overruled(assessor: Assessor) -> None:
    trace = Trace()
    assert list(falling_back(ScriptedModel(yes=[0.01, 0.01]), assessor).draft(QUESTION, SOURCES, trace)) == []
    assert trace.warnings == []


@pytest.mark.parametrize("error", [ModelError, ModelTimeoutError, ModelUnreachableError])
def test_a_failure_before_the_first_sentence(assessor: Assessor, error: type[ModelError]) -> None:
    trace = Trace()
    drafts = list(falling_back(ScriptedModel(yes=[error("it broke")]), assessor).draft(QUESTION, SOURCES, trace))
    assert drafts[0].text.startswith("Three passengers of the ferry drowned off Cape")
    assert trace.warnings == ["it broke; these are source sentences, chosen without a language model"]
    assert trace.model == "extractive"


@pytest.mark.parametrize("error", [ModelError, ModelTimeoutError, ModelUnreachableError])
def test_a_failure_after_the_first_sentence(assessor: Assessor, error: type[ModelError]) -> None:
    model, trace = ScriptedModel(replies=["Three drowned."], yes=[0.97, 0.97, error("it broke")]), Trace()
    drafts = list(falling_back(model, assessor).draft(QUESTION, SOURCES, trace))
    assert [draft.text for draft in drafts] == ["Three drowned."]
    assert trace.warnings == ["it broke; the answer may be incomplete"]
    assert trace.model is None


def test_what_the_user_can_put_right_passes(assessor: Assessor) -> None:
    refusing = ScriptedModel(replies=[ModelUnavailableError("key")], yes=[ModelUnavailableError("key")])
    answerer = falling_back(refusing, assessor)
    with pytest.raises(ModelUnavailableError):
        list(answerer.draft(QUESTION, SOURCES, Trace()))
    with pytest.raises(ModelUnavailableError):
        answerer.rewrite("Why?", [], Trace())


def test_a_model_that_could_not_be_loaded(assessor: Assessor) -> None:
    answerer, trace = falling_back(None, assessor, "not installed"), Trace()
    assert answerer.name == "extractive"
    assert list(answerer.draft(QUESTION, SOURCES, trace))
    assert trace.warnings == ["not installed; these are source sentences, chosen without a language model"]
    assert answerer.rewrite("Why?", [], trace) is None
    answerer.close()


def test_a_failed_rewrite_is_told_and_left_to_the_rule(assessor: Assessor) -> None:
    trace = Trace()
    assert falling_back(ScriptedModel(replies=[ModelError("it broke")]), assessor).rewrite("Why?", [], trace) is None
    assert trace.warnings == ["it broke"]


def test_closing_reaches_the_model_and_its_work(assessor: Assessor) -> None:
    model = ScriptedModel(replies=lambda messages: "Three drowned.", yes=lambda messages: 0.97)
    answerer = falling_back(model, assessor)
    drafts = answerer.draft(QUESTION, SOURCES, Trace())
    next(drafts)
    asked = len(model.asked)
    drafts.close()  # type: ignore[attr-defined]
    assert len(model.asked) == asked
    answerer.close()
    assert model.closed
