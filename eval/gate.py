"""Gates: bars that a run must clear, written down in ``gate.yaml``, so that CI says no when quality falls.

::

    gate: 1
    max_errors: 0
    bars:
      - {metric: span_exactness, value_at_least: 1.0}
      - {metric: answer_correct, lower_at_least: 0.6}            # the lower bound of the interval
      - {metric: false_abstention, upper_at_most: 0.3, tag: single}
    no_drop: [answer_correct, citation_recall]                    # against --baseline

A bar on a metric that nothing in the suite asks for is not met: what was not measured was not shown to be good. Nor
is ``no_drop`` where a suite is too small to notice a drop, or where a fifth of the baseline items lack the figure now.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from eval.compare import ERRORS
from eval.metrics import all_metrics
from eval.report.document import BarResult, Change, Comparison, Figure, GateResult, Report
from eval.validation import STRICT, validated
from rag.errors import SourceError

_MISSING = 0.2  # of the baseline's items: a few answer or abstain otherwise each time


@dataclass(frozen=True, slots=True)
class Bar:
    """A bound on a figure of a metric, over all items or over those of a tag; several bounds must all hold."""

    metric: str
    tag: str = ""
    value_at_least: float | None = None
    value_at_most: float | None = None
    lower_at_least: float | None = None
    upper_at_most: float | None = None

    __pydantic_config__: ClassVar = STRICT


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

    __pydantic_config__: ClassVar = STRICT


def read_gate(path: Path) -> Gate:
    """Reads a gate in YAML.

    Raises:
        SourceError: The file cannot be read, or a bar is not one; the message says which.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; give a gate in YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError, KeyError, AttributeError, TypeError) as error:
        # The last four are what the YAML library raises at values that are not what their tag says.
        raise SourceError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    gate = validated(Gate, data, str(path))
    if gate.gate != 1:
        raise SourceError(f"{path}: field gate: this program knows gates of version 1, not {gate.gate}")
    if not gate.bars and not gate.no_drop:
        raise SourceError(f"{path} states no bar; a gate that cannot fail is none")
    if gate.max_errors < 0:
        raise SourceError(f"{path}: field max_errors: it cannot be less than 0")
    is_quality = {metric.name: metric.is_quality for metric in all_metrics()}
    for number, bar in enumerate(gate.bars):
        _check_bar(bar, f"{path}: field bars.{number}", is_quality)
    for name in gate.no_drop:
        if not is_quality.get(name):
            fitting = ", ".join(name for name, fits in is_quality.items() if fits)
            raise SourceError(f"{path}: field no_drop: {name!r} cannot be compared; these can: {fitting}")
    return gate


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML would keep the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"{twice!r} is there twice in one mapping, from line {node.start_mark.line + 1} on")
        return super().construct_mapping(node, deep)


def _check_bar(bar: Bar, where: str, is_quality: Mapping[str, bool]) -> None:
    if bar.metric not in is_quality:
        raise SourceError(f"{where}.metric: there is no {bar.metric!r}; there are {', '.join(is_quality)}")
    if bar.tag and not is_quality[bar.metric]:
        raise SourceError(f"{where}.tag: {bar.metric} is not measured by tag")
    if not _bounds(bar):
        raise SourceError(f"{where}: give value_at_least, value_at_most, lower_at_least or upper_at_most")
    for bound, limit in _bounds(bar).items():
        if not math.isfinite(limit) or (is_quality[bar.metric] and not 0 <= limit <= 1):
            raise SourceError(f"{where}.{bound}: {bar.metric} is a share; give a number from 0 to 1")


def require_baseline(gate: Gate, baseline: object | None) -> None:
    """Refuses a gate that forbids drops where there is nothing to compare with.

    Raises:
        SourceError: There is not.
    """
    if gate.no_drop and baseline is None:
        raise SourceError("the gate forbids drops against a baseline; give one with --baseline REPORT")


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
    require_baseline(gate, comparison)
    if comparison is not None and gate.no_drop:
        bars += [_no_drop(metric, comparison.changes.get(metric)) for metric in (*gate.no_drop, ERRORS)]
    return GateResult(all(bar.met for bar in bars), tuple(bars))


def _no_drop(metric: str, change: Change | None) -> BarResult:
    """Holds a metric to no significant drop; where none could be seen, none is ruled out."""
    words = f"{metric}: no significant drop"
    if change is None:
        return BarResult(words, False, "no item has it in both runs")
    if change.missing > _MISSING * (change.missing + change.difference.n):
        return BarResult(words, False, f"{change.missing} items of the baseline have no such figure now")
    if change.noticeable is None and metric != ERRORS:
        return BarResult(words, False, "too few items, or articles, to notice any drop")
    return BarResult(words, change.verdict != "worse", f"{change.difference}, p {change.p_adjusted:.3f}")


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
