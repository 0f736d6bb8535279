from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.generate.drafting import Draft, Trace
from rag.generate.jointly import JointAnswerer
from rag.generate.model import Completion
from rag.generate.prompts import LARGE_SCHEMA
from rag.types import Turn, Usage
from tests.fakes import ScriptedModel
from tests.passages import retrieved

FERRY = retrieved("The ferry sank on Monday. Three passengers drowned.", "ferry.md")
HERALD = retrieved("Forty were taken ashore.", "herald.md")
QUESTION = "What happened to the ferry?"


def reply(*sentences: Any, abstain: Any = False, reason: str = "none") -> str:
    written = [{"text": text, "sources": sources} for text, sources in sentences]
    return json.dumps({"abstain": abstain, "reason": reason, "sentences": written})


def drafted(text: str, trace: Trace | None = None) -> list[Draft]:
    model = ScriptedModel(replies=[text], strength="large")
    return list(JointAnswerer(model).draft(QUESTION, [FERRY, HERALD], trace or Trace()))


def cited(draft: Draft) -> list[str]:
    return [passage.passage.words(span) for passage, span in draft.cited]


def test_sentences_with_the_source_sentences_they_name() -> None:
    trace = Trace()
    first, second = drafted(reply((" Three drowned. ", [2]), ("It sank; forty were saved.", [1, 3, 1])), trace)
    assert (first.text, cited(first)) == ("Three drowned.", ["Three passengers drowned."])
    assert cited(second) == ["The ferry sank on Monday.", "Forty were taken ashore."]
    assert first.evidence == second.evidence == (FERRY, HERALD)
    assert first.invented == second.invented == 0
    assert trace.usage.prompt_tokens > 0 < trace.usage.completion_tokens


def test_the_model_is_asked_once_under_the_schema() -> None:
    model = ScriptedModel(replies=[reply()], strength="large")
    assert list(JointAnswerer(model).draft(QUESTION, [FERRY, HERALD], Trace())) == []
    assert model.schemas == [dict(LARGE_SCHEMA)]
    asked = model.asked[0][-1]["content"]
    assert "[1] The ferry sank on Monday." in asked and "[3] Forty were taken ashore." in asked


def test_a_sentence_is_there_before_the_next_is_written() -> None:
    model = ScriptedModel(replies=[reply(("Three {drowned}.", [2]), ("It sank.", [1]))], strength="large")
    taken: list[str] = []
    whole = model.stream

    def watched(*given: Any, **options: Any) -> Any:
        for piece in whole(*given, **options):
            taken.append(piece)
            yield piece

    model.stream = watched  # type: ignore[method-assign]
    drafts = JointAnswerer(model).draft(QUESTION, [FERRY, HERALD], Trace())
    assert next(drafts).text == "Three {drowned}."
    assert "sank" not in "".join(taken)
    drafts.close()  # type: ignore[attr-defined]


@given(st.lists(st.tuples(st.text(), st.lists(st.integers(0, 4)))), st.booleans(), st.integers(1, 9))
def test_in_whatever_pieces_it_comes_the_sentences_are_those_of_the_whole(
    sentences: list[tuple[str, list[int]]], escaped: bool, size: int
) -> None:
    written = [{"text": text, "sources": sources} for text, sources in sentences]
    text = json.dumps({"abstain": False, "reason": "none", "sentences": written}, ensure_ascii=escaped)

    class InPieces(ScriptedModel):
        def stream(self, messages: Any, **options: Any) -> Any:
            yield from (text[at : at + size] for at in range(0, len(text), size))
            return Completion(text, Usage(), "stop")

    drafts = JointAnswerer(InPieces(strength="large")).draft(QUESTION, [FERRY, HERALD], Trace())
    assert [draft.text for draft in drafts] == [text.strip() for text, _ in sentences]


def test_numbers_never_shown_are_counted_and_cite_nothing() -> None:
    [draft] = drafted(reply(("Three drowned.", [2, 4, 0, -1, 10**12])))
    assert (cited(draft), draft.invented) == (["Three passengers drowned."], 4)


def test_a_sentence_may_name_nothing() -> None:
    [draft] = drafted(reply(("Three drowned.", [])))
    assert (draft.cited, draft.invented) == ((), 0)


@pytest.mark.parametrize(
    "text",
    [
        reply(abstain=True, reason="not_in_corpus"),
        reply(("Brazil won.", [1]), abstain=True, reason="false_premise"),
        '{"abstain": true, "reason": "not_in_corpus"}',
        '{"abstain": true, "sentences": null}',
    ],
)
def test_abstaining(text: str) -> None:
    assert drafted(text) == []


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "Here you are:\n{}\nI hope this helps.", "\ufeff{}"])
def test_json_in_other_words(fence: str) -> None:
    [draft] = drafted(fence.replace("{}", reply(("Three drowned.", [2]))))
    assert cited(draft) == ["Three passengers drowned."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Three passengers drowned. [2]",
        "}{",
        "{}",
        "[]",
        '{"sentences": {}}',
        '{"sentences": "Three drowned."}',
        '{"sentences": ["Three drowned."]}',
        '{"sentences": [null]}',
        '{"sentences": [{"text": "Three drowned."}]}',
        '{"sentences": [{"text": null, "sources": [1]}]}',
        '{"sentences": [{"text": "Three drowned.", "sources": "2"}]}',
        '{"sentences": [{"text": "Three drowned.", "sources": ["2"]}]}',
        '{"sentences": [{"text": "Three drowned.", "sources": [true]}]}',
        '{"sentences": [{"text": "Three drowned.", "sources": [2.0]}]}',
        reply(("Three drowned.", [2]))[:-20],
        '{"sentences": ' + "[" * 50_000 + "}",
        '{"sentences": [{"text": "x", "sources": [' + "9" * 5000 + "]}]}",
    ],
)
def test_any_other_form_is_an_error(text: str) -> None:
    with pytest.raises(ModelError, match="does not follow the schema"):
        drafted(text)


def test_without_passages_nothing_is_asked() -> None:
    model = ScriptedModel(strength="large")
    assert list(JointAnswerer(model).draft(QUESTION, [], Trace())) == []
    assert model.asked == []


def test_follow_ups_name_and_close() -> None:
    model = ScriptedModel(replies=["How many drowned when the ferry sank?"], name="big", strength="large")
    answerer = JointAnswerer(model)
    assert answerer.rewrite("How many?", [Turn("What sank?")], Trace()) == "How many drowned when the ferry sank?"
    answerer.close()
    assert (answerer.name, model.closed) == ("big", True)
