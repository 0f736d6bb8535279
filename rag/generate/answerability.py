"""Whether passages answer a question at all, judged from cheap signals before anything is generated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.check.disagreement.stating import sentences_stating
from rag.check.events import kindred
from rag.check.modality import is_statement
from rag.check.names import find_names, spelled_otherwise
from rag.check.support import Idf
from rag.check.words import content_stems, plain, stem_keys
from rag.index.embedding import Embedder
from rag.index.recent_vectors import RecentVectors
from rag.types import RetrievedPassage, Span

# Logistic regression on 150 answerable and 150 unanswerable questions with one passage each (clapnq_dev), chosen and
# fitted by `python -m eval.bench.answerability_fit FOLDER --news FOLDER --index DIR`. Tenfold cross-validated AUC .909
# (.892 without the headline). On 720
# passages retrieved for 90 questions about news of 2022 the AUC is .745 (.728). Words that only the headline has are
# weak evidence, which is why its weight is negative: the coverage counts them already.
_WEIGHTS = (5.93, 9.12, 4.44, -4.02)
_BIAS = -9.97
_KINDRED = 0.7
_STATED = 0.6  # at least, for a passage with a sentence whose wording shows the value asked for


@dataclass(frozen=True, slots=True)
class AssessedSentence:
    """A source sentence, its cosine to the question, and the share of the question's words it has.

    ``states`` tells that its wording shows the number or day asked for.
    """

    passage: RetrievedPassage
    span: Span
    text: str
    cosine: float
    coverage: float
    states: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of passages as evidence for one question.

    Attributes:
        sentences: Every sentence of the passages, in order.
        answerable: Probability in [0, 1] that a passage states the answer, by passage id.
        signals: What that probability was computed from: the arguments of ``answerable``, by passage id.
    """

    sentences: tuple[AssessedSentence, ...]
    answerable: dict[str, float]
    signals: dict[str, tuple[float, float, float, float]]


class Assessor:
    """Assesses passages without a language model.

    Args:
        embedder: Compares sentences with the question.
        idf: Weight of a word stem in the corpus.
    """

    def __init__(self, embedder: Embedder, idf: Idf) -> None:
        self._vectors = RecentVectors(embedder)
        self._idf = idf

    def assess(self, question: str, passages: Sequence[RetrievedPassage]) -> Assessment:
        """Returns what the sentences and passages are worth as evidence for a question."""
        places = [(p, span, p.passage.words(span)) for p in passages for span in p.passage.sentences]
        vectors = self._vectors.of([question, *(text for _, _, text in places)])
        # Rounded, since the last digits depend on what else was embedded with a text.
        cosines = np.round(vectors[1:] @ vectors[0], 5).tolist()
        coverage = _Coverage(question, self._idf)
        stating = sentences_stating(question, passages)
        sentences = tuple(
            AssessedSentence(
                p, span, text, cosine, coverage.of(f"{p.title} {text}"), (p.passage.article_id, span) in stating
            )
            for (p, span, text), cosine in zip(places, cosines, strict=True)
        )
        best: dict[str, float] = {}
        for sentence in sentences:
            if not is_statement(sentence.text):  # a question or teaser is close to the question and answers nothing
                continue
            key = sentence.passage.passage.id
            best[key] = max(best.get(key, -1.0), sentence.cosine)
        signals = {
            p.passage.id: (
                best.get(p.passage.id, -1.0),
                p.cosine or 0.0,
                coverage.of(f"{p.title} {p.passage.shown()}"),
                coverage.of(p.title),
            )
            for p in passages
        }
        likely = {key: answerable(*found) for key, found in signals.items()}
        likely |= {s.passage.passage.id: max(_STATED, likely[s.passage.passage.id]) for s in sentences if s.states}
        return Assessment(sentences, likely, signals)


def answerable(sentence_cosine: float, passage_cosine: float, coverage: float, title_coverage: float) -> float:
    """Returns the probability in [0, 1] that a passage answers a question.

    Args:
        sentence_cosine: Cosine of the question and the passage's closest sentence.
        passage_cosine: Cosine of the question and the passage.
        coverage: Share of the question's content words, weighted by rarity, that the passage or its headline has.
        title_coverage: The same share for the headline alone.
    """
    parts = zip(_WEIGHTS, (sentence_cosine, passage_cosine, coverage, title_coverage), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in parts) + _BIAS)))


class _Coverage:
    """The share of a question's content words that a text has, weighted by rarity.

    A word for the same kind of event counts less than the word itself.
    """

    def __init__(self, question: str, idf: Idf) -> None:
        self._weights = {stem: idf(stem) for stem in content_stems(question)}
        self._kindred = {stem: kindred(stem) for stem in self._weights}
        self._names = tuple(find_names(plain(question)))
        self._total = sum(self._weights.values())

    def of(self, text: str) -> float:
        present = set(content_stems(text))
        present.update(self._spelled_otherwise(text, present))
        found = 0.0
        for stem, weight in self._weights.items():
            if stem in present:
                found += weight
            elif not present.isdisjoint(self._kindred[stem]):
                found += _KINDRED * weight
        return found / self._total if self._total else 0.0

    def _spelled_otherwise(self, text: str, present: set[str]) -> set[str]:
        absent = {name: stem_keys([name.parts[-1].key])[0] for name in self._names}
        absent = {name: stem for name, stem in absent.items() if stem not in present}
        read = plain(text) if absent else ""
        return {stem for name, stem in absent.items() if spelled_otherwise(name, read)}
