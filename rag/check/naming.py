"""Questions for a name ("What is the driver called?"), and whether a sentence tells it."""

from __future__ import annotations

import re

from rag.check.names import find_names
from rag.check.words import plain, stem_keys, words

_ASKED = re.compile(
    r"^\W*what(?:'s| is| was| are| were) (?:the |his |her |its |their )?(?P<noun>[\w-]+)(?:'s? name| called| named)\b"
    r"|^\W*what(?:'s| is| was| are| were) the names? of (?:the |his |her |its |their )?(?P<of>[a-z][\w-]*)\W*$",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:called|named|nam(?:e|es|ing)|known as|dubbed|codenamed|nicknamed)\b", re.IGNORECASE)
_REACH = 3  # words between what is named and its name: "the driver, a man from Sochi" is too far from it


def asks_name_of(question: str) -> str:
    """Returns what a question asks the name of, as a stem: "driver"; empty when it asks something else."""
    found = _ASKED.match(plain(question))
    return stem_keys([(found["noun"] or found["of"]).lower()])[0] if found else ""


def tells_name(stem: str, text: str) -> bool:
    """Tells whether a text has a name beside a word, or says what something is called."""
    text = plain(text)
    if _CALLED.search(text):
        return True
    found = words(text)
    places = [i for i, key in enumerate(stem_keys([word.key for word in found])) if key == stem]
    starts = {part.start for name in find_names(text) for part in name.parts}
    named = [i for i, word in enumerate(found) if word.start in starts]
    return any(0 < abs(place - i) <= _REACH for place in places for i in named)
