"""Two runs of one suite side by side, paired by item."""

from __future__ import annotations

from collections.abc import Sequence

from eval.inference import ALPHA, adjusted, noticeable_drop, paired_difference
from eval.report.document import Change, Comparison, Figure, ItemChange, ItemResult, Report
from rag.errors import SourceError

ERRORS = "answered_without_error"


def compare(base: Report, new: Report, name: str, metrics: Sequence[str] | None = None) -> Comparison:
    """Compares two reports over the items they share.

    Args:
        base: The run to compare with.
        new: The run in question.
        name: What to call the base.
        metrics: Which metrics to test; by default all that speak of quality. The fewer, the smaller the drop that can
            be told from chance.

    Raises:
        SourceError: The reports share no item, or there is no metric of such a name that speaks of quality.
    """
    before = {item.id: item for item in base.items}
    pairs = [(before[item.id], item) for item in new.items if item.id in before]
    if not pairs:
        raise SourceError(f"{name} and this run share no item; compare two runs of one suite")
    known = [metric for metric, facts in new.facts.items() if facts.is_quality]
    chosen = metrics if metrics is not None else known
    if unknown := [metric for metric in chosen if metric not in known]:
        raise SourceError(f"no metric {unknown[0]!r} can be compared; these can: {', '.join(known)}")
    tested = {metric: _paired(metric, pairs) for metric in dict.fromkeys((*chosen, ERRORS))}
    found = {m: (paired_difference(b, n, c), b, n, c) for m, (b, n, c) in tested.items() if b}
    family = [metric for metric in found if metric != ERRORS]  # a crash is no matter of quality, nor of chance
    corrected = dict(zip(family, adjusted([found[metric][0].p for metric in family]), strict=True))
    corrected[ERRORS] = found[ERRORS][0].p
    changes = {}
    for metric, (difference, b, n, clusters) in found.items():
        better = new.facts[metric].better if metric in new.facts else "higher"
        gain = difference.estimate.value if better == "higher" else -difference.estimate.value
        seen = corrected[metric] < ALPHA
        changes[metric] = Change(
            base=sum(b) / len(b),
            new=sum(n) / len(n),
            difference=Figure.of(difference.estimate),
            p=difference.p,
            p_adjusted=corrected[metric],
            verdict=("better" if gain > 0 else "worse") if seen else "no change seen",
            noticeable=noticeable_drop(b, clusters, better=better, among=len(family)),
            missing=sum(_figure(metric, item) is not None for item in base.items) - len(b),
        )
    return Comparison(name, len(pairs), changes, _item_changes(pairs), _differing(base, new), _warnings(base, new))


def regressions(comparison: Comparison) -> list[str]:
    """Returns the metrics that are significantly worse."""
    return [metric for metric, change in comparison.changes.items() if change.verdict == "worse"]


def _paired(metric: str, pairs: Sequence[tuple[ItemResult, ItemResult]]) -> tuple[list[float], list[float], list[str]]:
    """Returns the figures of both runs, and the clusters, of the items that have one in both."""
    both = [(_figure(metric, base), _figure(metric, new), new.cluster) for base, new in pairs]
    have = [(b, n, cluster) for b, n, cluster in both if b is not None and n is not None]
    return [b for b, _, _ in have], [n for _, n, _ in have], [cluster for *_, cluster in have]


def _figure(metric: str, item: ItemResult) -> float | None:
    """Returns an item's score; whether it was answered at all is a score too."""
    return float(not item.error) if metric == ERRORS else item.scores.get(metric)


def _item_changes(pairs: Sequence[tuple[ItemResult, ItemResult]]) -> tuple[ItemChange, ...]:
    return tuple(
        ItemChange(new.id, base.passed, new.passed, base.texts[0] if base.texts else "")
        for base, new in pairs
        if base.passed != new.passed or (base.texts and base.texts != new.texts)
    )


def _differing(base: Report, new: Report) -> dict[str, tuple[str, str]]:
    names = dict.fromkeys((*base.fingerprint, *new.fingerprint))
    values = {name: (base.fingerprint.get(name, ""), new.fingerprint.get(name, "")) for name in names}
    return {name: pair for name, pair in values.items() if pair[0] != pair[1]}


def _warnings(base: Report, new: Report) -> tuple[str, ...]:
    found = []
    if base.fingerprint.get("suite") != new.fingerprint.get("suite"):
        found.append("the suite has changed between the runs; only items that both have are compared")
    if base.fingerprint.get("judge") != new.fingerprint.get("judge"):
        found.append("two judges judged the runs; differences in what they judge say nothing of the answers")
    return tuple(found)
