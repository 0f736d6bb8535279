from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.disagreement.amounts import bounds
from rag.check.disagreement.finding import Findings, find_disagreements
from rag.check.disagreement.statements import Amount
from rag.check.quantities import find_quantities
from rag.types import AnswerSentence, RetrievedPassage, Span, Verdict
from tests.passages import retrieved

KILLED = "How many people were killed in the Arkona fire?"
SHOWN = AnswerSentence("Something was shown.", Verdict.SUPPORTED, 1.0, ())


def article(text: str, publisher: str, day: int = 21, title: str = "Fire in Arkona") -> RetrievedPassage:
    name = f"{publisher}-{day}.md"
    return retrieved(text, name, publisher=publisher, published=date(2017, 11, day), title=title)


def find(question: str, *passages: RetrievedPassage, shown: Sequence[AnswerSentence] = (SHOWN,)) -> Findings:
    places: dict[tuple[str, Span], int] = {}

    def cite(passage: RetrievedPassage, span: Span) -> int:
        return places.setdefault((passage.passage.article_id, span), len(places) + 1)

    return find_disagreements(question, passages, shown, (), cite)


def values(found: Findings) -> list[list[str]]:
    return [[position.value for position in d.positions] for d in found.disagreements]


def toll(words: str) -> str:
    return f"Officials said the fire killed {words} people in Arkona."


def test_two_publishers_with_two_numbers_disagree_and_each_is_cited() -> None:
    found = find(KILLED, article(toll("six"), "Wire"), article(toll("nine"), "Herald"), article(toll("6"), "Post"))
    (disagreement,) = found.disagreements
    assert disagreement.kind == "numeric"
    assert [(p.value, p.publishers) for p in disagreement.positions] == [
        ("six", ("Wire", "Post")),
        ("nine", ("Herald",)),
    ]
    assert len({n for p in disagreement.positions for n in p.citations}) == 3
    assert not found.updates


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("millions of", "some ten million"),
        ("more than 500,000", "more than half a million"),
        ("more than 100", "150"),
        ("about 400", "402"),
        ("400", "402"),
        ("at least six", "nine"),
        ("six", "6"),
        ("nearly 100", "96"),
    ],
)
def test_compatible_numbers_do_not_disagree(one: str, other: str) -> None:
    assert values(find(KILLED, article(toll(one), "Wire"), article(toll(other), "Herald"))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("400,000", "more than half a million"), ("six", "seven"), ("about 400", "600"), ("up to 50", "80")],
)
def test_incompatible_numbers_disagree(one: str, other: str) -> None:
    found = find(KILLED, article(toll(one), "Wire"), article(toll(other), "Herald"))
    assert values(found) == [[one, other]]


def test_a_count_since_a_year_is_of_the_whole() -> None:
    since = "Since the start of the Arkona fire in 2011, more than half a million people have been killed."
    assert len(values(find(KILLED, article(toll("400,000"), "Wire"), article(since, "Herald")))) == 1


@pytest.mark.parametrize(
    "other",
    [
        "The fire in Arkona killed nine soldiers.",
        "The fire in Arkona killed nine civilians.",
        "In 2009 a fire in Arkona killed nine people.",
        "The fire in Arkona injured nine people.",
        "The fire in Arkona killed six people and injured nine.",
        "Nine of the people killed in the Arkona fire were children.",
        "The fire in Arkona killed a 9-year-old.",
        "Nine more people were killed in Arkona by the fire.",
        "A fire in Belmar killed nine people.",
    ],
)
def test_other_scopes_do_not_disagree(other: str) -> None:
    assert values(find(KILLED, article(toll("six"), "Wire"), article(other, "Herald", title=""))) == []


def test_one_publisher_does_not_disagree_with_itself() -> None:
    found = find(KILLED, article(toll("six"), "Wire", 21), article(toll("nine"), "Wire", 22))
    assert values(found) == []
    (line,) = found.updates
    assert "Wire" in line and "nine" in line and "six" in line and "22 November 2017" in line


@pytest.mark.parametrize(
    "later",
    [
        "The number of people killed in the Arkona fire has risen to nine. The first count had been six.",
        "Correction: An earlier version said the fire in Arkona killed six people. It killed nine people.",
    ],
)
def test_a_stated_later_count_or_correction_is_an_update(later: str) -> None:
    found = find(KILLED, article(toll("six"), "Wire", 21), article(later, "Herald", 22))
    assert values(found) == []
    (line,) = found.updates
    assert "Herald" in line and "nine" in line and "six" in line


def test_a_preliminary_count_gives_way_to_a_later_one() -> None:
    first = toll("six") + " They called the figure preliminary."
    found = find(KILLED, article(first, "Wire", 21), article(toll("nine"), "Herald", 22))
    assert values(found) == []
    assert len(found.updates) == 1


WHEN = "When did Anna Kask meet Olaf Brandt in Dunmore?"


@pytest.mark.parametrize(
    ("text", "day", "resolved"),
    [
        ("Anna Kask met Olaf Brandt in Dunmore on Monday.", 21, "20 November 2017"),
        ("Anna Kask met Olaf Brandt in Dunmore yesterday.", 21, "20 November 2017"),
        ("Olaf Brandt received Anna Kask in Dunmore on November 20.", 29, "20 November 2017"),
    ],
)
def test_dates_are_resolved_by_the_day_of_publication(text: str, day: int, resolved: str) -> None:
    exact = article("Anna Kask met Olaf Brandt in Dunmore on 21 November.", "Herald", 22, "Talks")
    found = find(WHEN, article(text, "Wire", day, "Talks"), exact)
    assert values(found) == [[resolved, "21 November 2017"]]
    assert found.disagreements[0].kind == "date"


@pytest.mark.parametrize(
    "text",
    [
        "Anna Kask met Olaf Brandt in Dunmore in November 2017.",
        "Anna Kask spoke on Tuesday, a day after she had met Olaf Brandt in Dunmore.",
        "Anna Kask is to meet Olaf Brandt in Dunmore on Friday.",
        "Anna Kask met Olaf Brandt in Dunmore.",
        "Anna Kask met Piet Maas in Belmar on Friday.",
    ],
)
def test_compatible_and_unrelated_dates_do_not_disagree(text: str) -> None:
    monday = article("Anna Kask met Olaf Brandt in Dunmore on Monday.", "Wire", 21, "Talks")
    assert values(find(WHEN, monday, article(text, "Herald", 22, ""))) == []


def test_different_names_in_one_slot_are_positions() -> None:
    found = find(
        'Who directed the film "Quiet Harbour"?',
        article("Quiet Harbour is a 1979 film directed by Anna Kask.", "Document 1", title=""),
        article("Quiet Harbour is a film directed by Olaf Brandt.", "Document 2", title=""),
        article("Quiet Harbour is a comedy film directed by Kask.", "Document 3", title=""),
    )
    assert [(p.publishers, d.kind) for d in found.disagreements for p in d.positions] == [
        (("Document 1", "Document 3"), "stance"),
        (("Document 2",), "stance"),
    ]


def test_an_assertion_and_a_denial_are_positions() -> None:
    found = find(
        "Did Anna Kask resign?",
        article("Anna Kask resigned on Monday, two ministers said.", "Wire", title=""),
        article("Anna Kask did not resign, her office said.", "Herald", title=""),
    )
    assert [p.publishers for d in found.disagreements for p in d.positions] == [("Wire",), ("Herald",)]


def test_welcome_and_rejection_are_positions() -> None:
    plan = article("The council welcomed the plan for a ferry to Arkona.", "Wire")
    against = article("Fishermen do not support the ferry that the council plans in Arkona.", "Herald")
    beside = article("The mayor of Arkona rejected a tax on fish.", "Post")
    found = find("How was the idea of a ferry in Arkona received?", plan, against, beside)
    assert values(found) == [
        [
            "The council welcomed the plan for a ferry to Arkona",
            "Fishermen do not support the ferry that the council plans in Arkona",
        ]
    ]
    assert found.disagreements[0].kind == "stance"
    assert not find("How was the idea of a ferry in Arkona received?", plan, beside).disagreements


@pytest.mark.parametrize(
    "other",
    [
        "Nobody in Arkona opposed the plan for a ferry.",
        "No party in Arkona rejected the plan for a ferry.",
        "Arkona not only welcomed the plan for a ferry, it paid for it.",
        "Arkona rejected calls to scrap the plan for a ferry.",
        "Arkona dismissed critics of the plan for a ferry.",
        "Hail hit the ferry in Arkona.",
    ],
)
def test_no_rejection_is_made_up(other: str) -> None:
    welcomed = article("The council welcomed the plan for a ferry to Arkona.", "Wire")
    assert not find(
        "How was the plan for a ferry in Arkona received?", welcomed, article(other, "Herald")
    ).disagreements


@pytest.mark.parametrize("words", ["don't support", "won't approve", "can't endorse", "never backed"])
def test_a_contraction_denies(words: str) -> None:
    rejected = article("Fishermen rejected the plan for a ferry in Arkona.", "Wire")
    denied = article(f"Farmers {words} the plan for a ferry in Arkona.", "Herald")
    assert not find("How was the plan for a ferry in Arkona received?", rejected, denied).disagreements


def test_a_question_of_yes_or_no_with_a_response_in_it_is_one() -> None:
    said = article("Iran attacked Arkona in response to the raid.", "Wire")
    denied = article("Iran did not attack Arkona in response to the raid.", "Herald")
    assert find("Did Iran attack Arkona in response to the raid?", said, denied).disagreements


def test_hens_lay() -> None:
    hens = article("Hens lay 300 eggs in Arkona.", "Wire"), article("Hens broke 20 eggs in Arkona.", "Herald")
    assert not find("How many eggs do hens lay in Arkona?", *hens).disagreements


GAP = "How many days lay between the crash in Arkona and the three-day inquiry?"


def test_times_between_two_events_disagree_where_both_are_told_of() -> None:
    crash = "The crash in Arkona was on Monday."
    wire = article(f"{crash} The inquiry began two days later.", "Wire")
    herald = article("The inquiry began three days after the crash in Arkona.", "Herald")
    post = article("Flags flew in Arkona four days after the crash. The mayor spoke.", "Wire", day=25)
    assert values(find(GAP, wire, herald, post)) == [["two days", "three days"]]


def test_nothing_shown_nothing_compared() -> None:
    assert find(KILLED, article(toll("six"), "A"), article(toll("nine"), "B"), shown=()) == Findings()


@given(
    st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(["", "about ", "more than ", "nearly ", "at least "])
)
def test_agreement_of_numbers_is_symmetric_and_reflexive(a: int, b: int, lead: str) -> None:
    one, other = (Amount(*bounds(find_quantities(text)[0], text)) for text in (f"{lead}{a} men", f"{b} men"))
    assert one.agrees(other) == other.agrees(one)
    assert one.agrees(one)
    assert one.low <= one.high
