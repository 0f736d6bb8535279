"""Modifiers told as their opposite: "the south island" of a source that speaks of the North Island."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.words import STOPWORDS, keys, stem_keys, vocabulary

_REACH = 3  # words from a modifier to what it narrows: "the south of the island"
_OPPOSITES = tuple(
    (frozenset(vocabulary(one)), frozenset(vocabulary(other)))
    for one, other in (
        ("north northern northward", "south southern southward"),
        ("east eastern eastward", "west western westward"),
        ("upper", "lower"),
        ("inner", "outer"),
        ("minimum", "maximum"),
        ("male", "female"),
        ("domestic internal", "foreign external"),
    )
)
# Of each modifier: those that say the same, and those that say the opposite.
_OPPOSED = {word: sides for pair in _OPPOSITES for sides in (pair, pair[::-1]) for word in sides[0]}
_BOTH = frozenset(vocabulary("and or nor"))  # "the upper and the lower house"
_SEEN_FROM = frozenset(
    vocabulary("border borders frontier side sides flank neighbour neighbor")
)  # one thing, two names
_VERBAL = frozenset(vocabulary("to will would can could should may might not"))  # "will lower limits"


def exchanged_modifier(claim: str, sentences: Sequence[str], title: str = "") -> str:
    """Returns what a source narrows to the opposite of what a sentence says.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.
        title: The headline over them, which may have the sentence's modifier, too.

    Returns:
        The source's words, such as "north island", where the sentence has "south island" and not the north island as
        well, and neither a source sentence nor the headline has the sentence's modifier near that word; else nothing.
    """
    said, read = keys(claim), [keys(sentence) for sentence in sentences]
    known = [*read, keys(title)]
    for i, word in enumerate(said[:-1]):
        narrowed = said[i + 1]
        if narrowed in STOPWORDS or narrowed in _SEEN_FROM or (i and said[i - 1] in _VERBAL):
            continue
        own, opposite = _OPPOSED.get(word, (frozenset(), frozenset()))
        if not own or narrowed in opposite:
            continue
        [stem] = stem_keys([narrowed])
        there = next((words for found in read if (words := _before(opposite, stem, found))), "")
        if not there or _near(opposite, own, stem, said):
            continue
        if not any(_near(own, opposite, stem, found) for found in known):
            return there
    return ""


def _before(modifiers: frozenset[str], stem: str, found: Sequence[str]) -> str:
    """Returns a modifier with the word right after it, where this has the stem."""
    stems = stem_keys(list(found))
    return next((f"{found[i]} {found[i + 1]}" for i in range(len(found) - 1)
                 if found[i] in modifiers and stems[i + 1] == stem), "")  # fmt: skip


def _near(modifiers: frozenset[str], opposite: frozenset[str], stem: str, found: Sequence[str]) -> bool:
    """Tells whether a modifier stands near a word with the stem: not "southern" in "southern North Island"."""
    stems = stem_keys(list(found))
    for i, word in enumerate(found):
        if word not in modifiers:
            continue
        for j in range(max(0, i - _REACH), min(len(found), i + _REACH + 1)):
            between = found[min(i, j) + 1 : max(i, j)]
            if stems[j] == stem and (opposite.isdisjoint(between) or not _BOTH.isdisjoint(between)):
                return True
    return False
