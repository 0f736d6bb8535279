"""What two opinions on a passage allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.generate.gating import QUOTABLE, STATES_ANSWER, Gate

probabilities = st.floats(0, 1)


def test_a_passage_is_asked_where_both_are_for_it_and_not_where_one_is_sure_that_it_is_not() -> None:
    assert STATES_ANSWER.passes(1.0, 0.8)
    assert not STATES_ANSWER.passes(0.0, 0.9)
    assert not STATES_ANSWER.passes(0.6, 0.02)
    assert not STATES_ANSWER.passes(0.7, 0.05)


def test_a_passage_may_be_quoted_that_the_model_is_not_asked_about() -> None:
    assert QUOTABLE.passes(0.5, 0.7)
    assert not STATES_ANSWER.passes(0.5, 0.7)


@given(probabilities, probabilities, probabilities)
def test_no_gate_closes_when_an_opinion_rises(one: float, other: float, likely: float) -> None:
    low, high = sorted((one, other))
    for gate in (STATES_ANSWER, QUOTABLE, Gate(1.0, 0.0, 0.0)):
        assert gate.passes(high, likely) or not gate.passes(low, likely)
        assert gate.passes(likely, high) or not gate.passes(likely, low)
