from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from rag.check.facts import FactContext
from rag.check.features import Evidence, describe, rarity

TEXT = "The storm killed 400 birds on the coast. Officials closed the harbour. Ships waited outside for two days."


def features(claim: str, evidence: str = TEXT) -> dict[str, float]:
    return describe(claim, Evidence(evidence), FactContext())[0]


def test_a_copied_sentence_is_covered_in_every_way() -> None:
    found = features("Officials closed the harbour.")
    shares = ("covered", "covered_by_one", "covered_by_closest", "in_order", "in_order_every_word", "adjacent_pairs")
    assert [found[name] for name in shares] == [1.0] * len(shares)
    assert found["missing_words"] == found["unknown_weight"] == found["new_words"] == 0


def test_words_from_different_sentences_are_covered_but_not_together() -> None:
    found = features("Officials killed birds outside the harbour.")
    assert found["covered"] == 1.0
    assert found["covered_by_one"] < 1.0
    assert found["near_pairs"] < 1.0


def test_a_changed_number_and_an_added_negation_are_counted() -> None:
    assert features("The storm killed 900 birds.")["missing_number"] == 1
    assert features("The storm killed 400 birds.")["missing_number"] == 0
    assert features("Officials never closed the harbour.")["negation_surplus"] == 1


def test_rare_words_weigh_more_than_common_ones() -> None:
    assert rarity("year") < rarity("harbour") < rarity("qwertzuiop")


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_gives_the_same_finite_features(claim: str, evidence: str) -> None:
    found = features(claim, evidence)
    assert list(found) == list(features("Officials closed the harbour."))
    assert all(math.isfinite(value) for value in found.values())
    assert all(0 <= found[name] <= 1 for name in ("covered", "in_order", "pairs", "near_pairs", "new_words"))
