"""Models of sentence-transformers by name or path; the one place that imports it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelUnavailableError

_Model = TypeVar("_Model")
_ROWS = 16


class PairScorer(Protocol):
    """Tells how likely the first text of a pair supports the second."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Returns one probability in [0, 1] per pair of evidence and claim, in order."""


class CrossEncoderScorer:
    """Any CrossEncoder or sequence-classification model: one output, or the label that says supported or entailed.

    Args:
        name: Path, or name on the hub.

    Raises:
        ModelUnavailableError: There is no such model, or none of its labels says that a text is supported.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        advice = "set verifier to builtin, or name the folder or the hub name of a sequence-classification model"
        self._model: Any = _load(name, CrossEncoder, advice)
        labels = {int(i): str(label).lower() for i, label in self._model.config.id2label.items()}
        self._supported = _supported_label(labels)
        if self._supported is None and len(labels) > 1:
            raise ModelUnavailableError(
                f"model {name} has the labels {', '.join(labels.values())}, and none says supported; {advice}"
            )

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Returns one probability in [0, 1] per pair of evidence and claim, in order."""
        logits = np.asarray(
            self._model.predict(list(pairs), batch_size=_ROWS, show_progress_bar=False, activation_fn=_identity()),
            dtype=np.float64,
        ).reshape(len(pairs), -1)
        if logits.shape[1] == 1:
            return [float(p) for p in 1 / (1 + np.exp(-logits[:, 0]))]
        return [float(p) for p in _softmax(logits)[:, self._supported]]


class RelevanceScorer:
    """Any CrossEncoder that gives one score for a question and a text.

    Args:
        name: Path, or name on the hub.

    Raises:
        ModelUnavailableError: There is no such model, or it gives several scores.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        advice = "set reranker to none, or name the folder or the hub name of a reranking CrossEncoder"
        self._model: Any = _load(name, CrossEncoder, advice)
        outputs = int(self._model.config.num_labels)
        if outputs != 1:
            raise ModelUnavailableError(f"model {name} gives {outputs} scores, and a reranker gives one; {advice}")

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Returns one score in [0, 1] per pair of question and text, in order."""
        logits = np.asarray(
            self._model.predict(list(pairs), batch_size=_ROWS, show_progress_bar=False, activation_fn=_identity()),
            dtype=np.float64,
        ).reshape(len(pairs))
        return [float(p) for p in 1 / (1 + np.exp(-logits))]


def load_bi_encoder(name: str, advice: str) -> Any:
    """Returns a ``SentenceTransformer`` on the processor.

    Args:
        name: Path, or name on the hub.
        advice: What to do when there is none, for the error.

    Raises:
        ModelUnavailableError: The model is not at that path, or has no such name on the hub, or the hub cannot be
            reached.
    """
    from sentence_transformers import SentenceTransformer

    return _load(name, SentenceTransformer, advice)


def _load(name: str, model: Callable[..., _Model], advice: str) -> _Model:
    path = Path(name).expanduser()
    is_path = path.exists() or name.startswith((".", "~", "/", "\\")) or path.is_absolute()
    if is_path and not (path / "config.json").exists() and not (path / "modules.json").exists():
        raise ModelUnavailableError(f"{name}: this folder holds no sentence-transformers model; {advice}")
    source = str(path) if is_path else name
    try:
        try:
            return model(source, device="cpu", local_files_only=True)
        except (OSError, ValueError):
            if is_path:
                raise
            return model(source, device="cpu")
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailableError(
            f"model {name} could not be loaded ({reason}); check the name and the network, or {advice}"
        ) from error


def _supported_label(labels: dict[int, str]) -> int | None:
    """Returns which output says supported: by its name, or of two unnamed ones the second, as MiniCheck has it."""
    for place, label in labels.items():
        if label.startswith(("entail", "support", "consistent", "faithful", "factual", "true", "correct")):
            return place
    return 1 if sorted(labels.values()) == ["label_0", "label_1"] else None


def _identity() -> Any:
    def unchanged(logits: Any) -> Any:
        return logits

    return unchanged


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)
