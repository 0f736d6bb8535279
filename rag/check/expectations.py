"""What kind of words a question expects in its answer: a number, a date, a person, a request.

The classic first step of question answering without a model (Hirschman et al., "Deep Read: a reading comprehension
system", ACL 1999): the question word tells the type of the answer.
"""

from __future__ import annotations

import re
from enum import Enum

from rag.check.dates import find_dates
from rag.check.names import find_names
from rag.check.quantities import find_quantities
from rag.check.words import keys, plain


class Expectation(Enum):
    """The type of an answer, with the questions that ask for it."""

    NUMBER = (
        r"\bhow (?:many|much|long|old|far|big|large|often|tall)\b|^\W*(?:length|duration|number) of\b"
        r"|\bwhat(?: is| was| are| were)?(?: the)? (?:\w+ ){0,2}?"
        r"(?:number|percentage|share|age|price|toll|total|length|duration)\b"
    )
    DATE = (
        r"(?:^|[.:;?]\s|\s[-–—]\s)\W*(?:and |since |until |\w+ )?when\b"
        r"|\b(?:what|which) (?:exact |calendar |precise )?(?:day|date|year|month)\b"
        r"|(?<!\bto )\bdates?\b(?! back)"
    )
    PERSON = r"(?:^|[.:;?]\s|\s[-–—]\s)\W*(?:\w+ )?who(?:m|se)?\b"
    REQUEST = r"\bask(?:s|ed|ing)?\b.*\bfor\b|\b(?:request|demand|urge|want|seek|appeal)|\bcall(?:s|ed)? (?:for|on)\b"


_REQUEST_CUES = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|request\w*|urg(?:e|es|ed|ing)|demand\w*|appeal\w*|want(?:s|ed)?|seek\w*|sought|plead\w*"
    r"|(?:count|rel(?:y|ies)|call|depend)(?:s|ed|ing)? (?:up)?on|call(?:s|ed|ing)? for|hop(?:e|es|ed))\b",
    re.IGNORECASE,
)


def expectations(question: str) -> tuple[Expectation, ...]:
    """Returns the answer types a question asks for; mostly one or none."""
    return tuple(kind for kind in Expectation if re.search(kind.value, question, re.IGNORECASE))


def meets(kind: Expectation, sentence: str, question: str) -> bool:
    """Tells whether a sentence has something of the expected type that the question does not name itself."""
    text = plain(sentence)
    if kind is Expectation.REQUEST:
        return bool(_REQUEST_CUES.search(text))
    if kind is Expectation.NUMBER:
        return any(not quantity.vague for quantity in find_quantities(text))
    if kind is Expectation.DATE:
        return bool(find_dates(text))
    asked = set(keys(question))
    return any(not asked.issuperset(keys(name.text)) for name in find_names(text))
