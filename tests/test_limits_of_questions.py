"""Publishers and periods in the question, comparisons, and what was known on a day; on the sample corpus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.answering import Notice
from rag.config import Settings
from rag.service import Dateline
from rag.types import AbstentionReason, Filters, Turn

SAMPLE = Path(__file__).parents[1] / "corpus" / "articles"
HURT = "How many people were injured in the minibus accident near Sochi"
TALKED = "how long did Putin and Assad talk in Sochi?"


@pytest.fixture(scope="module")
def dateline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    opened = Dateline(Settings(index=tmp_path_factory.mktemp("sample") / "index", model="extractive"))
    opened.ingest([SAMPLE])
    yield opened
    opened.close()


# -- publishers -----------------------------------------------------------------------------------------------


def test_a_publisher_named_as_the_source_is_a_filter_and_told(dateline: Dateline) -> None:
    events = list(dateline.ask_stream(f"According to the Northline Wire, {TALKED}"))
    answer = events[-1].answer  # type: ignore[union-attr]
    assert "three hours" in answer.text
    assert {c.publisher for c in answer.citations} == {"Northline Wire"}
    assert {p.publisher for p in answer.passages} == {"Northline Wire"}
    assert answer.warnings[0] == "read from the question: only Northline Wire"
    assert any(isinstance(event, Notice) and "only Northline Wire" in event.message for event in events)


def test_what_the_publisher_does_not_say_is_not_taken_from_others(dateline: Dateline) -> None:
    answer = dateline.ask(f"{HURT}, according to the Courier?")
    assert (answer.abstained, answer.reason) == (True, AbstentionReason.OUTSIDE_FILTERS)
    assert "read from the question: only Cedar Coast Courier" in answer.warnings
    assert any("from outside what was read" in warning for warning in answer.warnings)
    assert any("injured" in near.quote and near.publisher != "Cedar Coast Courier" for near in answer.nearest)


def test_what_the_reader_set_wins(dateline: Dateline) -> None:
    only = Filters(publishers=("Harbour Gazette",))
    answer = dateline.ask(f"According to the Northline Wire, {TALKED}", filters=only)
    assert {p.publisher for p in answer.passages} == {"Harbour Gazette"}
    assert "the question names Northline Wire; what was set holds instead: Harbour Gazette" in answer.warnings
    days = Filters(after=date(2017, 11, 1))
    answer = dateline.ask("What did Assad do in October 2015?", filters=days)
    assert min(p.published for p in answer.passages if p.published) >= date(2017, 11, 1)
    assert any("the days that were set hold instead" in warning for warning in answer.warnings)


# -- periods --------------------------------------------------------------------------------------------------


def test_a_period_is_that_of_publication_or_of_the_event(dateline: Dateline) -> None:
    answer = dateline.ask("What did Assad do in October 2015?")
    # The answer is in an article of November 2017 that looks back.
    assert "20 October 2015" in answer.text
    assert any("1 October 2015 to 31 October 2015" in warning for warning in answer.warnings)
    for passage in answer.passages:
        days = dateline.event_dates(passage.passage.article_id)
        told = any(d.first <= date(2015, 10, 31) and d.last >= date(2015, 10, 1) for d in days)
        assert told or passage.published == date(2015, 10, 21)


def test_a_period_that_leaves_nothing_is_not_widened(dateline: Dateline) -> None:
    answer = dateline.ask("What happened last week?")
    assert (answer.abstained, answer.reason) == (True, AbstentionReason.OUTSIDE_FILTERS)
    assert "no article is within what was read from the question" in answer.warnings
    assert answer.passages == ()


def test_last_week_counts_from_the_day_asked_on(dateline: Dateline) -> None:
    answer = dateline.ask(
        "Who resigned from the negotiating body last week?", filters=Filters(as_of=date(2017, 11, 28))
    )
    assert any("20 November 2017 to 26 November 2017" in warning for warning in answer.warnings)
    assert not answer.abstained


# -- several parts, and comparisons ---------------------------------------------------------------------------


def test_two_publishers_are_asked_apart(dateline: Dateline) -> None:
    answer = dateline.ask(f"Does the Northline Wire agree with the Harbour Gazette on h{HURT[1:]}?")
    cited = {c.n: c.publisher for c in answer.citations}
    assert [{cited[n] for n in s.citations} for s in answer.sentences] == [{"Northline Wire"}, {"Harbour Gazette"}]
    assert "Six" in answer.sentences[0].text and "nine" in answer.sentences[1].text
    assert {p.publisher for p in answer.passages} == {"Northline Wire", "Harbour Gazette"}
    assert any("Harbour Gazette updates the report of Northline Wire" in warning for warning in answer.warnings)


def test_what_two_publishers_differ_on(dateline: Dateline) -> None:
    answer = dateline.ask("Do the Northline Wire and the Cedar Coast Courier agree on the death toll of the war?")
    assert (answer.abstained, answer.reason) == (False, None)
    (found,) = answer.disagreements
    assert {name for p in found.positions for name in p.publishers} == {"Northline Wire", "Cedar Coast Courier"}


def test_the_half_that_is_not_answered_is_named(dateline: Dateline) -> None:
    answer = dateline.ask(f"Does the Harbour Gazette agree with the Courier on h{HURT[1:]}?")
    assert answer.reason is AbstentionReason.PARTIAL
    assert {c.publisher for c in answer.citations} == {"Harbour Gazette"}
    assert any(warning.endswith(f"{HURT}? (Cedar Coast Courier)") for warning in answer.warnings)


def test_each_part_has_its_own_best_passages(dateline: Dateline) -> None:
    operation = "What did Putin say about the military operation"
    answer = dateline.ask(f"{operation} and what did China say about the summit?")
    assert answer.reason is AbstentionReason.PARTIAL
    assert answer.sentences[0].text == dateline.ask(f"{operation}?").sentences[0].text
    assert any(warning.endswith("What did China say about the summit?") for warning in answer.warnings)


def test_two_views_on_a_matter_are_set_side_by_side(dateline: Dateline) -> None:
    answer = dateline.ask("Must Assad step down? Set the Syrian opposition's position beside Moscow's.")
    (found,) = answer.disagreements
    assert found.about == "Must Assad step down?"
    values = " / ".join(position.value for position in found.positions)
    assert "must leave office" in values
    assert "Syrian people alone" in values


def test_what_neither_side_is_found_to_say_is_asked_of_all(dateline: Dateline) -> None:
    matter = "How long did Putin and Assad talk in Sochi?"
    answer = dateline.ask(f"{matter} What do Merkel and Macron each say?")
    assert (answer.abstained, answer.reason) == (False, None)
    assert "three hours" in answer.text
    assert "what each side says was not found: shown is what the sources say of the matter" in answer.warnings
    nothing = dateline.ask("How much does bread cost in Lima? What do Merkel and Macron each say?")
    assert nothing.abstained
    assert not any("each side" in warning for warning in nothing.warnings)


def test_whether_the_papers_agree_is_found_out_and_not_looked_up(dateline: Dateline) -> None:
    differing = dateline.ask(
        "In which words do the papers have Putin announce the end of the military operation, and do they all print the"
        " same ones?"
    )
    assert [p.publishers for d in differing.disagreements for p in d.positions] == [
        ("Northline Wire", "Cedar Coast Courier"), ("Bosphorus Ledger",),
    ]  # fmt: skip
    agreeing = dateline.ask(f"{HURT}, and do all reports agree?")
    assert not agreeing.disagreements
    assert any(warning.startswith("whether the sources agree: ") for warning in agreeing.warnings)


def test_welcome_and_rejection_stand_side_by_side(dateline: Dateline) -> None:
    received = "How was the idea of a Syrian congress in Sochi received in Tehran, and how by the opposition in Riyadh?"
    answer = dateline.ask(received)
    (found,) = answer.disagreements
    assert found.kind == "stance"
    assert [position.value.split()[3] for position in found.positions] == ["welcomed", "endorse"]


def test_which_of_two_events_came_first(dateline: Dateline) -> None:
    answer = dateline.ask("What happened first, the minibus crash or Riad Hijab's resignation?")
    assert answer.reason is None
    assert {c.article_id for c in answer.citations} >= {
        "2017-11-22-northline-wire-minibus-crash.md", "2017-11-20-cedar-coast-courier-hijab-resigns.md",
    }  # fmt: skip
    assert (
        "by the days cited, Riad Hijab's resignation (20 November 2017) came before the minibus crash"
        " (22 November 2017)" in answer.warnings
    )


# -- what was known on a day ----------------------------------------------------------------------------------

ELECTED = "Who was elected head of the opposition's negotiating body?"


@pytest.mark.parametrize(("latest", "is_told"), [(date(2017, 11, 24), False), (None, True)])
def test_a_chat_is_no_way_round_the_day(dateline: Dateline, latest: date | None, is_told: bool) -> None:
    history = [Turn(ELECTED, "Nasr al-Hariri was elected on Friday.", latest)]
    answer = dateline.ask("When did he say that?", filters=Filters(as_of=date(2017, 11, 22)), history=history)
    assert "Hariri" not in f"{answer.standalone_question} {answer.text}"
    assert ("negotiating body" in answer.standalone_question) == is_told
    assert "earlier answers that may rest on articles after 22 November 2017 were not used" in answer.warnings
    assert all(p.published and p.published <= date(2017, 11, 22) for p in answer.passages)
    assert all(c.published and c.published <= date(2017, 11, 22) for c in answer.nearest)


def test_what_was_known_is_used(dateline: Dateline) -> None:
    first = dateline.ask(ELECTED)
    newest = max(c.published for c in first.citations if c.published)
    history = [Turn(ELECTED, first.text, newest)]
    answer = dateline.ask("When did he say that?", filters=Filters(as_of=newest), history=history)
    assert "Hariri" in answer.standalone_question
