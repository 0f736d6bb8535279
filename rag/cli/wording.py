"""Short wordings for the terminal: names of articles, quotations, days in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from rag.check.day_words import in_words, names_its_day
from rag.cli.terminal import clean
from rag.types import EventDate

_QUOTATION_MARKS = ('"', "“", "”", "„", "«", "»", "‘", "'", "「")
NO_PUBLISHER = "unknown publisher"

Opening = Callable[[str], str]
"""Returns the text of the article with an id, or nothing when it is gone; asked where there is no title."""


def quoted(words: str) -> str:
    """Returns words in quotation marks, unless they have some."""
    return words if words.startswith(_QUOTATION_MARKS) else f"“{words}”"


def first_words(text: str, limit: int = 50) -> str:
    """Returns the beginning of a text, at most ``limit`` characters, to stand in for a title it does not have."""
    words = clean(text[: 4 * limit])
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0].rstrip(" ,;:-–—") + "…"


def named(title: str, article_id: str, opening: Opening) -> str:
    """Returns the title of an article, or its first words."""
    return clean(title) or first_words(opening(article_id)) or "(untitled)"


def headline(title: str, publisher: str, published: date | None) -> str:
    """Returns title, publisher and day of an article on one line."""
    day = f"{published.day} {published:%B %Y}" if published else "undated"
    return clean(f"{title or '(untitled)'} — {publisher or NO_PUBLISHER}, {day}")


def plural(noun: str, n: int) -> str:
    """Returns the noun as it stands beside a number."""
    return noun if n == 1 else f"{noun}s"


def meant(dates: Iterable[EventDate], text: str, start: int, end: int) -> list[str]:
    """Returns lines such as ``“Tuesday” = 21 November 2017``, each once.

    Args:
        dates: The dates of an article.
        text: The words of the article from ``start`` to ``end``.
        start: Where in the canonical text they begin.
        end: Where they end.

    Words that name their year, or a day of a month, are left out: with the day of publication they say it themselves.
    """
    found: dict[str, None] = {}
    for each in dates:
        if start <= each.span.start and each.span.end <= end:
            words = text[each.span.start - start : each.span.end - start]
            if not names_its_day(words):
                found[f"“{words}” = {in_words(each.first, each.last)}"] = None
    return list(found)
