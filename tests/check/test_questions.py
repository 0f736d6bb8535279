from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.questions import parse, parts, shared, without_context


@pytest.mark.parametrize(
    ("question", "word", "subject", "verb", "rest"),
    [
        ("Why did Turkey invade Russia?", "why", "Turkey", "invade", "Russia"),
        ("Why did Assad fly to Tehran after the meeting?", "why", "Assad", "fly", "to Tehran after the meeting"),
        ("When did Mr Hijab resign?", "when", "Mr Hijab", "resign", ""),
        ("Who was killed in the crash?", "who", "", "killed", "in the crash"),
        ("How many soldiers have been killed in Syria?", "how", "", "killed", "in Syria"),
        ("On what date was the congress held?", "what", "the congress", "held", ""),
        ("Who resigned from the committee?", "who", "", "resigned", "from the committee"),
        ("Why was Ann Bell arrested in Oslo?", "why", "Ann Bell", "arrested", "in Oslo"),
    ],
)
def test_a_question_taken_apart(question: str, word: str, subject: str, verb: str, rest: str) -> None:
    form = parse(question)
    assert (form.word, form.subject, form.verb, form.rest) == (word, subject, verb, rest)
    assert form.past and form.kinds and not form.negated


def test_what_is_counted() -> None:
    assert parse("How many Russian soldiers have been killed?").counted == "soldiers"
    assert parse("How many were killed?").counted == ""


@pytest.mark.parametrize("question", ["Will Assad fly to Tehran?", "Did Turkey invade Russia?", "Ann Bell", ""])
def test_a_question_of_yes_and_no_takes_nothing_for_granted(question: str) -> None:
    assert not parse(question).past


@pytest.mark.parametrize("question", ["When will Putin visit Cairo?", "Why would Turkey invade Russia?"])
def test_what_is_to_come_is_not_past(question: str) -> None:
    assert not parse(question).past


def test_not_is_noticed() -> None:
    assert parse("Why did Rouhani not go to Sochi?").negated
    assert parse("Why didn't Rouhani go to Sochi?").negated


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When and where was the summit held?", ("When was the summit held?", "Where was the summit held?")),
        (
            "How many were killed and how many were displaced?",
            ("How many were killed?", "How many were displaced?"),
        ),
        (
            "Who resigned, and who followed him?",
            ("Who resigned?", "Who followed him? (Who resigned)"),
        ),
        (
            "Where did Putin go? When did he return?",
            ("Where did Putin go?", "When did he return? (Where did Putin go)"),
        ),
        (
            "How was the congress received in Tehran, and how by the opposition meeting in Riyadh?",
            (
                "How was the congress received in Tehran?",
                "How was the congress received by the opposition meeting in Riyadh?",
            ),
        ),
        (
            "How many people were hurt in Arkona and how many in Gant?",
            ("How many people were hurt in Arkona?", "How many people were hurt in Gant?"),
        ),
    ],
)
def test_two_things_asked(question: str, expected: tuple[str, ...]) -> None:
    assert parts(question) == expected
    assert [without_context(part) for part in parts(question)] == [part.split(" (")[0] for part in expected]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How much aid was sent to Ukraine in 2022", "how much to Israel"),
        ("How many people were arrested at the protest in Moscow", "how many on terror charges"),
        ("How many people were hurt in 2019", "how many in Scotland"),
        ("How long has Putin been in power", "how long for the last term"),
    ],
)
def test_another_kind_of_phrase_fills_in_nothing(first: str, second: str) -> None:
    assert parts(f"{first}, and {second}?") == (f"{first}?", f"{second[0].upper()}{second[1:]}? ({first})")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How was it received in Tehran, and how by the opposition?", "How was it received?"),
        ("When and where was the summit held?", ""),
        ("How many were killed and how many were displaced?", ""),
        ("How was it received in Tehran?", ""),
    ],
)
def test_what_parts_share(question: str, asked: str) -> None:
    assert shared(parts(question)) == asked


@pytest.mark.parametrize(
    "question",
    [
        "What did Russia, Turkey and Iran agree at the summit?",
        "Should Assad stay in office? Who says what?",
        "What do Putin and Assad think of it?",
        "Who was it that said when and where?",
        "Who won and why?",
    ],
)
def test_one_thing_asked(question: str) -> None:
    assert parts(question) == (question,)


WORDS = st.lists(st.sampled_from(["who", "why", "how many", "did", "and", "when", ",", "?", "Assad", "was", "killed"]))


@given(st.text(max_size=80) | WORDS.map(" ".join))
def test_no_question_breaks_it(question: str) -> None:
    parse(question)
    assert parts(question)
