from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.cleaning import clean
from rag.ingest.splitting import MAX_QUOTED_WORDS, MAX_WORDS, count_words, sentences, split
from rag.types import Article, Passage, SourceDocument

SENTENCE = "The ferry left the harbour at noon with some ninety people on board."
PARAGRAPH = " ".join([SENTENCE] * 3)


def article(text: str) -> Article:
    return Article(id="a.txt", version="0123456789abcdef" * 4, text=text)


def check(source: Article, passages: list[Passage]) -> None:
    covered = []
    for passage in passages:
        assert passage.text == source.text[passage.span.start : passage.span.end] and passage.text.strip()
        assert passage.id == f"{source.id}:{source.version[:16]}:{passage.span.start}-{passage.span.end}"
        assert (passage.article_id, passage.version) == (source.id, source.version)
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (passage.span.start, passage.span.end)
        covered += passage.sentences
    assert covered == sentences(source.text)
    assert len({passage.id for passage in passages}) == len(passages)


def test_passages_are_whole_sentences_of_about_60_to_120_words() -> None:
    source = article("\n\n".join([PARAGRAPH] * 40))
    passages = split(source)
    check(source, passages)
    assert all(60 <= count_words(passage.text) <= MAX_WORDS for passage in passages)


def test_what_is_left_over_is_shared_out_evenly() -> None:
    sizes = [count_words(passage.text) for passage in split(article(" ".join([SENTENCE] * 10)))]
    assert len(sizes) == 2 and max(sizes) - min(sizes) <= count_words(SENTENCE)


def test_a_heading_begins_a_passage_and_stays_with_its_section() -> None:
    source = article(f"{SENTENCE}\n\nWhat the port says\n\n{PARAGRAPH}\n\nWhat happens next?\n\n{SENTENCE}\n\nAna Ruiz")
    passages = split(source)
    check(source, passages)
    assert [passage.text.split("\n")[0][:18] for passage in passages] == [SENTENCE[:18], "What the port says"]


def test_a_long_run_of_short_lines_is_a_list_and_not_headings() -> None:
    source = article(f"{SENTENCE}\n\n" + "\n\n".join(f"Ferry number {n}" for n in range(9)) + f"\n\n{SENTENCE}")
    assert len(split(source)) == 1


def test_a_single_long_sentence_is_a_passage() -> None:
    long = "The list names " + ", ".join(f"ferry {n}" for n in range(100)) + "."
    source = article(f"{PARAGRAPH} {PARAGRAPH} {long} {PARAGRAPH} {PARAGRAPH}")
    passages = split(source)
    check(source, passages)
    assert [passage.text for passage in passages if count_words(passage.text) > MAX_WORDS] == [long]


def test_scripts_without_spaces_make_passages_of_the_same_size() -> None:
    source = article("他周二抵达索契。会谈持续了三个小时！" * 100)
    passages = split(source)
    check(source, passages)
    assert all(100 < len(passage.text) <= 2 * MAX_WORDS + 10 for passage in passages)


def only_passage_with(source: Article, words: str) -> str:
    passages = split(source)
    check(source, passages)
    (found,) = [passage.text for passage in passages if words in passage.text]
    return found


@pytest.mark.parametrize(("opening", "closing"), [('"', '"'), ("“", "”"), ("‘", "’"), ('"', "”")])
@pytest.mark.parametrize("filler", range(2, 12))
def test_a_quotation_over_paragraphs_stays_with_who_speaks_before_and_after(
    opening: str, closing: str, filler: int
) -> None:
    quoted = (
        f"The mayor told the port: {opening}The town’s quay isn't safe. {SENTENCE} {SENTENCE}\n\n"
        f"{opening}It must close now. We count on the crews' help,{closing} he said."
    )
    source = article(f"{' '.join([SENTENCE] * filler)}\n\n{quoted}\n\n{' '.join([SENTENCE] * 9)}")
    assert quoted in only_passage_with(source, "The mayor told")


@pytest.mark.parametrize("filler", range(2, 12))
@pytest.mark.parametrize(
    "unit",
    [
        '"Close the quay now!" Mayor Ruiz said on Tuesday.',
        "“The quay is not safe,” she said. “It has to close.”",
        'This is what the mayor wrote to the port:\n\n"The quay is not safe."',
    ],
)
def test_a_quotation_is_not_parted_from_its_attribution(filler: int, unit: str) -> None:
    source = article(f"{' '.join([SENTENCE] * filler)} {unit} {' '.join([SENTENCE] * 9)}")
    assert unit in only_passage_with(source, unit[-20:])


@pytest.mark.parametrize("mark", ['"', "“", "‘", "”", "'"])
def test_a_mark_without_a_partner_changes_nothing(mark: str) -> None:
    text = "\n\n".join([PARAGRAPH] * 40)
    sizes = [len(passage.sentences) for passage in split(article(text))]
    assert [len(passage.sentences) for passage in split(article(f"{mark}{text}"))] == sizes


def test_a_quotation_too_long_to_keep_is_cut_like_other_text() -> None:
    source = article(f"She said: “{' '.join([SENTENCE] * 60)}”")
    passages = split(source)
    check(source, passages)
    assert all(60 <= count_words(passage.text) <= MAX_WORDS for passage in passages)


def test_quotation_marks_cost_linear_time() -> None:
    started = time.perf_counter()
    split(article("\n\n".join(["\"A sentence of it. Another “one” it's."] * 4000)))
    assert time.perf_counter() - started < 10


def test_one_short_sentence() -> None:
    source = article("Yes.")
    check(source, split(source))


def test_the_same_text_gives_the_same_passages() -> None:
    source = article("\n\n".join([PARAGRAPH] * 5))
    assert split(source) == split(source)


PIECES = st.sampled_from(
    [
        SENTENCE,
        PARAGRAPH,
        "A heading",
        "“Quote.”",
        f"“{SENTENCE}",
        f"“{PARAGRAPH} {SENTENCE}” he said.",
        "countries.Russian came.",
        "他周二抵达索契。",
        "שלום. \u202bעולם\u202c",
        "👩\u200d👧!",
        "e\u0301e\u0301.",
        "Mr. Putin",
        "z" * 3000,
        "word " * 700,
        "1. one",
        "- two",
        "…",
        "U.S . OFFER",
        "\u00a0",
        "\r\n",
        "a\rb",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=14), st.sampled_from([" ", "\n", "\n\n", "\r\n\r\n", ""]))
def test_every_cleaned_text_splits_exactly(pieces: list[str], separator: str) -> None:
    cleaned = clean(SourceDocument("a", separator.join(pieces)))
    if isinstance(cleaned, Article):
        passages = split(cleaned)
        check(cleaned, passages)
        assert passages
        for passage in passages:
            is_quoting = any(mark in passage.text for mark in "\"“”„«»'‘’")
            longest = MAX_QUOTED_WORDS if is_quoting else MAX_WORDS
            assert len(passage.sentences) == 1 or count_words(passage.text) <= longest + len(passage.sentences)
