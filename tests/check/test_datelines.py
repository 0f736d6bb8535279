"""Where a report was sent from, and when, is no part of what it reports."""

from __future__ import annotations

import pytest

from rag.check.datelines import dateline_of, without_datelines


@pytest.mark.parametrize(
    "dateline",
    [
        "SOCHI, Russia, Nov 21 (Northline) - ",
        "MOSCOW (AP) — ",
        "WASHINGTON -- ",
        "ST. PETERSBURG, Fla. (AP) - ",
        "SALT LAKE CITY - ",
        "Bunia, Nov 21 (Kestrel News Agency) - ",
        "Rio de Janeiro (AFP) - ",
    ],
)
def test_a_dateline_is_found(dateline: str) -> None:
    assert dateline_of(f"{dateline}The bridge was closed.") == dateline
    assert without_datelines(f"{dateline}The bridge was closed.\n{dateline}It opened.") == (
        "The bridge was closed.\nIt opened."
    )


@pytest.mark.parametrize(
    "text",
    [
        "The bridge - the longest in Europe - was closed.",
        "A majority in a May poll (56%) -- and of the old -- was against it.",
        "An October report from BlackRock (BLK) — the largest of its kind — says so.",
        "THE PRIME MINISTER - A TORY - SAID ON MONDAY THAT HE WOULD RESIGN.",
        "NASA spacecraft to collide with an asteroid - what to know",
        "KLOBUCHAR: We have a duty to do - and we do it.",
        "",
    ],
)
def test_what_only_looks_like_one_is_left(text: str) -> None:
    assert dateline_of(text) == ""
    assert without_datelines(text) == text
