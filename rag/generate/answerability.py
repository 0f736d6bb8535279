"""Whether passages answer a question at all, judged from cheap signals before anything is generated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.check.support import Idf
from rag.check.words import content_stems
from rag.index.embedding import Embedder
from rag.types import RetrievedPassage, Span

# Logistic regression on 150 answerable and 150 unanswerable questions with one passage each (clapnq_dev), tenfold
# cross-validated AUC .90: best sentence cosine, passage cosine, share of the question's words in the passage.
_WEIGHTS = (5.35, 6.12, 2.48)
_BIAS = -8.03


@dataclass(frozen=True, slots=True)
class AssessedSentence:
    """A source sentence, its cosine to the question, and the share of the question's words it has."""

    passage: RetrievedPassage
    span: Span
    text: str
    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of passages as evidence for one question.

    Attributes:
        sentences: Every sentence of the passages, in order.
        answerable: Probability in [0, 1] that a passage states the answer, by passage id.
    """

    sentences: tuple[AssessedSentence, ...]
    answerable: dict[str, float]


class Assessor:
    """Assesses passages without a language model.

    Args:
        embedder: Compares sentences with the question.
        idf: Weight of a word stem in the corpus.
    """

    def __init__(self, embedder: Embedder, idf: Idf) -> None:
        self._embedder = embedder
        self._idf = idf

    def assess(self, question: str, passages: Sequence[RetrievedPassage]) -> Assessment:
        """Returns what the sentences and passages are worth as evidence for a question."""
        places = [(p, span, p.passage.words(span)) for p in passages for span in p.passage.sentences]
        vectors = self._embedder.embed_passages([question, *(text for _, _, text in places)])
        cosines = (vectors[1:] @ vectors[0]).tolist()
        weights = {stem: self._idf(stem) for stem in content_stems(question)}
        sentences = tuple(
            AssessedSentence(p, span, text, cosine, _coverage(weights, f"{p.title} {text}"))
            for (p, span, text), cosine in zip(places, cosines, strict=True)
        )
        best: dict[str, float] = {}
        for sentence in sentences:
            key = sentence.passage.passage.id
            best[key] = max(best.get(key, -1.0), sentence.cosine)
        return Assessment(
            sentences,
            {
                p.passage.id: answerable(
                    best.get(p.passage.id, -1.0),
                    p.cosine or 0.0,
                    _coverage(weights, f"{p.title} {p.passage.shown()}"),
                )
                for p in passages
            },
        )


def answerable(sentence_cosine: float, passage_cosine: float, coverage: float) -> float:
    """Returns the probability in [0, 1] that a passage answers a question.

    Args:
        sentence_cosine: Cosine of the question and the passage's closest sentence.
        passage_cosine: Cosine of the question and the passage.
        coverage: Share of the question's content words, weighted by rarity, that the passage has.
    """
    parts = zip(_WEIGHTS, (sentence_cosine, passage_cosine, coverage), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in parts) + _BIAS)))


def _coverage(weights: dict[str, float], text: str) -> float:
    total = sum(weights.values())
    present = set(content_stems(text))
    return sum(weight for stem, weight in weights.items() if stem in present) / total if total else 0.0
