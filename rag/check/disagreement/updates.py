"""Later counts and corrections: what one source takes back or brings up to date is no contradiction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.check.disagreement.statements import Statement, agree
from rag.check.words import plain

_CORRECTS = re.compile(
    r"\bcorrect(?:ion|ed|s)\b|\b(?:that|this|it|which) was (?:wrong|incorrect|mistaken)\b|\bin error\b|\bmisstated\b"
    r"|\bearlier version\b|\bclarification\b|\berroneously\b|\bincorrectly\b",
    re.IGNORECASE,
)
_RAISES = re.compile(
    r"\b(?:risen|rose|rises|climbed|climbs|increased|grown|grew|jumped|raised|revised|dropped|fell|fallen|lowered)\b"
    r"[\w\s]{0,12}\bto\b|\b(?:now stands|now at|new (?:count|toll|figure)|updated?)\b"
    r"|\bup from\b|\bdown from\b",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"\b(?:first|earlier|initial|previous|original|preliminary) (?:count|report|figure|toll|estimate|number)s?\b"
    r"|\bour report\b|\bhad (?:earlier |previously |first |originally )?(?:been|said|reported|put)\b"
    r"|\b(?:earlier|previously|initially|originally|first) (?:said|reported|given|put|stated)\b"
    r"|\bup from\b|\bdown from\b"
    r"|\bearlier version\b",
    re.IGNORECASE,
)
_EARLY = re.compile(r"\bpreliminary\b|\binitial (?:count|figure|report|estimate)\b|\bfirst count\b", re.IGNORECASE)


def apply_updates(statements: Sequence[Statement]) -> tuple[list[Statement], list[str]]:
    """Takes out statements that a later one corrects or brings up to date.

    A source's later statement replaces its own earlier one. Another source's does so when it says that the figure was
    corrected or has changed, or when the earlier one was given as preliminary.

    Returns:
        The statements that stand, and one line for each value that was replaced.
    """
    standing = [s for s in statements if not _is_former(s, statements)]
    lines: list[str] = []
    out: list[Statement] = []
    for old in standing:
        newer = [new for new in standing if new is not old and not agree(new.value, old.value) and _replaces(new, old)]
        if not newer:
            out.append(old)
            continue
        newest = max(newer, key=lambda s: (s.sentence.published or date.min, _is_correction(s)))
        lines.append(_line(newest, old))
    lines += [_line(s, former) for s in out for former in statements if _takes_back(s, former) and not lines]
    return out, list(dict.fromkeys(lines))


def _is_former(statement: Statement, statements: Sequence[Statement]) -> bool:
    """True for a number that an article repeats only to take it back: "The first count had been six"."""
    mine = statement.sentence
    others = [
        s
        for s in statements
        if s.sentence.passage.passage.article_id == mine.passage.passage.article_id
        and not agree(s.value, statement.value)
    ]
    if not others:
        return False
    return bool(_FORMER.search(plain(mine.text))) or (
        bool(_CORRECTS.search(plain(mine.neighbours())))
        and any(s.sentence.span.start > mine.span.start for s in others)
    )


def _takes_back(new: Statement, former: Statement) -> bool:
    same = new.sentence.passage.passage.article_id == former.sentence.passage.passage.article_id
    return same and not agree(new.value, former.value) and _is_changed(new)


def _is_correction(statement: Statement) -> bool:
    return bool(_CORRECTS.search(plain(statement.sentence.neighbours())))


def _is_changed(statement: Statement) -> bool:
    return _is_correction(statement) or bool(_RAISES.search(plain(statement.sentence.neighbours())))


def _replaces(new: Statement, old: Statement) -> bool:
    when, before = new.sentence.published, old.sentence.published
    if when is None or before is None or when < before:
        return False
    if new.sentence.source == old.sentence.source:
        return when > before
    if when == before and not _is_changed(new):
        return False
    # Looked for in the passage: a caveat often stands some sentences after the figure.
    return _is_changed(new) or (when > before and bool(_EARLY.search(old.sentence.passage.passage.text)))


def _line(new: Statement, old: Statement) -> str:
    verb = "corrects" if _is_correction(new) else "updates"
    when = f" of {_day(old.sentence.published)}" if old.sentence.published else ""
    return (
        f"{new.sentence.publisher} {verb} {_owner(new, old)}{when}: {new.text}, no longer {old.text}"
        f" ({_day(new.sentence.published)})"
    )


def _owner(new: Statement, old: Statement) -> str:
    return "its own report" if new.sentence.source == old.sentence.source else f"the report of {old.sentence.publisher}"


def _day(when: date | None) -> str:
    return f"{when.day} {when:%B %Y}" if when else "undated"
