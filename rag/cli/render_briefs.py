"""What people read in a terminal of briefings and found quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.brief.export.document import NOTES, SOURCES, document_of
from rag.brief.types import Briefing, FoundQuotation
from rag.cli.render import Text, console, put
from rag.cli.terminal import clean

_CHANGE = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})")


def quotations(found: Sequence[FoundQuotation]) -> None:
    """Prints who carries a quotation: those with the same words, and what others changed."""
    out = console()
    if not found:
        put(out, Text("no article has these words, or words close to them"))
        return
    for each in found:
        mark = Text("= ", style="green") if each.exact else Text("≈ ", style="yellow")
        day = f"{each.published.day} {each.published:%B %Y}" if each.published else "undated"
        put(out, mark + Text(clean(f"{day}  {each.publisher or 'unknown publisher'} — {each.title or '(untitled)'}"),
                             style="bold"), 0, 4)  # fmt: skip
        speaker = clean(each.speaker) or "the article does not say plainly who"
        put(out, Text(f"said by {speaker}: ") + Text(f"“{clean(each.quote)}”", style="italic"), 4)
        if each.difference:
            put(out, _marked(clean(each.difference)), 4)
        out.print(Text(" " * 4 + clean(f"{each.article_id} [{each.start}:{each.end}]"), style="dim"), soft_wrap=True)
    exact = sum(each.exact for each in found)
    put(out, Text(f"{len(found)} articles, {exact} word for word; earliest first", style="dim"))


def briefing(found: Briefing) -> None:
    """Prints a briefing: its sections, where each sentence comes from, and its sources."""
    out, document = console(), document_of(found)
    put(out, Text(clean(document.title.text), style="bold") + Text(_numbers(document.title.numbers)))
    for about in document.about:
        put(out, Text(clean(about), style="dim"))
    for part in document.parts:
        out.print()
        put(out, Text(clean(part.title), style="bold"))
        for line in part.lines:
            mark = Text("+ ", style="green") if line.new else Text("· ")
            put(out, mark + Text(clean(line.text) + _numbers(line.numbers)), 0, 2)
    if document.quotes:
        out.print()
        put(out, Text(SOURCES, style="bold"))
    for citation in found.citations:
        head = f"{citation.publisher or 'unknown publisher'}, {citation.published or 'undated'}: “{citation.quote}”"
        put(out, Text(f"[{citation.n}] ", style="bold") + Text(clean(head)), 0, 4)
        where = f"{citation.article_id} [{citation.start}:{citation.end}]"
        out.print(Text(" " * 4 + clean(where), style="dim"), soft_wrap=True)
    out.print()
    put(out, Text(NOTES, style="bold"))
    for note in document.notes:
        put(out, Text(clean(note), style="dim"), 0, 2)
    put(out, Text(f"{found.seconds:.1f} s", style="dim"))


def _numbers(numbers: Sequence[int]) -> str:
    return f" {''.join(f'[{n}]' for n in numbers)}" if numbers else ""


def _marked(difference: str) -> Text:
    shown = Text()
    for part in _CHANGE.split(difference):
        style = "red" if part.startswith("[-") else "green" if part.startswith("{+") else ""
        shown.append(part, style=style)
    return shown
