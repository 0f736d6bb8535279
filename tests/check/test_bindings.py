from __future__ import annotations

from rag.check.facts import FactContext, missing_facts

WAR = "The crackdown began a war that has killed 400,000 people and displaced millions."


def numbers(sentence: str, evidence: str) -> list[str]:
    return [
        str(fact.text) for fact in missing_facts(sentence, evidence, context=FactContext()) if fact.kind == "number"
    ]


def test_a_number_the_source_says_of_something_else_is_missing() -> None:
    assert numbers("400,000 people have been displaced.", WAR) == ["400,000 (said there of something else)"]


def test_a_number_with_its_own_verb_stands() -> None:
    assert numbers("The war has killed 400,000 people.", WAR) == []
    assert numbers("400,000 people have been killed in the war.", WAR) == []


def test_other_numbers_beside_it_do_not_matter() -> None:
    assert (
        numbers("Nine people were injured.", "Nine people were injured, two of them seriously, and three died.") == []
    )


def test_dates_are_not_bound_to_verbs() -> None:
    source = "The president said in Accra on Nov. 9 that 12 ships were leaving."
    assert numbers("The president said on 9 November that twelve ships were leaving.", source) == []


PRICES = (
    "Energy prices rose 34.6% compared to a year ago, driven by a nearly 50% jump in gas prices over the last year."
)


def test_a_share_belongs_to_what_its_clause_speaks_of() -> None:
    assert numbers("Gas prices have increased by 34.6%.", PRICES) == ["34.6 (said there of something else)"]
    assert numbers("Energy prices rose by 34.6%.", PRICES) == []
    assert numbers("Gas prices rose by nearly 50%.", PRICES) == []


def test_two_shares_of_one_clause_are_left_to_other_checks() -> None:
    source = "Tickets cost $50 in Arkona and $40 in Sella."
    assert numbers("In Sella tickets cost $50.", source) == []
