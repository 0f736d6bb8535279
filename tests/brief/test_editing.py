"""What an editor would strike out of a briefing: sentences that lean on others, repeat, or say "only" too soon."""

from __future__ import annotations

from datetime import date

import pytest

from rag.brief.clauses import parts, shortened
from rag.brief.heading import dangling
from rag.brief.types import Briefing, Request
from rag.brief.wording import shown
from rag.config import Settings
from rag.service import Dateline
from tests.corpora import write_article

DAY = date(2024, 5, 14)
HARBOUR = (
    (
        "Northern Star",
        "Harbour of Tarvik closes after storm",
        "The offer was also made to crews that had waited outside since the morning of the storm.\n\n"
        "The harbour authority of Tarvik closed the harbour on Monday after a storm had damaged two cranes.\n\n"
        "Mayor Anna Lind said the town would pay for new cranes with money from the county of Norrland.\n\n"
        "The council of Tarvik meets next week to vote on a loan of four million crowns for the fishing fleet.\n\n",
    ),
    (
        "Evening Post",
        "Storm shuts Tarvik harbour",
        "Storm shuts Tarvik harbour Officials at Tarvik shut the port on Monday because two cranes were damaged by the "
        "storm.\n\n"
        "Fishing boats of the town were sent to Olvik, where the quay is free until the end of the month.\n\n"
        "New cranes will be paid for by the town with county money, mayor Anna Lind said.\n\n",
    ),
)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    folder = tmp_path_factory.mktemp("editing")
    for n, (publisher, title, text) in enumerate(HARBOUR):
        write_article(folder / "in" / f"{n}.md", text, title=title, publisher=publisher, published=DAY)
    opened = Dateline(Settings(index=folder / "index", model="extractive"))
    opened.ingest([folder / "in"])
    found = opened.brief(Request("storm closes the harbour of Tarvik"))
    opened.close()
    return found


def texts(briefing: Briefing, title: str) -> list[str]:
    return [s.text for section in briefing.sections if section.title == title for s in section.sentences]


def test_the_headline_leans_on_nothing_before_it(harbour: Briefing) -> None:
    assert "Tarvik" in harbour.headline
    assert "two cranes" in harbour.headline
    assert dangling(harbour.headline) == 0


def test_a_headline_in_the_text_is_not_part_of_its_first_sentence(harbour: Briefing) -> None:
    assert not any("Storm shuts Tarvik harbour" in s.text for section in harbour.sections for s in section.sentences)
    assert shown("WASHINGTON ― In a stinging blow, the Senate voted to override the veto.").startswith("In a stinging")


def test_an_event_stands_once_in_the_timeline_with_all_who_tell_it(harbour: Briefing) -> None:
    closing = [
        s
        for section in harbour.sections
        if section.title == "Key developments"
        for s in section.sentences
        if "two cranes" in s.text
    ]
    assert len(closing) == 1


def test_only_is_not_said_of_what_the_other_tells_in_other_words(harbour: Briefing) -> None:
    alone = texts(harbour, "Only one outlet reports")
    assert not any("new cranes" in text.lower() or "two cranes" in text for text in alone)
    assert any("Olvik" in text or "four million" in text for text in alone)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The task force also suggested that states loosen restrictions on school property.", 2),
        ("The offer was made by White House Chief of Staff Rahm Emanuel.", 1),
        ("The presidents of Iran and Turkey met in Sochi on Wednesday.", 0),
        ("Roger Stone was arrested early Friday on criminal charges.", 0),
    ],
)
def test_dangling(text: str, count: int) -> None:
    assert dangling(text) == count


def test_a_phrase_is_not_cut_in_half() -> None:
    text = "Joe Sestak was offered a prominent but unpaid advisory position by the White House in 2009."
    assert not any(part.endswith("a prominent.") for part in parts(text))


def test_a_headline_loses_its_afterthoughts_but_neither_source_nor_condition() -> None:
    long = (
        "Attorney General Eric Holder arrived in St. Louis on Wednesday, meeting with community leaders and federal "
        "investigators even as local law enforcement officials said they were hopeful that they had turned a corner in "
        "calming the town after twelve days of unrest."
    )
    assert shortened(long) == (
        "Attorney General Eric Holder arrived in St. Louis on Wednesday, meeting with community leaders and federal "
        "investigators."
    )
    told = (
        "The former admiral was offered an advisory position of some prominence in the field of national security, "
        "meeting twice a month in Washington, if he declined to enter the race for the Senate seat of the state, a "
        "source with knowledge of the exchange said."
    )
    assert shortened(told) == told
