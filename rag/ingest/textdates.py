"""The publication date that an article states in its own text, where nothing else states it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.ingest.dates import parse_published

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_FULL = (
    rf"(?:{_MONTH}\s+{_DAY},?\s+(?:19|20)\d\d|{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?:19|20)\d\d|"
    r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME = (
    r"(?:[\s,T|·–—-]*(?:at\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?Z?(?:\s*[ap]\.?m\.?)?(?:\s*\(?[A-Z]{2,5}\)?)?"
    r"(?:[+-]\d\d:?\d\d)?)?"
)
# "Published: 20 November 2017, 10:15 GMT", or the date alone.
_STATED = re.compile(
    r"(?:by [^.!?\d]{3,60}[,|·•–—-]\s*)?"
    r"(?:(?:first |originally )?(?:published|posted|date|issued|released)(?: on| at)?\s*:?\s*)?"
    rf"{_WEEKDAY}(?P<date>{_FULL}){_TIME}\s*\.?",
    re.IGNORECASE,
)
# "DAMASCUS, Nov. 20, 2017 (Reuters) —": a place in capitals, perhaps its country, and the day.
_DATELINE = re.compile(
    rf"[^\W\d_a-z][A-ZÀ-Þ'’. -]{{2,40}}(?:,\s*[A-Z][\w.' ]{{1,30}})?,\s*(?P<date>(?i:{_FULL}))\s*"
    r"(?:\([^)]{2,40}\)\s*)?(?:[—–:-]|/[\w ]+/)"
)
_AGENCY_DATELINE = re.compile(rf"\(?(?:Reuters|AP|AFP|UPI|Xinhua|TASS)\)?,?\s*(?P<date>(?i:{_FULL}))\s*[—–:-]")
_HEAD_LINES = 8
_LONGEST = 100


def date_from_text(lines: Sequence[str], today: date | None = None) -> date | None:
    """Reads the publication date from the head of an article: a dateline with a year, or a line that is a date.

    Dates inside sentences are not read, nor a line that states when the article was updated: what they date may be
    anything. Where two such lines differ, nothing is known.
    """
    head = [line.strip() for line in lines if line.strip()][:_HEAD_LINES]
    today = today or date.today()
    found: set[date] = set()
    for line in head:
        match = (_STATED.fullmatch(line) if len(line) <= _LONGEST else None) or _DATELINE.match(line)
        match = match or _AGENCY_DATELINE.match(line)
        day = parse_published(match["date"]) if match else None
        if day and day <= today:
            found.add(day)
    return found.pop() if len(found) == 1 else None


def mentions(text: str, day: date) -> bool:
    """Returns whether a text names a day, with or without its year, or its month with the year."""
    name = day.strftime("%B")
    month = rf"(?:{name}|{name[:3]}|{name[:4]})\b\.?"
    number = rf"0?{day.day}(?:st|nd|rd|th)?"
    other_year = rf"(?!\s*,?\s*(?!{day.year})\d{{4}})"
    forms = (
        rf"\b{month}\s+{number}\b{other_year}", rf"\b{number}\s+(?:of\s+)?{month}{other_year}",
        rf"\b{month},?\s+{day.year}\b", rf"\b{day.year}[-/.]0?{day.month}[-/.]0?{day.day}\b",
        rf"\b0?{day.day}[/.]0?{day.month}[/.]{day.year}\b", rf"\b0?{day.month}/0?{day.day}/{day.year}\b",
    )  # fmt: skip
    return any(re.search(form, text, re.IGNORECASE) for form in forms)
