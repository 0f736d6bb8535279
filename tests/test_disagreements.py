"""Where sources differ, through the whole way of answering: real index, source sentences as the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.service import Dateline
from rag.types import Answer, Disagreement

ARTICLES = Path(__file__).parents[1] / "corpus" / "articles"
Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks the sample corpus."""
    dateline = Dateline(Settings(index=tmp_path_factory.mktemp("sample") / "index", model="extractive"))
    dateline.ingest([ARTICLES])
    yield dateline.ask
    dateline.close()


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


def test_two_death_tolls_stand_side_by_side_each_with_its_papers(ask: Ask) -> None:
    answer = ask("How many people have been killed in the war in Syria?")
    (found,) = answer.disagreements
    assert found.kind == "numeric"
    assert positions(found) == {
        "more than half a million": {"Cedar Coast Courier", "Bosphorus Ledger"},
        "400,000": {"Northline Wire"},  # and its copy, which is no source of its own
    }
    sound(answer)


def test_one_meeting_has_two_dates(ask: Ask) -> None:
    answer = ask("When did Assad meet Putin in Sochi?")
    (found,) = answer.disagreements
    assert found.kind == "date"
    assert positions(found)["21 November 2017"] == {"Caspian Shore Review"}
    assert "Northline Wire" in positions(found)["20 November 2017"]
    sound(answer)


def test_millions_and_ten_million_can_both_be_true(ask: Ask) -> None:
    assert ask("How many people have been displaced?").disagreements == ()


def test_a_later_count_is_an_update(ask: Ask) -> None:
    answer = ask("How many people were injured in the minibus crash near Sochi?")
    assert answer.disagreements == ()
    assert any("Harbour Gazette updates" in warning and "nine" in warning for warning in answer.warnings)


def test_a_correction_is_told_apart_from_a_contradiction(ask: Ask) -> None:
    answer = ask("How long did Putin and Assad talk in Sochi?")
    assert answer.disagreements == ()
    assert any("corrects" in warning and "three hours" in warning for warning in answer.warnings)


def test_an_altered_quotation_shows_both_wordings(ask: Ask) -> None:
    answer = ask("What exactly did Putin say about the military operation?")
    (found,) = answer.disagreements
    assert found.kind == "attribution"
    altered = next(value for value in positions(found) if "now finished" in value)
    assert positions(found)[altered] == {"Bosphorus Ledger"}
    sound(answer)


def test_who_wants_what_is_a_matter_of_stance(ask: Ask) -> None:
    answer = ask("Should Assad stay in office? Who says what?")
    (found,) = answer.disagreements
    assert found.kind == "stance"
    assert any("must leave office" in value for value in positions(found))
    sound(answer)


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
