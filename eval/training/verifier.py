"""Trains the built-in verifier and reports how it does on documents it has not seen.

Run as::

    python -m eval.training.verifier JUDGE_DIR [--write] [--curve]

``JUDGE_DIR`` holds files ``NAME.jsonl.gz`` of records ``{id, doc, claim, label}``, and may hold ``ragtruth_sentences``
with labels of single sentences. Printed are, for each data set: balanced accuracy at the even line, AUROC and
calibration error on unseen documents by cross-validation, of single sentences and of whole texts; the same for RAGTruth
by a model that never saw RAGTruth; with ``--curve``, what more documents would bring; and the word-overlap rule in the
same run. ``--write`` fits to everything and replaces ``rag/check/models/builtin.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.metrics.classification import balanced_accuracy, estimates
from eval.training.examples import EDITS, Example, edited, examples, read_sentences
from eval.training.fitting import (
    IMPORTANCE,
    Floats,
    cross_fit,
    encoded,
    fit_sentences,
    fit_texts,
    log_odds,
    platt,
)
from rag.check.builtin import LogisticModel, logistic, text_features

MODEL = Path("rag/check/models/builtin.json")
_NATURAL = ("ragtruth_summary", "ragtruth_qa")
"""Answers and summaries of present models with their natural share of mistakes, for calibrating probabilities."""

_FALSE_SUPPORT = 0.03
_TIMES_WORSE = 3.0
_OVERLAP = "covered"
_PARTS = 6


def main() -> int:
    """Prints the report, and writes the model when asked to."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help=f"fit to everything and replace {MODEL}")
    parser.add_argument(
        "--curve", action="store_true", help="also fit to an eighth, a quarter and half of the documents"
    )
    arguments = parser.parse_args()
    judged = read_sentences(arguments.folder)
    known = examples([*judged, *edited(judged)])
    unseen = cross_fit(known)
    print(f"{len(known):,} sentences, {len({e.document for e in known}):,} documents")
    _report("sentences, cross-validated", known, unseen.whole)
    _report("sentences against what would be cited", known, unseen.cited)
    _report("sentences, word overlap", known, _overlap(known))
    sentence, text, even = _calibrated(known, unseen.whole, unseen.cited)
    _report_texts("texts, cross-validated", known, _by_text(known, unseen.whole, sentence))
    others = {name: weight for name, weight in IMPORTANCE.items() if name not in (*_NATURAL, EDITS)}
    if rest := [e for e in known if e.dataset in others]:
        natural = [e for e in known if e.dataset in _NATURAL]
        foreign = log_odds(fit_sentences(rest, others), natural)
        _report("sentences, trained without RAGTruth", natural, foreign.whole)
    if arguments.curve:
        _curve(known)
    if arguments.write:
        supported_at, unsupported_below = _lines(known, unseen.cited, sentence)
        final = replace(fit_sentences(known), slope=sentence[0], offset=sentence[1])
        content = {
            "sentence": encoded(final),
            "text": encoded(text),
            "thresholds": {
                "supported_at": round(supported_at, 3),
                "unsupported_below": round(unsupported_below, 3),
                "sentence_even": round(logistic(sentence[1]), 4),
                "text_even": round(even, 4),
            },
        }
        MODEL.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {MODEL}: {content['thresholds']}")
    return 0


def _report(title: str, known: Sequence[Example], scores: Floats) -> None:
    print(f"\n{title}")
    for name in dict.fromkeys(e.dataset for e in known if e.dataset != EDITS):
        places = [i for i, e in enumerate(known) if e.dataset == name and e.label is not None]
        labels = [bool(known[i].label) for i in places]
        odds = scores[places]
        found = estimates(
            labels, [logistic(x) for x in odds], (odds >= 0).tolist(), [known[i].document for i in places]
        )
        print(f"  {name:18s} balanced accuracy {found['balanced_accuracy']}, AUROC {found['auroc']}")


def _report_texts(title: str, known: Sequence[Example], supports: Mapping[str, Sequence[float]]) -> None:
    print(f"\n{title}")
    facts = {e.text: e for e in known}
    parts = {key: int(facts[key].document, 16) % _PARTS for key in supports}
    scored: dict[str, tuple[float, bool]] = {}
    for part in range(_PARTS):
        rest = {key: found for key, found in supports.items() if parts[key] != part}
        text, even = _text_model(rest, facts)
        for key in (key for key in supports if parts[key] == part):
            scored[key] = (probability := text.probability(text_features(supports[key])), probability >= even)
    for name in dict.fromkeys(e.dataset for e in known if e.dataset != EDITS):
        keys = [key for key in supports if facts[key].dataset == name]
        found = estimates(
            [facts[k].text_label for k in keys], [scored[k][0] for k in keys], [scored[k][1] for k in keys],
            [facts[k].document for k in keys],
        )  # fmt: skip
        print(f"  {name:18s} " + ", ".join(f"{metric} {value}" for metric, value in found.items()))


def _text_model(supports: Mapping[str, Sequence[float]], facts: Mapping[str, Example]) -> tuple[LogisticModel, float]:
    """Fits the model of texts, calibrated on natural ones, and returns it with its even line."""
    several = {key: found for key, found in supports.items() if len(found) > 1}
    model = fit_texts(
        several, {k: facts[k].text_label for k in several}, {k: facts[k].dataset for k in several}
    )  # fmt: skip
    natural = [key for key in several if facts[key].dataset in _NATURAL]
    odds = np.array([model.log_odds(text_features(several[key])) for key in natural])
    slope, offset = platt(odds, np.array([facts[key].text_label for key in natural]))
    return replace(model, slope=slope, offset=offset), logistic(offset)


def _calibrated(
    known: Sequence[Example], whole: Floats, cited: Floats
) -> tuple[tuple[float, float], LogisticModel, float]:
    natural = [i for i, e in enumerate(known) if e.dataset in _NATURAL and e.label is not None]
    labels = np.array([bool(known[i].label) for i in natural])
    sentence = platt(np.concatenate([whole[natural], cited[natural]]), np.concatenate([labels, labels]))
    text, even = _text_model(_by_text(known, whole, sentence), {e.text: e for e in known})
    return sentence, text, even


def _by_text(known: Sequence[Example], scores: Floats, calibration: tuple[float, float]) -> dict[str, list[float]]:
    """Returns the calibrated supports of the sentences of each text."""
    found: dict[str, list[float]] = {}
    for example, score in zip(known, scores, strict=True):
        found.setdefault(example.text, []).append(logistic(calibration[0] * score + calibration[1]))
    return found


def _lines(known: Sequence[Example], cited: Floats, calibration: tuple[float, float]) -> tuple[float, float]:
    """Returns where supported ends and where unsupported begins, on sentences against what they would cite.

    The first is the lowest support above which at most ``_FALSE_SUPPORT`` are wrong, the second the highest below which
    sentences are wrong ``_TIMES_WORSE`` times as often as on average; both in each of the natural data sets.
    """
    lowest, highest = [], []
    for name in _NATURAL:
        places = [i for i, e in enumerate(known) if e.dataset == name and e.label is not None]
        support = np.array([logistic(calibration[0] * cited[i] + calibration[1]) for i in places])
        right = np.array([bool(known[i].label) for i in places])
        order = np.argsort(-support)
        counts = np.arange(1, len(order) + 1)
        above = np.cumsum(~right[order]) / counts
        below = np.cumsum(~right[order[::-1]]) / counts
        ends = np.flatnonzero(above <= _FALSE_SUPPORT)[-1]
        begins = np.flatnonzero(below >= min(1.0, _TIMES_WORSE * (~right).mean()))[-1]
        lowest.append(float(support[order][ends]))
        highest.append(float(support[order[::-1]][begins]))
        print(
            f"{name}: supported from {lowest[-1]:.3f} ({(ends + 1) / len(order):.0%} of sentences), unsupported below "
            f"{highest[-1]:.3f} ({(begins + 1) / len(order):.0%}, of which {below[begins]:.0%} are wrong)"
        )
    return max(lowest), min(highest)


def _overlap(known: Sequence[Example]) -> Floats:
    """Scores by the word-overlap rule, its line drawn on the other documents of the same data set."""
    parts = np.array([int(e.document, 16) % _PARTS for e in known])
    values = np.array([e.features[_OVERLAP] for e in known])
    scores = np.zeros(len(known))
    for name in dict.fromkeys(e.dataset for e in known):
        inside = np.array([e.dataset == name for e in known])
        labelled = inside & np.array([e.label is not None for e in known])
        for part in range(_PARTS):
            rest = labelled & (parts != part)
            truth = np.array([bool(e.label) for e in known])[rest]
            line = max(np.unique(values[rest]), key=lambda at: balanced_accuracy(truth, values[rest] >= at))
            scores[inside & (parts == part)] = values[inside & (parts == part)] - line
    return scores


def _curve(known: Sequence[Example]) -> None:
    documents = sorted({e.document for e in known})
    for share in (8, 4, 2):
        kept = frozenset(d for d in documents if int(d[-4:], 16) % share == 0)
        _report(f"sentences, trained on 1 of {share} documents", known, cross_fit(known, among=kept).whole)


if __name__ == "__main__":
    raise SystemExit(main())
