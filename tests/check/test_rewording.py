"""How closely a sentence follows its source, and what is believed of a small model's wording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.rewording import BELIEVED, Bounds, asked_but_not_told, points_back, word_share

SOURCE = "McDonald's to add McGriddles to all-day breakfast menu this fall."

texts = st.text(alphabet="ab c.’", max_size=30)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (SOURCE, 1.0),
        ("MCDONALD’S to add McGriddles to menu", 1.0),
        ("add McGriddles to McDonald's", 3 / 4),  # order counts
        ("McDonald's added McGriddles to its menu for the fall.", 5 / 9),
        ("Taco Bell closed.", 0.0),
        ("", 0.0),
    ],
)
def test_the_share_of_words_in_the_order_of_the_source(text: str, share: float) -> None:
    assert word_share(text, [SOURCE]) == pytest.approx(share)


@given(texts, texts, texts)
def test_a_share_is_a_share_and_does_not_fall_with_a_longer_source(text: str, source: str, more: str) -> None:
    assert 0.0 <= word_share(text, [source]) <= word_share(text, [f"{source} {more}"]) <= 1.0
    assert word_share(text, [source, more]) == max(word_share(text, [source]), word_share(text, [more]))


def test_a_plan_told_as_done_is_not_believed_however_sure_its_author_is() -> None:
    share = word_share("McDonald's added McGriddles to its menu for the fall.", [SOURCE])
    assert BELIEVED.doubt(share, 0.999) == "the model that wrote this kept few of the words of its source"
    assert BELIEVED.doubt(share, 0.9) == "the model that wrote this doubts that its source says it"


@pytest.mark.parametrize(
    ("share", "sure", "believed"), [(0.9, 0.0, True), (0.7, 0.95, True), (0.7, 0.949, False), (0.69, 1.0, False)]
)
def test_what_is_not_copied_needs_an_author_who_is_sure(share: float, sure: float, believed: bool) -> None:
    assert (Bounds(copied=0.9, close=0.7, sure=0.95).doubt(share, sure) == "") is believed


@pytest.mark.parametrize(
    ("sentence", "points"),
    [
        ("He wants Moscow to help.", True),
        ("\u201cThat's how many drowned.", True),
        ("Its crew was saved.", True),
        ("Italy was told of it.", False),
        ("The crew said he was saved.", False),
    ],
)
def test_a_sentence_that_begins_with_what_was_named_before(sentence: str, points: bool) -> None:
    assert points_back(sentence) is points


BOGLE, WHENCE = "The idea of Walmart came from Bob Bogle.", "Where did the idea of Walmart come from?"


@pytest.mark.parametrize(
    ("sentence", "asked", "source", "noun"),
    [
        (BOGLE, WHENCE, "Bob Bogle came up with the name.", "idea"),
        (BOGLE, WHENCE, "Walton had ideas, and Bob Bogle came up with the name.", ""),
        (BOGLE, "Who founded Walmart?", "Bob Bogle came up with the name.", ""),
        ("The British economic policy was a surplus.", "What was its policy?", "The goal was a surplus.", ""),
        ("The economic policy of it was a surplus.", "What was its policy?", "The goal was a surplus.", "policy"),
        ("The length of the talks was three hours.", "What was the length of the talks?", "They took three hours.", ""),
        ("The Bank of England rose.", "What did the Bank of England do?", "England rose.", ""),
        ("Walmart's idea came from Bob Bogle.", WHENCE, "Bob Bogle came up with the name.", ""),
    ],
)
def test_what_only_the_question_speaks_of(sentence: str, asked: str, source: str, noun: str) -> None:
    assert asked_but_not_told(sentence, asked, source) == noun
