"""Dates that answer a "when" question, resolved by the day on which the article came out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from rag.check.dates import DateMention, find_dates
from rag.check.disagreement.question import Asked, is_about, mentions
from rag.check.disagreement.statements import Day, SourceSentence, Statement
from rag.check.words import plain
from rag.ingest.date_words import TODAY
from rag.ingest.resolution import resolve, resolve_relative

_CLAUSE = re.compile(
    r"[;:]\s|,\s(?=(?:and|but|while|where|which|who|when|as|after|before|a day|one day|two days|hours|days|weeks)\b)"
    r"|\s(?:after|before|until|since|when|because|while|but|following|ahead of)\s"
)
_LIFE = re.compile(r"\(([^()]*?\b\d{4})\s*[-–]\s*([^()]*?\b\d{4})\)")
_LATER = re.compile(r"\b(?:will|would|due to|expected to|planned|plans to|to be held|next|(?:is|are|was|were) to)\b")
_DATELINE = re.compile(r"^[A-Z]{3,}[^()]{0,60}\([^()]{2,40}\)\s*-+\s*")
_CONTEXT = 2
_DAYS = TODAY | {"yesterday", "last night"}


def date_statements(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    """Yields the dates that a sentence gives for the event of a "when" question.

    A date counts when it stands in one clause with the predicate of the question. "Monday" is the last Monday up to
    the day of publication, "yesterday" the day before it; without a date of publication neither counts.
    """
    text = _DATELINE.sub("", plain(sentence.text))
    near = " ".join([*(plain(each) for each in sentence.before[-_CONTEXT:]), text])
    wide = plain(f"{sentence.passage.title}. ") + near
    if not asked.terms or not is_about(asked, text if len(asked.names) > 1 else wide, within=wide):
        return
    if lived := _of_a_life(asked, text, sentence):
        yield lived
        return
    for clause in _clauses(text):
        if not mentions(asked.terms[0], clause) or _LATER.search(clause):
            continue
        days = days_in(clause, sentence.published)
        if len(days) == 1:
            yield Statement(days[0][0], days[0][1], sentence)


def spoken(day: Day) -> str:
    """Returns a date in words."""
    if day.month is None:
        return str(day.year)
    named = f"{date(2000, day.month, 1):%B} {day.year}"
    return f"{day.day} {named}" if day.day else named


def _of_a_life(asked: Asked, text: str, sentence: SourceSentence) -> Statement | None:
    """Reads "Jane Doe (2 July 1829 - 3 November 1913)"."""
    match = _LIFE.search(text)
    which = 1 if re.search(r"\b(?:born|birth)\b", asked.text) else 2 if re.search(r"\b(?:die|death)", asked.text) else 0
    if not match or not which or (match.start() > 120 and not sentence.before):
        return None
    found = days_in(match.group(which), None)
    return Statement(found[0][0], found[0][1], sentence) if len(found) == 1 else None


def _clauses(text: str) -> Iterator[str]:
    start = 0
    for match in _CLAUSE.finditer(text):
        yield text[start : match.start()]
        start = match.end()
    yield text[start:]


def days_in(clause: str, published: date | None) -> list[tuple[Day, str]]:
    """Returns the dates of a plain text, comparable and in words; a weekday beside its own date is one date."""
    found: dict[Day, str] = {}
    for mention in find_dates(clause):
        day = _day(mention, published)
        if day is not None and not any(known.agrees(day) for known in found):
            found[day] = mention.text
        elif day is not None and day.day:
            for known in [known for known in found if known.agrees(day) and not known.day]:
                found.pop(known)
                found[day] = mention.text
    return [(day, spoken(day)) for day in found]


def _day(mention: DateMention, published: date | None) -> Day | None:
    if mention.relative:
        # "Last month" or "a year ago" tell too little to contradict anyone.
        found = resolve_relative(mention.relative, published) if published and mention.relative in _DAYS else None
    elif len(mention.readings) == 1:
        found = resolve(mention.readings[0], published)
    else:
        return None
    known = found.as_partial if found else None
    return Day(known.year, known.month, known.day) if known and known.year else None
