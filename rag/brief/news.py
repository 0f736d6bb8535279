"""What is new since a day: what no article published up to that day told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from rag.brief.desk import Desk
from rag.brief.facts import Fact, Telling

_KNOWN = 0.86
"""Cosine above which an older fact is the same, whatever its words."""
_LOOKED_AT = 0.55
_MOST = 5
_PREFERENCE = 2.0
_BACKGROUND = timedelta(days=3)


class News:
    """Tells new facts from restated ones.

    Args:
        since: The day; what articles published up to and on it told is known. ``None`` finds nothing new.
        facts: Everything the sources tell.
        desk: Checks whether an older sentence bears out a newer one.
    """

    def __init__(self, since: date | None, facts: Sequence[Fact], desk: Desk) -> None:
        self._since = since
        self._facts = facts
        self._desk = desk

    def preferred(self, facts: Sequence[Fact]) -> list[Fact]:
        """Returns the facts with those first that come from articles after the day."""
        if self._since is None:
            return list(facts)
        return sorted(facts, key=lambda f: -f.salience * (_PREFERENCE if self._is_recent(f) else 1.0))

    def is_new(self, fact: Fact, text: str) -> bool:
        """Tells whether a shown sentence says what was not told before."""
        if self._since is None or not self._is_recent(fact):
            return False
        older: list[tuple[float, Telling]] = []
        for other in self._facts:
            near = float(other.vector @ fact.vector)
            old = [t for t in other.tellings if t.published is not None and t.published <= self._since]
            if old and other is not fact and near >= _KNOWN:
                return False
            if near >= _LOOKED_AT:
                older += [(near, t) for t in old]
        older.sort(key=lambda pair: -pair[0])
        return not any(self._desk.supports(text, telling) for _, telling in older[:_MOST])

    def _is_recent(self, fact: Fact) -> bool:
        since = self._since
        if since is None or not all(t.published is not None and t.published > since for t in fact.tellings):
            return False
        # What happened well before the day is background, even where nobody had told it in these words.
        return fact.day is None or fact.day.first_day() >= since - _BACKGROUND
