from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.near_copies import near_copy

SOURCE = "Mr. Okafor told Ingrid Lindqvist on Tuesday that the price of bread rose and he would not resign."


def test_a_copy_has_no_difference() -> None:
    copy = near_copy(SOURCE, f"It rained. {SOURCE} It snowed.")
    assert (copy.aligned, copy.replaced, copy.negation_changed, copy.roles_swapped) == (1.0, (), False, False)


@pytest.mark.parametrize(("was", "now"), [("rose", "fell"), ("bread", "milk")])
def test_an_exchanged_word_is_named(was: str, now: str) -> None:
    copy = near_copy(SOURCE.replace(was, now), SOURCE)
    assert copy.is_near
    assert copy.replaced == ((was, now),)


def test_negations_count_both_ways() -> None:
    dropped = SOURCE.replace("would not", "would")
    assert near_copy(dropped, SOURCE).negation_changed
    assert near_copy(SOURCE, dropped).negation_changed


def test_roles_that_change_places_are_seen_and_and_is_the_same_either_way() -> None:
    assert near_copy(
        SOURCE.replace("Okafor told Ingrid Lindqvist", "Ingrid Lindqvist told Okafor"), SOURCE
    ).roles_swapped
    assert not near_copy("Russia and Turkey agreed.", "Turkey and Russia agreed.").roles_swapped


def test_leaving_off_an_end_is_no_change() -> None:
    copy = near_copy("Okafor told Ingrid Lindqvist that the price of bread rose.", SOURCE)
    assert (copy.replaced, copy.negation_changed, copy.roles_swapped) == ((), False, False)


def test_a_paraphrase_is_not_near() -> None:
    assert not near_copy("Bread has become dearer, she was informed by the president.", SOURCE).is_near


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(claim: str, evidence: str) -> None:
    assert 0.0 <= near_copy(claim, evidence).aligned <= 1.0
