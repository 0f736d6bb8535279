from __future__ import annotations

from eval.bench.edits import measure, wilson
from eval.edits import EditKind
from eval.edits.sources import TrueSentence
from rag.check.builtin import BuiltinVerifier

DOCUMENT = ("Okafor praised Lindqvist on Tuesday for the new bridge.", "The storm killed 400 birds on the long coast.")


def test_edits_of_verbatim_sentences_are_caught_without_false_alarms() -> None:
    outcome = measure([TrueSentence(text, DOCUMENT) for text in DOCUMENT], BuiltinVerifier(), 5)
    for kind in (EditKind.NUMBER, EditKind.DATE, EditKind.ROLE):
        assert outcome.caught[kind].n == outcome.caught[kind].hits == 1
    assert (outcome.unedited.n, outcome.unedited.hits) == (2, 0)


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(38, 40)
    assert (round(low, 3), round(high, 3)) == (0.835, 0.986)
    assert wilson(0, 0) == (0.0, 1.0)
