"""When it happened and who reported it when, as a picture drawn here: no library, nothing to fetch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rag.brief.types import Briefing
from rag.brief.writing import DEVELOPMENTS
from rag.types import Citation
from ui.cited import CITED
from ui.markup import attributes, day, text

_DAY = re.compile(r"^(?P<reported>Reported )?(?P<day>\d{1,2} [A-Z][a-z]+ \d{4})(?P<ahead> \(planned\))?[: (]")
"""How the writer of briefings puts the day of an event before its sentence."""
_LABEL, _COLUMN, _LANE, _TOP, _STEP = 168, 52, 26, 42, 20
_LANES = 10
_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence with its day; ``kind`` is ``happened``, ``planned``, or ``reported`` when only that day is known."""

    when: date
    kind: str
    said: str
    n: int


def timeline(briefing: Briefing, place: str) -> str:
    """Returns the key developments by day above the reports that are cited, each leading to its source.

    Days on which nothing happened are left out. Nothing is drawn of a single day.

    Args:
        briefing: The briefing.
        place: Its id.
    """
    events = events_of(briefing)
    cited: dict[str, Citation] = {}
    for citation in briefing.citations:
        cited.setdefault(citation.article_id, citation)
    reports = [c for c in cited.values() if c.published]
    columns = sorted({e.when for e in events} | {c.published for c in reports if c.published})
    if len(columns) < 2 or not events:
        return ""
    sizes = Counter(_name(c) for c in reports)
    shown = [name for name, _ in sizes.most_common(_LANES if len(sizes) <= _LANES else _LANES - 1)]
    lanes = [*sorted(shown, key=str.casefold), *([_OTHERS] if len(sizes) > len(shown) else [])]
    stacked = Counter(e.when for e in events)
    head = _STEP * max(stacked.values()) + 10
    height = _TOP + head + _LANE * len(lanes) + 6
    width = _LABEL + _COLUMN * len(columns) + 12
    at = {when: _LABEL + _COLUMN * number + _COLUMN // 2 for number, when in enumerate(columns)}
    parts = [*_axis(columns, at, height), _line(_TOP + head, width)]
    parts.append(f'<text x="{_LABEL - 12}" y="{_TOP + 18}" text-anchor="end" class="lane">What happened</text>')
    level: Counter[date] = Counter()
    for event in events:
        y = _TOP + 13 + _STEP * level[event.when]
        level[event.when] += 1
        parts.append(_dot(at[event.when], y, 7, f"event {event.kind}", event.said, place, event.n))
    for number, lane in enumerate(lanes):
        y = _TOP + head + _LANE * number + _LANE // 2 + 4
        parts.append(f'<text x="{_LABEL - 12}" y="{y + 4}" text-anchor="end">{text(_cut(lane))}</text>')
        groups: dict[date, list[Citation]] = {}
        for citation in reports:
            if citation.published and (lane == _name(citation) or (lane == _OTHERS and _name(citation) not in shown)):
                groups.setdefault(citation.published, []).append(citation)
        for when, group in groups.items():
            more = f" and {len(group) - 1} more" if len(group) > 1 else ""
            said = f"{_name(group[0])}, {day(when)}: {group[0].title or group[0].article_id}{more}"
            parts.append(_dot(at[when], y, 4 + min(3, len(group) - 1), "report", said, place, group[0].n))
    told = f"Timeline from {day(columns[0])} to {day(columns[-1])}"
    legend = "".join(
        f'<span class="key {kind}">{said}</span>'
        for kind, said in (("happened", "happened"), ("planned", "planned"), ("reported", "reported that day"))
        if any(e.kind == kind for e in events)
    )
    return (
        f'<figure class="timeline"><figcaption><span>{text(told)}</span>{legend}</figcaption>'
        f'<div class="wide" tabindex="0" role="group" aria-label="{text(told)}, scrolls sideways">'
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" aria-label="{text(told)}">'
        f"{''.join(parts)}</svg></div></figure>"
    )


def events_of(briefing: Briefing) -> list[Event]:
    """Returns the developments that have a day, in time order; in a comparison, the sentences that have one."""
    known = {citation.n: citation for citation in briefing.citations}
    found = []
    for section in briefing.sections:
        if section.title != DEVELOPMENTS and briefing.request.compare is None:
            continue
        for sentence in section.sentences:
            first = next((known[n] for n in sentence.citations if n in known), None)
            given = _DAY.match(sentence.text)
            when = _read(given["day"]) if given else None
            if given and when and first:
                kind = "reported" if given["reported"] else "planned" if given["ahead"] else "happened"
                found.append(Event(when, kind, sentence.text, first.n))
            elif first and first.published:
                found.append(Event(first.published, "reported", sentence.text, first.n))
    return sorted(found, key=lambda event: event.when)


def _axis(columns: Sequence[date], at: dict[date, int], height: int) -> list[str]:
    """Returns the days, the year where it changes, and a line where days were left out."""
    parts = []
    for number, when in enumerate(columns):
        before = columns[number - 1] if number else None
        x = at[when]
        if before is None or before.year != when.year:
            parts.append(f'<text x="{x}" y="14" text-anchor="middle" class="year">{when.year}</text>')
        parts.append(f'<text x="{x}" y="32" text-anchor="middle" class="day">{when.day} {when:%b}</text>')
        if before is not None and (when - before).days > 1:
            left = x - _COLUMN // 2
            parts.append(f'<line x1="{left}" x2="{left}" y1="22" y2="{height}" class="gap"></line>')
    return parts


def _line(y: int, width: int) -> str:
    return f'<line x1="0" x2="{width}" y1="{y}" y2="{y}"></line>'


def _dot(x: int, y: int, radius: int, kind: str, said: str, place: str, n: int) -> str:
    told = {
        "class": kind, "tabindex": "0", "role": "button", "aria-label": said, "data-event": "cite", "data-turn": place,
        "data-n": n, "data-kind": CITED,
    }  # fmt: skip
    return f'<g{attributes(told)}><title>{text(said)}</title><circle cx="{x}" cy="{y}" r="{radius}"></circle></g>'


def _read(said: str) -> date | None:
    try:
        return datetime.strptime(said, "%d %B %Y").date()
    except ValueError:
        return None


def _name(citation: Citation) -> str:
    return citation.publisher or "unnamed publisher"


def _cut(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"  # what fits beside the dots
