"""Fits the two logistic regressions of the built-in verifier, and scores sentences with models that never saw them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.training.examples import Example
from rag.check.builtin import LogisticModel, text_features

FOLDS = 6
_SENTENCE_PENALTY, _TEXT_PENALTY = 0.003, 0.01
_EQUAL = 1_000.0

# The kinds of text that Dateline writes count most. Machine summaries of 2018 to 2020 (cliff, qags, xsumfaith) fail in
# cruder ways, and all but one in ten of the last are wrong.
IMPORTANCE: Mapping[str, float] = {
    "ragtruth_summary": 1.0, "ragtruth_qa": 1.0, "edits": 0.5, "cliff": 0.35, "qags": 0.35, "xsumfaith_joined": 0.15,
}  # fmt: skip

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Scores of examples by models that did not see their documents, before calibration.

    Attributes:
        whole: Log odds of each example against its whole document.
        cited: The same against the sentences that would be cited.
    """

    whole: Floats
    cited: Floats


def fit_sentences(examples: Sequence[Example], importance: Mapping[str, float] = IMPORTANCE) -> LogisticModel:
    """Fits the model of single sentences to both views of every labelled example.

    In each data set the supported and the unsupported examples weigh alike, so that a model does not learn which data
    set has more mistakes; log odds of 0 are then where both kinds of mistake weigh alike.
    """
    known = [e for e in examples if e.label is not None]
    names = tuple(known[0].features)
    rows = [[view[name] for name in names] for e in known for view in (e.features, e.cited)]
    labels = [bool(e.label) for e in known for _ in range(2)]
    sets = [e.dataset for e in known for _ in range(2)]
    return _fit(names, rows, labels, sets, importance, _SENTENCE_PENALTY)


def fit_texts(
    supports: Mapping[str, Sequence[float]],
    labels: Mapping[str, bool],
    sets: Mapping[str, str],
    importance: Mapping[str, float] = IMPORTANCE,
) -> LogisticModel:
    """Fits the model of whole texts to the calibrated supports of their sentences, by id of the text."""
    described = {key: text_features(found) for key, found in supports.items()}
    names = tuple(next(iter(described.values())))
    rows = [[features[name] for name in names] for features in described.values()]
    return _fit(names, rows, [labels[k] for k in described], [sets[k] for k in described], importance, _TEXT_PENALTY)


def _fit(
    names: tuple[str, ...],
    rows: Sequence[Sequence[float]],
    labels: Sequence[bool],
    sets: Sequence[str],
    importance: Mapping[str, float],
    penalty: float,
) -> LogisticModel:
    from sklearn.linear_model import LogisticRegression

    matrix, truth = np.array(rows), np.array(labels)
    weights = _weights(np.array(sets), truth, importance)
    means, scales = matrix.mean(axis=0), matrix.std(axis=0)
    scales[scales == 0] = 1.0
    model = LogisticRegression(C=penalty, max_iter=5_000)
    model.fit((matrix - means) / scales, truth, sample_weight=weights)
    # A feature that never varies among these says nothing of where it does.
    coefficients = model.coef_[0]
    return LogisticModel(
        names, tuple(means.tolist()), tuple(scales.tolist()), tuple(coefficients.tolist()),
        float(model.intercept_[0]), 1.0, 0.0,
    )  # fmt: skip


def _weights(sets: NDArray[Any], labels: NDArray[np.bool_], importance: Mapping[str, float]) -> Floats:
    weights = np.zeros(len(labels))
    for name in np.unique(sets):
        for label in (True, False):
            inside = (sets == name) & (labels == label)
            if inside.any():
                weights[inside] = importance.get(str(name), 0.0) * _EQUAL / inside.sum()
    normalised: Floats = weights / weights.mean()
    return normalised


def log_odds(model: LogisticModel, examples: Sequence[Example]) -> Fitted:
    """Scores both views of examples."""
    return Fitted(
        np.array([model.log_odds(e.features) for e in examples]), np.array([model.log_odds(e.cited) for e in examples])
    )


def cross_fit(
    examples: Sequence[Example],
    importance: Mapping[str, float] = IMPORTANCE,
    among: Collection[str] | None = None,
) -> Fitted:
    """Scores each example by a model fitted to the other documents, in ``FOLDS`` parts.

    Args:
        examples: All of them; those of one document fall into one part.
        importance: Weight of each data set.
        among: The only documents to learn from, if any.
    """
    parts = np.array([int(e.document, 16) % FOLDS for e in examples])
    offered = np.array([among is None or e.document in among for e in examples])
    found = Fitted(np.zeros(len(examples)), np.zeros(len(examples)))
    for part in range(FOLDS):
        inside = np.flatnonzero(parts == part).tolist()
        model = fit_sentences([examples[i] for i in np.flatnonzero((parts != part) & offered).tolist()], importance)
        scored = log_odds(model, [examples[i] for i in inside])
        found.whole[inside], found.cited[inside] = scored.whole, scored.cited
    return found


def platt(scores: Floats, labels: NDArray[np.bool_], weights: Floats | None = None) -> tuple[float, float]:
    """Returns slope and offset that turn log odds into calibrated ones (Platt, 1999), fitted by likelihood."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=5_000)
    model.fit(scores.reshape(-1, 1), labels, sample_weight=weights)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def encoded(model: LogisticModel) -> dict[str, Any]:
    """Returns a model as JSON, to six digits."""
    return {
        name: [round(x, 6) if isinstance(x, float) else x for x in value]
        if isinstance(value, tuple)
        else round(value, 6)
        for name, value in asdict(model).items()
    }
