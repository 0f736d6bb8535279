from __future__ import annotations

import pytest

from rag.question.publishers import forms, named_publishers

PAPERS = (
    "Harbour Gazette", "Northline Wire", "Cedar Coast Courier", "The National", "CNN", "New York Times",
    "Washington Post", "www.bbc.co.uk", "aljazeera.com",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "publishers", "rest"),
    [
        ("According to The National, what did Assad ask?", ("The National",), "What did Assad ask?"),
        ("according to northline wire, who quit?", ("Northline Wire",), "Who quit?"),
        (
            "What did the Cedar Coast Courier say about the talks?",
            ("Cedar Coast Courier",),
            "What is said about the talks?",
        ),
        (
            "What does the Courier report that Assad wants?",
            ("Cedar Coast Courier",),
            "What is it said that Assad wants?",
        ),
        ("How many were hurt, according to the Wire?", ("Northline Wire",), "How many were hurt?"),
        ("How long was it according to the Gazette's first report?", ("Harbour Gazette",), "How long was it?"),
        ("In the NYT, who won?", ("New York Times",), "Who won?"),
        ("What is the Gazette's figure for the dead?", ("Harbour Gazette",), "What is the figure for the dead?"),
        ("Who won according to the BBC and CNN?", ("www.bbc.co.uk", "CNN"), "Who won?"),
        ("According to Al Jazeera, who won?", ("aljazeera.com",), "Who won?"),
        ("Had the Gazette printed another length?", ("Harbour Gazette",), "Had the Gazette printed another length?"),
    ],
)
def test_a_publisher_named_as_the_source(question: str, publishers: tuple[str, ...], rest: str) -> None:
    named = named_publishers(question, PAPERS)
    assert named is not None
    assert (named.publishers, named.rest) == (publishers, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Who owns the Courier?",
        "What did Washington say about Syria?",
        "What did the national team say?",
        "Who told the Courier that no refugee would return?",
        "According to the Kremlin, how long did they talk?",
        "What did the post office report?",
        "Who founded CNN?",
        "",
    ],
)
def test_what_is_no_source(question: str) -> None:
    assert named_publishers(question, PAPERS) is None


def test_a_short_form_that_two_have_means_neither() -> None:
    assert "post" not in forms(("Washington Post", "New York Post"))
    assert named_publishers("According to the Post, who won?", ["Washington Post", "New York Post"]) is None
    assert named_publishers("According to the Post, who won?", []) is None
