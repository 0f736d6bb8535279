"""A page that shows how far a verifier's support can be read as a probability: reliability diagrams, offline.

After DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician, 1983.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.judge import Ruling
from eval.metrics.classification import reliability
from eval.report.rendering import rendered
from eval.statistics import Estimate, share

_SIDE = 280


@dataclass(frozen=True, slots=True)
class Point:
    """A bin of a diagram: its place in pixels, the interval of its share, and how many claims it holds."""

    x: float
    y: float
    low: float
    high: float
    n: int
    words: str


def reliability_page(
    verifier: str, rulings: Mapping[str, Sequence[Ruling]], figures: Mapping[str, Mapping[str, Estimate]]
) -> str:
    """Returns the page.

    Args:
        verifier: Whose support it is.
        rulings: By data set.
        figures: By data set and metric.
    """
    plots = {name: points(own) for name, own in rulings.items()}
    return rendered("reliability.html.j2", verifier=verifier, plots=plots, figures=figures, side=_SIDE)


def points(rulings: Sequence[Ruling]) -> list[Point]:
    """Returns the bins of a diagram; what was not scored is in none."""
    scored = [(r.judged.supported, r.support) for r in rulings if r.support is not None]
    found = []
    for score, rate, n in reliability([label for label, _ in scored], [support for _, support in scored]):
        spread = share([True] * round(rate * n) + [False] * (n - round(rate * n)))
        words = f"support {score:.2f}: {rate:.0%} supported of {n}"
        found.append(
            Point(_SIDE * score, _SIDE * (1 - rate), _SIDE * (1 - spread.low), _SIDE * (1 - spread.high), n, words)
        )
    return found
