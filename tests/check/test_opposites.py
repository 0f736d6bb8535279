"""What a question takes for granted is not answered by its opposite."""

from __future__ import annotations

import pytest

from rag.check.relevance import DENIED, Relevance, Shown

TARTUS = "Why is Russia giving up its naval facility at Tartus?"


@pytest.mark.parametrize(
    ("question", "source", "denied"),
    [
        (TARTUS, "Russia will keep both Hmeimim and its naval facility at Tartus.", True),
        (TARTUS, "Russia is giving up its naval facility at Tartus because it is too small.", False),
        (TARTUS, "Russia keeps an embassy in Damascus.", False),
        (TARTUS, "Russia gave up the naval facility at Tartus, and will keep Hmeimim.", False),
        ("Why did the price of bread rise in Arkona?", "The price of bread fell in Arkona on Monday.", True),
        ("Why did the price of bread rise in Arkona?", "Flour was short in Arkona, so that bread cost more.", False),
        ("Is Russia giving up its naval facility at Tartus?", "Russia will keep its naval facility at Tartus.", False),
        ("Which facilities is Russia giving up?", "Russia will keep its facilities.", False),
    ],
)
def test_the_opposite_of_what_is_taken_for_granted(question: str, source: str, denied: bool) -> None:
    objection = Relevance(question).objection(Shown(source, source, passage=source))
    assert objection.startswith(DENIED) is denied
