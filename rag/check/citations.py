"""Citations: which source sentences carry an answer sentence, exact spans, and markers a model wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from rag.check.support import Idf, figures
from rag.check.words import content_stems, plain
from rag.types import Span

MAX_CITATIONS = 3
_MIN_GAIN = 0.05
_PHRASE_WEIGHT = 0.5
_FIGURE_WEIGHT = 2.0  # a sentence that states a number should cite where the number stands


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A source sentence that may be cited: its place in an article version, and its words."""

    article_id: str
    version: str
    span: Span
    text: str


def choose_citations(
    sentence: str,
    candidates: Sequence[CitedSentence],
    *,
    idf: Idf | None = None,
    limit: int = MAX_CITATIONS,
) -> tuple[CitedSentence, ...]:
    """Returns the fewest source sentences that together carry ``sentence``, in the order of ``candidates``.

    Greedy: each step takes the candidate that adds most to the stems and stem pairs covered so far, of equals the
    neighbour of one already taken, until none adds ``_MIN_GAIN`` of the whole. Returns nothing when no candidate
    shares a content word. The gain and the weight of pairs were chosen on one half of CLAP-NQ, the weight of
    figures on RAGTruth (``eval.bench.citations``).
    """
    wanted = _features(sentence)
    weights = {feature: _weight(feature, idf) for feature in wanted}
    total = fsum(weights.values())  # exact, so that the order of a set never decides
    if not total:
        return ()
    offered = [_features(candidate.text) & wanted for candidate in candidates]
    chosen: list[int] = []
    covered: set[tuple[str, ...]] = set()
    while len(chosen) < limit:
        best, best_rank = -1, (0.0, False)
        for i, features in enumerate(offered):
            if i in chosen:
                continue
            gain = fsum(weights[feature] for feature in features - covered) / total
            rank = (gain, any(_adjacent(candidates, i, j) for j in chosen))
            if gain and rank > best_rank:
                best, best_rank = i, rank
        if best < 0 or (chosen and best_rank[0] < _MIN_GAIN):
            break
        chosen.append(best)
        covered |= offered[best]
    return tuple(candidates[i] for i in sorted(_needed(chosen, offered, weights, total)))


def _features(text: str) -> set[tuple[str, ...]]:
    found = content_stems(figures(plain(text)))
    return {(stem,) for stem in found} | set(pairwise(found))


def _weight(feature: tuple[str, ...], idf: Idf | None) -> float:
    weight = sum(idf(stem) if idf else 1.0 for stem in feature) / len(feature)
    weight *= _PHRASE_WEIGHT if len(feature) > 1 else 1.0
    return weight * _FIGURE_WEIGHT if any(stem.isdigit() for stem in feature) else weight


def _adjacent(candidates: Sequence[CitedSentence], i: int, j: int) -> bool:
    return abs(i - j) == 1 and candidates[i].article_id == candidates[j].article_id


def _needed(
    chosen: list[int],
    offered: list[set[tuple[str, ...]]],
    weights: dict[tuple[str, ...], float],
    total: float,
) -> list[int]:
    """Drops a sentence that later choices made superfluous."""
    kept = list(chosen)
    for i in chosen:
        others = set().union(*(offered[j] for j in kept if j != i))
        if len(kept) > 1 and fsum(weights[feature] for feature in offered[i] - others) / total < _MIN_GAIN / 2:
            kept.remove(i)
    return kept


def verify_span(text: str, start: int, end: int, quote: str) -> bool:
    """Tells whether ``text[start:end] == quote`` for a proper, non-empty span. Never raises for ints and strings."""
    return 0 <= start < end <= len(text) and text[start:end] == quote


_MARKER = re.compile(r"[ \t]*(?:\[(?P<a>\^?\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})*)\]|【(?P<b>[^【】\n]{1,40})】)(?!\()")
_RANGE = re.compile(r"(\d{1,4})(?:\s*[–-]\s*\^?(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class StrippedText:
    """A text without its citation markers.

    Attributes:
        text: The text, with the marker and the space before it removed.
        found: Numbers that name a source, in order of first mention.
        invented: Numbers that name none: an error of the model, to be counted.
    """

    text: str
    found: tuple[int, ...]
    invented: tuple[int, ...]


def strip_markers(text: str, valid: set[int]) -> StrippedText:
    """Removes citation markers a model wrote: ``[1]``, ``[2, 3]``, ``[1-3]``, ``[^1]``, ``【1】``, ``【1†source】``.

    Round brackets are left alone: ``(1)`` is as often part of the text. So are ``[1](url)`` links and ``[1990]``,
    a year as an editor inserts it, unless ``valid`` has that number.
    """
    found: dict[int, None] = {}

    def remove(match: re.Match[str]) -> str:
        numbers = _numbers(match.group("a") or match.group("b"))
        if not numbers or (len(numbers) == 1 and numbers[0] >= 1000 and numbers[0] not in valid):
            return match.group()
        found.update(dict.fromkeys(numbers))
        parts_words = match.group()[0].isspace() and text[match.end() : match.end() + 1].isalnum()
        return " " if parts_words else ""

    clean = _MARKER.sub(remove, text)
    return StrippedText(
        clean.strip() if found else text,
        tuple(n for n in found if n in valid),
        tuple(n for n in found if n not in valid),
    )


def _numbers(inside: str) -> list[int]:
    numbers: list[int] = []
    for first, last in _RANGE.findall(re.split(r"[†|]", inside)[0]):
        low, high = int(first), int(last or first)
        numbers.extend(range(low, high + 1) if low <= high < low + 20 else dict.fromkeys((low, high)))
    return numbers
