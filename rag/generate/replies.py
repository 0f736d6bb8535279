"""What of a small model's reply is an answer: without the passage it speaks of and the day it was asked on."""

from __future__ import annotations

import re

_OF_THE_PASSAGE = re.compile(
    r",? (?:according to|as stated in|in) the (?:given )?(?:passage|text)(?=[,.])", re.IGNORECASE
)
_OPENING = re.compile(
    r"^\W*(?:(?:according to|based on|as stated in) the (?:given )?(?:passage|text),?"
    r"|the (?:given )?(?:passage|text) (?:mentions|states|says|notes|explains|indicates|suggests|reports) that)"
    r"\s+(?=(?P<first>\w))",
    re.IGNORECASE,
)
_ITS_SUBJECT = re.compile(
    r"^\W*the (?:given )?(?:passage|text) (?:mentions|states|says|notes|explains|describes|defines|discusses|indicates"
    r"|suggests|reports|provides|lists|refers|contains|identifies)\b",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\b(?:the|this) (?:given )?(?:passage|text|article)s? (?:do(?:es)?|did|is|are|was)(?:n't| not)\b", re.IGNORECASE
)

_THAT_DAY = re.compile(r"(?<=\w),? (this (?:week|month|year|morning)|today|yesterday|tonight)(?=[ ,.])", re.IGNORECASE)


def answer_in(reply: str, source: str) -> str:
    """Returns the answer in a reply to ``prompts.answer_messages``.

    Taken out are mention of the passage, which no reader sees, and "this week" and the like where the source does not
    say so: they are the question's, and mean the day it was asked on.

    Returns:
        The answer; empty when the model only says that the passage has none, or what kind of text it is, which is no
        statement about the news.
    """
    if _NO_ANSWER.search(reply):
        return ""
    spoken = _OF_THE_PASSAGE.sub("", reply)
    if opening := _OPENING.match(spoken):
        spoken = f"{opening['first'].upper()}{spoken[opening.end() + 1 :]}"
    if _ITS_SUBJECT.match(spoken):
        return ""
    known = source.casefold()
    return _THAT_DAY.sub(lambda found: found[0] if found[1].casefold() in known else "", spoken).strip()
