"""Who asks for a name is told one."""

from __future__ import annotations

import pytest

from rag.check.naming import asks_name_of, tells_name
from rag.check.relevance import Relevance, Shown


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What is the driver called?", "driver"),
        ("What was the driver's name?", "driver"),
        ("What is the name of the driver?", "driver"),
        ("What is her dog named?", "dog"),
        ("What did the driver do?", ""),
        ("What is the name of the man who drove the bus?", ""),
        ("Who drove the bus?", ""),
    ],
)
def test_what_a_name_is_asked_of(question: str, asked: str) -> None:
    assert asks_name_of(question) == asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The driver, Ivan Petrov, lost control.", True),
        ("Ivan Petrov was the driver of the bus.", True),
        ("The driver of the bus was a man named Petrov.", True),
        ("The vehicle was on its way from the airport in Adler to the press centre when the driver lost it.", False),
        ("The driver was unhurt.", False),
    ],
)
def test_whether_it_is_told(text: str, told: bool) -> None:
    assert tells_name("driver", text) is told
    objection = Relevance("What is the driver called?").objection(Shown(text, text))
    assert (objection == "") is told
