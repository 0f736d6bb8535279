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
        ("left", "right"),
        ("inner", "outer"),
        ("minimum", "maximum"),
        ("male", "female"),
        ("oldest eldest", "youngest newest"),
        ("largest biggest", "smallest"),
        ("highest", "lowest"),
        ("longest", "shortest"),
        ("best", "worst"),
        ("domestic internal", "foreign external"),
    )
)


def exchanged_modifier(claim: str, sentences: Sequence[str]) -> str:
    """Returns what a source narrows to the opposite of what a sentence says.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.

    Returns:
        The source's words, such as "north island", where the sentence has "south island" and no source sentence has the
        sentence's modifier near that word; empty when there are none.
    """
    said, read = keys(claim), [keys(sentence) for sentence in sentences]
    for i, word in enumerate(said[:-1]):
        narrowed = said[i + 1]
        if narrowed in STOPWORDS:
            continue
        for pair in _OPPOSITES:
            for own, opposite in (pair, pair[::-1]):
                if word not in own or narrowed in opposite:
                    continue
                [stem] = stem_keys([narrowed])
                there = next((words for found in read if (words := _before(opposite, stem, found))), "")
                if there and not any(_near(own, opposite, stem, found) for found in read):
                    return there
    return ""


def _before(modifiers: frozenset[str], stem: str, found: Sequence[str]) -> str:
    """Returns a modifier with the word right after it, where this has the stem."""
    stems = stem_keys(list(found))
    return next((f"{found[i]} {found[i + 1]}" for i in range(len(found) - 1)
                 if found[i] in modifiers and stems[i + 1] == stem), "")  # fmt: skip


def _near(modifiers: frozenset[str], opposite: frozenset[str], stem: str, found: Sequence[str]) -> bool:
    """Tells whether a modifier stands near a word with the stem, without its opposite between them."""
    stems = stem_keys(list(found))
    for i, word in enumerate(found):
        if word not in modifiers:
            continue
        for j in range(max(0, i - _REACH), min(len(found), i + _REACH + 1)):
            between = found[min(i, j) + 1 : max(i, j)]
            if stems[j] == stem and opposite.isdisjoint(between):
                return True
    return False
