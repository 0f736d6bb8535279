"""On which side of publication the sentence around a date puts it: "met on Tuesday", "will meet on Tuesday".

The verb that governs a date is, in news, nearly always the nearest one before it, or the first one after it when the
date opens its clause. It is found by rules on words: a tagger would cost more than all the rest of ingest's cleaning.
"""

from __future__ import annotations

import re

from rag.ingest.resolution import Direction
from rag.vocabulary import vocabulary

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[,;:()\"-]")
_MODALS = frozenset(vocabulary("will shall would could might may should can must won't shan't gonna"))
_PAST_WORDS = frozenset(
    vocabulary(
        """was were had did didn't wasn't weren't hadn't said told met went came took gave made left won lost held
        began fell rose hit shot struck found got kept knew paid ran saw sent sat spoke stood swore threw thought wore
        wrote grew drew drove flew fought broke brought built bought caught chose felt forgot froze heard hid hung laid
        rode sank sang sold shook spent stole stuck swept taught tore understood withdrew overthrew became dealt fed
        fled led sought slid swam born seen taken given known shown thrown written driven drawn flown frozen hidden
        stolen sworn torn beaten fallen risen begun sunk gone done been has hasn't ago backed urged"""
    )
)
_SAME_IN_PAST = frozenset(vocabulary("set put cut quit shut let cast beat split"))
_NO_PAST_AFTER = _MODALS | frozenset(vocabulary("to i you we they who the a an its his her their of"))
# Their "-ed" is no ending of the past.
_NOT_PAST = frozenset(
    vocabulary(
        """need needed speed indeed hundred seed feed weed breed reed shed sacred naked wicked rugged kindred embed
        proceed exceed succeed unprecedented armed alleged supposed limited"""
    )
)
_PRESENT = re.compile(
    r"(?:meet|open|begin|start|return|fac|go|air|play|host|visit|travel|vot|expir|end|head|arriv|launch|releas|com|tak"
    r"|kick|run|resum|clos|conven|gather|depart|hop|plan|aim|want|intend|expect|face|take|come|vote)(?:s|es)?"
)
_ONGOING = frozenset(vocabulary("is are am isn't aren't"))
# "Is accused of", "are believed to have": what is done lies in the past.
_OF_THE_PAST = frozenset(
    vocabulary("accused charged alleged believed thought suspected said reported understood known wanted blamed")
)
_HELPING = frozenset(vocabulary("be been being get getting stay remain become have keep is are was were not also then"))
_LOOKS_AHEAD = re.compile(
    r"(?:plan|hope|want|intend|vow|pledg|promis|agree|expect|schedul|due|set|prepar|aim|decid|need|ask|urg|order|likely"
    r"|unlikely|ready|about|going|suppos|slat|threaten|invit|pois|is|are|was|were|be|have|has|deadline|until|bound|call"
    r"|hop|demand|time|how|when|where|whether|refus|tri|try|way|chance|opportunity|bid|vot|forc|able|told)\w{0,3}"
)
_AFTER = re.compile(r"\b(?:after|following|in the wake of)\s+(?:the\s+)?$", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|held|dated)\s+(?:the\s+|late\s+|early\s+)?$", re.IGNORECASE)
_ORIGINALLY = re.compile(
    r"\b(?:was|were|been)\s+(?:originally\s+|initially\s+|first\s+)?(?:scheduled|planned|due|set|slated|expected)"
    r"\s+(?:to\s+\w+\s+)?(?:for|on|in)\s+$",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:ahead of|upcoming|coming|forthcoming|in time for|no later than|starting|effective|(?:scheduled|planned|due"
    r"|set|slated|expected|rescheduled|postponed|postponed until|pencill?ed in|booked|coming"
    r"|taking place|voting)\s+(?:for|on|in|to))"
    r"\s+(?:the\s+|this\s+|late\s+|early\s+)?$",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    r"\bin an? (?:\w+ ){0,3}(?:interview|statement|e-?mail|letter|tweet|post|memo|video|op-ed|press release)"
    r"(?: (?:with|to|on|of) (?:[A-Z]\w*|the)(?: [A-Z]\w*)*)?\s+(?:on |late |early )?$"
)
_UNTIL = re.compile(r"\b(?:by|until|till|til|before|through)\s+(?:the\s+|late\s+|early\s+)?$", re.IGNORECASE)
# "In the city where Wednesday's talks will take place": the talks do what the next verb says.
_OF_THE_DAY = re.compile(
    r"'s\s+(?:(?!(?:and|or|but|that|which|who|in|on|at|of|for|with|to|by|from|as)\b)[\w-]+\s+){1,4}?"
    r"(?=(?:will|would|could|might|may|should|is|are|was|were|had|has|have|did)\b)"
)
_OPENS = re.compile(
    r"(?:^|[,;:(\"]|\b(?:and|but|that|which|because|as|while)|\s-+)\s*"
    r"(?:(?:on|in|by|from|until|before|late|early|at|earlier|later|beginning|starting)\s+){0,2}(?:the\s+)?$",
    re.IGNORECASE,
)


def direction(sentence: str, start: int, end: int) -> Direction | None:
    """Returns where tense and preposition put the date at ``[start, end)``; ``None`` when nothing tells.

    Args:
        sentence: With plain quotes and hyphens.
        start: First character of the date's words.
        end: The character after them.
    """
    left, right = sentence[:start], sentence[end:]
    if _SINCE.search(left) or _IN_WORDS.search(left):
        return Direction.PAST
    if _ORIGINALLY.search(left):
        return Direction.NEAREST
    if _AHEAD.search(left):
        return Direction.FUTURE
    governing = _governing(left, right)
    if _AFTER.search(left):
        return Direction.NEAREST if governing is Direction.FUTURE else Direction.PAST
    if _UNTIL.search(left):
        return Direction.NEAREST if governing is Direction.PAST else Direction.FUTURE
    return governing


def _governing(left: str, right: str) -> Direction | None:
    before = [m.group() if i else m.group().lower() for i, m in enumerate(_WORD.finditer(left))]
    after = [m.group() for m in _WORD.finditer(right)]
    if _OPENS.search(left) or _OF_THE_DAY.match(right):
        return _forwards(after) or _backwards(before)
    return _backwards(before) or _forwards(after)


def _backwards(words: list[str]) -> Direction | None:
    for at in range(len(words) - 1, -1, -1):
        found = _marked(words, at)
        if found is not None:
            return found
    return None


def _forwards(words: list[str]) -> Direction | None:
    for at in range(len(words)):
        if words[at] in ";:" or (at and words[at] == '"'):
            return None
        if words[at] == "could":  # "on Monday, Russia could tell them what was planned": it was able to
            continue
        found = _marked(words, at)
        if found is not None:
            return found
    return None


def _marked(words: list[str], at: int) -> Direction | None:
    """Returns what one word tells, read with its neighbours."""
    word = words[at].lower()
    previous = words[at - 1].lower() if at else ""
    following = words[at + 1].lower() if at + 1 < len(words) else ""
    if words[at] == "May" and at:
        return None  # the month
    if word in _MODALS or word.endswith("'ll"):
        # "May have left" is past; "will have left" is not.
        return Direction.PAST if following == "have" and word not in ("will", "won't", "shall") else Direction.FUTURE
    if word == "to" and following and following.isalpha() and not following.endswith("ing"):
        if following == "have":
            return Direction.PAST
        ahead = not at or bool(_LOOKS_AHEAD.fullmatch(previous))
        return Direction.FUTURE if ahead and _is_verb(following) else None
    if word in _ONGOING and previous in ("who", "which"):
        return None
    if word in _ONGOING:
        return Direction.PAST if following in _OF_THE_PAST else Direction.FUTURE
    if word in ("have", "haven't"):
        return Direction.PAST if previous not in ("to", *_MODALS) else None
    helped = previous in _HELPING or (previous.endswith("ly") and at > 1 and words[at - 2].lower() in _HELPING)
    if word in _SAME_IN_PAST:
        return None if helped or previous in _NO_PAST_AFTER else Direction.PAST
    if word in _PAST_WORDS:
        return None if helped and word not in ("was", "were", "had", "did") else Direction.PAST
    if word.endswith("ed") and len(word) > 3 and word not in _NOT_PAST and words[at][0].islower():
        return None if helped else Direction.PAST
    # "The summit opens on Friday" in a report that otherwise is past.
    if (
        _PRESENT.fullmatch(word)
        and word.endswith("s")
        and previous not in ("the", "a", "of", "in", "its", "his", "her")
    ):
        return Direction.FUTURE
    return None


def _is_verb(word: str) -> bool:
    return word not in ("the", "a", "an", "his", "her", "their", "its", "this", "that", "our", "my", "be ", "more")
