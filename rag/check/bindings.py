"""Numbers that are in the source, but said of something else there."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.quantities import Quantity, find_quantities
from rag.check.words import STOPWORDS, stem_keys, words

_REACH = 15  # code points


def misbound(stated: Sequence[Quantity], claim: str, source: str) -> list[str]:
    """Returns those ``stated`` numbers of a plain claim that a plain source says of something else.

    "It killed 400,000 people and displaced millions" does not bear out "400,000 were displaced": there the word
    before 400,000 is not in the claim, while a word of the claim stands before another number. Only that clear case
    is reported; elsewhere the number is left to the other checks.
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
        if own and not own & said and theirs & said:
            found.append(quantity.text)
    return found


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
