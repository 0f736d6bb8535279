"""What a question says beside what it asks: "please give the date", "I need to check a line:", "can we print".

Such words are no part of the matter. A source that lacks them is no worse an answer.
"""

from __future__ import annotations

import re

from rag.check.words import content_stems

_LEADING = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\b[ ,!.]*|(?:one |a )?quick question\W+|please\W+|(?:just )?checking\W+"
    r"|for (?:a|the|my|our) (?:headline|caption|story|piece|article|report|box|fact box)\W+"
    r"|(?:i|we) (?:need|want|have|would like|'d like|am trying|are trying)(?: to)?"
    r" (?:check|verify|confirm|know|find out|learn)"
    r"(?: (?:a|one|this|the) (?:line|fact|detail|figure|thing))?\b\s*[:,-]?\s*"
    r"|(?:can|could|would|will) (?:you|anyone|somebody|someone)(?: please)? (?:tell|show|give|remind) (?:me|us)\b\W*"
    r"|(?:do|does|did) (?:you|we|anyone) (?:happen to )?know\b\W*|(?:please )?(?:tell|remind) (?:me|us)\b\W*)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"(?:(?<=[.?!;:,])|(?<=[.?!;:,] )|^)\s*(?:please\b[ ,]*)?"
    r"(?:(?:give|state|tell|name|quote|need|provide)\b(?: me| us)?(?: just)?\s+)?"
    r"(?:the |an |its |his |her |their )?(?:exact |full |precise |calendar |original )*"
    r"(?:dates?|words?|wordings?|numbers?|figures?|names?|answers?|sources?|quotes?)"
    r"(?: only)?(?:,? please| if possible)?\s*[.!?]*\s*$",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"\s+(?:that )?(?:can|could|may|should|do|shall) (?:we|i|one) (?:safely )?"
    r"(?:print|use|write|quote|run|publish|cite|put|report)\b(?= *[?.!]*$)",
    re.IGNORECASE,
)
_PLEASE = re.compile(r"(?:,\s*)?\bplease\b(?:\s*,)?", re.IGNORECASE)


def without_courtesies(question: str) -> str:
    """Returns a question without what it says to whoever answers; unchanged when nothing else would be left."""
    text = question.strip()
    for _ in range(2):
        text = _LEADING.sub("", text)
    text = _REQUEST.sub("", text)
    text = _PLEASE.sub("", _PRINTED.sub("", text))
    text = re.sub(r"\s+([?.!,])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
    if text == question.strip() or not content_stems(text):
        return question
    return text[0].upper() + text[1:]
