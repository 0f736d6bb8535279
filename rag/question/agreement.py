"""Whether a question ends by asking if the sources agree: "… and do all papers print the same?"."""

from __future__ import annotations

import re
from typing import NamedTuple

_SOURCES = (
    r"(?:(?:news)?papers?|sources?|reports?|accounts?|outlets?|articles?|publishers?|publications?|stories|media"
    r"|agencies)"
)
_WHO = rf"(?:(?P<they>they|these)|(?:all |both )?(?:of )?(?:the |these )?{_SOURCES}|everyone|everybody)"
_SAME = (
    r"(?:(?:dis)?agree|differ|tally|contradict (?:each other|one another)|(?:say|print|report|give|carry|tell|have|use)"
    r" the same(?: \w+)?)"
)
_TAIL = re.compile(
    rf"[\s,;.?–—-]*\b(?:and|or|but)?\s*(?:do|does|did) {_WHO}(?: all| both)? {_SAME}"
    r"(?: (?:on|about|over|with) (?:it|this|that|each other|one another))?\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b{_SOURCES}\b", re.IGNORECASE)
_LEAST_WORDS = 4


class AskedAgreement(NamedTuple):
    """A question without its last words, and whether these asked if the sources agree."""

    rest: str
    asks: bool


def asked_agreement(question: str) -> AskedAgreement:
    """Takes off the end of a question that asks whether the sources agree on its matter.

    "They" are taken for sources only where the question speaks of some; two people may agree, too.
    """
    found = _TAIL.search(question)
    if not found:
        return AskedAgreement(question, False)
    rest = question[: found.start()].strip()
    if len(rest.split()) < _LEAST_WORDS or (found["they"] and not _NAMED.search(rest)):
        return AskedAgreement(question, False)
    return AskedAgreement(f"{rest.rstrip('?!. ')}?", True)
