from __future__ import annotations

import pytest

from rag.check.premises import Premise, Standing, examine
from tests.passages import retrieved

CRASH = retrieved(
    "Six people were injured when a minibus left the road near Sochi. No other vehicle was hit, and nobody was killed.",
    "crash.md",
)
WAR = retrieved("The war has cost 400,000 lives. Millions fled their homes.", "war.md")
TRIPS = retrieved(
    "Assad met Putin in Sochi on Monday. He has left his country only twice in the war, both times for Russia.",
    "trips.md",
)
ALLIES = retrieved("Turkey and Russia agreed to call a congress.", "a.md")
MORE = retrieved("The Turkish president met the Russian leader in Sochi.", "b.md")
SUMMIT = retrieved("Rouhani arrived in Sochi on Wednesday for the summit with Putin.", "summit.md")
STRIKE = retrieved("Israel attacked Iran on Friday with two hundred aircraft.", "strike.md")


def quotes(found: Premise) -> list[str]:
    return [hit.passage.words(span) for hit, span in found.against]


def test_a_denial_refutes() -> None:
    found = examine("Who was killed in the minibus crash near Sochi?", [WAR, CRASH])
    assert found.standing is Standing.REFUTED
    assert quotes(found) == ["No other vehicle was hit, and nobody was killed."]


def test_a_count_of_none_is_an_answer() -> None:
    assert examine("How many people were killed in the minibus crash?", [CRASH]).standing is not Standing.REFUTED


def test_a_denial_in_a_report_on_something_else_does_not_refute() -> None:
    assert examine("Who was killed in the Oslo bomb attack?", [CRASH]).standing is Standing.UNKNOWN
    assert examine("Who was killed in the war in Syria?", [CRASH]).standing is not Standing.REFUTED


@pytest.mark.parametrize("no", ["had not yet been killed", "may not have been killed", "would not be killed"])
def test_what_has_not_happened_yet_or_might_not_is_no_denial(no: str) -> None:
    text = retrieved(f"The minibus crash near Sochi was reported. The passengers {no}.")
    assert examine("Who was killed in the minibus crash near Sochi?", [text]).standing is not Standing.REFUTED


def test_only_twice_leaves_no_room_for_a_third_journey() -> None:
    found = examine("Why did Assad fly to Tehran after the meeting?", [TRIPS])
    assert found.standing is Standing.REFUTED
    assert "only twice" in quotes(found)[0]
    assert examine("Why did Assad fly to Russia?", [TRIPS]).standing is not Standing.REFUTED
    assert examine("Why did Rouhani fly to Tehran?", [TRIPS]).standing is not Standing.REFUTED


@pytest.mark.parametrize(
    "question",
    ["Why did Rouhani skip the Sochi summit?", "Why did Rouhani miss the summit in Sochi?",
     "Why did Rouhani refuse to meet Putin in Sochi?"],
)  # fmt: skip
def test_what_is_told_refutes_that_it_was_held_back(question: str) -> None:
    assert examine(question, [SUMMIT]).standing is Standing.REFUTED


def test_what_a_source_calls_off_is_not_refuted_by_plans_for_it() -> None:
    planned = retrieved("Trump will speak to Putin by telephone on Tuesday.", "plan.md")
    off = retrieved("Trump has cancelled his call with Putin, and they did not speak.", "off.md")
    question = "Why did Trump cancel the call with Putin?"
    assert examine(question, [planned]).standing is Standing.UNKNOWN
    assert examine(question, [off]).standing is Standing.UNKNOWN


def test_the_same_the_other_way_round() -> None:
    found = examine("Why did Iran attack Israel?", [STRIKE])
    assert found.standing is Standing.REFUTED and quotes(found) == [STRIKE.passage.text]
    assert examine("Why did Israel attack Iran?", [STRIKE]).standing is Standing.STATED
    back = retrieved("Iran attacked Israel on Sunday in return.", "back.md")
    assert examine("Why did Iran attack Israel?", [STRIKE, back]).standing is Standing.STATED
    by = retrieved("Israel was attacked by Iran.", "by.md")
    assert examine("Why did Iran attack Israel?", [by]).standing is Standing.STATED


def test_another_number() -> None:
    found = examine("Why did Israel attack Iran with fifty aircraft?", [STRIKE])
    assert found.standing is Standing.REFUTED and quotes(found) == [STRIKE.passage.text]
    assert examine("Why did Israel attack Iran with 200 aircraft?", [STRIKE]).standing is Standing.STATED


def test_known_together_but_never_so() -> None:
    found = examine("Why did Turkey invade Russia?", [ALLIES, MORE])
    assert found.standing is Standing.UNRELATED and len(quotes(found)) == 2
    assert examine("Why did Turkey invade Russia?", [ALLIES]).standing is Standing.UNKNOWN  # one report is little
    assert examine("Why did Turkey thank Russia?", [ALLIES, MORE]).standing is Standing.NONE
    assert examine("Why did Norway invade Chad?", [ALLIES, MORE]).standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    "question",
    [
        "What did Assad say to Putin in Sochi?",
        "When did Assad meet Putin in Sochi?",
        "Who was injured in the minibus crash near Sochi?",
        "Why did Rouhani travel to Sochi?",
        "Will Assad fly to Tehran?",
        "Did Turkey invade Russia?",
        "Why did Turkey not invade Russia?",
        "who did it",
        "",
    ],
)
def test_what_is_true_or_not_taken_for_granted_is_not_refuted(question: str) -> None:
    found = examine(question, [CRASH, WAR, TRIPS, ALLIES, MORE, SUMMIT, STRIKE])
    assert found.standing in (Standing.NONE, Standing.STATED, Standing.UNKNOWN) and found.against == ()


def test_without_passages_nothing_is_known() -> None:
    assert examine("Why did Turkey invade Russia?", []).standing is Standing.UNKNOWN
