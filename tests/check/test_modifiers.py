"""A modifier of a source may not be told as its opposite."""

from __future__ import annotations

import pytest

from rag.check.facts import FactContext, FactKind, missing_facts
from rag.check.modifiers import exchanged_modifier

WELLINGTON = (
    "Wellington is the major population centre of the southern North Island and is the administrative centre of the "
    "Wellington Region, which also includes the Kapiti Coast and Wairarapa."
)


@pytest.mark.parametrize(
    ("claim", "source", "there"),
    [
        ("Wellington is in the south island.", WELLINGTON, "north island"),
        ("Wellington is in the North Island.", WELLINGTON, ""),
        ("Wellington is in the southern North Island.", WELLINGTON, ""),
        ("Rebels took towns in northern Syria.", "Rebels took towns in southern Syria.", "southern syria"),
        (
            "Rebels took towns in southern Syria.",
            "Rebels left northern Syria and took towns in the south of Syria.",
            "",
        ),
        ("Rebels took towns in southern Syria.", "Rebels left northern Syria and took towns in southern Syria.", ""),
        ("It had the highest rates.", "It had the lowest rate of all.", "lowest rate"),
        ("Foreign debt rose.", "Domestic debt rose.", "domestic debt"),
        ("He was right about the price.", "He left about noon.", ""),
        ("North", WELLINGTON, ""),
    ],
)
def test_a_modifier_told_as_its_opposite(claim: str, source: str, there: str) -> None:
    assert exchanged_modifier(claim, [source]) == there


def test_it_says_the_reverse_of_its_source() -> None:
    [fact] = missing_facts("Wellington is in the south island.", WELLINGTON, context=FactContext())
    assert (fact.kind, fact.text) == (FactKind.REVERSAL, "there it is the north island")
