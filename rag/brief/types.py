"""The frozen values that a briefing and a search for a quotation give back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FoundQuotation:
    """A place where an article has the words that were looked for, or nearly: ``article.text[start:end] == quote``.

    Attributes:
        speaker: Whom the article has say them; empty where it does not say, or the rules cannot tell.
        exact: Whether it has just these words and marks; case, styles of quotes and dashes, and white space aside.
        difference: Where it has others, ``[-words looked for-]{+words found+}`` with a few words around; else empty.
    """

    article_id: str
    title: str
    publisher: str
    published: date | None
    start: int
    end: int
    quote: str
    speaker: str
    exact: bool
    difference: str
