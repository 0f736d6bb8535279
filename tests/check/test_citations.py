from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.citations import CitedSentence, choose_citations, strip_markers, verify_span
from rag.types import Span

TEXTS = [
    "The two leaders met in Bergen on Monday to discuss the harbour.",
    "Fishing has long been the mainstay of the northern coast.",
    "The talks lasted three hours.",
    "A storm killed 400,000 birds last winter.",
    "The leaders of Norway and Iceland will meet again.",
]


def sources(texts: list[str]) -> list[CitedSentence]:
    found, at = [], 0
    for text in texts:
        found.append(CitedSentence("a.md", "0" * 64, Span(at, at + len(text)), text))
        at += len(text) + 1
    return found


def chosen(sentence: str, texts: list[str] = TEXTS) -> list[int]:
    return [texts.index(source.text) for source in choose_citations(sentence, sources(texts))]


def test_one_sentence_carries_a_quotation_of_it() -> None:
    for i, text in enumerate(TEXTS):
        assert chosen(text) == [i]


def test_facts_of_two_sentences_need_both() -> None:
    assert chosen("The leaders met in Bergen for talks that lasted three hours.") == [0, 2]


def test_a_number_pulls_in_its_source() -> None:
    assert 3 in chosen("The leaders met in Bergen to discuss the harbour, after four hundred thousand birds died.")


def test_nothing_in_common_cites_nothing() -> None:
    assert chosen("Parliament passed a budget.") == []
    assert chosen("") == []
    assert choose_citations("Anything", []) == ()


@given(st.lists(st.sampled_from(TEXTS), max_size=8), st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=20))
def test_at_most_three_in_source_order_and_none_useless(texts: list[str], words: list[str]) -> None:
    offered = sources(texts)
    picked = choose_citations(" ".join(words), offered)
    assert len(picked) <= 3
    assert [offered.index(source) for source in picked] == sorted(offered.index(source) for source in picked)
    assert len({source.text for source in picked}) == len(picked)


def test_a_span_is_checked_to_the_character() -> None:
    text = "Zażółć “gęślą” jaźń 🙂."
    assert verify_span(text, 7, 14, "“gęślą”")
    assert not verify_span(text, 7, 14, '"gęślą"')
    assert not verify_span(text, 6, 13, "“gęślą”")
    assert not verify_span(text, -4, -1, text[-4:-1])
    assert not verify_span(text, 3, 3, "")
    assert not verify_span(text, 0, 99, text)


@given(st.text(), st.integers(), st.integers(), st.text())
def test_checking_a_span_never_fails(text: str, start: int, end: int, quote: str) -> None:
    if verify_span(text, start, end, quote):
        assert text[start:end] == quote != ""


@pytest.mark.parametrize(
    ("text", "clean", "found", "invented"),
    [
        ("They met [1].", "They met.", (1,), ()),
        ("They met. [1][2]", "They met.", (1, 2), ()),
        ("They met [2, 3] and left [9].", "They met and left.", (2, 3), (9,)),
        ("They met [1-3].", "They met.", (1, 2, 3), ()),
        ("They met [^1].", "They met.", (1,), ()),
        ("They met【1】 and 【2†source】left.", "They met and left.", (1, 2), ()),
        ("They met (1) and [sic] left in [1990].", "They met (1) and [sic] left in [1990].", (), ()),
        ("See [1](http://example.org).", "See [1](http://example.org).", (), ()),
        ("[to the conflict]", "[to the conflict]", (), ()),
        ("[0] They met.", "They met.", (), (0,)),
    ],
)
def test_strips_markers(text: str, clean: str, found: tuple[int, ...], invented: tuple[int, ...]) -> None:
    stripped = strip_markers(text, {1, 2, 3})
    assert (stripped.text, stripped.found, stripped.invented) == (clean, found, invented)


@given(st.text(alphabet="ab []【】1239,-†^ ", max_size=30))
def test_stripping_twice_changes_no_more_markers(text: str) -> None:
    once = strip_markers(text, {1})
    assert all(n == 1 for n in once.found)
    assert 1 not in once.invented
    if not once.found and not once.invented:
        assert once.text == text
