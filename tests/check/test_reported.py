from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.types import Verdict


def check(sentence: str, evidence: str) -> tuple[Verdict, str]:
    found = BuiltinVerifier().verify(sentence, evidence, FactContext())
    return found.verdict, found.why


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The guards beat two prisoners.", "Amnesty claimed the guards beat two prisoners."),
        ("The minister took bribes from a builder.", "The minister allegedly took bribes from a builder."),
        ("Rebels shelled the harbour at night.", "According to the army, rebels shelled the harbour at night."),
        ("The greatest threat to our islands is the sea.", 'The greatest threat to our islands is the sea."'),
        (
            "The greatest threat to our islands is the sea.",
            '"The greatest threat to our islands is the sea," she said.',
        ),
        ("The factory poisoned the river.", "Villagers believe the factory poisoned the river."),
    ],
)
def test_a_claim_of_somebody_is_at_best_partly_supported_as_a_fact(sentence: str, evidence: str) -> None:
    verdict, why = check(sentence, evidence)
    assert verdict is not Verdict.SUPPORTED
    assert "attribution not kept" in why


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Amnesty claimed the guards beat two prisoners.", "Amnesty claimed the guards beat two prisoners."),
        ("Amnesty said the guards beat two prisoners.", "Amnesty claimed the guards beat two prisoners."),
        ("The guards may have beaten two prisoners.", "Amnesty claimed the guards beat two prisoners."),
        ("Six people were hurt in the crash.", "Six people were hurt in the crash, police said."),
        ("The bomb claimed six lives in the market.", "The bomb claimed six lives in the market."),
    ],
)
def test_what_keeps_its_speaker_or_is_plain_news_is_not_held_back(sentence: str, evidence: str) -> None:
    assert "attribution" not in check(sentence, evidence)[1]


def test_a_second_source_sentence_that_states_it_is_enough() -> None:
    evidence = "Amnesty claimed the guards beat two prisoners. A court found that the guards beat two prisoners."
    assert "attribution" not in check("The guards beat two prisoners.", evidence)[1]
