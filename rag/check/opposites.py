"""A source that tells the opposite of what is asked about: "will keep" for "Why is it giving up …?"."""

from __future__ import annotations

import re

from rag.check.words import content_stems, plain

_PAIRS = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (
            r"giv(?:e|es|ing|en) up|gave up|abandon\w*|relinquish\w*|ced(?:e|es|ed|ing)",
            r"keep(?:s|ing)?|kept|retain\w*|h(?:old|olds|olding|eld) on ?to",
        ),
        (r"withdraw\w*|withdrew|leav(?:e|es|ing)", r"stay(?:s|ed|ing)?|remain(?:s|ed|ing)?"),
        (
            r"ris(?:e|es|ing|en)|rose|increas(?:e|es|ed|ing)|grow(?:s|n|ing)?|grew",
            r"fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)",
        ),
    )
)
_HALF = 0.5


def told_opposite(asked: str, source: str) -> str:
    """Returns the words of a source that tell the opposite of what a question speaks of; empty if there are none.

    Args:
        asked: What the question takes for granted.
        source: A sentence, which must speak of at least half of the same things and not tell both.
    """
    asked, source = plain(asked), plain(source)
    for pair in _PAIRS:
        for one, other in (pair, pair[::-1]):
            found = other.search(source)
            if not found or one.search(source) or not one.search(asked) or other.search(asked):
                continue
            about = set(content_stems(one.sub(" ", asked)))
            if about and len(about & set(content_stems(source))) >= _HALF * len(about):
                return found.group()
    return ""
