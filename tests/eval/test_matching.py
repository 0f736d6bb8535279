"""When a text holds an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.matching import Answer, Regex, holds, holds_any, token_f1, tokens


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It has cost four hundred thousand lives.", "400,000"),
        ("It has cost 400 thousand lives.", "400,000 lives"),
        ("It killed more than half a million people.", "more than 500,000"),
        ("They talked for 3 hours.", "three hours"),
        ("President Erdoğan left.", "Erdogan"),
        ("THE “SQUID GAME” RETURNS", "Squid Game"),
        ("It was the first of a series", "first of series"),
        ("Prices rose 9% in May", "9%"),
        ("Prices rose nine percent in May", "9%"),
        ("U.S. officials said", "US officials"),
        ("It met on 20 November.", Regex(r"\b20 nov")),
        ("Nine were hurt near Sochi", ("nine", Regex("sochi"))),
        ("It is €!", "€"),
    ],
)
def test_held(text: str, answer: Answer) -> None:
    assert holds(text, answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It cost 40,000 lives.", "400,000"),
        ("They talked for three days.", "three hours"),
        ("Mali is not Somalia", "Somali"),
        ("hours three", "three hours"),
        ("Prices rose by 9 dollars", "9%"),
        ("Nine were hurt", ("nine", Regex("sochi"))),
        ("", "nine"),
        ("20 of them", "2"),
    ],
)
def test_not_held(text: str, answer: Answer) -> None:
    assert not holds(text, answer)


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        holds("a" * 60 + "b", Regex(r"(a|aa)+$"))


def test_any_of_several() -> None:
    assert holds_any("It lasted three hours", ["two hours", "3 hours"])
    assert not holds_any("It lasted three hours", [])


def test_token_f1_by_hand() -> None:
    assert token_f1("the talks lasted three hours", "3 hours") == pytest.approx(2 * 2 / (4 + 2))
    assert token_f1("three hours", "The three hours") == 1.0
    assert token_f1("rain", "snow") == 0.0


@given(st.text(max_size=80))
def test_a_text_holds_itself(text: str) -> None:
    if text.strip():
        assert holds(text, text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_token_f1_is_symmetric_and_a_share(left: str, right: str) -> None:
    assert token_f1(left, right) == pytest.approx(token_f1(right, left))
    assert 0 <= token_f1(left, right) <= 1


@given(st.integers(0, 10**9))
def test_a_number_is_found_however_it_is_grouped(number: int) -> None:
    assert holds(f"about {number:,} people", str(number))
    assert tokens(f"{number:,}") == tokens(str(number))
