"""Whether a question ends by asking if the sources agree: "… and do all papers print the same?"."""

from __future__ import annotations

import re
from typing import NamedTuple

_SOURCES = r"(?:(?:news)?papers?|sources?|reports?|accounts?|outlets?|articles?|publishers?|publications?|media)"
_THE_SAME = r"(?:say|print|report|give|carry|tell|have|use) the same(?: \w+)?"
_TAIL = re.compile(
    r"(?:\s?[,;.?–—-]+\s*(?:(?:and|or|but)\s+)?|\s(?:and|or|but)\s+)(?:do|does)\s+"
    rf"(?:(?:(?P<they>they|these)|(?:all |both )?(?:of )?(?:the |these )?{_SOURCES})(?: all| both)?"
    rf" (?:(?:dis)?agree|differ|tally|contradict (?:each other|one another)|{_THE_SAME})"
    rf"|(?:everyone|everybody) {_THE_SAME})"
    r"(?: (?:on|about|over|with) (?:it|this|that|each other|one another))?\s?[?.!]*\s*$",
    re.IGNORECASE,
)
# "The papers have him announce it", not "which papers did he sign" or "according to reports".
_NAMED = re.compile(rf"\b(?<!to )(?<!which )(?<!what )(?:the |all |these )?{_SOURCES}\b(?!.*\bsign)", re.IGNORECASE)
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
