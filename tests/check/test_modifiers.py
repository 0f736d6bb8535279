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
        ("Foreign debt rose.", "Domestic debt rose.", "domestic debt"),
        ("Domestic flights were cancelled.", "Domestic and foreign flights were cancelled.", ""),
        ("South Korea said North Korea fired a missile.", "North Korea fired a missile, Seoul's military said.", ""),
        ("Both the upper house and the lower house agreed.", "Both the upper and the lower house agreed.", ""),
        (
            "Northern states are for it, southern states are not.",
            "The northern states are for it, the south is not.",
            "",
        ),
        ("East Jerusalem voted.", "East and West Jerusalem voted.", ""),
        ("Troops stood at Gant's eastern border.", "Troops stood at Arkona's western border with Gant.", ""),
        ("Banks will lower limits on cash.", "Banks will cut the upper limit on cash.", ""),
        ("It fell to its lowest level.", "It has fallen from its highest level in 2008.", ""),
        ("She left National Rally.", "She quit the far-right National Rally.", ""),
        ("North", WELLINGTON, ""),
    ],
)
def test_a_modifier_told_as_its_opposite(claim: str, source: str, there: str) -> None:
    assert exchanged_modifier(claim, [source]) == there


def test_the_headline_may_have_it() -> None:
    assert exchanged_modifier("South Korea fired.", ["North Korea was told of it."]) == "north korea"
    assert exchanged_modifier("South Korea fired.", ["North Korea was told of it."], "Shots from South Korea") == ""


def test_it_says_the_reverse_of_its_source() -> None:
    [fact] = missing_facts("Wellington is in the south island.", WELLINGTON, context=FactContext())
    assert (fact.kind, fact.text) == (FactKind.REVERSAL, "there it is the north island")
