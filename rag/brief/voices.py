"""Whose words a sentence of an article is, read with what stands before and after it.

``rag.check.speakers`` reads backwards. A quotation of several sentences often names its speaker only where it ends, and
to give it to whoever spoke before would put words into the wrong mouth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.attribution import find_attributions, repaired
from rag.check.speakers import speaker_of
from rag.check.words import keys, plain, vocabulary

_TITLE = re.compile(
    r"^.*\b(?:Sens?|Reps?|Govs?|Gen|Lt|Col|Capt|Sgt|Dr|Prof|Mrs?|Ms|Rev|Hon|Judge|Justice|Speaker)\b\.? "
)
_NOT_A_PERSON = frozenset(
    vocabulary(
        """party congress house senate committee council court department ministry office campaign group association
        union company agency bureau institute university foundation center centre fund league club team times post news
        police army government state city county republican republicans democrat democrats conservative liberal kremlin
        twitter facebook law act board commission administration caucus coalition movement church bank"""
    )
)
_LONGEST_NAME = 4
_FORWARD = 6
_LOOK_BACK = 8


def runs_on(before: Sequence[str]) -> bool:
    """Tells whether the last of some sentences leaves a quotation open."""
    is_open = False
    for text in before[-_LOOK_BACK:]:
        line = plain(text)
        for match in re.finditer('"', line):
            at = match.start()
            begins = at == 0 or line[at - 1] in " \n([-"
            is_open = begins and at + 1 < len(line) and not line[at + 1].isspace()
    return is_open


def speaker_at(sentences: Sequence[str], at: int, title: str = "") -> str:
    """Returns who speaks in a sentence, without titles; empty when the article is not plain about it.

    Args:
        sentences: All sentences of the article, or a stretch of them, in reading order.
        at: Which of them.
        title: The headline, read for the first sentence only: it names many people.
    """
    text, before = sentences[at], sentences[:at]
    headline = "" if at else title
    is_open = runs_on(before)
    if find_attributions(repaired(text, is_open)):
        return speaker_of(text, before, headline)
    if runs_on([text] if not is_open else [*before, text]):
        for later in range(at + 1, min(len(sentences), at + 1 + _FORWARD)):
            if '"' not in plain(sentences[later]):
                continue
            if find_attributions(repaired(sentences[later], True)):
                return speaker_of(sentences[later], sentences[:later])
            break
    # Words that nobody is named for here go on from those before, if those are somebody's at once.
    if is_open or (before and find_attributions(repaired(before[-1], runs_on(before[:-1])))):
        return speaker_of(text, before, headline)
    return ""


def naming(sentences: Sequence[str], at: int, speaker: str) -> int | None:
    """Returns which sentence names a speaker, the nearest to one of them; ``None`` when none near it does."""
    surname = keys(speaker)[-1:]
    near = sorted(range(max(0, at - _LOOK_BACK), min(len(sentences), at + _FORWARD)), key=lambda i: (abs(i - at), i))
    return next((i for i in near if surname and surname[0] in keys(sentences[i])), None)


def person(name: str) -> str:
    """Returns a speaker as a person's name, without what stands around it; empty for bodies, parties and roles.

    Words without a name beside them are only given to people: for a body, "it" is too easily another.
    """
    bare = _TITLE.sub("", name.strip())
    kept: list[str] = []
    for word in bare.split():
        if word[:1].islower() and word not in ("al", "bin", "de", "von", "van", "der", "la", "el"):
            break
        kept.append(word)
    found = {key for word in kept for key in keys(word)}
    if not kept or len(kept) > _LONGEST_NAME or found & _NOT_A_PERSON or (len(kept) == 1 and kept[0].isupper()):
        return ""
    return " ".join(kept)


def names_its_speaker(sentence: str) -> bool:
    """Tells whether a sentence says itself whose words it has: by a name or role, not by a pronoun."""
    found = find_attributions(repaired(sentence, False))
    return bool(found) and not min(found, key=lambda each: each.distance).pronoun
