from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eval.edits import Edit, EditKind, edits_of

DOCUMENT = (
    "President Daniel Okafor praised Ingrid Lindqvist on Tuesday. The storm killed 400 birds in Norway after the "
    "harbour was opened. Mr Okafor will not resign, officials said. Mary Jensen was there. Sales rose in March 2011."
)


def edit(sentence: str, kind: EditKind, seed: int = 0) -> Edit | None:
    found = edits_of(sentence, DOCUMENT, random.Random(seed))
    return next((each for each in found if each.kind is kind), None)


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("Mr Okafor will not resign.", EditKind.NEGATION, {"Mr Okafor will resign."}),
        ("The harbour was opened.", EditKind.NEGATION, {"The harbour was not opened."}),
        ("Okafor praised Lindqvist for it.", EditKind.ROLE, {"Lindqvist praised Okafor for it."}),
        ("Sales rose in the spring.", EditKind.ANTONYM, {"Sales fell in the spring."}),
        (
            "The harbour was opened after the long storm, officials said.",
            EditKind.ATTRIBUTION,
            {"The harbour was opened after the long storm."},
        ),
    ],
)
def test_an_edit_changes_one_fact(sentence: str, kind: EditKind, expected: set[str]) -> None:
    found = edit(sentence, kind)
    assert found is not None
    assert found.text in expected


def test_a_new_number_is_not_in_the_document() -> None:
    for seed in range(30):
        found = edit("The storm killed 400 birds.", EditKind.NUMBER, seed)
        assert found is not None
        assert found.now not in DOCUMENT


def test_after_more_than_only_a_larger_number_is_false() -> None:
    for seed in range(30):
        found = edit("The storm killed more than 390 birds.", EditKind.NUMBER, seed)
        assert found is not None
        assert int(found.now) > 390


@pytest.mark.parametrize(
    "sentence", ["Okafor met Lindqvist.", "Okafor married Lindqvist.", "Okafor and Lindqvist won."]
)
def test_what_is_the_same_both_ways_is_not_exchanged(sentence: str) -> None:
    assert edit(sentence, EditKind.ROLE) is None


def test_another_name_is_of_the_same_sort_and_from_elsewhere() -> None:
    names = {edit("Daniel Okafor spoke in Norway.", EditKind.NAME, seed) for seed in range(20)}
    texts = {found.now for found in names if found}
    assert texts
    assert not texts & {"Daniel Okafor", "Norway"}


def test_the_same_state_gives_the_same_edits() -> None:
    assert edits_of(DOCUMENT, DOCUMENT, random.Random(3)) == edits_of(DOCUMENT, DOCUMENT, random.Random(3))


@example("There were 43104000000000000000000000001 grains of sand.", "", 1)
@given(st.text(), st.text(), st.integers(0, 9))
def test_any_text_can_be_edited_and_an_edit_differs(sentence: str, document: str, seed: int) -> None:
    for found in edits_of(sentence, document, random.Random(seed)):
        assert found.text != sentence
