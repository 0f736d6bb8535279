from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.check.qualifiers import drops_qualifier
from rag.types import Verdict


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Mara Voss became the prime minister.", "Mara Voss, the next prime minister, is a political chameleon."),
        ("President Ortega met the envoy.", "President-elect Ortega met the envoy on Monday."),
        ("The minister resigned.", "The deputy minister resigned over the affair."),
        ("The gunman was arrested.", "The alleged gunman was arrested near the border."),
        ("President Ilves opened the bridge.", "Former President Ilves opened the bridge."),
        ("The police chief ordered the search.", "The acting police chief ordered the search."),
    ],
)
def test_a_lost_qualifier_leaves_a_sentence_partial_at_best(claim: str, source: str) -> None:
    assert drops_qualifier(claim, [source])
    assert BuiltinVerifier().verify(claim, source, FactContext()).verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("Mara Voss will be the prime minister.", ["Mara Voss is the next prime minister."]),
        ("Ilves was president when the bridge opened.", ["Former president Ilves opened the bridge."]),
        ("The man accused of the shooting was arrested.", ["The alleged gunman was arrested."]),
        ("The minister resigned.", ["The deputy minister stayed.", "The minister resigned."]),
        ("The talks resume on Monday.", ["The talks resume next Monday, the minister said."]),
        ("Three attackers died.", ["Three attackers died when an alleged attack was stopped."]),
        ("The deputy minister resigned.", ["The deputy minister resigned over the affair."]),
        ("Nothing is said of offices here.", ["The former king sailed away."]),
    ],
)
def test_a_kept_or_restated_qualifier_is_no_loss(claim: str, sources: list[str]) -> None:
    assert drops_qualifier(claim, sources) == ""
