"""What of a conversation was known on the day that the reader asks on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.types import Citation, Turn


def latest_of(citations: Sequence[Citation]) -> date | None:
    """Returns the day of the newest of some citations; ``None`` when there are none, or one has no date."""
    days = [citation.published for citation in citations]
    return max((day for day in days if day), default=None) if None not in days else None


def known_on(history: Sequence[Turn], as_of: date | None) -> tuple[list[Turn], str]:
    """Returns the turns that rest on nothing published after a day, and what the reader is to be told.

    A turn whose answer cites something later is left out, with its question: a question may be asked because of what
    that answer said. Of one whose sources are not known only the question is kept, which is the reader's own.

    Args:
        history: The conversation before, oldest first.
        as_of: The day; ``None`` keeps everything.
    """
    if as_of is None:
        return list(history), ""
    kept: list[Turn] = []
    left_out = 0
    for turn in history:
        if turn.latest is not None and turn.latest > as_of:
            left_out += 1
        elif turn.latest is None and turn.answer:
            left_out += 1
            kept.append(replace(turn, answer=""))
        else:
            kept.append(turn)
    day = f"{as_of.day} {as_of:%B %Y}"
    return kept, f"earlier answers that may rest on articles after {day} were not used" if left_out else ""
