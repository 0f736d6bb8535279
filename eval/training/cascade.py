"""Fits how the built-in verifier and the embedded model's yes or no become one verdict, and what that gains.

Run as::

    python -m eval.training.cascade JUDGE_DIR ANSWERS [--documents 24] [--write]

Supports come from built-in models that never saw the document (``eval.training.verifier``). The embedded model is asked
about the sentences of the middle zone of so many RAGTruth documents, each against its whole document; ``ANSWERS``
keeps what it said, one JSON line each, so that an interrupted run goes on where it stopped. Printed are balanced
accuracy and AUROC of both on all sentences of these documents, and the paired gain with its interval, the mixture
being fitted to the other documents. ``--write`` replaces ``rag/check/models/cascade.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.metrics.classification import auroc, balanced_accuracy
from eval.statistics import clustered_bootstrap
from eval.training.examples import EDITS, Sentence, digest, edited, examples, read_sentences
from eval.training.fitting import Floats, cross_fit, platt
from rag.check.builtin import log_odds, logistic
from rag.config import load_settings
from rag.generate.llm import load_model
from rag.generate.prompts import statement_messages

MIXTURE = Path("rag/check/models/cascade.json")
_NATURAL = ("ragtruth_summary", "ragtruth_qa")
_ZONE = 0.45
"""Share of sentences, the least supported ones, that the language model is asked about."""

_PARTS = 6


@dataclass(frozen=True, slots=True)
class Doubtful:
    """The natural sentences, and what both verifiers say of them.

    Attributes:
        odds: Calibrated log odds of the built-in verifier.
        yes: Log odds of the language model's P(yes); NaN where it was not asked.
    """

    labels: NDArray[np.bool_]
    sets: NDArray[np.str_]
    documents: list[str]
    odds: Floats
    yes: Floats


def main() -> int:
    """Asks what is missing, prints the gain, and writes the mixture when told to."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--documents", type=int, default=24)
    parser.add_argument("--write", action="store_true", help=f"replace {MIXTURE}")
    arguments = parser.parse_args()
    found, zone = _doubtful(arguments.folder, arguments.answers, arguments.documents)
    mixed = np.array(found.odds)
    parts = np.array([int(document, 16) % _PARTS for document in found.documents])
    asked = ~np.isnan(found.yes)
    for part in range(_PARTS):
        weights = _fit(found, asked & (parts != part))
        inside = asked & (parts == part)
        mixed[inside] = _mix(weights, found, inside)
    even = _even(found.odds, found), _even(mixed, found)
    for name in _NATURAL:
        inside = np.flatnonzero(found.sets == name)
        clusters = [found.documents[i] for i in inside]
        for title, scores, line in (("built-in", found.odds, even[0]), ("cascade", mixed, even[1])):
            print(f"{name} {title}: balanced accuracy "
                  f"{clustered_bootstrap(clusters, _measure(found, inside, scores, line))}, AUROC "
                  f"{clustered_bootstrap(clusters, _ranking(found, inside, scores))}")  # fmt: skip
        print(f"{name} gain in AUROC: {clustered_bootstrap(clusters, _gain(found, inside, mixed))}")
    if arguments.write:
        builtin, model, offset = _fit(found, asked)
        content = {
            "mixture": {"low": 0.0, "high": round(logistic(zone), 4), "builtin": round(builtin, 4),
                        "model": round(model, 4), "offset": round(offset, 4)},
            "thresholds": {**json.loads(MIXTURE.with_name("builtin.json").read_text(encoding="utf-8"))["thresholds"],
                           "sentence_even": round(logistic(even[1]), 4)},
        }  # fmt: skip
        MIXTURE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {MIXTURE}")
    return 0


def _doubtful(folder: Path, answers: Path, most: int) -> tuple[Doubtful, float]:
    """Scores the natural sentences of so many documents, the model's answers included, and says where doubt ends."""
    judged = read_sentences(folder)
    rows = [*judged, *edited(judged)]
    scored = cross_fit(known := examples(rows)).whole
    natural = [i for i, e in enumerate(known) if e.dataset in _NATURAL and e.dataset != EDITS and e.label is not None]
    labels = np.array([bool(known[i].label) for i in natural])
    slope, offset = platt(scored[natural], labels)
    odds = slope * scored + offset
    zone = float(np.quantile(odds[natural], _ZONE))
    said = _said(answers)
    order = sorted({known[i].document for i in natural}, key=lambda d: (-_answered(d, rows, said), d))[:most]
    kept = [i for i in natural if known[i].document in order]
    wanted = [rows[i] for i in kept if odds[i] < zone]
    said = _ask([row for row in wanted if _key(row) not in said], answers, said)
    yes = [log_odds(said[_key(rows[i])]) if odds[i] < zone and _key(rows[i]) in said else np.nan for i in kept]
    return Doubtful(
        np.array([bool(known[i].label) for i in kept]), np.array([known[i].dataset for i in kept]),
        [known[i].document for i in kept], odds[kept], np.array(yes),
    ), zone  # fmt: skip


def _answered(document: str, rows: Sequence[Sentence], said: dict[str, float]) -> int:
    return sum(_key(row) in said for row in rows if digest(row.document) == document) if said else 0


def _key(row: Sentence) -> str:
    return hashlib.sha256(f"{row.document}\0{row.sentence}".encode("utf-8", "replace")).hexdigest()[:24]


def _said(answers: Path) -> dict[str, float]:
    if not answers.exists():
        return {}
    lines = answers.read_text(encoding="utf-8").splitlines()
    return {record["key"]: record["yes"] for record in map(json.loads, lines)}


def _ask(rows: Sequence[Sentence], answers: Path, said: dict[str, float]) -> dict[str, float]:
    if not rows:
        return said
    with closing(load_model(load_settings(model="embedded"))) as model, answers.open("a", encoding="utf-8") as out:
        for row in sorted(rows, key=lambda r: r.document):  # so that a server with a prompt cache reads each once
            yes, _ = model.probability_of_yes(statement_messages(row.document, row.sentence))
            said = {**said, _key(row): yes}
            out.write(json.dumps({"key": _key(row), "yes": round(yes, 5)}) + "\n")
            out.flush()
    return said


def _fit(found: Doubtful, places: NDArray[np.bool_]) -> tuple[float, float, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, max_iter=5_000)
    model.fit(np.column_stack([found.odds[places], found.yes[places]]), found.labels[places])
    (builtin, yes), offset = model.coef_[0], model.intercept_[0]
    return float(builtin), float(yes), float(offset)


def _mix(weights: tuple[float, float, float], found: Doubtful, places: NDArray[np.bool_]) -> Floats:
    mixed: Floats = weights[0] * found.odds[places] + weights[1] * found.yes[places] + weights[2]
    return mixed


def _even(scores: Floats, found: Doubtful) -> float:
    """Returns the line of best balanced accuracy, the mean over both sets."""
    lines = np.quantile(scores, np.linspace(0.02, 0.6, 59))
    value = [np.mean([balanced_accuracy(found.labels[s], scores[s] >= at) for s in _sets(found)]) for at in lines]
    return float(lines[int(np.argmax(value))])


def _sets(found: Doubtful) -> list[NDArray[np.intp]]:
    return [np.flatnonzero(found.sets == name) for name in _NATURAL]


_Measure = Callable[[NDArray[np.intp]], float]


def _measure(found: Doubtful, inside: NDArray[np.intp], scores: Floats, line: float) -> _Measure:
    return lambda i: balanced_accuracy(found.labels[inside[i]], scores[inside[i]] >= line)


def _ranking(found: Doubtful, inside: NDArray[np.intp], scores: Floats) -> _Measure:
    return lambda i: auroc(found.labels[inside[i]], scores[inside[i]])


def _gain(found: Doubtful, inside: NDArray[np.intp], mixed: Floats) -> _Measure:
    def gain(i: NDArray[np.intp]) -> float:
        places = inside[i]
        return auroc(found.labels[places], mixed[places]) - auroc(found.labels[places], found.odds[places])

    return gain


if __name__ == "__main__":
    raise SystemExit(main())
