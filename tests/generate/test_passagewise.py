from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.errors import ModelError, NobodyWaitsError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Trace
from rag.generate.model import Message
from rag.generate.passagewise import PassagewiseAnswerer
from rag.generate.prompts import CHECK_LINE, TRUE_FROM
from rag.index.embedding import Embedder
from rag.types import Turn, Usage
from tests.fakes import ScriptedModel
from tests.passages import retrieved

QUESTION = "How many passengers of the ferry drowned?"
SOURCES = [retrieved(f"Three passengers of the ferry drowned off Cape {n}.", f"{n}.md") for n in range(8)]
BARLEY = retrieved("Farmers brought in twelve tonnes of barley.", "barley.md", cosine=0.0)


@pytest.fixture
def assessor(embedder: Embedder) -> Assessor:
    return Assessor(embedder, lambda stem: 1.0)


def written(messages: Sequence[Message]) -> str:
    return "  Three drowned.  "


def test_one_sentence_a_passage(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.97)
    drafts = PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace())
    first = [next(drafts).evidence for _ in range(4)]
    read = {source for source in SOURCES for m in model.asked if source.passage.text in m[-1]["content"]}
    assert {evidence for (evidence,) in first} == read  # the others are not read before they are asked for
    rest = [draft.evidence for draft in drafts]
    assert sorted(p.passage.id for (p,) in [*first, *rest]) == sorted(source.passage.id for source in SOURCES)


def test_what_most_likely_states_the_answer_is_asked_first(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.97)
    list(PassagewiseAnswerer(model, assessor).draft(QUESTION, [BARLEY, SOURCES[0]], Trace()))
    assert SOURCES[0].passage.text in model.asked[0][-1]["content"]


def test_every_passage_is_read_when_none_answers(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.001)
    assert list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace())) == []
    assert len(model.asked) == len(SOURCES)


def test_a_sentence_broken_off_is_no_draft(assessor: Assessor) -> None:
    model = ScriptedModel(replies=lambda messages: "Three passengers of the fer", yes=lambda messages: 0.97)
    model.finish_reason = "length"
    assert list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace())) == []


@pytest.mark.parametrize(
    ("reply", "drafted"),
    [
        ("The passage does not mention how many drowned.", []),
        ("The text doesn't say.", []),
        ("Three drowned, according to the passage.", ["Three drowned."]),
        ("According to the passage, three drowned.", ["Three drowned."]),
        ("The passage mentions that three drowned.", ["Three drowned."]),
        ("The text describes how many drowned.", []),
        ("The passage of the law took three years.", ["The passage of the law took three years."]),
        ("Three passengers drowned this week off the cape.", ["Three passengers drowned off the cape."]),
        ("Three drowned today.", ["Three drowned."]),
        ("According to the harbour master, three drowned.", ["According to the harbour master, three drowned."]),
    ],
)
def test_the_passage_is_never_spoken_of(assessor: Assessor, reply: str, drafted: list[str]) -> None:
    model = ScriptedModel(replies=[reply], yes=lambda messages: 0.97)
    drafts = list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES[:1], Trace()))
    assert [draft.text for draft in drafts] == drafted


def test_two_opinions_decide_whether_a_passage_is_asked(assessor: Assessor) -> None:
    hesitant = ScriptedModel(replies=written, yes=[0.6, 0.99, 0.6])
    drafts = list(PassagewiseAnswerer(hesitant, assessor).draft(QUESTION, [BARLEY, SOURCES[0]], Trace()))
    assert [draft.evidence for draft in drafts] == [(SOURCES[0],)]


@pytest.mark.parametrize(("confirms", "drafted"), [(0.1, 0), (TRUE_FROM - 0.01, 0), (TRUE_FROM, 1)])
def test_the_model_takes_back_what_it_does_not_confirm(assessor: Assessor, confirms: float, drafted: int) -> None:
    model = ScriptedModel(replies=written, yes=[0.97, confirms])
    assert len(list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES[:1], Trace()))) == drafted
    assert CHECK_LINE in model.asked[-1][-1]["content"]
    assert "Statement: Three drowned." in model.asked[-1][-1]["content"]


def test_a_draft_says_how_sure_the_model_is_of_it(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=[0.97, 0.9])
    [draft] = PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES[:1], Trace())
    assert draft.sure == 0.9


def test_source_sentences_answer_where_nothing_else_is_left(assessor: Assessor) -> None:
    hesitant = ScriptedModel(yes=lambda messages: 0.3)
    answerer = PassagewiseAnswerer(hesitant, assessor)
    assert list(answerer.draft(QUESTION, [BARLEY, *SOURCES[:1]], Trace())) == []
    drafts = list(answerer.draft(QUESTION, [BARLEY, *SOURCES[:1]], Trace(unanswered=lambda: True)))
    assert [(draft.text, draft.evidence, draft.sure) for draft in drafts] == [
        (SOURCES[0].passage.text, (SOURCES[0],), None)
    ]


def test_what_the_model_is_sure_does_not_answer_is_not_quoted_either(assessor: Assessor) -> None:
    model = ScriptedModel(yes=lambda messages: 0.001)
    drafts = PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace(unanswered=lambda: True))
    assert list(drafts) == []


def test_an_empty_reply_is_no_draft(assessor: Assessor) -> None:
    model = ScriptedModel(replies=["   "], yes=[0.95])
    assert list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES[:1], Trace())) == []


def test_every_call_is_paid_for(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.97)
    trace = Trace()
    list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES[:2], trace))
    prompted = sum(len(m["content"].split()) for messages in model.asked for m in messages)
    assert trace.usage == Usage(prompted, 2 * len(["yes", "Three", "drowned.", "yes"]))


def test_closing_stops_the_work(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.97)
    drafts = PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace())
    next(drafts)
    asked = len(model.asked)
    drafts.close()  # type: ignore[attr-defined]
    assert len(model.asked) == asked == 3


def test_when_whoever_asked_has_left_no_other_passage_is_read(assessor: Assessor) -> None:
    model = ScriptedModel(replies=written, yes=lambda messages: 0.001)
    trace = Trace(has_left=lambda: len(model.asked) == 2)
    with pytest.raises(NobodyWaitsError):
        list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, trace))
    assert len(model.asked) == 2


def test_what_the_model_raises_passes(assessor: Assessor) -> None:
    model = ScriptedModel(yes=[ModelError("broken")])
    with pytest.raises(ModelError, match="broken"):
        list(PassagewiseAnswerer(model, assessor).draft(QUESTION, SOURCES, Trace()))


@pytest.mark.parametrize(
    ("reply", "rewritten"),
    [
        (' "How many drowned when the Marisa sank?" ', "How many drowned when the Marisa sank?"),
        ("The Marisa sank.", None),
        ("", None),
        ("x" * 400 + "?", None),
    ],
)
def test_a_follow_up_is_rewritten_to_one_question_or_not_at_all(
    assessor: Assessor, reply: str, rewritten: str | None
) -> None:
    model, trace = ScriptedModel(replies=[reply]), Trace()
    answerer = PassagewiseAnswerer(model, assessor)
    assert answerer.rewrite("How many drowned?", [Turn("What sank?", "The Marisa.")], trace) == rewritten
    assert "The Marisa." in model.asked[0][-1]["content"]
    assert trace.usage.prompt_tokens > 0


def test_name_and_close_are_the_models(assessor: Assessor) -> None:
    model = ScriptedModel(name="tiny")
    answerer = PassagewiseAnswerer(model, assessor)
    answerer.close()
    assert (answerer.name, model.closed) == ("tiny", True)
