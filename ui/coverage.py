"""How many articles of which publisher on which day, as a picture drawn here: no library, nothing to fetch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from rag.types import SourceSummary
from ui.markup import day, plural, text

_COLUMNS = 48
_PUBLISHERS = 12
_LABEL, _CELL, _ROW, _TOP = 168, 18, 22, 40
_MONTH = 64  # the width of a label of the axis
_OTHERS = "others"


def coverage(sources: Sequence[SourceSummary]) -> str:
    """Returns dots by publisher and day, their area by the number of articles.

    Days without an article are left out, with a gap. Where there are more days than can be shown, they are taken
    together by week, month or year; the smallest publishers are taken together too.
    """
    dated = [(s.publisher or "unnamed publisher", s.published) for s in sources if s.published]
    if not dated:
        return '<p class="nothing">No article has a date.</p>'
    bin_of, what = _bins([when for _, when in dated])
    sizes = Counter(name for name, _ in dated)
    shown = [name for name, _ in sizes.most_common(_PUBLISHERS if len(sizes) <= _PUBLISHERS else _PUBLISHERS - 1)]
    rows = [*sorted(shown, key=str.casefold), *([_OTHERS] if len(sizes) > len(shown) else [])]
    counts = Counter((name if name in shown else _OTHERS, bin_of(when)) for name, when in dated)
    columns = sorted({when for _, when in counts})
    undated = len(sources) - len(dated)
    first, last = min(when for _, when in dated), max(when for _, when in dated)
    told = (
        f"Articles by publisher and {what}: {plural(len(dated), 'article')}, {plural(len(sizes), 'publisher')},"
        f" from {day(first)} to {day(last)}"
    )
    width, height = _LABEL + _CELL * len(columns) + 52, _TOP + _ROW * len(rows) + 4
    parts = [_axis(columns, what, height)]
    most = max(n for (name, _), n in counts.items() if name != _OTHERS or len(rows) == 1)
    for line, name in enumerate(rows):
        y = _TOP + _ROW * line + _ROW // 2
        parts.append(f'<text x="{_LABEL - 10}" y="{y + 4}" text-anchor="end">{text(_cut(name))}</text>')
        for place, when in enumerate(columns):
            if n := counts[(name, when)]:
                radius = 2.5 + (_CELL / 2 - 3) * math.sqrt(min(1.0, n / most))
                title = f"{name}, {_when(when, what)}: {plural(n, 'article')}"
                parts.append(
                    f'<circle cx="{_LABEL + _CELL * place + _CELL / 2:g}" cy="{y}" r="{radius:.1f}">'
                    f"<title>{text(title)}</title></circle>"
                )
    note = f'<p class="note">{plural(undated, "article")} without a date.</p>' if undated else ""
    return (
        f'<figure class="coverage"><figcaption>{text(told)}</figcaption><div class="wide" tabindex="0" role="group"'
        f' aria-label="Coverage, scrolls sideways"><svg viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-label="{text(told)}">{"".join(parts)}</svg></div>{note}</figure>'
    )


def _bins(days: Sequence[date]) -> tuple[Callable[[date], date], str]:
    ways: tuple[tuple[Callable[[date], date], str], ...] = (
        (lambda when: when, "day"),
        (lambda when: when - timedelta(days=when.weekday()), "week"),
        (lambda when: when.replace(day=1), "month"),
    )
    for bin_of, what in ways:
        if len({bin_of(when) for when in days}) <= _COLUMNS:
            return bin_of, what
    return (lambda when: when.replace(month=1, day=1)), "year"


def _axis(columns: Sequence[date], what: str, height: int) -> str:
    """Returns labels where the month or year changes, and a line where days were left out."""
    parts = []
    free = [0, 0]  # where the next label of each line may begin
    for place, when in enumerate(columns):
        x = _LABEL + _CELL * place
        before = columns[place - 1] if place else None
        if before is None or (before.year, before.month) != (when.year, when.month):
            form = "%Y" if what == "year" else "%b %Y"
            if (line := next((line for line, start in enumerate(free) if x >= start), None)) is not None:
                parts.append(f'<text x="{x}" y="{28 - 14 * line}" class="month">{when:{form}}</text>')
                free[line] = x + _MONTH
            if place:
                parts.append(f'<line x1="{x}" x2="{x}" y1="{_TOP - 4}" y2="{height}"></line>')
    return "".join(parts)


def _when(when: date, what: str) -> str:
    return {"day": f"{when:%-d %B %Y}", "week": f"week of {when:%-d %B %Y}", "month": f"{when:%B %Y}"}.get(
        what, str(when.year)
    )


def _cut(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"  # what fits beside the dots
