from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.ingest.sentences import MAX_SENTENCE_CHARS, sentences


def parts(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Putin met Mr. Al Assad in Sochi.", "They talked for three hours."],
        ["U.S. officials said the talks failed.", "The U.S. will not attend."],
        ["“The operation is indeed wrapping up,” Putin said.", "He left."],
        ["He said: “It is over.”", "Then he left the room."],
        ['The spokesman said "options have been discussed."', "Mr Peskov declined to say more."],
        ["On Dec. 28 the army withdrew.", "On Jan. 3, 2018, it returned."],
        ["The deal is worth $1.5 million.", "It grew 3.2 percent in Sept. 2017."],
        ["We waited... and waited.", "Nothing came…", "Then it rained."],
        ["J. D. Vance spoke to George W. Bush at 5 p.m. on Friday.", "They agreed."],
        ["The St. Petersburg court sentenced Lt. Gen. Ivan Petrov Jr. on Monday.", "He appealed."],
        ["Gov. Glenn Youngkin, R-Va., and Sen. Chris Coons, D-Del., disagreed.", "Rep. Jackie Walorski died."],
        ["“Is it over?” he asked.", "“No!” she cried."],
        ["He works for Yahoo! in New York.", "She does not."],
        ["(He had said so before.)", "Nobody listened."],
        ["The allies met in Nassau (TIME, Dec. 28).", "Then they left."],
        ["“We count on Russia,” he said.", "“We always did.”", "“And we will.”"],
        ["The so-called “Mr. Big” was arrested.", "Police said: “We have him!”", "A trial follows."],
        ["Critics (D-Calif.), actors and others came.", "They left."],
        ["It was on Nov. 22.", "2017 was a bad year."],
        [
            "THE U.S . FIRST PROPOSED TO HELP NATO .",
            "BUT EUROPE MADE NO ATTEMPT .",
            "WHO WILL DECIDE ?",
            "NOBODY KNOWS .",
        ],
        ["THE U.S . OFFER TO BRITAIN (TIME, DEC . 28) .", "THE TERMS ARE VERY GOOD ."],
        ['IT SAID THAT " IT WILL LAST . "', "MANY WERE NOT SO SURE ."],
        ["وصل الرئيس إلى سوتشي.", "هل انتهت الحرب؟", "نعم."],
        ["राष्ट्रपति सोची पहुंचे।", "वार्ता तीन घंटे चली।"],
    ],
)
def test_sentences_of_news_prose(expected: list[str]) -> None:
    assert parts(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["It strengthens ties between the two countries.", "Russian President Vladimir Putin agreed."],
        ["He resigned on Monday.", "“We are sad,” she said."],
        ["They “won.”", "Then it rained."],
        ["他周二抵达索契。", "会谈持续了三个小时！", "“我们赢了。”", "他说。"],
    ],
)
def test_stops_without_a_space(expected: list[str]) -> None:
    assert parts("".join(expected)) == expected


def test_addresses_and_run_on_abbreviations_are_not_cut() -> None:
    for text in (
        "Write to anna.Bell@example.com now.",
        "See www.example.Com for it.",
        "See https://a.example/news.Html now.",
        "Prof.Smith came.",
    ):
        assert parts(text) == [text]


def test_paragraphs_and_lines_end_sentences() -> None:
    assert parts("A heading\n\nOne sentence\nAnother line\n- an item\n") == [
        "A heading",
        "One sentence",
        "Another line",
        "- an item",
    ]


def test_lines_wrapped_inside_sentences_do_not_end_them() -> None:
    prose = "The ferry left the\nharbour at noon with\nninety people. It was\nlate, said the\nPort Authority."
    text = f"{prose}\n\nNobody was hurt\n- one\n- two"
    assert parts(text) == [
        "The ferry left the\nharbour at noon with\nninety people.",
        "It was\nlate, said the\nPort Authority.",
        "Nobody was hurt",
        "- one",
        "- two",
    ]


def test_an_endless_sentence_is_cut_between_words() -> None:
    found = parts("word " * 2000)
    assert all(len(part) <= MAX_SENTENCE_CHARS and set(part.split()) == {"word"} for part in found)
    assert sum(len(part.split()) for part in found) == 2000
    assert all(len(part) <= MAX_SENTENCE_CHARS for part in parts("a" * 10_000))
    assert all(not part.startswith("\u0301") for part in parts("e\u0301" * 2000))


NASTY = st.lists(
    st.sampled_from(
        [
            "The army left. ",
            "“",
            "”",
            '"',
            " ",
            "\n",
            "\n\n",
            "\r\n",
            ".",
            "...",
            "…",
            "?!",
            "Mr. ",
            "U.S . ",
            "D-N.Y. ",
            "a.B",
            "countries.Russian ",
            "。",
            "“我们赢了。”",
            "؟ ",
            "\u200f\u202bשלום. \u202c",
            "e\u0301",
            "👩\u200d👩\u200d👧",
            "\u00a0",
            "\u2028",
            "\x1c",
            "(",
            ")",
            "’s ",
            "- ",
            "1. ",
            "http://x.Com/a.B ",
            "word " * 400,
            "z" * 1600,
            "\u0301" * 1600,
            "ﬁ",
            "İ",
            "ß.",
        ]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(NASTY)
@example("They won.”Then it rained.")
@example(" \x1c ")
def test_spans_are_ordered_disjoint_tight_and_cover_everything(text: str) -> None:
    end = 0
    for span in sentences(text):
        part = span.of(text)
        assert span.start >= end and not text[end : span.start].strip()
        assert part and part == part.strip() and len(part) <= MAX_SENTENCE_CHARS
        end = span.end
    assert not text[end:].strip()


@pytest.mark.parametrize(
    "piece",
    [
        "The army left. ",
        "a",
        "a ",
        " ",
        ". ",
        "“",
        "a! ",
        "1. ",
        "U.S . ",
        "countries.Russian",
        "x. )",
        '" ',
        "\n",
        "。",
    ],
)
def test_one_huge_line_takes_linear_time(piece: str) -> None:
    text = "x" + piece * (100_000 // len(piece)) + "y"
    started = time.process_time()
    assert sentences(text)
    assert time.process_time() - started < 5
