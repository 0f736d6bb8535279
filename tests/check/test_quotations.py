from __future__ import annotations

import pytest

from rag.check.quotations import QuotableText, find_quotations


def quoted(text: str) -> list[str]:
    return [quotation.text for quotation in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “yes, sir” twice.", ["yes, sir"]),
        ('He said "yes" and "no".', ["yes", "no"]),
        ("He said ‘it’s over’ today.", ["it’s over"]),
        ("He said 'it's over' today.", ["it's over"]),
        ("The workers’ union and the boys' club", []),
        ("the '90s and the '80s", []),
        ("She is 5'3\" or 5’4” tall.", []),
        ("“It goes on. And on.", ["It goes on. And on."]),
        ("and so it ends,” he said.", ["and so it ends,"]),
        ("„Gut“, sagte er, «bien»", ["Gut", "bien"]),
        ("an empty “…” mark", []),
    ],
)
def test_finds_quotations(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_offsets_are_those_of_the_text() -> None:
    text = "Then “we go” and 'they stay'."
    for quotation in find_quotations(text):
        assert text[quotation.start : quotation.end] == quotation.text


SOURCE = QuotableText(
    "“I note with satisfaction your readiness to work—with all those who want peace [in time],” he said."
)


@pytest.mark.parametrize(
    "quotation",
    [
        "I note with satisfaction",
        "i note  with\nsatisfaction!",
        "readiness to work with all",
        "I note … your readiness",
        "I note ... peace",
        "those who want [a lasting] peace",
        "who want peace [in time]",
        "[They] note with satisfaction",
    ],
)
def test_same_words_in_order(quotation: str) -> None:
    assert SOURCE.has(quotation)


@pytest.mark.parametrize(
    "quotation",
    ["I note with great satisfaction", "your readiness … I note", "satisfaction readiness", "I not", "want peace now"],
)
def test_other_words_or_order(quotation: str) -> None:
    assert not SOURCE.has(quotation)
