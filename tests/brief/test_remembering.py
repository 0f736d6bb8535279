"""A briefing that was cut off asks the model only for what it has not drafted yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from rag.brief.remembering import RememberingAnswerer
from rag.brief.types import Briefing, Request
from rag.brief.writing import write_briefing
from rag.check.builtin import BuiltinVerifier
from rag.config import Settings
from rag.errors import ModelError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Trace
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.fallback import FallbackAnswerer
from rag.generate.model import Message
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import Embedder
from rag.retrieve.hybrid import Retriever
from rag.service import Dateline
from tests.corpora import write_article
from tests.fakes import ScriptedModel
from tests.passages import retrieved

EVENTS = (
    "The Arkona bridge over the river Lom collapsed on Monday after heavy rain, the mayor of Arkona said.",
    "Parliament in Veltia passed the fishing law on Monday by 61 votes to 40 after a debate of nine hours.",
    "The Orbis telescope sent its first pictures of Saturn to the ground station at Cape Tolm on Monday.",
)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    folder = tmp_path_factory.mktemp("events")
    for n, text in enumerate(EVENTS):
        for publisher in ("Red Post", "Blue Times"):
            path = folder / "in" / f"{n}-{publisher}.md"
            write_article(path, text, title=text[:40], publisher=publisher, published=date(2020, 5, 6))
    opened = Dateline(Settings(index=folder / "index", model="extractive"))
    opened.ingest([folder / "in"])
    yield opened
    opened.close()


Brief = Callable[[ScriptedModel], Briefing]


@pytest.fixture
def brief(events: Dateline, embedder: Embedder, tmp_path: Path) -> Brief:
    store = events._opened()
    assessor = Assessor(embedder, store.lexical.idf)

    def write(model: ScriptedModel) -> Briefing:
        answerer = FallbackAnswerer(PassagewiseAnswerer(model, assessor), ExtractiveAnswerer(assessor))
        return write_briefing(
            Request(),
            catalog=store.catalog,
            retriever=Retriever(store, embedder),
            embedder=embedder,
            answerer=RememberingAnswerer(answerer, tmp_path / "cache"),
            verifier=BuiltinVerifier(),
            idf=store.lexical.idf,
            notice=lambda message: None,
        )

    return write


class Killed(BaseException):
    """Ends the work at once, as a signal does."""


def model(*, fails_at: int = 0, error: BaseException | None = None) -> ScriptedModel:
    """Copies the first sentence of the passage it is asked about; ``fails_at`` counts passages from 1."""
    seen: list[str] = []

    def passage(messages: Sequence[Message]) -> str:
        return next(e for e in EVENTS if any(e[:30] in m["content"] for m in messages))

    def yes(messages: Sequence[Message]) -> float:
        text = passage(messages)
        if text not in seen:
            seen.append(text)
        if error is not None and len(seen) == fails_at:
            raise error
        return 0.99

    return ScriptedModel(replies=passage, yes=yes)


def asked(one: ScriptedModel) -> set[str]:
    return {e for e in EVENTS for messages in one.asked if any(e[:30] in m["content"] for m in messages)}


def test_a_killed_briefing_goes_on_where_it_stopped(brief: Brief) -> None:
    first = model(fails_at=3, error=Killed())
    with pytest.raises(Killed):
        brief(first)
    assert len(asked(first)) == 3  # two drafted, killed in the third
    second = model()
    found = brief(second)
    assert len(asked(second)) == 1
    assert found.model == "scripted"
    third = model()
    again = brief(third)
    assert third.asked == []
    assert [s.sentences for s in again.sections] == [s.sentences for s in found.sections]


def test_another_model_is_asked_anew(brief: Brief) -> None:
    brief(model())
    other = model()
    other.name = "another"
    brief(other)
    assert asked(other) == set(EVENTS)


def test_what_stood_in_for_a_failing_model_is_not_kept(brief: Brief) -> None:
    brief(model(fails_at=1, error=ModelError("it broke")))
    after = model()
    brief(after)
    assert asked(after) == set(EVENTS)


def test_a_damaged_or_unwritable_memory_is_no_reason_to_fail(brief: Brief, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "drafts.sqlite").write_bytes(b"not a database" * 100)
    one = model()
    assert brief(one).sections
    assert asked(one) == set(EVENTS)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "cache" / "drafts.sqlite").execute("SELECT * FROM drafts")


@pytest.mark.parametrize("sure", [0.8, 0.99])
def test_how_sure_the_model_was_is_remembered(embedder: Embedder, tmp_path: Path, sure: float) -> None:
    passage = retrieved(EVENTS[0])
    model = ScriptedModel(replies=["The Arkona bridge collapsed on Monday."], yes=[0.99, sure])
    written = PassagewiseAnswerer(model, Assessor(embedder, lambda stem: 1.0))
    answerer = RememberingAnswerer(written, tmp_path)
    first, again = (list(answerer.draft("What collapsed?", [passage], Trace())) for _ in range(2))
    assert first == again and [draft.sure for draft in first] == [sure]
