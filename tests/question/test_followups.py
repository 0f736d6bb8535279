from __future__ import annotations

import pytest

from rag.question.followups import rewrite_by_rule
from rag.question.leaning import is_follow_up
from rag.types import Turn

PUTIN = Turn("What did Vladimir Putin propose in Sochi?", "He proposed a congress of all Syrian parties.")
MERKEL = Turn("Tell me about Angela Merkel.", "")


@pytest.mark.parametrize(
    "question",
    [
        "When did he say it?",
        "Why?",
        "And in Moscow?",
        "What about Iran?",
        "how about the Kurds",
        "What did the two agree on?",
        "Who was there?",
        "Where did they meet?",
        "When was this?",
        "Was her party in favour?",
        "Which one won?",
    ],
)
def test_a_question_that_leans_on_the_conversation(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "What did Vladimir Putin propose in Sochi?",
        "Did Merkel say that she would resign?",
        "Who led the talks on Syria?",
        "Is there a plan for a congress?",
        "Were there protests in Arkona?",
        "Is it true that Assad went to Sochi?",
        "What happened in the markets this week?",
        "How many people drowned when the ferry sank?",
        "Andorra's budget: what is planned?",
        "Buttons: who makes the most?",
        "",
    ],
)
def test_a_question_that_stands_alone(question: str) -> None:
    assert not is_follow_up(question)


@pytest.mark.parametrize(
    ("question", "history", "expected"),
    [
        ("When did he say it?", [PUTIN], "When did Vladimir Putin say it? (What did Vladimir Putin propose in Sochi)"),
        (
            "What was his reason?",
            [PUTIN],
            "What was Vladimir Putin's reason? (What did Vladimir Putin propose in Sochi)",
        ),
        ("Who met her in Berlin?", [MERKEL], "Who met Angela Merkel in Berlin?"),
        ("Was her party in favour?", [MERKEL], "Was Angela Merkel's party in favour?"),
        ("And in Moscow?", [PUTIN], "What did Vladimir Putin propose in Moscow?"),
        ("Where was it?", [PUTIN, Turn("thanks", "")], "Where was it? (What did Vladimir Putin propose in Sochi)"),
        ("When did he resign?", [PUTIN, MERKEL], "When did Angela Merkel resign?"),
        ("When did he leave?", [Turn("who came?", "He is Bashar al-Assad.")], "When did Bashar al-Assad leave?"),
        ("When did he leave?", [Turn("who came?", "They said Theresa May’s envoy.")], "When did Theresa May leave?"),
        ("When did he leave?", [Turn("What did May say?", "")], "When did May leave?"),
        ("When did he leave?", [Turn("What happened in May?", "")], "When did he leave?"),
        ("When did he leave?", [Turn("what now?", "nothing")], "When did he leave?"),
        ("When did he leave?", [], "When did he leave?"),
    ],
)
def test_rewriting_by_rule(question: str, history: list[Turn], expected: str) -> None:
    assert rewrite_by_rule(question, history) == expected


@pytest.mark.parametrize(
    "starter", ["Tell me about", "Please explain what", "According to", "During the talks, did", "In which year did"]
)
def test_the_first_word_of_a_sentence_is_no_name(starter: str) -> None:
    assert rewrite_by_rule("Why did he go?", [Turn(f"{starter} Assad say", "")]).startswith("Why did Assad go?")


def test_replacement_text_is_taken_as_it_is() -> None:
    assert rewrite_by_rule("Did he?", [Turn("Who is O’Brien-Smith\\1?", "")]).startswith("Did O’Brien-Smith?")
