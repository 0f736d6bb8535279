"""Conversations: what is kept, for whom, and what a restart finds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import StoreError
from rag.types import Answer, AnswerSentence, Citation, Verdict
from ui.history import History, Scope

ANSWER = Answer(
    "Why?", "Why?", "extractive", False, None, "Because. [1]",
    (AnswerSentence("Because.", Verdict.SUPPORTED, 0.9, (1,)),),
    (Citation(1, "a", "v", "T", "P", date(2020, 5, 4), 0, 8, "Because."),),
)  # fmt: skip


def test_what_was_said_is_found_again_after_a_restart(tmp_path: Path) -> None:
    scope = Scope(("Post",), date(2020, 1, 1), None, date(2020, 6, 1), "extractive")
    history = History(tmp_path / "h.sqlite")
    conversation, n = history.ask("me", "", "Why?", scope)
    history.settle(conversation, n, "answered", ANSWER, {"dateline": "1"})
    history.close()
    again = History(tmp_path / "h.sqlite")
    (turn,) = again.turns("me", conversation)
    assert (turn.question, turn.scope, turn.answer, turn.state) == ("Why?", scope, ANSWER, "answered")
    assert turn.made_with == {"dateline": "1"}
    assert [c.title for c in again.conversations("me")] == ["Why?"]


def test_nobody_sees_changes_or_removes_what_is_not_theirs(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite")
    mine, _ = history.ask("me", "", "Why?", Scope())
    assert history.conversations("you") == []
    assert history.turns("you", mine) == []
    theirs, _ = history.ask("you", mine, "Whose?", Scope())
    assert theirs != mine
    history.remove("you", mine)
    assert [turn.question for turn in history.turns("me", mine)] == ["Why?"]


def test_a_question_asked_anew_takes_the_place_of_what_followed(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite")
    place, first = history.ask("me", "", "one", Scope())
    history.ask("me", place, "two", Scope())
    assert history.ask("me", place, "other", Scope(), at=first) == (place, 1)
    assert [turn.question for turn in history.turns("me", place)] == ["other"]


def test_an_outcome_that_comes_late_changes_nothing(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite")
    place, n = history.ask("me", "", "one", Scope())
    history.settle(place, n, "stopped", None)
    history.settle(place, n, "answered", ANSWER)
    assert history.turns("me", place)[0].state == "stopped"
    history.remove("me", place)
    history.settle(place, n, "answered", ANSWER)
    assert history.turns("me", place) == []


def test_the_latest_conversation_comes_first(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite")
    first, _ = history.ask("me", "", "first", Scope())
    history.ask("me", "", "second", Scope())
    history.ask("me", first, "first again", Scope())
    assert [c.title for c in history.conversations("me")] == ["first", "second"]


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "h.sqlite").write_bytes(b"not a database, but long enough to look like a file of some kind" * 20)
    with pytest.raises(StoreError, match="conversations cannot be kept"):
        History(tmp_path / "h.sqlite")


@given(after=st.dates(), before=st.none() | st.dates(), as_of=st.none() | st.dates())
def test_of_two_latest_days_the_earlier_holds(after: date, before: date | None, as_of: date | None) -> None:
    filters = Scope(after=after, before=before, as_of=as_of).filters()
    given = [day for day in (before, as_of) if day]
    assert filters.latest == (min(given) if given else None)
    assert filters.after == after
