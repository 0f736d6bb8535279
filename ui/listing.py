"""The articles of the corpus as a table: filtered, sorted, copies under their lead, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rag.types import SourceSummary
from ui.markup import button, day, plural, text

ROWS = 50

ORDERS: Final[Mapping[str, tuple[Callable[[SourceSummary], Any], bool]]] = {
    "Newest first": (lambda s: (s.published or date.min, s.title), True),
    "Oldest first": (lambda s: (s.published or date.max, s.title), False),
    "Title": (lambda s: s.title.casefold(), False),
    "Publisher": (lambda s: (s.publisher.casefold(), s.published or date.min), False),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles, in which order, from which row on."""

    words: str = ""
    publishers: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    copies_only: bool = False
    order: str = "Newest first"
    start: int = 0


def table(sources: Sequence[SourceSummary], wanted: Wanted) -> str:
    """Returns the rows that are wanted as HTML, with how many there are and the way to the others."""
    copies: dict[str, list[SourceSummary]] = {}
    for source in sources:
        if source.duplicate_of:
            copies.setdefault(source.duplicate_of, []).append(source)
    grouped = {*copies, *(s.id for group in copies.values() for s in group)}
    found = [s for s in sources if _fits(s, wanted) and (s.id in grouped or not wanted.copies_only)]
    leads = {s.id for s in found if not s.duplicate_of}
    # A copy stands under its lead; alone only where the lead does not fit.
    tops = [s for s in found if s.id in leads or s.duplicate_of not in leads]
    key, reverse = ORDERS.get(wanted.order, ORDERS["Newest first"])
    tops.sort(key=key, reverse=reverse)
    start = min(max(0, wanted.start), max(0, len(tops) - 1)) // ROWS * ROWS
    rows = "".join(_row(top, copies.get(top.id, [])) for top in tops[start : start + ROWS])
    if not rows:
        nothing = "No article fits." if sources else "There are no articles yet. Add some above."
        return f'<p class="nothing" role="status">{nothing}</p>'
    head = (
        '<thead><tr><th scope="col"><span class="hidden">Choose</span></th><th scope="col">Title</th>'
        '<th scope="col">Publisher</th><th scope="col">Published</th>'
        '<th scope="col" class="number">Passages</th></tr></thead>'
    )
    return (
        f"{_bar(len(sources), len(found), len(tops), start)}"
        f'<table class="articles"><caption class="hidden">Articles</caption>{head}<tbody>{rows}</tbody></table>'
    )


def _fits(source: SourceSummary, wanted: Wanted) -> bool:
    if wanted.publishers and source.publisher not in wanted.publishers:
        return False
    if wanted.after and (source.published is None or source.published < wanted.after):
        return False
    if wanted.before and (source.published is None or source.published > wanted.before):
        return False
    about = f"{source.title} {source.publisher} {source.id}".casefold()
    return all(word in about for word in wanted.words.casefold().split())


def _bar(total: int, found: int, tops: int, start: int) -> str:
    said = plural(found, "article") if found == total else f"{found:,} of {plural(total, 'article')}"
    ways = ""
    if tops > ROWS:
        last = min(start + ROWS, tops)
        back = button("‹", "turn", title="Earlier rows", classes="step", start=start - ROWS) if start else ""
        on = button("›", "turn", title="Further rows", classes="step", start=start + ROWS) if last < tops else ""
        ways = f'<span class="ways">{back}<span>{start + 1:,}–{last:,}</span>{on}</span>'
    remove = button("Remove chosen", "remove", classes="plain")
    return f'<div class="bar"><span role="status">{said}</span>{ways}{remove}</div>'


def _row(source: SourceSummary, copies: Sequence[SourceSummary]) -> str:
    title = source.title or source.id
    under = "".join(f"<li>{_opened(copy)} {text(copy.publisher)}</li>" for copy in copies)
    group = f'<ul class="copies" aria-label="Near-duplicates">{under}</ul>' if under else ""
    lead = f'<span class="also">near-duplicate of {text(source.duplicate_of)}</span>' if source.duplicate_of else ""
    box = f'<input type="checkbox" data-id="{text(source.id)}" aria-label="Choose {text(title)}">'
    return (
        f"<tr><td>{box}</td><td>{_opened(source)}{lead}{group}</td><td>{text(source.publisher)}</td>"
        f'<td class="day">{day(source.published)}</td><td class="number">{source.passages:,}</td></tr>'
    )


def _opened(source: SourceSummary) -> str:
    return button(text(source.title or source.id), "open", classes="title", id=source.id)
