from __future__ import annotations

import pytest

from rag.question.comparison import comparison

PAPERS = ("Harbour Gazette", "Northline Wire", "Cedar Coast Courier")
HURT = "How many people were hurt?"


@pytest.mark.parametrize(
    "question",
    [
        "Does the Northline Wire's report agree with the Harbour Gazette's on how many people were hurt?",
        "Do the Wire and the Gazette agree on how many people were hurt?",
        "How does Northline Wire's account differ from Harbour Gazette's on how many people were hurt?",
        "Compare Northline Wire and Harbour Gazette on how many people were hurt.",
        "What do the Northline Wire and the Harbour Gazette each report about how many people were hurt?",
    ],
)
def test_two_publishers_on_one_matter(question: str) -> None:
    found = comparison(question, PAPERS)
    assert found is not None
    assert [(side.text, side.publisher) for side in (found.first, found.second)] == [
        (HURT, "Northline Wire"),
        (HURT, "Harbour Gazette"),
    ]
    assert (found.matter, found.of_time) == (HURT, False)


def test_the_matter_becomes_a_question() -> None:
    found = comparison("Do the Wire and the Gazette give the same death toll for the war?", PAPERS)
    assert found is not None
    assert found.matter == "What is the death toll for the war?"


def test_two_speakers_are_asked_apart() -> None:
    found = comparison("Does Assad agree with Putin on the transition?", PAPERS)
    assert found is not None
    assert found.first.text == "What did Assad say about the transition?"
    assert (found.second.text, found.second.publisher) == ("What did Putin say about the transition?", "")


@pytest.mark.parametrize(
    ("question", "matter", "first", "second"),
    [
        (
            "Must Assad step down? Set the Syrian opposition's position beside Moscow's.",
            "Must Assad step down?",
            "What did the Syrian opposition say about this: must Assad step down?",
            "What did Moscow say about this: must Assad step down?",
        ),
        (
            "Have the terrorists in Syria been defeated? What do Assad and Putin each say?",
            "Have the terrorists in Syria been defeated?",
            "What did Assad say about this: have the terrorists in Syria been defeated?",
            "What did Putin say about this: have the terrorists in Syria been defeated?",
        ),
        (
            "Putin's war in Syria: is it over? Set the view of Moscow beside that of Ankara.",
            "Putin's war in Syria: is it over?",
            "What did Moscow say about this: Putin's war in Syria: is it over?",
            "What did Ankara say about this: Putin's war in Syria: is it over?",
        ),
        (
            "How many people were hurt? Compare the Wire with the Gazette.",
            HURT,
            HURT,
            HURT,
        ),
    ],
)
def test_the_matter_may_come_first(question: str, matter: str, first: str, second: str) -> None:
    found = comparison(question, PAPERS)
    assert found is not None
    assert (found.matter, found.first.text, found.second.text) == (matter, first, second)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "What happened first, the crash or Riad Hijab's resignation?",
            "When was the crash?",
            "When was Riad Hijab's resignation?",
        ),
        (
            "Which came first: Assad met Putin or Trump rang Putin?",
            "When was it that Assad met Putin?",
            "When was it that Trump rang Putin?",
        ),
        ("Did the summit take place before the conference?", "When was the summit?", "When was the conference?"),
    ],
)
def test_which_of_two_came_first(question: str, first: str, second: str) -> None:
    found = comparison(question, PAPERS)
    assert found is not None
    assert (found.first.text, found.second.text, found.of_time) == (first, second, True)


@pytest.mark.parametrize(
    "question",
    [
        "What did Assad ask for?",
        "What did Putin say about the operation and what did China say about the summit?",
        "Do they agree on it?",
        "Does the Gazette agree with the mayor on the crash?",
        "Did the public hear of the journey before or after it was over?",
        "What happened first?",
        "Must Assad step down? Set it out in short.",
        "How long did Putin and Assad talk in Sochi? What do Russia and Turkey want?",
        "What is inflation in Germany? Compare January with February.",
        "Who scored more goals in 2022? Compare Messi to Ronaldo.",
        "Do Russia, Turkey and Iran agree on the congress?",
    ],
)
def test_what_compares_nothing(question: str) -> None:
    assert comparison(question, PAPERS) is None
