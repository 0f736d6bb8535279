"""What a source only foresees or leaves open: "owners will decide whether to approve" does not bear out "approved"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.words import keys, stem_keys, vocabulary

_REACH = 5  # words after the marker
_OPEN = frozenset(
    vocabulary(
        """will would could may might shall should whether if unless plans plan planned planning intends intend intended
        hopes hope hoped aims aim expected expects proposed proposes proposal considering considers projects projected
        forecast seeks seeking wants threatened threatens threatening likely possible potential possibly"""
    )
)
_KEPT = _OPEN | frozenset(vocabulary("can appears seems reportedly perhaps maybe eventually soon"))
_PAST = re.compile(r"[^\W\d]+(?:ed)$")
# "recommended for approval" does not say that it was approved.
_NOUN = re.compile(r"(?:al|als|tion|tions|sion|sions|ment|ments|ance|ence)$")
_QUESTION = re.compile(r"\?[\"'”’)\]]*\s*$")
# "B. Sweden", one of the answers that a quiz offers.
_CHOICE = re.compile(r"\s*(?:[A-H][.)]|\([A-H]\))\s+(?:[^\s.!?]+\s*){1,8}$")


def is_statement(sentence: str) -> bool:
    """Tells whether a source sentence states something; what it only asks, or offers to choose, bears out nothing."""
    return not _QUESTION.search(sentence) and not _CHOICE.match(sentence)


def settles_what_is_open(claim: str, sentences: Sequence[str]) -> str:
    """Returns the word of a sentence that tells as done what its source only foresees, proposes or leaves open.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.

    Returns:
        A past form of the claim, such as "approved", which the source sentences have only within a few words after
        "will", "whether", "if" and the like; empty when there is none, or when the claim is open itself.
    """
    said = keys(claim)
    if _KEPT.intersection(said):
        return ""
    past = [(word, stem) for word, stem in zip(said, stem_keys(said), strict=True) if _PAST.match(word)]
    if not past:
        return ""
    read = [(found, stem_keys(found)) for found in map(keys, sentences)]
    for word, stem in past:
        places = [
            (found, i)
            for found, stems in read
            for i, other in enumerate(stems)
            if other == stem and not _NOUN.search(found[i])
        ]
        if places and all(_OPEN.intersection(found[max(0, i - _REACH) : i]) for found, i in places):
            return word
    return ""
