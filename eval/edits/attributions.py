"""A reported claim told as plain fact."""

from __future__ import annotations

import re

from eval.edits.edit import Splice, level

_SAYS = (
    r"(?:said|says|claimed|claims|alleged|alleges|insisted|insists|argued|argues|believes?|believed|warned|warns|"
    r"suggested|suggests|contends?|contended|maintains?)"
)
_WHEN = (
    r"(?:,? (?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"| (?:in|on|to|during|at) [^,.\"]{3,40})?"
)
_LEADING = re.compile(
    rf"^[^,\"]{{2,60}}? (?:has |have |had |also )?{_SAYS}{_WHEN} (?:that )?"
    r"(?=(?:the|a|an|he|she|they|it|there|his|her|their|its|[A-Z])\b)"
)
_THAT = re.compile(rf"^[^\"]{{2,90}}? {_SAYS}{_WHEN} that ")
_ACCORDING = re.compile(r"^According to [^,\"]{3,70}, ")
_TRAILING = re.compile(
    rf"(?P<cut>, (?:according to [^,\"]{{3,80}}|(?!who|which)[^,\"]{{2,50}}? {_SAYS}{_WHEN}))(?P<stop>\.)$"
)


def dropped(sentence: str) -> list[Splice]:
    """Returns each way to leave off who says it, where the rest stands as a sentence without quotation marks."""
    text = level(sentence).replace("“", '"').replace("”", '"')
    if '"' in text:
        return []
    found = []
    for pattern in (_ACCORDING, _THAT, _LEADING):
        match = pattern.match(text)
        rest = text[match.end() :] if match else ""
        if match and len(rest.split()) >= 6:
            found.append(Splice(0, match.end() + 1, sentence[match.end()].upper()))
            break
    trailing = _TRAILING.search(text)
    if trailing and len(text[: trailing.start()].split()) >= 6:
        found.append(Splice(trailing.start("cut"), trailing.end("cut"), ""))
    return found
