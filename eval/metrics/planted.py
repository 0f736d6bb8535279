"""Whether the check is awake: what it says of sentences it has shown, with one fact of each changed.

An answer tells nothing of a check that is switched off or worn out until the day a model errs. So every evaluation
plants errors: a number, date, name, negation, role or opposite is exchanged in sentences that are borne out, and the
system's own check is asked about them (mutation testing, DeMillo, Lipton and Sayward 1978, of a verifier).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from eval.edits import Edit, edits_of
from eval.metrics.base import Case, Metric, share_of
from eval.metrics.judging import JudgedSentence, citations_of, cited_claim
from rag.check.verification import Claim
from rag.types import Answer, Article, Check, Verdict

_PLANTED = 3  # an answer; each costs a verdict


@runtime_checkable
class Checking(Protocol):
    """A system whose check can be asked."""

    def check(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order."""


def plant(
    answer: Answer, articles: Mapping[str, Article], judged: Sequence[JudgedSentence], seed: str
) -> list[tuple[Edit, Claim]]:
    """Changes one fact at a time of sentences that the judge finds borne out.

    Args:
        answer: Its sentences are what is changed.
        articles: Those cited, by id.
        judged: What the judge makes of each sentence.
        seed: Decides which facts; the same one gives the same changes.

    Returns:
        A few edits, each as a claim beside the words that the sentence cites; none where nothing can be changed.
    """
    rng = random.Random(seed)
    found = []
    for sentence, verdict in zip(answer.sentences, judged, strict=True):
        if not verdict.cited:
            continue
        citations = citations_of(sentence, answer)
        document = " ".join(articles[c.article_id].text for c in citations if c.article_id in articles)
        for edit in edits_of(sentence.text, document, rng):
            if (claim := cited_claim(edit.text, citations, articles)) is not None:
                found.append((edit, claim))
    return rng.sample(found, min(_PLANTED, len(found)))


def refusals(claims: Sequence[Claim], system: object) -> tuple[bool | None, ...]:
    """Returns of each claim whether the system's check calls it less than supported; nothing where it has none."""
    if not claims or not isinstance(system, Checking):
        return ()
    return tuple(check.verdict is not Verdict.SUPPORTED if check.scored else None for check in system.check(claims))


def edits_refused(case: Case) -> float | None:
    """Returns the share of planted errors that the check does not call supported."""
    return share_of(case.refusals)


METRICS = (
    Metric(
        "edits_refused", edits_refused, "higher",
        "sentences shown, with one fact changed, that the system's own check then refuses",
    ),
)  # fmt: skip
