from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.check.support import common_subsequence, support

SOURCE = "The storm killed 1,500,000 birds on the northern coast. Officials closed the harbour. Ships waited outside."


def test_same_words_support_fully() -> None:
    assert support("The storm killed 1.5 million birds.", SOURCE) == 1.0
    assert support("Storms killed a million and a half birds", SOURCE) == 1.0


def test_fewer_words_and_other_order_support_less() -> None:
    whole = support("The storm killed birds on the coast.", SOURCE)
    part = support("The storm killed fishermen on the coast.", SOURCE)
    shuffled = support("The coast killed the birds of the storm.", SOURCE)
    none = support("Parliament passed a budget.", SOURCE)
    assert whole > part > none == 0.0
    assert whole > shuffled > none


def test_rare_words_weigh_more() -> None:
    idf = {"fishermen": 9.0}
    assert support("Storm killed fishermen", SOURCE, lambda stem: idf.get(stem, 1.0)) < support(
        "Storm killed fishermen", SOURCE
    )


def test_without_content_words_every_word_counts() -> None:
    assert support("It was so.", "So it was.") == 1.0
    assert support("It was so.", "They are.") == 0.0
    assert support("…", "…") == 1.0
    assert support("…", "Words.") == 0.0


@given(st.text(), st.text())
def test_stays_in_bounds(sentence: str, evidence: str) -> None:
    assert 0.0 <= support(sentence, evidence) <= 1.0
    assert 0.0 <= support(sentence, evidence, lambda stem: 0.0) <= 1.0


@given(st.one_of(st.text(), st.text(alphabet='abAB12.,! \n’"', max_size=60)))
def test_every_text_supports_itself(text: str) -> None:
    assert support(text, text) == 1.0
    assert support(text, text, lambda stem: float(len(stem))) == 1.0


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_common_subsequence_agrees_with_the_definition(left: list[str], right: list[str]) -> None:
    row = [0] * (len(right) + 1)
    for item in left:
        new = [0]
        for j, other in enumerate(right):
            new.append(row[j] + 1 if item == other else max(row[j + 1], new[j]))
        row = new
    assert common_subsequence(left, right) == row[-1]
