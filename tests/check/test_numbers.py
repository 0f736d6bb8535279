from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.numbers import StatedNumbers
from rag.check.quantities import find_quantities
from rag.check.words import plain, vocabulary


def values(text: str) -> list[set[Decimal]]:
    return [set(quantity.values) for quantity in find_quantities(plain(text))]


def follows(claim: str, evidence: str) -> bool:
    claim, evidence = plain(claim), plain(evidence)
    stated = StatedNumbers(evidence, find_quantities(evidence))
    return all(stated.support(quantity) for quantity in find_quantities(claim))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twelve", "12"),
        ("twenty-one", "21"),
        ("one hundred and five", "105"),
        ("four hundred thousand", "400000"),
        ("two thousand and seventeen", "2017"),
        ("nineteen sixty-three", "1963"),
        ("twenty seventeen", "2017"),
        ("half a million", "500000"),
        ("a million and a half", "1500000"),
        ("one and a half million", "1500000"),
        ("two and a half", "2.5"),
        ("2½", "2.5"),
        ("1.5 million", "1500000"),
        ("1.5bn", "1500000000"),
        ("3,000", "3000"),
        ("1,00,000", "100000"),
        ("10 , 000", "10000"),
        ("half a dozen", "6"),
        ("a hundred", "100"),
        ("3rd", "3"),
        ("third", "3"),
        ("twenty-first", "21"),
        ("5-million", "5000000"),
    ],
)
def test_reads_the_value(text: str, value: str) -> None:
    assert values(f"There were {text} of") == [{Decimal(value)}]


def test_a_letter_suffix_keeps_both_readings() -> None:
    assert values("1.5m") == [{Decimal("1.5"), Decimal(1500000)}]


def test_numbers_in_names_are_not_quantities() -> None:
    assert values("G20 leaders flew F16 jets") == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("$5bn", "five billion dollars"),
        ("60 per cent", "60%"),
        ("a third of voters", "33% of voters"),
        ("half of voters", "50 percent of voters"),
        ("$5m", "between $5-6m was spent"),
        ("two presidents", "both presidents"),
        ("three countries", "leaders of Russia, Turkey and Iran"),
        ("about 400,000 people", "412,345 people"),
        ("more than 400,000 people", "412,345 people"),
        ("nearly 500,000 people", "487,000 people"),
        ("thousands of people", "7,500 people"),
        ("millions were displaced", "displaced millions"),
        ("the third time", "three times"),
        ("ten years", "a decade"),
        ("World War Two", "World War II"),
        ("60 to 70%", "between 60% and 70%"),
    ],
)
def test_follows(claim: str, evidence: str) -> None:
    assert follows(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("500,000 people", "400,000 people"),
        ("4 million", "4,000"),
        ("60 people", "60% of people"),
        ("5 billion euros", "$5bn"),
        ("15 people", "215 people"),
        ("1.5 million", "15 million"),
        ("412,000 people", "412,345 people"),
        ("more than 500,000 people", "487,000 people"),
        ("about 410", "about 400"),
        ("millions of people", "7,500 people"),
        ("three countries", "leaders of Russia and Iran"),
    ],
)
def test_does_not_follow(claim: str, evidence: str) -> None:
    assert not follows(claim, evidence)


@given(st.integers(0, 10**15))
def test_separators_do_not_matter(number: int) -> None:
    assert values(f"{number:,}") == values(str(number)) == [{Decimal(number)}]


WORDS = vocabulary(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
TENS = vocabulary("twenty thirty forty fifty sixty seventy eighty ninety")


def in_words(number: int) -> str:
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{in_words(number // size)} {name}" + (joint + in_words(rest) if rest else "")
    if number < 20:
        return WORDS[number]
    return TENS[number // 10 - 2] + (f"-{WORDS[number % 10]}" if number % 10 else "")


@given(st.integers(0, 10**12 - 1))
def test_words_and_figures_are_one(number: int) -> None:
    assert values(in_words(number)) == [{Decimal(number)}]


@given(st.decimals(min_value=0, max_value=999, places=1), st.sampled_from(["million", "bn", " billion", " mn"]))
def test_scales_multiply(number: Decimal, scale: str) -> None:
    factor = 10**9 if "b" in scale else 10**6
    assert values(f"{number}{scale}") == [{number * factor}]
