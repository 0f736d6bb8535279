"""Gates: bars that a run must clear, written down in ``gate.yaml``, so that CI says no when quality falls.

::

    gate: 1
    max_errors: 0
    bars:
      - {metric: span_exactness, value_at_least: 1.0}
      - {metric: answer_correct, lower_at_least: 0.6}            # the lower bound of the interval
      - {metric: false_abstention, upper_at_most: 0.3, tag: single}
    no_drop: [answer_correct, citation_recall]                    # against --baseline

A bar on a metric that nothing in the suite asks for is not met: what was not measured was not shown to be good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml

from eval.compare import ERRORS
from eval.report.document import BarResult, Comparison, Figure, GateResult, Report
from eval.validation import validated
from rag.errors import SourceError

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bound on a figure of a metric, over all items or over those of a tag; several bounds must all hold."""

    metric: str
    tag: str = ""
    value_at_least: float | None = None
    value_at_most: float | None = None
    lower_at_least: float | None = None
    upper_at_most: float | None = None

    __pydantic_config__: ClassVar = _STRICT


@dataclass(frozen=True, slots=True)
class Gate:
    """What a run must clear.

    Attributes:
        gate: Version of this form; 1.
        no_drop: Metrics that may not be significantly worse than in the baseline; needs one.
        max_errors: Items whose asking may fail.
    """

    gate: int
    bars: tuple[Bar, ...] = ()
    no_drop: tuple[str, ...] = ()
    max_errors: int = 0

    __pydantic_config__: ClassVar = _STRICT


def read_gate(path: Path, metrics: Sequence[str]) -> Gate:
    """Reads a gate.

    Args:
        path: YAML.
        metrics: Names that a bar may use.

    Raises:
        SourceError: The file cannot be read, or a bar is not one; the message says which.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; give a gate in YAML") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    gate = validated(Gate, data, str(path))
    if gate.gate != 1:
        raise SourceError(f"{path}: field gate: this program knows gates of version 1, not {gate.gate}")
    if not gate.bars and not gate.no_drop:
        raise SourceError(f"{path} states no bar; a gate that cannot fail is none")
    for number, bar in enumerate(gate.bars):
        if bar.metric not in metrics:
            raise SourceError(
                f"{path}: field bars.{number}.metric: there is no {bar.metric!r}; there are {', '.join(metrics)}"
            )
        if not _bounds(bar):
            raise SourceError(
                f"{path}: field bars.{number}: give value_at_least, value_at_most, lower_at_least or upper_at_most"
            )
    if unknown := [name for name in gate.no_drop if name not in metrics]:
        raise SourceError(f"{path}: field no_drop: there is no {unknown[0]!r}; there are {', '.join(metrics)}")
    return gate


def judge_gate(gate: Gate, report: Report, comparison: Comparison | None) -> GateResult:
    """Holds a report to a gate.

    Raises:
        SourceError: The gate forbids drops and there is nothing to compare with.
    """
    bars = [
        BarResult(f"errors at most {gate.max_errors}", report.run.errors <= gate.max_errors, str(report.run.errors))
    ]
    for bar in gate.bars:
        figures = report.by_tag.get(bar.tag, {}) if bar.tag else report.metrics
        bars += _held(bar, figures.get(bar.metric))
    if gate.no_drop and comparison is None:
        raise SourceError("the gate forbids drops against a baseline; give one with --baseline REPORT")
    for metric in (*gate.no_drop, ERRORS) if gate.no_drop and comparison else ():
        change = comparison.changes.get(metric) if comparison else None
        found = f"{change.difference}, p {change.p_adjusted:.3f}" if change else "no item has it in both runs"
        bars.append(BarResult(f"{metric}: no significant drop", bool(change) and change.verdict != "worse", found))  # type: ignore[union-attr]
    return GateResult(all(bar.met for bar in bars), tuple(bars))


def _bounds(bar: Bar) -> dict[str, float]:
    names = ("value_at_least", "value_at_most", "lower_at_least", "upper_at_most")
    return {name: value for name in names if (value := getattr(bar, name)) is not None}


def _held(bar: Bar, figure: Figure | None) -> list[BarResult]:
    results = []
    for bound, limit in _bounds(bar).items():
        side, _, way = bound.partition("_at_")
        words = f"{bar.metric}{f' of {bar.tag}' if bar.tag else ''}: {_SIDES[side]} at {way} {limit:g}"
        value = None if figure is None else {"value": figure.value, "lower": figure.low, "upper": figure.high}[side]
        if value is None:
            results.append(BarResult(words, False, "not measured: nothing in the suite asks for it"))
        else:
            met = value >= limit if way == "least" else value <= limit
            results.append(BarResult(words, met, f"{figure} (n {figure.n})" if figure else ""))
    return results


_SIDES = {"value": "value", "lower": "lower bound", "upper": "upper bound"}
