"""What a report holds: the frozen form of ``report.json``, which ``report.schema.json`` beside this file describes.

``schema`` grows by one when a field changes its meaning or goes; new fields alone do not change it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.statistics import Estimate
from eval.validation import as_json, load_json, validated
from rag.errors import SourceError

SCHEMA = 1
FILE = "report.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95% interval; ``null`` where nothing in the suite asks for it."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, estimate: Estimate) -> Figure:
        """Returns an estimate as a figure."""
        value, low, high = (
            None if math.isnan(x) else round(x, 6) for x in (estimate.value, estimate.low, estimate.high)
        )
        return cls(value, low, high, estimate.n)

    def __str__(self) -> str:
        if self.value is None:
            return "not asked for"
        if self.low is None or self.high is None:
            return f"{self.value:.3f} [unknown]"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """What a metric means: its definition, which way is good, and whether it speaks of quality or of the machine."""

    definition: str
    better: str
    is_quality: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A cited place in its source: the cited words and what stands around them."""

    n: int
    article_id: str
    title: str
    publisher: str
    published: str | None
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item of the suite and what became of it.

    Attributes:
        cluster: What its scores are drawn with.
        scores: By metric; means over repeats. What the item does not ask for is missing.
        passed: Whether everything the item asks for came out right, in every repeat.
        problems: What did not, one line each.
        expected: What the item asks for, by field of the suite.
        answer: The first repeat's answer in the form of ``dateline ask --json``; ``null`` after an error.
        judged: Of each sentence of that answer, whether its citations bear it out; ``null`` is no verdict.
        texts: The text of each repeat's answer, empty for an abstention.
        error: Why the first failed repeat failed.
    """

    id: str
    question: str
    tags: tuple[str, ...]
    cluster: str
    scores: dict[str, float]
    passed: bool
    problems: tuple[str, ...] = ()
    expected: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    judged: tuple[bool | None, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    texts: tuple[str, ...] = ()
    error: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A metric of two runs over the items that both have: new minus base.

    Attributes:
        p: Two-sided, of a paired permutation test.
        p_adjusted: Corrected for the number of metrics compared.
        verdict: ``better``, ``worse`` or ``no change seen``.
        noticeable: The least drop that this comparison would have noticed four times in five; ``null`` when none.
        missing: Items of the base that have this figure there and not here.
    """

    base: float
    new: float
    difference: Figure
    p: float
    p_adjusted: float
    verdict: str
    noticeable: float | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that came out otherwise than in the base run."""

    id: str
    passed_before: bool
    passed_now: bool
    text_before: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one suite, item by item."""

    base: str
    items: int
    changes: dict[str, Change]
    item_changes: tuple[ItemChange, ...]
    differing: dict[str, tuple[str, str]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BarResult:
    """One bar of a gate and whether it is met."""

    bar: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate and how it came out."""

    passed: bool
    bars: tuple[BarResult, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """How the answers came about.

    Attributes:
        stored: Answers that were there already, from a cache or a run that was broken off.
        flip_rate: Share of items that did not come out the same in all repeats; ``null`` without repeats.
        models: How many answers each model gave.
    """

    finished: str
    seconds: float
    items: int
    repeats: int
    answers: int
    stored: int
    errors: int
    unscored: int
    flip_rate: Figure | None
    models: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole evaluation."""

    schema: int
    suite: str
    description: str
    fingerprint: dict[str, str]
    run: Run
    metrics: dict[str, Figure]
    facts: dict[str, MetricFacts]
    by_tag: dict[str, dict[str, Figure]]
    noticeable_drop: dict[str, float | None]
    corrected: dict[str, Figure]
    items: tuple[ItemResult, ...]
    warnings: tuple[str, ...] = ()
    comparison: Comparison | None = None
    gate: GateResult | None = None


def read_report(path: Path) -> Report:
    """Reads ``report.json``, or the one in a folder.

    Raises:
        SourceError: There is none, or it is of another kind.
    """
    file = path / FILE if path.is_dir() else path
    data = load_json(file, f"a {FILE}, or a folder with one, that `dateline eval run --out` wrote")
    if isinstance(data, dict) and isinstance(data.get("schema"), int) and data["schema"] != SCHEMA:
        raise SourceError(f"{file} is a report of schema {data['schema']}, not {SCHEMA}; run the suite again")
    return validated(Report, data, str(file))


def without_texts(report: Report) -> Report:
    """Returns what a later run can be compared with, and nothing else: no answer, no source, no trace."""
    items = tuple(
        replace(
            item, answer=None, excerpts=(), texts=(), judged=(), expected={}, trace="",
            error="failed" if item.error else "",
        )
        for item in report.items
    )  # fmt: skip
    return replace(report, items=items, comparison=None, gate=None, by_tag={})


def encode_report(report: Report) -> Any:
    """Returns the JSON of a report."""
    return as_json(Report, report)
