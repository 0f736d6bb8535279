"""Times between two events, for questions of how many days lay between them: "two days earlier", "a day before"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rag.check.disagreement.amounts import DURATIONS, bounds
from rag.check.disagreement.question import Asked, is_about, mentions
from rag.check.disagreement.statements import Amount, SourceSentence, Statement
from rag.check.quantities import find_quantities
from rag.check.words import keys, plain, stem_keys

_UNIT = r"(?:minute|hour|day|week|month|year)s?"
_ASKED = re.compile(
    rf"\bhow many {_UNIT}\b.*\b(?:between|apart|separat\w+|elaps\w+|pass(?:ed)?|lay|after|before|earlier|later)\b"
    r"|\bhow long (?:after|before|between)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween (?P<one>.+?) and (?P<other>.+)$", re.IGNORECASE)
_OF_TIME = re.compile(
    r"lay|lies?|apart|elaps\w+|pass(?:ed)?|separat\w+", re.IGNORECASE
)  # what the question asks, not of what
_STATED = re.compile(
    rf"\b(?P<count>(?:an?|[\w-]+)) (?P<unit>{_UNIT}) (?:earlier|later|before|after|apart|ahead of)\b", re.IGNORECASE
)


def asks_for_interval(asked: Asked) -> bool:
    """Tells whether a question asks for the time between two events."""
    return bool(_ASKED.search(asked.text))


def interval_statements(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    """Yields the time that a sentence puts between two events, when it speaks of one and its passage of both."""
    text = plain(sentence.text)
    passage = plain(f"{sentence.passage.title}. {sentence.passage.passage.text}")
    found = list(_STATED.finditer(text))
    near = plain(". ".join([sentence.passage.title, *sentence.before[-2:], sentence.text]))
    asked = replace(asked, terms=tuple(term for term in asked.terms if not _OF_TIME.fullmatch(term)))
    if len(found) != 1 or not is_about(asked, near, within=passage):
        return
    if not any(mentions(term, text) for term in asked.terms) or not _tells_of_both(asked, sentence):
        return
    match = found[0]
    count = "one" if match["count"].lower() in ("a", "an") else match["count"]
    quantities = find_quantities(count)
    if len(quantities) != 1 or quantities[0].vague:
        return
    seconds = DURATIONS[stem_keys([match["unit"].lower()])[0]]
    low, high = bounds(quantities[0], count)
    yield Statement(Amount(low * seconds, high * seconds, ("interval",)), f"{match['count']} {match['unit']}", sentence)


def _tells_of_both(asked: Asked, sentence: SourceSentence) -> bool:
    """Tells whether a sentence or its neighbours have a word of each of the two events between which time is asked."""
    between = _BETWEEN.search(asked.text)
    if not between:
        return True
    near = plain(f"{sentence.passage.title}. {sentence.neighbours()}")
    sides = (set(keys(between[side])) for side in ("one", "other"))
    words = [[term for term in asked.terms if term in side and not find_quantities(term)] for side in sides]
    return all(any(mentions(term, near) for term in side) for side in words if side)
