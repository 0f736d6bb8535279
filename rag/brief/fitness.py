"""Whether a sentence can be taken out of its article and shown alone."""

from __future__ import annotations

import re

from rag.check.modality import is_statement
from rag.check.names import find_names
from rag.check.quotations import find_quotations
from rag.check.words import keys, plain

_LEAST_WORDS, _MOST_WORDS = 6, 60
_TOO_LONG_FOR_A_HEADING = 16
_COMFORTABLE = range(9, 41)
_POINTS_BACK = re.compile(
    r"^[\"“‘']?(?:he|she|they|it|its|his|her|hers|their|this|that|these|those|such|but|and|so|or|yet|also|then|there"
    r"|here|both|another|other|others|one|some|meanwhile|however|still|instead|likewise|similarly|moreover"
    r"|furthermore|additionally|for example|in addition|as a result|present (?:is|are|were|will)"
    r"|the (?:two|three|pair|move|news|remark|comment"
    r"|decision|latter|former|announcement|statement|ad|video|figure|report|plan|incident|law|bill|deal|group|men"
    r"|leaders|meeting|visit|trip|company|document|man|woman|suspect|attack|measure|same)s?\b"
    r"(?! (?:of|between|in|for|by)\b))\b",
    re.IGNORECASE,
)
_POINTED_AT = (
    (re.compile(r"(?<!^)\b(?:he|she)\b", re.IGNORECASE), 1),
    (re.compile(r"(?<!^)\b(?:him|her(?! \w)|them|with both)\b", re.IGNORECASE), 2),
)
"""Pronouns inside a sentence, and how many names must come before so that it tells whom they mean."""
_FIRST_PERSON = re.compile(r"\b(?:I|we|you|my|our|your|us|me)\b")
_CHROME = re.compile(
    r"^(?:read|watch|see|photo|image|video|related|click|subscribe|sign up|correction|share|follow|listen|updated"
    r"|copyright|advertisement|more:|also:|related:)\b|\b(?:click here|read more|sign up|newsletter|reporting by"
    r"|contributed to this report|follow \w+ on|all rights reserved|getty images)\b|https?://|@\w+",
    re.IGNORECASE,
)
_CUT_QUOTATION = re.compile(r"(?:^|\s)[\"“]\s*[,;]")
"""A quotation that begins with a comma has lost what stood before it, a link or a name."""
_HEADING_END = re.compile(r"[.!?…][\"”’')\]]*$")


def is_usable(text: str) -> bool:
    """Tells whether a briefing can show a sentence: it states something, and is no heading or page furniture."""
    count = len(keys(text))
    if (
        not _LEAST_WORDS <= count <= _MOST_WORDS
        or not is_statement(text)
        or _CHROME.search(text)
        or _CUT_QUOTATION.search(text)
    ):
        return False
    # A line without a full stop is a heading, unless it is too long for one: a cut text ends anywhere.
    return (bool(_HEADING_END.search(text.strip())) or count >= _TOO_LONG_FOR_A_HEADING) and not text.isupper()


def fitness(text: str) -> float:
    """Returns in [0, 1] how well a sentence can stand alone: it names what it speaks of and is of a readable length."""
    count = len(keys(text))
    score = 1.0
    if _POINTS_BACK.search(plain(text).strip()):
        score -= 0.55
    bare = text
    for quotation in reversed(find_quotations(text)):
        bare = bare[: quotation.start] + bare[quotation.end :]
    for pattern, names in _POINTED_AT:
        pointing = pattern.search(plain(bare))
        if pointing and len(find_names(plain(bare)[: pointing.start()])) < names:
            score -= 0.5
    if not _HEADING_END.search(text.strip()):
        score -= 0.25
    if _FIRST_PERSON.search(bare):
        score -= 0.3
    if text.lstrip()[:1] == "(":
        score -= 0.5
    if plain(text).count('"') % 2 or text[:1].islower():
        score -= 0.3
    if count not in _COMFORTABLE:
        score -= 0.25
    return max(score, 0.0)
