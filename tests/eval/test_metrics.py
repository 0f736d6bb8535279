"""Metrics against cases computed by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answer_judge import AnswerJudge
from eval.metrics import all_metrics
from eval.metrics.judging import JudgedCitation, JudgedSentence, judge_answer
from eval.metrics.retrieval import score
from rag.errors import ModelTimeoutError
from rag.generate.judge import JudgeVerifier
from rag.generate.judgements import JudgementCache
from rag.types import AbstentionReason
from tests.eval.builders import answer, article, articles, case, citation, disagreement, item, retrieved, sentence
from tests.fakes import ScriptedModel

METRICS = {metric.name: metric.score for metric in all_metrics()}
NINE = citation(1, "a.md", "Mayor Anna Kask said the work took nine years.")
TOOK = citation(2, "b.md", "Work on the harbour took nine years.")
SHIPS = citation(3, "b.md", "Ships came from Riga.")
WITHHELD = answer(reason=AbstentionReason.NOT_IN_CORPUS)
SAID = answer(sentence("The work took nine years.", 1), citations=[NINE])


def judge_by(supports: Callable[[str], bool]) -> JudgeVerifier:
    """A judge model that calls a claim supported when ``supports`` says so of the evidence it is shown."""

    def reply(messages: Sequence[Any]) -> str:
        evidence = messages[-1]["content"]
        return '{"verdict": "supported"}' if supports(evidence) else '{"verdict": "unsupported"}'

    return JudgeVerifier(ScriptedModel(replies=reply), JudgementCache(None))


def test_names_are_unique_and_every_metric_says_what_it_is() -> None:
    assert len(METRICS) == len(all_metrics())
    assert all(metric.definition for metric in all_metrics())


def test_what_an_item_does_not_ask_for_is_not_zero() -> None:
    bare = case(item(), WITHHELD)
    asked = {name for name, found in METRICS.items() if found(bare) is not None}
    assert asked == {"seconds_p50", "seconds_p95", "overhead_p50", "tokens", "cost_usd"}


# -- spans and citations --------------------------------------------------------------------------------------


def test_a_span_must_hold_its_words_in_its_version() -> None:
    exact = METRICS["span_exactness"]
    assert exact(case(item(), SAID)) == 1.0
    for broken in (
        replace(NINE, start=NINE.start + 1, end=NINE.end + 1),
        replace(NINE, version="0" * 64),
        replace(NINE, article_id="gone.md"),
        replace(NINE, end=NINE.start, quote=""),
        replace(NINE, end=10_000),
    ):
        assert exact(case(item(), answer(sentence("x", 1), citations=[broken, TOOK]))) == 0.5
    assert exact(case(item(), answer(nearest=[NINE]))) == 1.0


def test_alce_recall_and_precision_by_hand() -> None:
    # Sentence 1 needs both of its citations; sentence 2 stands on one of two; sentence 3 on none.
    judged = [
        JudgedSentence(True, True, (JudgedCitation(False, False), JudgedCitation(False, False))),
        JudgedSentence(True, True, (JudgedCitation(True, False), JudgedCitation(False, True))),
        JudgedSentence(False, False),
    ]
    given = answer(sentence("One.", 1, 2), sentence("Two.", 1, 3), sentence("Three.", 3), citations=[NINE, TOOK, SHIPS])
    assert METRICS["citation_recall"](case(item(), given, judged=judged)) == pytest.approx(2 / 3)
    assert METRICS["citation_precision"](case(item(), given, judged=judged)) == pytest.approx(3 / 5)
    assert METRICS["faithfulness"](case(item(), given, judged=judged)) == pytest.approx(2 / 3)


def test_what_a_judge_cannot_score_counts_neither_way() -> None:
    judged = [JudgedSentence(True, True, (JudgedCitation(True, False),)), JudgedSentence(None, None)]
    given = answer(sentence("One.", 1), sentence("Two.", 2), citations=[NINE, TOOK])
    for name in ("citation_recall", "citation_precision", "faithfulness"):
        assert METRICS[name](case(item(), given, judged=judged)) == 1.0
    nothing = case(item(), answer(sentence("Two.", 2), citations=[TOOK]), judged=judged[1:])
    assert METRICS["citation_recall"](nothing) is None


def test_the_judge_is_asked_of_all_citations_of_each_and_of_the_rest() -> None:
    given = answer(sentence("The work took long.", 1, 2, 3), citations=[NINE, TOOK, SHIPS])
    (found,) = judge_answer(given, articles(), judge_by(lambda evidence: "Work on the harbour" in evidence))
    assert found.cited is True
    assert found.citations == (JudgedCitation(False, True), JudgedCitation(True, False), JudgedCitation(False, True))
    both = judge_by(lambda evidence: "Mayor" in evidence and "Ships" in evidence)
    (found,) = judge_answer(given, articles(), both)
    assert found.citations == (JudgedCitation(False, False), JudgedCitation(False, True), JudgedCitation(False, False))


def test_a_sentence_may_be_sourced_without_being_cited_rightly() -> None:
    given = answer(sentence("Ships came.", 1), citations=[NINE], passages=[retrieved("b.md")])
    (found,) = judge_answer(given, articles(), judge_by(lambda evidence: "from Riga" in evidence))
    assert (found.cited, found.sourced) == (False, True)
    (lost,) = judge_answer(answer(sentence("Ships came.")), articles(), judge_by(lambda evidence: True))
    assert (lost.cited, lost.why) == (False, "nothing is cited")
    (silent,) = judge_answer(
        given, articles(), JudgeVerifier(ScriptedModel(replies=lambda m: "?"), JudgementCache(None))
    )
    assert (silent.cited, silent.sourced) == (None, None)


def test_evidence_is_cited_where_words_overlap_in_the_article_or_a_copy() -> None:
    wanted = item(answers=["nine"], evidence=[
        {"article": "a.md", "quote": "the work took nine years"}, {"article": "b.md", "quote": "Ships came"},
    ])  # fmt: skip
    assert METRICS["evidence_recall"](case(wanted, SAID)) == 0.5
    assert METRICS["evidence_hit"](case(wanted, SAID)) == 1.0
    assert METRICS["evidence_recall"](case(wanted, WITHHELD)) == 0.0
    elsewhere = answer(sentence("x", 1), citations=[citation(1, "a.md", "The harbour of Tallinn opened on Monday.")])
    assert METRICS["evidence_hit"](case(wanted, elsewhere)) == 0.0
    twice = articles(article("e.md", "It rained. It snowed. It rained."))
    second = replace(citation(1, "e.md", "It rained.", twice["e.md"]), start=22, end=32)
    rain = item(answers=["rain"], evidence=[{"article": "e.md", "quote": "It rained."}])
    assert METRICS["evidence_hit"](case(rain, answer(sentence("x", 1), citations=[second]), twice)) == 1.0
    whole = item(answers=["nine"], evidence=[{"article": "a.md"}])
    assert METRICS["evidence_hit"](case(whole, elsewhere)) == 1.0
    # The suite names a copy; what leads its group is retrieved and cited.
    copy = item(answers=["nine"], evidence=[{"article": "copy.md", "quote": "the work took nine years"}])
    assert METRICS["evidence_hit"](case(copy, SAID)) == 0.0
    assert METRICS["evidence_hit"](case(copy, SAID, leads={"copy.md": "a.md"})) == 1.0
    # And the other way round: a copy is cited.
    held = articles(article("copy.md", "They say the work took nine years.", copy_of="a.md"))
    cited = answer(sentence("x", 1), citations=[citation(1, "copy.md", "the work took nine years", held["copy.md"])])
    assert METRICS["evidence_hit"](case(wanted, cited, held)) == 1.0


# -- correctness, abstention, disagreement, safety ------------------------------------------------------------


def test_correctness() -> None:
    wanted = item(answers=["9 years", "a decade"])
    assert METRICS["answer_correct"](case(wanted, SAID)) == 1.0
    late = answer(sentence("It rained.", 1), sentence("It took nine years.", 1), citations=[NINE])
    assert (METRICS["answer_correct"](case(wanted, late)), METRICS["answer_first"](case(wanted, late))) == (1.0, 0.0)
    assert METRICS["answer_first"](case(wanted, SAID)) == 1.0
    assert METRICS["answer_f1"](case(wanted, SAID)) == pytest.approx(2 * 2 / (4 + 2))
    assert METRICS["answer_correct"](case(wanted, WITHHELD)) == 0.0
    assert METRICS["answer_f1"](case(wanted, WITHHELD)) == 0.0
    shown = answer(
        sentence("It took years.", 1), citations=[NINE], disagreements=[disagreement("numeric", "nine years")]
    )
    assert METRICS["answer_correct"](case(wanted, shown)) == 1.0
    pattern = item(answers=[{"regex": "nine"}])
    assert METRICS["answer_f1"](case(pattern, SAID)) is None


@pytest.mark.parametrize(
    ("fields", "given", "scores"),
    [
        ({"answers": ["nine"]}, SAID, {"false_abstention": 0.0}),
        ({"answers": ["nine"]}, WITHHELD, {"false_abstention": 1.0, "abstention_precision": 0.0}),
        ({"unanswerable": "false_premise"}, SAID, {"abstention_recall": 0.0}),
        (
            {"unanswerable": "not_in_corpus"}, WITHHELD,
            {"abstention_recall": 1.0, "abstention_precision": 1.0, "abstention_reason": 1.0},
        ),
        (
            {"unanswerable": "false_premise"}, WITHHELD,
            {"abstention_recall": 1.0, "abstention_precision": 1.0, "abstention_reason": 0.0},
        ),
        # A suite may name the evidence alone: an answer is expected then, whatever its words.
        ({"evidence": [{"article": "a.md"}]}, WITHHELD, {"false_abstention": 1.0, "abstention_precision": 0.0}),
    ],
)  # fmt: skip
def test_abstention(fields: dict[str, Any], given: Any, scores: dict[str, float]) -> None:
    found = {n: METRICS[n](case(item(**fields), given)) for n in METRICS if "abstention" in n}
    assert {name: value for name, value in found.items() if value is not None} == scores


def test_disagreement_needs_its_kind_and_all_its_values() -> None:
    wanted = item(answers=["x"], must_disagree={"kind": "numeric", "values": ["400,000", "half a million"]})
    shown = METRICS["disagreement_shown"]
    both = disagreement("numeric", "400 thousand people", "500,000")
    assert shown(case(wanted, answer(sentence("x", 1), citations=[NINE], disagreements=[both]))) == 1.0
    assert shown(case(wanted, answer(disagreements=[disagreement("date", "400,000", "500,000")]))) == 0.0
    assert shown(case(wanted, answer(disagreements=[disagreement("numeric", "400,000", "600,000")]))) == 0.0
    split = [disagreement("numeric", "400,000"), disagreement("numeric", "500,000")]
    assert shown(case(wanted, answer(disagreements=split))) == 0.0
    assert shown(case(item(must_disagree=True), answer(disagreements=[both]))) == 1.0
    none = item(answers=["x"], must_disagree=False)
    assert METRICS["false_disagreement"](case(none, answer(disagreements=[both]))) == 1.0
    assert METRICS["false_disagreement"](case(none, SAID)) == 0.0
    assert shown(case(none, SAID)) is None


def test_what_must_not_be_said() -> None:
    bad = answer(sentence("The meeting was cancelled.", 1), citations=[NINE])
    plain, hostile = (item(must_not_say=["cancelled"], tags=tags) for tags in ([], ["injection"]))
    assert METRICS["nothing_forbidden"](case(plain, bad)) == 0.0
    assert METRICS["nothing_forbidden"](case(plain, SAID)) == 1.0
    assert METRICS["nothing_forbidden"](case(hostile, bad)) is None
    assert METRICS["injection_resisted"](case(hostile, bad)) == 0.0
    disputed = answer(sentence("x", 1), citations=[NINE], disagreements=[disagreement("stance", "cancelled", "held")])
    assert METRICS["nothing_forbidden"](case(plain, disputed)) == 1.0
    assert METRICS["injection_resisted"](case(hostile, disputed)) == 0.0


def test_nothing_later_than_the_day_may_be_used() -> None:
    wanted = item(as_of="2024-03-01")
    kept = METRICS["as_of_kept"]
    early, late = (article("d.md", "It rained.", day) for day in (date(2024, 3, 1), date(2024, 3, 2)))
    for source, right in ((early, 1.0), (late, 0.0), (article("d.md", "It rained."), 0.0)):
        given = answer(sentence("It rained.", 1), citations=[citation(1, "d.md", "It rained.", source)])
        assert kept(case(wanted, given)) == right
    assert kept(case(wanted, answer(passages=[retrieved("a.md", date(2024, 3, 2))]))) == 0.0
    assert kept(case(wanted, answer())) is None


# -- retrieval ------------------------------------------------------------------------------------------------


def test_retrieval_by_hand() -> None:
    wanted = item(answers=["x"], evidence=[{"article": "a.md"}, {"article": "c.md"}])
    given = answer(passages=[retrieved("b.md"), retrieved("b.md"), retrieved("a.md")])
    ideal = 1 + 1 / log2(3)
    expected = {"ndcg@10": (1 / log2(3)) / ideal, "recall@10": 0.5, "mrr@10": 0.5, "hit@10": 1.0}
    assert {name: METRICS[name](case(wanted, given)) for name in expected} == pytest.approx(expected)
    assert METRICS["ndcg@10"](case(wanted, answer())) == 0.0


@given(st.permutations(list("abcdefghijkl")), st.sets(st.sampled_from("abcdefghijkl"), min_size=1))
def test_retrieval_agrees_with_a_second_implementation(ranking: list[str], relevant: set[str]) -> None:
    from sklearn.metrics import ndcg_score

    found = {name: values[0] for name, values in score([ranking[:10]], [frozenset(relevant)]).items()}
    # scikit-learn takes the ideal over all twelve, cut at ten, as trec_eval does.
    truth = [[float(article in relevant) for article in ranking]]
    assert found["ndcg@10"] == pytest.approx(ndcg_score(truth, [list(range(12, 0, -1))], k=10))
    places = [place for place, article in enumerate(ranking[:10], 1) if article in relevant]
    assert found["recall@10"] == pytest.approx(len(places) / len(relevant))
    assert found["mrr@10"] == pytest.approx(1 / places[0] if places else 0)
    assert found["hit@10"] == float(bool(places))


# -- a model that judges answers ------------------------------------------------------------------------------


def test_a_model_may_judge_answers_and_is_asked_once() -> None:
    model = ScriptedModel(yes=[0.9])
    asked = AnswerJudge(model, JudgementCache(None))
    wanted = item(answers=["9 years", ["a", "b"], {"regex": "x+"}])
    assert [asked.score(wanted, SAID), asked.score(wanted, SAID)] == [0.9, 0.9]
    (messages,) = model.asked
    assert "9 years; a and b" in messages[0]["content"]
    assert "The work took nine years." in messages[0]["content"]
    assert asked.score(wanted, WITHHELD) == 0.0
    assert asked.score(item(answers=[{"regex": "x+"}]), SAID) is None
    assert asked.score(item(unanswerable=True), SAID) is None
    broken = AnswerJudge(ScriptedModel(yes=[ModelTimeoutError("too slow")]), JudgementCache(None))
    assert broken.score(wanted, SAID) is None
