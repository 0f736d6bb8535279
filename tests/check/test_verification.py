from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.check.verification import Claim
from rag.types import Check, Verdict

CONTEXT = FactContext("Harbour talks", "The Coast Herald", date(2017, 11, 21))
EVIDENCE = "Ingrid Lindqvist met Daniel Okafor in Bergen on Monday, and the storm killed 400,000 birds on the coast."


def check(sentence: str, evidence: str = EVIDENCE) -> Check:
    return BuiltinVerifier().verify(sentence, evidence, CONTEXT)


def test_what_the_source_says_is_supported() -> None:
    assert check("Lindqvist met Okafor in Bergen on 20 November 2017.").verdict is Verdict.SUPPORTED
    assert check("The storm killed four hundred thousand birds.").verdict is Verdict.SUPPORTED


def test_a_wrong_number_date_or_quotation_is_never_shown_as_partly_right() -> None:
    for sentence, what in (
        ("Lindqvist met Okafor in Bergen on Monday, and the storm killed 500,000 birds on the coast.", "500,000"),
        ("Lindqvist met Okafor in Bergen on Friday, and the storm killed 400,000 birds on the coast.", "Friday"),
        ("Lindqvist met Okafor in Bergen on Monday, and “the storm slew” 400,000 birds on the coast.", "storm slew"),
    ):
        result = check(sentence)
        assert result.verdict is Verdict.UNSUPPORTED
        assert what in result.why


def test_a_wrong_name_is_partial_at_best() -> None:
    result = check(
        "Ingrid Lindqvist met Johansson in Bergen on Monday, and the storm killed 400,000 birds on the coast."
    )
    assert result.verdict is Verdict.PARTIAL
    assert result.why == "name not in the source: Johansson"
    assert check("Johansson praised fishermen.").verdict is Verdict.UNSUPPORTED


def test_added_claims_are_partial_and_foreign_ones_unsupported() -> None:
    assert (
        check("The storm killed birds on the coast and sank several fishing vessels nearby.").verdict is Verdict.PARTIAL
    )
    assert check("Parliament passed a budget after lengthy debate.").verdict is Verdict.UNSUPPORTED


def test_a_dropped_negation_and_an_exchange_of_roles_contradict_the_source() -> None:
    assert check("Okafor will resign.", "Okafor will not resign.").verdict is Verdict.CONTRADICTED
    exchanged = check("Daniel Okafor praised Ingrid Lindqvist.", "Ingrid Lindqvist praised Daniel Okafor.")
    assert exchanged.verdict is Verdict.CONTRADICTED


def test_an_exchanged_word_in_a_near_copy_is_partial_at_best() -> None:
    assert check("The price of bread fell sharply.", "The price of bread rose sharply.").verdict is Verdict.PARTIAL


def test_many_are_the_same_as_one_by_one() -> None:
    claims = [Claim(text, EVIDENCE, CONTEXT) for text in ("Lindqvist met Okafor.", "Parliament passed a budget.")]
    assert BuiltinVerifier().verify_many(claims) == [check(claim.text) for claim in claims]


@given(st.text())
def test_every_text_is_supported_by_itself(text: str) -> None:
    assert check(text, text) == Check(Verdict.SUPPORTED, 1.0)


@given(st.text(), st.text())
def test_a_reason_is_given_unless_supported(sentence: str, evidence: str) -> None:
    result = check(sentence, evidence)
    assert 0 <= result.support <= 1
    assert bool(result.why) == (result.verdict is not Verdict.SUPPORTED)
    assert "\n\n" not in result.why or "\n\n" in sentence
