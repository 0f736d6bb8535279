"""What people read in a terminal. Everything from articles and models is stripped of control characters."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from rag.answering import AnswerEvent, Finished, Notice, SentenceReady
from rag.types import (
    AbstentionReason,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    IngestReport,
    RetrievedPassage,
    SourceSummary,
    Verdict,
)

_MARKS = {Verdict.SUPPORTED: ("✓", "green"), Verdict.PARTIAL: ("~", "yellow")}
_REASONS = {
    AbstentionReason.NOT_IN_CORPUS: "the corpus does not say",
    AbstentionReason.OUTSIDE_FILTERS: "only articles outside the filters could say",
    AbstentionReason.FALSE_PREMISE: "the corpus does not support what the question takes for granted",
    AbstentionReason.CONFLICTING: "the sources conflict",
    AbstentionReason.PARTIAL: "the corpus answers only part of it",
}


def console() -> Console:
    """Returns a console on standard output that leaves text alone: no markup, no guessed highlights."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def clean(text: str) -> str:
    """Returns one line without control or formatting characters, which could command the terminal."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text).split())


class IngestBar:
    """Progress of an ingest on standard error; hidden when standard error is not a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn(),
            console=Console(stderr=True, markup=False), transient=True, disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._task = self._progress.add_task("reading articles", total=None)
        self._progress.start()

    def __call__(self, read: int, passages: int) -> None:
        """Shows articles read and passages written."""
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f" · {passages / elapsed:.0f}/s" if passages and elapsed > 1 else ""
        self._progress.update(self._task, description=f"{read:,} articles read · {passages:,} passages stored{rate}")

    def close(self) -> None:
        """Removes the bar."""
        self._progress.stop()


@contextmanager
def ingest_progress() -> Iterator[IngestBar]:
    """Shows progress while the block runs."""
    bar = IngestBar()
    try:
        yield bar
    finally:
        bar.close()


def report(found: IngestReport) -> None:
    """Prints what an ingest changed, and every source that failed."""
    out = console()
    counts = [(found.added, "added"), (found.updated, "updated"), (found.unchanged, "unchanged")]
    counts += [(found.removed, "removed"), (len(found.failed), "failed")]
    out.print(Text("articles: " + ", ".join(f"{n:,} {what}" for n, what in counts if n) if any(n for n, _ in counts)
                   else "nothing to read"))  # fmt: skip
    out.print(Text(f"{found.passages:,} passages written in {found.seconds:.1f} s"))
    for copy, lead in found.duplicates:
        out.print(Text(clean(f"  {copy} is a copy of {lead}"), style="dim"))
    for failure in found.failed:
        out.print(Text(clean(f"  {failure.source}: {failure.error}"), style="red"))


def summaries(found: Sequence[SourceSummary]) -> None:
    """Prints a table of articles."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Published", "Publisher", "Title", "Passages", "Id"):
        table.add_column(name, justify="right" if name == "Passages" else "left", overflow="fold")
    for s in found:
        title = clean(s.title) or "(untitled)"
        note = f"  ↳ copy of {clean(s.duplicate_of)}" if s.duplicate_of else ""
        table.add_row(
            Text(s.published.isoformat() if s.published else "undated"),
            Text(clean(s.publisher)), Text(title + note), Text(str(s.passages)), Text(clean(s.id)),
        )  # fmt: skip
    out = console()
    out.print(table)
    out.print(Text(f"{len(found):,} articles", style="dim"))


def article(found: Article, *, raw: bool) -> None:
    """Prints an article's canonical text and, on request, what cleaning removed."""
    out = console()
    out.print(Text(_headline(found.title, found.publisher, found.published), style="bold"))
    out.print(Text(clean(f"{found.id} · version {found.version[:16]}"), style="dim"))
    out.print()
    for line in found.text.split("\n"):
        out.print(Text(clean(line)))
    if raw and found.removed:
        out.print()
        out.print(Text("Removed by cleaning", style="bold"))
        for piece in found.removed:
            out.print(Text(clean(f"{piece.rule}: {piece.text}"), style="dim"))


def results(found: Sequence[RetrievedPassage]) -> None:
    """Prints search results."""
    out = console()
    if not found:
        out.print(Text("no passage matches"))
    for number, hit in enumerate(found, start=1):
        head = Text(f"{number:>2}. ", style="bold")
        out.print(head + Text(_headline(hit.title, hit.publisher, hit.published), style="bold"))
        out.print(Padding(Text(clean(hit.passage.text)), (0, 0, 0, 4)))
        where = f"{hit.passage.article_id} [{hit.passage.span.start}:{hit.passage.span.end}] · score {hit.score:.4f}"
        out.print(Padding(Text(clean(where), style="dim"), (0, 0, 1, 4)))


@contextmanager
def waiting(*, quiet: bool) -> Iterator[Status]:
    """Shows on standard error that something is going on, where that is a terminal."""
    screen = Console(stderr=True, markup=False, quiet=quiet or not sys.stderr.isatty())
    with screen.status("looking for evidence") as status:
        yield status


def follow(events: Iterable[AnswerEvent], status: Status, *, quiet: bool) -> Answer:
    """Shows sentences as they are checked and returns the answer.

    On a terminal the growing answer is redrawn, because a later source can add a citation to an earlier sentence;
    elsewhere it is printed once, at the end.
    """
    out = console()
    shown = Live(console=out, auto_refresh=False, transient=True) if out.is_terminal and not quiet else None
    with shown or nullcontext():
        for event in events:
            if isinstance(event, Notice):
                status.update(event.message)
            elif isinstance(event, SentenceReady) and shown:
                status.stop()
                shown.update(_sentences(event.sentences), refresh=True)
            elif isinstance(event, Finished):
                status.stop()
                answer = event.answer
    if not quiet and answer.sentences:
        out.print(_sentences(answer.sentences))
    return answer


def _sentences(found: Sequence[AnswerSentence]) -> Text:
    lines = []
    for sentence in found:
        mark, style = _MARKS.get(sentence.verdict, ("!", "red"))
        numbers = "".join(f"[{n}]" for n in sentence.citations)
        lines.append(Text(f"{mark} ", style=style) + Text(f"{clean(sentence.text)} {numbers}"))
    return Text("\n").join(lines)


def answer_sources(answer: Answer) -> None:
    """Prints what follows the sentences: sources with their quoted words, what was dropped, warnings, cost."""
    out = console()
    if answer.abstained and answer.reason:
        out.print(Text(f"No answer: {_REASONS[answer.reason]} ({answer.reason.value}).", style="bold yellow"))
    cited = answer.nearest if answer.abstained else answer.citations
    if cited:
        out.print()
        out.print(Text("Nearest evidence" if answer.abstained else "Sources", style="bold"))
    for citation in cited:
        _citation(out, citation)
    if answer.dropped:
        out.print()
        out.print(Text(f"Left out, because it could not be confirmed ({len(answer.dropped)}):", style="dim"))
        for dropped in answer.dropped:
            out.print(Padding(Text(clean(f"{dropped.text} ({dropped.why})"), style="dim"), (0, 0, 0, 4)))
    for warning in answer.warnings:
        out.print(Text(clean(f"note: {warning}"), style="yellow"))
    out.print()
    tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
    spent = f" · {tokens:,} tokens" if tokens else ""
    cost = f" · ${answer.usage.cost_usd:.4f}" if answer.usage.cost_usd else ""
    out.print(Text(clean(f"{answer.model} · {answer.seconds.total:.1f} s{spent}{cost}"), style="dim"))


def _citation(out: Console, citation: Citation) -> None:
    head = Text(f"[{citation.n}] ", style="bold")
    out.print(head + Text(_headline(citation.title, citation.publisher, citation.published)))
    out.print(Padding(Text(f"“{clean(citation.quote)}”", style="italic"), (0, 0, 0, 4)))
    carried = f" · also carried by {', '.join(citation.also_carried_by)}" if citation.also_carried_by else ""
    where = f"{citation.article_id} [{citation.start}:{citation.end}]{carried}"
    out.print(Padding(Text(clean(where), style="dim"), (0, 0, 0, 4)))


def _headline(title: str, publisher: str, published: date | None) -> str:
    day = f"{published.day} {published:%B %Y}" if published else "undated"
    return clean(f"{title or '(untitled)'} — {publisher or 'unknown publisher'}, {day}")
