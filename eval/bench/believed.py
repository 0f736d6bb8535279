"""Chooses from where on a small model's wording is believed (``rag.check.rewording``), and tries that choice.

Run as::

    python -m eval.bench.believed FOLDER --index DIR [--labelled FILE]

Arguments are those of ``eval.bench.shown``. Of the labelled sentences that nothing else speaks against, as many as
possible are to be believed with at most 1% wrong among them. The bounds are chosen on all of them; chosen without a
tenth of the questions and tried on it, for twenty ways to divide them; and chosen on one part of the file and tried on
the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

from eval.bench.shown import LABELLED, questions, read_labelled, show
from eval.statistics import Estimate, share
from rag.check.rewording import BELIEVED, Bounds, word_share
from rag.config import load_settings
from rag.generate.verifiers import load_verifier
from rag.index.store import IndexStore
from rag.types import Verdict

_WRONG = 0.01
_FOLDS = 10
_ROUNDS = 20
_COPIED = (0.85, 0.9, 0.95)
_CLOSE = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
_SURE = (0.96, 0.97, 0.975, 0.98, 0.985, 0.99)


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled sentence that nothing but its wording speaks against.

    Attributes:
        question_id: What it answers; sentences of one question are alike.
        share: ``word_share`` of it and what it cites.
        sure: How sure its author is.
        right: Whether a reader found that its source says it.
        reported: Which part of the file it is of.
    """

    question_id: str
    share: float
    sure: float
    right: bool
    reported: bool


def main() -> int:
    """Prints the bounds chosen, those in use, and what is wrong among what they let pass."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--labelled", type=Path, default=LABELLED)
    arguments = parser.parse_args()
    verifier, store = load_verifier(load_settings()), IndexStore(arguments.index)
    rows, asked = read_labelled(arguments.labelled), questions(arguments.folder)
    found = show(rows, asked, store, verifier, wording_is_doubted=False)
    cases = [
        Case(row.question_id, word_share(row.sentence, s.cited), row.sure, row.supported, row.reported)
        for s in found
        if s.verdict is Verdict.SUPPORTED and (row := s.labelled)
    ]
    store.close()
    print(f"{len(cases)} sentences, {sum(not case.right for case in cases)} of them wrong")
    print(f"in use                     {BELIEVED}: wrong {wrong(believed(cases, BELIEVED))}")
    chosen = choose(cases)
    print(f"chosen on all              {chosen}: wrong {wrong(believed(cases, chosen))}")
    tried = wrong([case for seed in range(_ROUNDS) for case in cross_validated(cases, seed=seed)])
    print(f"chosen on nine tenths      wrong of the last {tried}, {_ROUNDS} rounds together")
    for on in (False, True):
        bounds = choose([case for case in cases if case.reported is on])
        rest = believed([case for case in cases if case.reported is not on], bounds)
        print(f"chosen on {'reported' if on else 'choosing':8}         {bounds}: wrong of the others {wrong(rest)}")
    return 0


def choose(cases: Sequence[Case]) -> Bounds:
    """Returns the bounds that let most pass with at most 1% wrong; of several the strictest."""
    allowed: list[tuple[int, float, float, float]] = []
    for copied, close, sure in product(_COPIED, _CLOSE, _SURE):
        passed = believed(cases, Bounds(copied, close, sure))
        if passed and sum(not case.right for case in passed) <= _WRONG * len(passed):
            allowed.append((len(passed), copied, close, sure))
    return Bounds(*max(allowed)[1:]) if allowed else Bounds(1.0, 1.0, 1.0)


def believed(cases: Sequence[Case], bounds: Bounds) -> list[Case]:
    """Returns those that bounds let pass."""
    return [case for case in cases if not bounds.doubt(case.share, case.sure)]


def cross_validated(cases: Sequence[Case], *, seed: int) -> list[Case]:
    """Returns those let pass by bounds that were chosen without them and the others of their tenth of the questions."""
    asked = sorted({case.question_id for case in cases})
    Random(seed).shuffle(asked)
    passed = []
    for fold in range(_FOLDS):
        aside = frozenset(asked[fold::_FOLDS])
        bounds = choose([case for case in cases if case.question_id not in aside])
        passed += believed([case for case in cases if case.question_id in aside], bounds)
    return passed


def wrong(cases: Sequence[Case]) -> Estimate:
    """Returns the share of wrong ones."""
    return share([not case.right for case in cases], [case.question_id for case in cases])


if __name__ == "__main__":
    raise SystemExit(main())
