"""How a source sentence is shown in a briefing: its own words, without what belongs to the page it stood on."""

from __future__ import annotations

import re
from datetime import date
from functools import partial

from rag.brief.days import day_at
from rag.brief.facts import Telling
from rag.brief.voices import names_its_speaker
from rag.check.datelines import without_datelines
from rag.check.quotations import find_quotations, with_brackets
from rag.check.speakers import same_person
from rag.check.words import keys, plain
from rag.generate.extractive import balanced

_LEAD_IN = re.compile(r"^(?:But|And|So|Yet|Meanwhile|However|Also),?\s+(?=\w)")
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tomorrow|last night"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|night|evening|afternoon))?)"
    r"(?!['’]s|\w|,? (?:the )?\d|,? [A-Z][a-z]{2,8}\.? \d)"  # "Monday, 20 November" says it itself
)
_ENDED = re.compile(r"[.!?…][\"”’')\]]*$")
_BLANK = re.compile(r"\s+")
_LEAST = 5


def shown(text: str, headline: str = "") -> str:
    """Returns a source sentence as one line, without its dateline and the word that ties it to the one before.

    Args:
        text: The sentence.
        headline: Cut off where the sentence begins with it: pages are saved with both in one line.
    """
    line = without_headline(_BLANK.sub(" ", text).strip(), headline)
    for without in (without_datelines, partial(_LEAD_IN.sub, "", count=1)):
        rest = without(line)
        if rest != line and len(keys(rest)) >= _LEAST:
            line = rest[:1].upper() + rest[1:]
    line = balanced(line)
    return line if _ENDED.search(line) else f"{line.rstrip(' ,;:–—-')}."


def without_headline(line: str, headline: str) -> str:
    """Returns a line without the headline it begins with, where enough is left to be a sentence."""
    title = _BLANK.sub(" ", headline).strip()
    rest = line[len(title) :].lstrip(" .:|-–—―") if title and plain(line).startswith(plain(title)) else line
    return rest if len(keys(rest)) >= _LEAST else line


def placed_in_time(telling: Telling) -> str:
    """Returns a sentence with the date, in brackets, behind the first word that only a reader of that day can place."""
    return with_days(shown(telling.text, telling.headline), telling.published)


def with_days(text: str, published: date | None) -> str:
    """Returns a text of an article with the date, in brackets, behind its first "yesterday" or weekday."""

    def meaning(found: re.Match[str]) -> str:
        day = day_at(text, found.start(), found.end(), published)
        return day.spoken() if day is not None and day.day else ""

    return with_brackets(text, _RELATIVE, meaning)


def dated(telling: Telling, text: str = "") -> str:
    """Returns a sentence, or what is to be shown for it, behind the day of what it tells or behind who told it when."""
    text = text or shown(telling.text, telling.headline)
    if telling.day is not None:
        ahead = " (planned)" if telling.day.ahead else ""
        return f"{telling.day.spoken()}{ahead}: {text}"
    if telling.published is not None and telling.passage.publisher:
        day = f"{telling.published.day} {telling.published:%B %Y}"
        return f"Reported {day} ({telling.publisher}): {text}"
    return text


def attributed(telling: Telling, speaker: str) -> str:
    """Returns a quotation with its speaker: the sentence as it stands where it names him, else name and words."""
    text = shown(telling.text)
    if names_its_speaker(telling.text) or not speaker or _names(text, speaker):
        return text
    quotations = find_quotations(text)
    longest = max(quotations, key=lambda q: len(q.text), default=None)
    if longest is None or len(keys(longest.text)) < _LEAST:
        return text
    words = longest.text.strip().rstrip(",")
    return f"{_as_cited(telling, speaker)}: “{words}”"


def _as_cited(telling: Telling, speaker: str) -> str:
    """Returns the name as far as the cited sentences have it."""
    cited = telling.text + (f" {telling.voice[0].passage.words(telling.voice[1])}" if telling.voice else "")
    known = set(keys(cited))
    kept = [word for word in speaker.split() if set(keys(word)) <= known]
    return " ".join(kept) or speaker


def _names(text: str, speaker: str) -> bool:
    bare = text
    for quotation in reversed(find_quotations(text)):
        bare = bare[: quotation.start] + bare[quotation.end :]
    last = keys(speaker)[-1:]
    return bool(last) and (last[0] in keys(bare) or same_person(plain(bare), speaker))
