"""What an editor would strike out of a briefing: sentences that lean on others, repeat, or say "only" too soon."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.brief.clauses import headline_as_sentence, parts, shortened
from rag.brief.heading import dangling
from rag.brief.types import Briefing, Request
from rag.brief.wording import shown, with_days
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
        ("President hints that China may be undermining nuclear talks with Kim Jong-un.", 1),
        ("On another, the group wrote that it was happy about the campaign.", 2),
        ("The presidents of Iran and Turkey met in Sochi on Wednesday.", 0),
        ("Roger Stone was arrested early Friday on criminal charges.", 0),
    ],
)
def test_dangling(text: str, count: int) -> None:
    assert dangling(text) == count


def test_a_phrase_is_not_cut_in_half() -> None:
    text = "Joe Sestak was offered a prominent but unpaid advisory position by the White House in 2009."
    assert not any(part.endswith("a prominent.") for part in parts(text))
    text = "The FBI released a heavily redacted, 16-page declassified document on the hijackers on Saturday night."
    assert "The FBI released a heavily redacted." not in list(parts(text))


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


def test_a_subject_is_not_shown_without_its_verb() -> None:
    text = "The package addressed to Mr. Booker, a New Jersey Democrat, was found in Florida on Friday morning."
    assert "The package addressed to Mr. Booker." not in list(parts(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met on Monday in Bergen.", "They met on Monday [20 November 2017] in Bergen."),
        ("They met on the evening of Monday, 20 November, in Bergen.",) * 2,
        ("They met on Monday, November 20, in Bergen.",) * 2,
    ],
)
def test_a_day_that_is_named_is_not_named_again(text: str, expected: str) -> None:
    assert with_days(text, date(2017, 11, 21)) == expected


def test_a_headline_keeps_its_short_forms() -> None:
    title = "Trump Declares National Emergency To Fund U.S.-Mexico Border Wall"
    texts = ["The wall between the U.S. and Mexico is to be paid by the army, said Mr. Trump."]
    assert headline_as_sentence(title, texts) == "Trump declares national emergency to fund U.S.-Mexico border wall."
    assert "same-sex marriage" in headline_as_sentence("Mary Lund Criticizes Her Sister On Same-Sex Marriage", texts)


def written(folder: Path, topic: str, *articles: tuple[str, str]) -> Briefing:
    for n, (publisher, text) in enumerate(articles):
        write_article(folder / "in" / f"{n}.md", text, title=f"Report {n}", publisher=publisher, published=DAY)
    opened = Dateline(Settings(index=folder / "index", model="extractive"))
    opened.ingest([folder / "in"])
    found = opened.brief(Request(topic))
    opened.close()
    return found


def test_who_was_asked_to_do_it_is_not_said_to_have_done_it(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        "minister link leaked letters",
        ("Northern Star", "Minister Jan Berg posted a link to the archive of leaked letters on Monday evening.\n\n"),
        ("Evening Post", "Activists asked minister Jan Berg on Monday evening to post a link to the archive of leaked "
         "letters.\n\n"),
    )  # fmt: skip
    assert texts(found, "What sources agree on") == []


def test_a_plan_is_not_agreed_to_be_done(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        "resolution on the fishing fleet",
        ("Northern Star", "The resolution of Olga Lund on a new fishing fleet for Tarvik is published in full.\n\n"),
        ("Evening Post", "Olga Lund is set to publish her resolution on a new fishing fleet for Tarvik in full.\n\n"),
    )
    assert not any("is published" in text for text in texts(found, "What sources agree on"))


def test_one_difference_of_wording_stands_once(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        "Lind on the ferry company",
        ("Northern Star", "“The company lied and they destroyed the trust of this town,” mayor Anna Lind said.\n\n"),
        ("Evening Post", "“The company lied and they destroyed the trust of this town,” Anna Lind, the mayor, said on "
         "the quay.\n\n"),
        ("Daily Mirror", "“The company lied and it destroyed the trust of this town,” Anna Lind told the council.\n\n"),
    )  # fmt: skip
    differ = [d for d in found.disagreements if d.kind == "attribution"]
    assert len(differ) == 1
    assert {len(p.publishers) for p in differ[0].positions} == {1, 2}


def test_words_of_a_father_or_a_son_are_given_to_neither(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        "Berg on the letters",
        ("Northern Star", "Jan Berg Jr. spoke on Monday, and his father listened.\n\n"
         "“It is a wonder what she can get away with in this town,” Mr. Berg said.\n\n"),
        ("Evening Post", "Olga Lund spoke on the quay on Monday.\n\n“I have never seen such a storm in Tarvik,” Lund "
         "said.\n\n"),
    )  # fmt: skip
    said = texts(found, "Who said what") + texts(found, "What sources agree on")
    assert not any(text.startswith("Berg: ") for text in said)


def test_an_outlet_that_adds_something_is_heard(tmp_path: Path) -> None:
    found = written(
        tmp_path,
        "storm closes the harbour of Tarvik",
        ("Northern Star", "The harbour authority of Tarvik closed the harbour on Monday after a storm.\n\n"),
        ("Evening Post", "Officials at Tarvik closed the harbour on Monday after the storm.\n\n"),
        ("Daily Mirror", "Tarvik closed its harbour on Monday when the storm had sunk nine fishing boats and the ferry "
         "Olga beside the old lighthouse.\n\n"),
    )  # fmt: skip
    assert {c.publisher for c in found.citations} == {"Northern Star", "Evening Post", "Daily Mirror"}
    assert any("lighthouse" in s.text for section in found.sections for s in section.sentences)
