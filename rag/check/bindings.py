"""Numbers that are in the source, but said of something else there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.check.quantities import Quantity, find_quantities
from rag.check.words import STOPWORDS, stem_keys, words

_REACH = 15  # code points
_CUT = re.compile(r"[,;:()]\s|\s-+\s|\b(?:while|whereas|but)\b")


def misbound(stated: Sequence[Quantity], claim: str, source: str) -> list[str]:
    """Returns those ``stated`` numbers of a plain claim that a plain source says of something else.

    "It killed 400,000 people and displaced millions" does not bear out "400,000 were displaced": there the word
    before 400,000 is not in the claim, while a word of the claim stands before another number. Nor does "energy rose
    34.6%, driven by a 50% jump in gas prices" bear out "gas rose by 34.6%": what that share or price is said of stands
    only in the clause of another one. Only these clear cases are reported (of 1,300 sentences of RAGTruth that people
    found supported the second takes none); elsewhere the number is left to the other checks.
    """
    quantities = find_quantities(source)
    if len(quantities) < 2:
        return []
    said = {stem for stem, _ in _content(claim)}
    placed = _content(source)
    found = []
    for quantity in stated:
        same = [q for q in quantities if not q.vague and q.values & quantity.values]
        others = [q for q in quantities if not q.values & quantity.values]
        if quantity.vague or not same or not others:
            continue
        own = {_word_before(placed, q) for q in same} - {""}
        theirs = {_word_before(placed, q) for q in others} - {""}
        is_of_another = own and not own & said and theirs & said
        if is_of_another or (quantity.units - {""} and _is_of_another_clause(quantity, claim, source, same, others)):
            found.append(quantity.text)
    return found


def _is_of_another_clause(
    stated: Quantity, claim: str, source: str, same: Sequence[Quantity], others: Sequence[Quantity]
) -> bool:
    """Tells whether what a share or price is said of stands only in source clauses with another of its kind."""
    cuts = [0, *(cut.start() for cut in _CUT.finditer(source)), len(source)]
    placed = _content(source)

    def clause(q: Quantity) -> tuple[int, int]:
        return max(cut for cut in cuts if cut <= q.start), min(cut for cut in cuts if cut > q.start)

    def stems(pieces: Iterable[tuple[int, int]]) -> set[str]:
        return {stem for start, end in pieces for stem, at in placed if start < at <= end}

    own = {clause(q) for q in same}
    theirs = {clause(q) for q in others if q.units == same[0].units and not q.vague}
    if not theirs or theirs & own:
        return False
    said = _content(claim)
    subject = {stem for stem, end in said if end <= stated.start}
    before = stems((start, q.start) for (start, _), q in ((clause(q), q) for q in same))
    return subject & stems(own) < subject & stems(theirs) and bool(before - {stem for stem, _ in said})


def _content(text: str) -> list[tuple[str, int]]:
    """Returns stem and end offset of each content word that is not itself part of a number."""
    numbers = find_quantities(text)
    kept = [
        word
        for word in words(text)
        if word.key not in STOPWORDS and not any(q.start <= word.start < q.end for q in numbers)
    ]
    return list(zip(stem_keys([word.key for word in kept]), (word.end for word in kept), strict=True))


def _word_before(placed: list[tuple[str, int]], quantity: Quantity) -> str:
    before = [(stem, end) for stem, end in placed if end <= quantity.start]
    if not before:
        return ""
    stem, end = before[-1]
    return stem if quantity.start - end <= _REACH else ""
