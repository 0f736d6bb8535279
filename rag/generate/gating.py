"""What two opinions on a passage, the small model's and that of cheap signals, say it may be used for."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LEAST = 0.005  # probabilities are taken as at least this far from 0 and 1


@dataclass(frozen=True, slots=True)
class Gate:
    """A bar on the weighted log odds of two opinions.

    Attributes:
        yes_weight: Weight of the model's own "yes", asked by ``prompts.gate_messages``.
        likely_weight: Weight of ``answerable`` of ``rag.generate.answerability``.
        bar: Least weighted sum that passes.
    """

    yes_weight: float
    likely_weight: float
    bar: float

    def weigh(self, yes: float, likely: float) -> float:
        """Returns the weighted sum for two probabilities in [0, 1]."""
        return self.yes_weight * _log_odds(yes) + self.likely_weight * _log_odds(likely)

    def passes(self, yes: float, likely: float) -> bool:
        """Tells whether two probabilities in [0, 1] pass together."""
        return self.weigh(yes, likely) >= self.bar


STATES_ANSWER = Gate(yes_weight=0.74, likely_weight=0.25, bar=0.45)
"""Whether to ask a passage for the answer.

On 65 passages (33 that answer, the others retrieved for the same question; half clapnq_dev, half news2022) the model
alone had AUC .833, both together .885; the bar loses .10 of the answers there and keeps out .78 of the other passages,
in sample. A fit gives the second opinion more weight (.62), because it was itself fitted on Wikipedia passages of
clapnq_dev; on news that rejected right passages, so it has less.
"""

QUOTABLE = Gate(yes_weight=0.5, likely_weight=0.5, bar=0.3)
"""Whether a passage's own sentences may answer, where nothing else does.

A quotation beside the point costs the reader less than a made-up sentence, so the bar is lower, and the second opinion
weighs more. Chosen on 87 answerable and 87 unanswerable questions of clapnq_dev, each with one passage, as the lowest
bar that still refuses .85 of the latter: of the former .115 are refused and not .264, of the latter .851 and not .897
(``python -m eval.bench.answerability FOLDER --limit 87 --cache eval/bench/replies/clapnq.jsonl``).
"""


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))
