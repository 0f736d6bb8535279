"""Where short reports differ and where they do not, through the whole way of answering, without a language model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.config import Settings
from rag.service import Dateline
from rag.types import Answer, Disagreement

Ask = Callable[[str], Answer]


@pytest.fixture
def reports(tmp_path: Path) -> Callable[..., Ask]:
    """Makes an index of short reports, each ``(publisher, date, text)``, and returns what asks it."""

    def build(*found: tuple[str, str, str]) -> Ask:
        folder = tmp_path / "articles"
        folder.mkdir()
        for number, (publisher, published, text) in enumerate(found):
            head = f"---\ntitle: Report {number}\npublisher: {publisher}\npublished: {published}\n---\n\n"
            (folder / f"{number}.md").write_text(head + text + "\n", encoding="utf-8")
        dateline = Dateline(Settings(index=tmp_path / "index", model="extractive"))
        dateline.ingest([folder])
        return dateline.ask

    return build


def positions(found: Disagreement) -> dict[str, set[str]]:
    return {position.value: set(position.publishers) for position in found.positions}


def sound(answer: Answer) -> None:
    """Every position cites, and every citation is listed."""
    known = {citation.n for citation in answer.citations}
    for found in answer.disagreements:
        assert len(found.positions) >= 2
        for position in found.positions:
            assert position.citations
            assert known.issuperset(position.citations)


def test_sources_that_agree_do_not_differ(reports: Callable[..., Ask]) -> None:
    ask = reports(
        ("Tide", "2024-03-02", "The storm killed 12 people in Tallinn on Friday. Roofs were torn off."),
        ("Quay", "2024-03-02", "Twelve people were killed by the storm in Tallinn. The harbour was closed."),
    )
    answer = ask("How many people did the storm kill in Tallinn?")
    assert not answer.abstained
    assert answer.disagreements == ()


@pytest.mark.parametrize(
    "other",
    [
        "The storm killed 3 soldiers in Tallinn on Friday.",  # another scope
        "The storm killed more than ten people in Tallinn on Friday.",  # both can be true
        "The storm injured 40 people in Tallinn on Friday.",  # another matter
        "A storm killed 30 people in Lisbon in 1941.",  # another event
    ],
)
def test_what_can_be_true_together_is_no_disagreement(reports: Callable[..., Ask], other: str) -> None:
    ask = reports(
        ("Tide", "2024-03-02", "The storm killed 12 people in Tallinn on Friday. Roofs were torn off."),
        ("Quay", "2024-03-02", f"{other} The harbour was closed."),
    )
    assert ask("How many people did the storm kill in Tallinn?").disagreements == ()


def test_two_counts_of_two_papers_differ(reports: Callable[..., Ask]) -> None:
    ask = reports(
        ("Tide", "2024-03-02", "The storm killed 12 people in Tallinn on Friday. Roofs were torn off."),
        ("Quay", "2024-03-02", "The storm killed 19 people in Tallinn on Friday. The harbour was closed."),
    )
    answer = ask("How many people did the storm kill in Tallinn?")
    (found,) = answer.disagreements
    assert found.kind == "numeric"
    assert sorted(map(sorted, positions(found).values())) == [["Quay"], ["Tide"]]
    sound(answer)


def test_one_paper_does_not_contradict_itself(reports: Callable[..., Ask]) -> None:
    ask = reports(
        ("Tide", "2024-03-02", "The storm killed 12 people in Tallinn on Friday. Roofs were torn off."),
        ("Tide", "2024-03-03", "The storm killed 19 people in Tallinn on Friday. The harbour was closed."),
    )
    assert ask("How many people did the storm kill in Tallinn?").disagreements == ()
