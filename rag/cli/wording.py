"""Short wordings for the terminal: names of articles, quotations, days in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from rag.cli.terminal import clean
from rag.types import EventDate

_QUOTATION_MARKS = ('"', "“", "”", "„", "«", "»", "‘", "'", "「")
NO_PUBLISHER = "unknown publisher"
_COMPLETE = re.compile(r"\b\d{4}\b|\b[A-Z][a-z]+\.? \d|\d(?:st|nd|rd|th)? [A-Z][a-z]")

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
            if not _COMPLETE.search(words):
                found[f"“{words}” = {in_words(each.first, each.last)}"] = None
    return list(found)


def in_words(first: date, last: date) -> str:
    """Returns a day, month, year or stretch of days in words."""
    if first == last:
        return f"{first.day} {first:%B} {first.year}"
    after = last + timedelta(days=1) if last < date.max else last
    if first.day == after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
        return f"{first:%B} {first.year}"
    if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
        return str(first.year)
    shown = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        shown += f" {first:%B}" + (f" {first.year}" if first.year != last.year else "")
    return f"{shown} to {last.day} {last:%B} {last.year}"
