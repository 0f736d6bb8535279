"""A briefing as what a page shows, before any form is chosen: lines of text, in order, safe to print."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from rag.brief.types import Briefing
from rag.types import Citation, Verdict

_NEW = "New: "
_PARTIAL = " (only partly confirmed)"


_MARKS = frozenset('“"„«')


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with the numbers of its citations; ``new`` marks what was not told before."""

    text: str
    numbers: tuple[int, ...]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A section."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation: number, the cited words within quotation marks, and where they stand."""

    n: int
    words: str
    where: str


@dataclass(frozen=True, slots=True)
class Document:
    """All that every form shows.

    Attributes:
        title: The headline, or what stands in for it.
        about: What the briefing is about and rests on, one line each.
        parts: The sections after the headline.
        sources: One line for each article.
        quotes: The citations.
        notes: What the reader should know of the making, one line each.
    """

    title: Line
    about: tuple[str, ...]
    parts: tuple[Part, ...]
    sources: tuple[str, ...]
    quotes: tuple[Quote, ...]
    notes: tuple[str, ...]


SOURCES, QUOTES, NOTES = "Sources", "Cited words", "Notes"


def document_of(briefing: Briefing) -> Document:
    """Returns what a briefing shows."""
    request = briefing.request
    parts = []
    title = Line("Nothing to report", ())
    for number, section in enumerate(briefing.sections):
        lines = tuple(
            Line(
                (_NEW if place in section.new else "")
                + printable(s.text)
                + ("" if s.verdict is Verdict.SUPPORTED else _PARTIAL),
                s.citations,
                place in section.new,
            )
            for place, s in enumerate(section.sentences)
        )
        if number == 0 and section.title == "Headline":
            title = lines[0]
        else:
            parts.append(Part(printable(section.title), lines))
    if request.compare:
        title = Line(printable(f"How {request.compare[0]} and {request.compare[1]} tell it"), ())
    return Document(title, _about(briefing), tuple(parts), _sources(briefing), _quotes(briefing), _notes(briefing))


def printable(text: str) -> str:
    """Returns one line without control characters, half characters and marks that turn the direction of writing."""
    kept = ("".join(" " if unicodedata.category(c) == "Cc" else c for c in text)).split()
    drop = {"Cf", "Cs", "Co", "Cn"}
    return "".join(c for c in " ".join(kept) if unicodedata.category(c) not in drop or c in "\u200c\u200d")


def spoken(day: date | None) -> str:
    """Returns a date in words."""
    return f"{day.day} {day:%B %Y}" if day else "undated"


def _about(briefing: Briefing) -> tuple[str, ...]:
    request = briefing.request
    lines = []
    if request.topic:
        lines.append(f"Topic: {printable(request.topic)}")
    days = sorted(s.published for s in briefing.sources if s.published)
    if days:
        period = spoken(days[0]) if days[0] == days[-1] else f"{spoken(days[0])} to {spoken(days[-1])}"
        lines.append(f"Published: {period}")
    if request.since:
        lines.append(f"New since: {spoken(request.since)}")
    articles, n = len(briefing.sources), briefing.independent
    lines.append(f"Sources: {articles} {'article' if articles == 1 else 'articles'}, {n} independent")
    return tuple(lines)


def _sources(briefing: Briefing) -> tuple[str, ...]:
    lines = []
    for source in briefing.sources:
        named = source.title or source.article_id
        line = f"{source.publisher or 'Unknown publisher'}, {spoken(source.published)}: {named}"
        if source.copies:
            line += f" (the same report also in {', '.join(source.copies)}, counted once)"
        lines.append(printable(line))
    return tuple(lines)


def _quotes(briefing: Briefing) -> tuple[Quote, ...]:
    return tuple(Quote(c.n, _marked(printable(c.quote)), where(c)) for c in briefing.citations)


def _marked(words: str) -> str:
    """Returns cited words in quotation marks; those that begin with one have their own."""
    return words if words[:1] in _MARKS else f"“{words}”"


def where(citation: Citation) -> str:
    """Returns where cited words stand: title, publisher, date and characters."""
    named = citation.title or citation.article_id
    origin = f"{citation.publisher or 'unknown publisher'}, {spoken(citation.published)}"
    return printable(f"{named} – {origin}, characters {citation.start} to {citation.end}")


def _notes(briefing: Briefing) -> tuple[str, ...]:
    if not briefing.sections:
        return (*map(printable, briefing.warnings), "No article is about this within the filters.")
    made = (
        "Every sentence is the wording of a source or was checked against the words it cites"
        f" ({briefing.model}); {len(briefing.dropped)} sentences did not pass and were left out."
    )
    return (*map(printable, briefing.warnings), printable(made))
