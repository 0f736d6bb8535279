from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.check.negations import adds_negation
from rag.types import Verdict

SANK = "The ferry Marisa sank off the coast on Monday with forty people aboard."


def test_an_added_negation_is_unsupported_and_in_a_copy_a_contradiction() -> None:
    check = BuiltinVerifier().verify("Nobody says that a vessel off the coast was never lost.", SANK, FactContext())
    assert check.verdict is Verdict.UNSUPPORTED
    assert "negation" in check.why
    copied = BuiltinVerifier().verify("The ferry Marisa never sank off the coast.", SANK, FactContext())
    assert copied.verdict is Verdict.CONTRADICTED
    assert "negates" in copied.why


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The minister did not resign.", "The minister refused to resign."),
        ("Talks did not take place.", "There were no talks."),
        ("The ferry didn't sink.", "The ferry did not sink."),
        ("The ferry sank.", SANK),
    ],
)
def test_a_negation_the_source_has_or_implies_stands(sentence: str, evidence: str) -> None:
    assert not adds_negation(sentence, evidence)
