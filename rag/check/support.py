"""Lexical support: how much of a sentence's wording is in its evidence, in the same order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import fsum

from rag.check.dates import without_dates
from rag.check.quantities import find_quantities
from rag.check.words import content_stems, keys, plain

Idf = Callable[[str], float]
"""Weight, at least 0, of a stem as ``words.stems`` gives it: rare stems of the corpus weigh more."""

_PIECE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")
_WINDOW = 3


def support(sentence: str, evidence: str, idf: Idf | None = None) -> float:
    """Returns how well the wording of ``evidence`` bears out ``sentence``, in [0, 1].

    The mean of two shares of the sentence's content stems: those that occur at all, weighted by ``idf``, and those
    that occur in the same order (longest common subsequence) in the three best evidence sentences. Numbers are
    compared by value; dates are left to ``facts``, which can resolve them. Without content words every word counts,
    and without words only the text itself supports it.

    On human judgements this ranks better than either share alone.
    """
    split = [content_stems(piece) for piece in pieces(_comparable(sentence))]
    wanted = [stem for piece in split for stem in piece]
    if not wanted:
        return _support_without_content(sentence, evidence)
    given = [content_stems(piece) for piece in pieces(_comparable(evidence))]
    every = {stem for piece in given for stem in piece}
    weights = {stem: idf(stem) if idf else 1.0 for stem in wanted}
    total = sum(weights.values())
    covered = sum(weight for stem, weight in weights.items() if stem in every) / total if total else 0.0
    gains = [fsum(weights.get(stem, 0.0) for stem in set(piece)) for piece in given]
    best = sorted(range(len(given)), key=lambda i: -gains[i])[: max(_WINDOW, len(split))]
    window = [stem for i in sorted(best) for stem in given[i]]
    score = (min(covered, 1.0) + common_subsequence(wanted, window) / len(wanted)) / 2
    return 1.0 if score > 0.999999 else score


def pieces(text: str) -> list[str]:
    """Splits a text at what looks like ends of sentences: a rough cut, cheap, for comparing."""
    return _PIECE.split(text)


def _support_without_content(sentence: str, evidence: str) -> float:
    wanted, given = keys(sentence), set(keys(evidence))
    if wanted:
        return sum(key in given for key in wanted) / len(wanted)
    return float(sentence.strip() in evidence)


def _comparable(text: str) -> str:
    return figures(without_dates(plain(text)))


def figures(text: str) -> str:
    """Writes every exact number of a plain text in figures, at its largest reading: "half a million" as 500000."""
    out, at = [], 0
    for quantity in find_quantities(text):
        if quantity.vague or quantity.text.lower() in ("one", "first") or "fraction" in quantity.units:
            continue
        value = max(quantity.values)
        out += [text[at : quantity.start], f" {value.normalize():f} " if value.adjusted() < 30 else quantity.text]
        at = quantity.end
    return "".join([*out, text[at:]])


def common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Returns the length of the longest common subsequence (bit-parallel, after Hyyrö 2004)."""
    positions: dict[str, int] = {}
    for i, item in enumerate(left):
        positions[item] = positions.get(item, 0) | (1 << i)
    full = (1 << len(left)) - 1
    row = full
    for item in right:
        hit = row & positions.get(item, 0)
        row = ((row + hit) | (row - hit)) & full
    return len(left) - row.bit_count()
