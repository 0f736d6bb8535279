"""What an edit is, and small helpers that every kind of edit shares."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from enum import StrEnum

from rag.check.quotations import find_quotations

_LEVEL = str.maketrans("‘’‛`´‐‑‒–—−", "'''''------")


class EditKind(StrEnum):
    """Which one fact of a sentence an edit changes."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    ROLE = "role"
    ANTONYM = "antonym"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Edit:
    """A true sentence with one fact changed, so that its document no longer bears it out.

    Attributes:
        kind: The kind of fact.
        text: The whole edited sentence.
        was: The words that were replaced; empty for an insertion.
        now: What stands in their place; empty for a removal.
    """

    kind: EditKind
    text: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Splice:
    """One possible change: put ``now`` in place of ``[start, end)``."""

    start: int
    end: int
    now: str

    def apply(self, sentence: str) -> str:
        """Returns the changed sentence."""
        return sentence[: self.start] + self.now + sentence[self.end :]


def level(text: str) -> str:
    """Returns a text of the same length with straight apostrophes and plain hyphens, for rules that need offsets."""
    return text.translate(_LEVEL)


def like(word: str, replacement: str) -> str:
    """Gives a replacement the capitals of the word it replaces."""
    if word.isupper() and len(word) > 1:
        return replacement.upper()
    return replacement[:1].upper() + replacement[1:] if word[:1].isupper() else replacement


def has_word(text: str, phrase: str) -> bool:
    """Tells whether a text has a phrase as whole words, in any case."""
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE) is not None


def pick(splices: list[Splice], sentence: str, rng: random.Random) -> Splice | None:
    """Chooses one change, outside quotation marks where there is one; a changed quotation is another kind of error."""
    quoted = [(q.start, q.end) for q in find_quotations(sentence)]
    outside = [s for s in splices if not any(start <= s.start < end for start, end in quoted)]
    pool = outside or splices
    return rng.choice(pool) if pool else None
