from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.check.modality import is_statement
from rag.types import Verdict


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        (
            "Owners approved the sale of the club.",
            "Owners will decide on Tuesday whether to approve the sale of the club.",
        ),
        (
            "Owners unanimously approved the sale of the club.",
            "Owners will decide whether to approve the sale of the club. A committee unanimously urged its approval.",
        ),
        ("Voters legalized gambling in the state.", "Voters may legalize gambling in the state."),
        ("The city banned cars from the centre.", "If the city banned cars from the centre, shops would suffer."),
    ],
)
def test_what_is_only_foreseen_does_not_bear_out_that_it_happened(sentence: str, evidence: str) -> None:
    found = BuiltinVerifier().verify(sentence, evidence, FactContext())
    assert found.verdict is not Verdict.SUPPORTED
    assert "modality not kept" in found.why


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Owners approved the sale of the club.", "Owners approved the sale of the club, which will close in May."),
        ("Owners will have approved the sale by May.", "Owners will approve the sale by May."),
        ("The club will be sold.", "The club will be sold if owners approve."),
    ],
)
def test_what_happened_or_stays_open_is_not_held_back(sentence: str, evidence: str) -> None:
    assert "modality" not in BuiltinVerifier().verify(sentence, evidence, FactContext()).why


@pytest.mark.parametrize("text", ["What does PSL stand for?", "“Who won?”", "Is he right?  "])
def test_a_question_states_nothing(text: str) -> None:
    assert not is_statement(text)
    assert is_statement(f"He asked: {text} Nobody answered.")
