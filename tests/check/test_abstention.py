from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.check.abstention import Decision, Part, decide, inquire
from rag.check.premises import Premise, Standing
from rag.types import AbstentionReason, Disagreement, RetrievedPassage
from tests.passages import retrieved

TRIPS = retrieved("Assad has left his country only twice, both times for Russia.", "trips.md")
SUMMIT = retrieved("The summit in Sochi opened on Wednesday.", "summit.md")
AGAINST = ((TRIPS, TRIPS.passage.sentences[0]),)
OPEN = Part("Who came?", Premise(Standing.UNKNOWN))
FALSE = Part("Why did Assad fly to Tehran?", Premise(Standing.REFUTED, AGAINST))
APART = Part("Why did Turkey invade Russia?", Premise(Standing.UNRELATED, AGAINST))
DISPUTE = Disagreement("numeric", "the dead", ())


def decided(
    *parts: Part, answered: Sequence[bool] = (False, False), disputes: Sequence[Disagreement] = (), hidden: bool = False
) -> Decision:
    return decide(parts, list(answered)[: len(parts)], disagreements=disputes, elsewhere=lambda: hidden)


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (decided(OPEN, answered=[True]), None),
        (decided(OPEN), AbstentionReason.NOT_IN_CORPUS),
        (decided(OPEN, hidden=True), AbstentionReason.OUTSIDE_FILTERS),
        (decided(OPEN, disputes=[DISPUTE]), AbstentionReason.CONFLICTING),
        (decided(OPEN, disputes=[DISPUTE], answered=[True]), None),
        (decided(FALSE), AbstentionReason.FALSE_PREMISE),
        (decided(FALSE, disputes=[DISPUTE], hidden=True), AbstentionReason.FALSE_PREMISE),
        (decided(APART), AbstentionReason.FALSE_PREMISE),
        (decided(APART, hidden=True), AbstentionReason.OUTSIDE_FILTERS),
        (decided(APART, answered=[True]), None),
        (decided(OPEN, OPEN, answered=[True, True]), None),
        (decided(OPEN, OPEN, answered=[True, False]), AbstentionReason.PARTIAL),
        (decided(OPEN, FALSE, answered=[True, False]), AbstentionReason.PARTIAL),
        (decided(OPEN, FALSE), AbstentionReason.FALSE_PREMISE),
    ],
)
def test_the_reason(decision: Decision, reason: AbstentionReason | None) -> None:
    assert decision.reason == reason


def test_a_false_premise_comes_with_what_the_sources_say() -> None:
    assert decided(FALSE).evidence == decided(APART).evidence == AGAINST
    assert decided(OPEN).evidence == ()


def test_the_part_that_is_left_open_is_named() -> None:
    [warning] = decided(OPEN, Part("Who led it? (Who came)", OPEN.premise), answered=[True, False]).warnings
    assert "Who led it?" in warning and "Who came" not in warning and "\n" not in warning
    [warning] = decided(OPEN, FALSE, answered=[True, False]).warnings
    assert "contradict" in warning and FALSE.text in warning


def test_the_filters_are_not_looked_behind_without_need() -> None:
    def never() -> bool:
        raise AssertionError("it costs a model's time")

    for part, answered in ((OPEN, True), (FALSE, False)):
        decide([part], [answered], disagreements=(), elsewhere=never)


def test_what_speaks_against_a_premise_is_searched_for() -> None:
    asked: list[str] = []

    def search(query: str) -> Sequence[RetrievedPassage]:
        asked.append(query)
        return [TRIPS]

    [part] = inquire("Why did Assad fly to Tehran after the summit?", [SUMMIT], search)
    assert part.refuted and part.premise.against == AGAINST
    [query] = asked
    assert ("Assad" in query and "left" in query.split()) or "leav" in query.split()


def test_a_question_without_a_premise_costs_no_search() -> None:
    def never(query: str) -> Sequence[RetrievedPassage]:
        raise AssertionError("not needed")

    assert [p.text for p in inquire("What did Assad say?", [TRIPS], never)] == ["What did Assad say?"]
    assert len(inquire("What did Assad say and what did Putin say?", [TRIPS], never)) == 2
