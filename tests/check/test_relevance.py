from __future__ import annotations

import pytest

from rag.check.relevance import Relevance, Shown


def objection(question: str, text: str, *before: str, title: str = "") -> str:
    return Relevance(question).objection(Shown(text, text, before, title, " ".join([*before, text]), "Agency"))


@pytest.mark.parametrize(
    ("question", "text", "why"),
    [
        ("Why did Assad fly to Tehran?", "Assad travelled to Moscow on Tuesday.", "Tehran"),
        ("When did Erdogan resign?", "Riad Hijab announced his resignation on Monday.", "Erdogan"),
        ("Who was killed in the crash?", "Six people were injured in the crash.", "killed"),
        ("How many soldiers have been killed in Syria?", "The war in Syria has killed 400,000 people.", "soldiers"),
        (
            "How many delegates came to Sochi?",
            "None belonged to the delegations of the three presidents in Sochi.",
            "delegates",
        ),
        ("How many people were injured?", "The injured people were taken to hospital.", "number"),
        ("How long did the talks last?", "The talks were held in the Kremlin.", "how long"),
        ("When did the ministers meet?", "The ministers met in Antalya.", "when"),
        (
            "On what date was the congress held?",
            "They agreed on Monday to support a congress, to be held in Sochi.",
            "plan",
        ),
        ("When was the Syrian congress held?", "Syrian envoys held their team back last week.", "something else"),
        ("On what date was the congress held?", "Damascus held its team back last week.", "something else"),
        (
            "What did Putin say about the military operation?",
            "Putin said he would telephone the king.",
            "something else",
        ),
    ],
)
def test_what_does_not_answer(question: str, text: str, why: str) -> None:
    found = objection(question, text)
    assert found and why in found


@pytest.mark.parametrize(
    ("question", "text", "before"),
    [
        (
            "Why did Assad fly to Tehran?",
            "He left for the Iranian capital, Tehran, to ask for help.",
            "Assad spoke first.",
        ),
        ("When did Hijab resign?", "He quit on Monday.", "Riad Hijab led the committee."),
        ("Who was killed in the crash?", "The driver and a child died.", "A bus crash shook the town."),
        ("How many soldiers have been killed?", "Nine troops died.", ""),
        ("How many people were killed?", "Nobody was killed.", ""),
        ("How many delegates came?", "About 140 delegates took part.", ""),
        ("How many troops were killed?", "The number of soldiers killed has risen to nine, the army said.", ""),
        ("How many delegates came?", "There were 140 of them.", "The delegates came by train."),
        ("How many people have been displaced?", "Millions fled their homes.", ""),
        ("How long did Trump and Putin talk?", "The call between Trump and Putin lasted more than an hour.", ""),
        ("When did the ministers meet?", "The ministers met yesterday.", ""),
        ("When did the ministers meet?", "The ministers met after the war.", ""),
        ("What did Putin say about the military operation?", "Putin said the military operation was ending.", ""),
        ("Why did the minister resign?", "He had lied to parliament.", "The minister resigned on Monday."),
        ("What is the common name for salicylic acid?", "It is sold as aspirin.", ""),
        ("What happened to the ferry?", "It sank.", ""),
        ("where does the term making out come from", "The usage is of Scottish origin.", ""),
    ],
)
def test_what_may_answer(question: str, text: str, before: str) -> None:
    assert objection(question, text, before) == ""


@pytest.mark.parametrize(
    "question",
    [
        "Approximately how many people have been arrested in Iran?",
        "Due to the protests, how many people have been arrested in Iran?",
        "How many US citizens have been arrested in Iran?",
        "Masih Alinejad spoke of arrests in Iran. How many people were arrested?",
    ],
)
def test_words_that_only_look_like_names_are_not_required(question: str) -> None:
    assert objection(question, "Police in Iran have arrested 1,000 citizens, Alinejad said.") == ""


def test_the_publisher_and_the_headline_count_as_named() -> None:
    assert objection("What did the Agency report on Monday?", "The ferry sank.") == ""
    assert objection("When did Hijab resign?", "He resigned on Monday.", title="Riad Hijab leaves") == ""


def test_a_part_that_points_back_is_met_in_its_own_words() -> None:
    question = "Who was driving it? (How many people were injured in the minibus crash)"
    assert objection(question, "Nine people were injured in the minibus crash.")
    assert objection(question, "A local man was driving the minibus in the crash.") == ""


@pytest.mark.parametrize("question", ["", "?", "who", "how many", "\x00", "ศูนย์ 沈没"])
def test_no_question_breaks_it(question: str) -> None:
    objection(question, "")
    objection(question, "Nine people drowned.")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("The tax office announced it will do what this week?", "The tax office announced it will do."),
        (
            "The agency has set a date for its launch. How soon could it be?",
            "The agency has set a date for its launch.",
        ),
        ("Which minister resigned?", "The minister resigned."),
        ("How many ferries sank?", "Ferries sank."),
    ],
)
def test_a_sentence_that_only_repeats_the_question_answers_nothing(question: str, text: str) -> None:
    assert Relevance(question).objection(Shown(text, text)) in ("it only repeats the question", "it gives no number")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Did the minister resign?", "The minister resigned."),
        ("Was it the minister who resigned?", "The minister resigned."),
        ("Which of the two won, the north or the south?", "The south won."),
        ("How many passengers drowned?", "No passengers drowned."),
        ("How many passengers drowned?", "All passengers drowned."),
        ("What did the minister do?", "The minister did not resign."),
    ],
)
def test_the_words_of_a_question_may_be_the_answer(question: str, text: str) -> None:
    assert "repeats" not in Relevance(question).objection(Shown(text, text))


TOLD = "The governor of Gant sends buses with migrants to Arkona, Lund and Selby. Which {} city did he name last week?"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (TOLD.format("other"), "The governor of Gant named Dunmore last week, beside Arkona and Lund."),
        ("Fans mourn the singer Ada Lund. Which film made her famous?", 'The film "Harvest" made Ada Lund famous.'),
    ],
)
def test_what_is_told_before_the_question_need_not_all_be_told_again(asked: str, said: str) -> None:
    assert objection(asked, said) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (TOLD.format("other"), "The governor named Dunmore last week, beside Arkona."),
        ("Fans mourn Ada Lund. Which Valley film made her famous?", 'The film "Harvest" made Ada Lund famous.'),
        ("Fans mourn the singer Ada Lund. Which film made her famous?", 'The film "Harvest" made her famous.'),
    ],
)
def test_a_source_that_knows_little_of_what_is_told_speaks_of_something_else(asked: str, said: str) -> None:
    assert "does not speak of" in objection(asked, said)


def test_a_plan_that_is_asked_about_may_be_a_plan() -> None:
    asked = "Which airline announced a deal this week to buy Gant Airways?"
    assert objection(asked, "Dunmore Air announced a deal to buy Gant Airways.") == ""
    assert "only as planned" in objection("Which airline bought Gant Airways?", "Dunmore Air will buy Gant Airways.")
