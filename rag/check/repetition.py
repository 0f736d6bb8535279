"""Whether one sentence says again what another has said."""

from __future__ import annotations

from rag.check.facts import FactContext, missing_facts
from rag.check.negations import count_negations
from rag.check.words import content_stems, plain

_REPEATED = 0.8
_MIN_WORDS = 3


def says(shown: str, text: str) -> bool:
    """Tells whether a sentence repeats a shown one: nearly all its words, no fact beside, the same negations."""
    if shown == text:
        return True
    known, said = set(content_stems(plain(shown))), set(content_stems(plain(text)))
    if len(said) < _MIN_WORDS or len(said & known) / len(said) < _REPEATED:
        return False
    if count_negations(shown) != count_negations(text):
        return False
    return not missing_facts(text, shown, context=FactContext())
