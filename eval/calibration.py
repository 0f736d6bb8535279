"""What a judge's rates are worth, from its agreement with people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.inference import corrected_rate
from eval.report.document import Figure, Report
from eval.statistics import Estimate
from eval.validation import read_json
from rag.errors import SourceError

# The share of sentences that the judge calls borne out by one text, as in what people labelled. Faithfulness asks it of
# several passages in turn, where one mistake in any of them is enough, and cannot be corrected in this way.
_JUDGED = ("citation_recall",)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often a judge is right: of what people call supported, and of what they do not."""

    judge: str
    dataset: str
    sensitivity: Estimate
    specificity: Estimate

    def require(self, judge: str) -> None:
        """Refuses another judge than the one that was compared with people.

        Raises:
            SourceError: It is another; the message names both.
        """
        if self.judge != judge:
            raise SourceError(f"the calibration is of {self.judge}, and {judge} judges this run")


@dataclass(frozen=True, slots=True)
class _Agreement:
    verifier: str
    datasets: dict[str, dict[str, Figure]]


def read_calibration(path: Path, dataset: str = "") -> Calibration:
    """Reads the output of ``dateline eval judge --json``.

    Args:
        path: The file.
        dataset: Which of its data sets; may be left out when there is only one.

    Raises:
        SourceError: The file is of another kind, or it does not say which data set is meant.
    """
    found = read_json(_Agreement, path, "the output of `dateline eval judge --json`")
    if not dataset and len(found.datasets) == 1:
        dataset = next(iter(found.datasets))
    if dataset not in found.datasets:
        raise SourceError(f"{path} has the data sets {', '.join(found.datasets)}; name one as {path}:NAME")
    figures = found.datasets[dataset]
    sensitivity, specificity = (_estimate(figures.get(f"verdict_{n}")) for n in ("sensitivity", "specificity"))
    if sensitivity is None or specificity is None:
        raise SourceError(
            f"{path}: {dataset} has no verdict_sensitivity and verdict_specificity; run `eval judge` again"
        )
    return Calibration(found.verifier, dataset, sensitivity, specificity)


def corrected(report: Report, calibration: Calibration) -> dict[str, Figure]:
    """Returns the rates that the judge decided, corrected for its mistakes; see ``eval.inference.corrected_rate``.

    The correction holds as far as the answers are like the texts that people judged.
    """
    found = {}
    for metric in _JUDGED:
        figure = _estimate(report.metrics.get(metric))
        if figure is not None:
            found[metric] = Figure.of(corrected_rate(figure, calibration.sensitivity, calibration.specificity))
    return found


def _estimate(figure: Figure | None) -> Estimate | None:
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return None
    if not 0 <= figure.low <= figure.value <= figure.high <= 1:
        raise SourceError(f"{figure.value} [{figure.low}, {figure.high}] is no share with its interval")
    return Estimate(figure.value, figure.low, figure.high, figure.n)
