"""Claims that a source only reports: "officials claimed X" does not bear out "X".

News tells plain facts as what somebody said ("six people were hurt, police said"), and leaving the speaker out is
common and fair. What somebody claims, alleges, denies or believes is another thing, and so are words like "reportedly".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.speakers import is_speech
from rag.check.words import content_stems, plain

_DOUBTED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?(?! (?:of )?(?:[\w,]+ )?(?:lives|victory|responsibility))"
    r"|alleg(?:e|es|ed|edly|ing|ation|ations)|accus(?:e|es|ed|ing|ation|ations)|den(?:y|ies|ied)|insist(?:s|ed)?|argu(?:e|es|ed)"
    r"|contend(?:s|ed)?|maintain(?:s|ed)? that"
    r"|believ(?:e|es|ed)|suspect(?:s|ed)?|speculat(?:e|es|ed|ion)|predict(?:s|ed)?|rumou?r(?:s|ed)?|reportedly|purported(?:ly)?"
    r"|supposed(?:ly)?|apparently|according to)\b",
    re.IGNORECASE,
)
_HEARD = re.compile(
    r"\b(?:sa(?:id|ys?|ying)|told|tells?|stat(?:ed|es)|report(?:s|ed)|describ(?:es|ed)|call(?:s|ed)|warn(?:s|ed)|suggest(?:s|ed)?"
    r"|ask(?:s|ed)|urg(?:es|ed)|demand(?:s|ed)|request(?:s|ed)|promis(?:es|ed)|vow(?:s|ed)|pledg(?:es|ed)|propos(?:es|ed)"
    r"|announc(?:es|ed)|conclud(?:es|ed)|think(?:s)?|thought|consider(?:s|ed)|expect(?:s|ed)?|seem(?:s|ed)?|appear(?:s|ed)?"
    r"|may|might|could|likely|possibl[ey]|would)\b",
    re.IGNORECASE,
)
_SHARED_FROM = 0.7


def drops_attribution(claim: str, sentences: Sequence[str]) -> str:
    """Returns the word by which a source reports as somebody's claim what a sentence states as a fact.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.

    Returns:
        The word, as "alleged" or "according to", or "quoted" where they are words of a quotation; empty when the
        sentence keeps a speaker or a doubt of its own, quotes, or rests on a source sentence that states the matter.
    """
    if '"' in plain(claim) or _DOUBTED.search(claim) or _HEARD.search(claim) or is_speech(claim):
        return ""
    wanted = set(content_stems(claim))
    if not wanted:
        return ""
    words = [_whose(sentence, wanted) for sentence in sentences if _share(wanted, sentence) >= _SHARED_FROM]
    return words[0] if words and all(words) else ""


def _whose(sentence: str, wanted: set[str]) -> str:
    """Returns what in a source sentence makes the wanted words somebody's, if anything does."""
    if doubt := _DOUBTED.search(sentence):
        return doubt.group().lower()
    text = plain(sentence)
    parts = text.split('"')
    spoken = " ".join(parts[1::2])
    if len(parts) % 2 == 0:  # the sentence goes on with a quotation, or ends one that began before it
        spoken = parts[0] if text.rstrip().endswith('"') else parts[-1]
    return "quoted" if _share(wanted, spoken) >= _SHARED_FROM else ""


def _share(wanted: set[str], text: str) -> float:
    return len(wanted.intersection(content_stems(text))) / len(wanted)
