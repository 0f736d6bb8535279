"""Capitals that speak for their government: "Moscow insisted" does not say that anything took place in Moscow."""

from __future__ import annotations

import re

from rag.check.nations import GOVERNMENTS

_SEAT = "|".join(sorted((re.escape(" ".join(words).title()) for words in GOVERNMENTS), key=lambda name: -len(name)))
_PLACE = re.compile(rf"\b(?:in|at|near|inside|outside) ({_SEAT})\b(?! [A-Z])")
# What only a government does, so that "Moscow was bombed" and "Moscow talks" remain places.
_ACTS = (
    r" (?:has|had|will|would|may|might|must|should|says?|said|wants?|hopes|\w+ed"
    r"|is (?:about|ready|willing|prepared|set|due|keen|likely|unlikely|determined))\b"
)


def only_acts(claim: str, source: str) -> str | None:
    """Returns a capital in which the claim sets something, and which the source names as a government alone.

    Args:
        claim: Plain text.
        source: Plain text.
    """
    for name in _PLACE.findall(claim):
        mentions = len(re.findall(rf"\b{name}\b", source))
        if mentions and mentions == len(re.findall(rf"\b{name}{_ACTS}", source)):
            return str(name)
    return None
