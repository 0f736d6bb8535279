"""Planted errors: what is changed, and what a check that is switched off then scores."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.bench.regressions import Lenient
from eval.metrics.judging import JudgedSentence
from eval.metrics.planted import plant, refusals
from eval.runner import Response
from eval.scoring import score_response
from rag.check.builtin import BuiltinVerifier
from rag.check.verification import Claim, Verifier
from rag.errors import ArticleNotFoundError
from rag.types import Answer, Article, Check, Filters, Turn
from tests.eval.builders import answer, articles, citation, item, sentence

WORK = "Mayor Anna Kask said the work took nine years."
ANSWER = answer(sentence(WORK, 1), citations=[citation(1, "a.md", WORK)])
BORNE_OUT = (JudgedSentence(True, True),)


class Mute:
    """A system that answers and has no check."""

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        return ANSWER

    def article(self, article_id: str) -> tuple[Article, int]:
        found = articles().get(article_id)
        if found is None:
            raise ArticleNotFoundError(article_id)
        return found, 1

    def close(self) -> None:
        pass


class Checked(Mute):
    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def check(self, claims: Sequence[Claim]) -> list[Check]:
        return self._verifier.verify_many(claims)


def refused(system: Mute) -> float | None:
    scored = score_response(Response(item(answers=["nine"]), 0, ANSWER), system, BuiltinVerifier())
    return scored.scores.get("edits_refused")


def test_each_planted_error_differs_in_one_fact_and_cites_the_same_words() -> None:
    planted = plant(ANSWER, articles(), BORNE_OUT, "q")
    assert planted
    for edit, claim in planted:
        assert claim.text == edit.text != WORK
        assert claim.evidence == WORK
    assert planted == plant(ANSWER, articles(), BORNE_OUT, "q")


@pytest.mark.parametrize("judged", [JudgedSentence(False, True), JudgedSentence(None, None)])
def test_nothing_is_planted_in_what_is_not_borne_out(judged: JudgedSentence) -> None:
    assert plant(ANSWER, articles(), (judged,), "q") == []


def test_a_check_that_works_refuses_and_one_switched_off_does_not() -> None:
    assert refused(Checked(BuiltinVerifier())) == 1.0
    assert refused(Checked(Lenient())) == 0.0


def test_a_system_without_a_check_has_no_figure() -> None:
    assert refused(Mute()) is None
    assert refusals([claim for _, claim in plant(ANSWER, articles(), BORNE_OUT, "q")], object()) == ()
