"""Sentences whose wording shows that they give the number or day asked for."""

from __future__ import annotations

from datetime import date

import pytest

from rag.check.disagreement.stating import sentences_stating
from tests.passages import retrieved

WAR = "The conflict in Arkona began with a strike. It has cost 400,000 lives and driven many from their homes."
FERRY = "The ferry Marisa sank off Arkona on Monday. Three passengers drowned. The crew of nine was saved."


@pytest.mark.parametrize(
    ("question", "text", "stated"),
    [
        ("How many people have been killed in the war in Arkona?", WAR, ["It has cost 400,000 lives"]),
        ("How many soldiers have been killed in the war in Arkona?", WAR, []),
        ("How many passengers drowned when the Marisa sank?", FERRY, ["Three passengers drowned."]),
        ("When did Okafor meet Lindqvist?", "Okafor met Lindqvist in Bergen on Monday.", ["Okafor met Lindqvist"]),
        ("Who saved the crew of the Marisa?", FERRY, []),
        ("How many people have been killed in the war in Tarnow?", WAR, []),
    ],
)
def test_what_a_sentence_states(question: str, text: str, stated: list[str]) -> None:
    passage = retrieved(text, published=date(2017, 11, 21))
    found = sorted(sentences_stating(question, [passage]), key=lambda place: place[1].start)
    words = [passage.passage.words(span) for _, span in found]
    assert [said.startswith(begun) for said, begun in zip(words, stated, strict=True)] == [True] * len(stated)
