"""What people read in a terminal. Everything from articles and models is stripped of control characters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.live import Live
from rich.status import Status
from rich.text import Text as Text

from rag.answering import AnswerEvent, Finished, Notice, SentenceReady
from rag.cli.terminal import clean
from rag.cli.wording import NO_PUBLISHER, Opening, first_words, headline, meant, named, plural, quoted
from rag.doctor import Finding
from rag.index.records import ArticleVersion, GivenAnswer
from rag.types import (
    AbstentionReason,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    EventDate,
    IngestReport,
    RetrievedPassage,
    SourceSummary,
    Verdict,
)

_MARKS = {Verdict.SUPPORTED: ("✓", "green"), Verdict.PARTIAL: ("~", "yellow")}
_REASONS = {
    AbstentionReason.NOT_IN_CORPUS: "No answer: the corpus does not say. What comes closest is quoted below.",
    AbstentionReason.OUTSIDE_FILTERS: (
        "No answer within the filters: articles that they leave out answer this. Widen --source, --after or --before."
    ),
    AbstentionReason.FALSE_PREMISE: (
        "No answer: the question takes for granted what the sources do not bear out. What they do say is quoted below."
    ),
    AbstentionReason.CONFLICTING: "No answer: the sources contradict each other, and none can be preferred.",
    AbstentionReason.PARTIAL: "Only part of the question is answered.",
}
_NARROWEST = 20
_COLUMN = 12
_MOST_FAILED = 50
_COPY_INDENT = 4


Dated = Callable[[str], Sequence[EventDate]]
"""Returns the dates that the article with an id speaks of, none when it is gone."""


def console() -> Console:
    """Returns a console on standard output that leaves text alone: no markup, no guessed highlights."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def put(out: Console, text: Text, indent: int = 0, hanging: int | None = None) -> None:
    """Prints text folded to the width of the console, without blanks at the ends of lines.

    Args:
        out: Where to.
        text: One line.
        indent: Blanks before the first line printed.
        hanging: Blanks before the others; ``indent`` by default.
    """
    rest = indent if hanging is None else hanging
    width = max(out.width - max(indent, rest), _NARROWEST)
    for number, line in enumerate(text.wrap(out, width, overflow="fold")):
        line.rstrip()
        out.print(Text(" " * (rest if number else indent)) + line, soft_wrap=True)


def report(found: IngestReport) -> None:
    """Prints what an ingest changed, and every source that failed."""
    out = console()
    counts = [(found.added, "added"), (found.updated, "updated"), (found.unchanged, "unchanged")]
    counts += [(found.removed, "removed"), (len(found.failed), "failed")]
    changed = ", ".join(f"{n:,} {what}" for n, what in counts if n)
    put(out, Text(f"articles: {changed}" if changed else "articles: none"))
    put(out, Text(f"{found.passages:,} {plural('passage', found.passages)} written in {found.seconds:.1f} s"))
    for copy, lead in found.duplicates:
        put(out, Text(clean(f"{copy} is a copy of {lead}"), style="dim"), 2, 4)
    if bare := len(found.headlines):
        known = f"{bare:,} {plural('article', bare)} without text, to be found by the headline only"
        put(out, Text(known, style="dim"), 2, 4)
    for failure in found.failed[:_MOST_FAILED]:
        put(out, Text(clean(f"{failure.source}: {failure.error}"), style="red"), 2, 4)
    if len(found.failed) > _MOST_FAILED:
        more = len(found.failed) - _MOST_FAILED
        put(out, Text(f"and {more:,} more; --json lists them all", style="red"), 2, 4)


def summaries(found: Sequence[SourceSummary], opening: Opening) -> None:
    """Prints two lines for each article: what it is, and its id. Copies stand under their lead copy."""
    out = console()
    copies: dict[str, list[SourceSummary]] = {}
    for s in found:
        copies.setdefault(s.duplicate_of or "", []).append(s)
    for s in found:
        if s.duplicate_of is None:
            _summary(out, s, opening, 0)
            for copy in copies.get(s.id, ()):
                _summary(out, copy, opening, _COPY_INDENT)
    put(out, Text(f"{len(found):,} {plural('article', len(found))}{_independent(found)}", style="dim"))


def _summary(out: Console, s: SourceSummary, opening: Opening, indent: int) -> None:
    day = Text(f"{s.published.isoformat() if s.published else 'undated':<10}  ", style="dim")
    name = Text(named(s.title, s.id, opening), style="bold")
    mark = Text("= ", style="dim") if indent else Text("")
    put(out, mark + day + name + Text(f" — {clean(s.publisher) or NO_PUBLISHER}"), max(0, indent - 2), indent + _COLUMN)
    copy = " · copy of the above" if s.duplicate_of else ""
    where = f"{s.id} · {s.passages:,} {plural('passage', s.passages)}{copy}"
    # Not folded: an id that is copied from here has to be whole.
    out.print(Text(" " * (indent + _COLUMN) + clean(where), style="dim"), soft_wrap=True)


def _independent(found: Sequence[SourceSummary]) -> str:
    copies = sum(s.duplicate_of is not None for s in found)
    return f", {len(found) - copies:,} without copies" if copies else ""


def findings(found: Sequence[Finding]) -> None:
    """Prints what an examination found."""
    out = console()
    for finding in found:
        mark = Text("✓ ", style="green") if finding.ok else Text("✗ ", style="red")
        put(out, mark + Text(clean(f"{finding.name}: {finding.detail}")), 0, 2)


def article(found: Article, dates: Sequence[EventDate] = (), *, raw: bool) -> None:
    """Prints an article's canonical text, the days its words mean and, on request, what cleaning removed."""
    out = console()
    put(out, Text(headline(found.title or first_words(found.text), found.publisher, found.published), style="bold"))
    if found.authors:
        put(out, Text(clean(f"By {', '.join(found.authors)}"), style="dim"))
    out.print(Text(clean(f"{found.id} · version {found.version[:16]}"), style="dim"), soft_wrap=True)
    out.print()
    for line in found.text.split("\n"):
        put(out, Text(clean(line)) if line.strip() else Text(""))
    if lines := meant(dates, found.text, 0, len(found.text)):
        out.print()
        put(out, Text("Dates", style="bold"))
        for line in lines:
            put(out, Text(clean(line), style="dim"), 0, 4)
    if raw and found.removed:
        out.print()
        put(out, Text("Removed by cleaning", style="bold"))
        for piece in found.removed:
            put(out, Text(clean(f"{piece.rule}: {piece.text}"), style="dim"), 0, 4)


def article_history(versions: Sequence[ArticleVersion], given: Sequence[GivenAnswer]) -> None:
    """Prints the earlier versions of an article, and the answers that cited it; nothing when there are none."""
    out = console()
    if len(versions) > 1:
        out.print()
        put(out, Text("Versions", style="bold"))
        for v in versions:
            current = " · current" if v.is_current else ""
            put(out, Text(f"{v.version[:16]} · first seen {_moment(v.first_seen)}{current}", style="dim"), 4)
    if given:
        out.print()
        put(out, Text("Cited by", style="bold"))
        for answer in given:
            stale = Text(f"stale, cites version {answer.version[:16]} · ", style="red") if answer.is_stale else Text("")
            line = f"{answer.kind} · {_moment(answer.given)} · {answer.question or 'main stories'}"
            put(out, stale + Text(clean(line), style="dim"), 4, 8)


def _moment(iso: str) -> str:
    return iso[:16].replace("T", " ") + " UTC"


def results(found: Sequence[RetrievedPassage], opening: Opening) -> None:
    """Prints search results."""
    out = console()
    if not found:
        put(out, Text("no passage matches"))
    for number, hit in enumerate(found, start=1):
        inside = hit.passage
        if number > 1:
            out.print()
        head = headline(named(hit.title, inside.article_id, opening), hit.publisher, hit.published)
        put(out, Text(f"{number:>2}. {head}", style="bold"), 0, 4)
        put(out, Text(clean(inside.text)), 4)
        where = f"{inside.article_id} [{inside.span.start}:{inside.span.end}] · score {hit.score:.4f}"
        out.print(Text(" " * 4 + clean(where), style="dim"), soft_wrap=True)


@contextmanager
def waiting(*, quiet: bool) -> Iterator[Status]:
    """Shows on standard error that something is going on, where that is a terminal."""
    screen = Console(stderr=True, markup=False, quiet=quiet or not sys.stderr.isatty())
    with screen.status("looking for evidence") as status:
        yield status


def telling(status: Status) -> Callable[[str], None]:
    """Returns what shows a notice as it is: rich would read square brackets in a plain string as markup."""
    return lambda message: status.update(Text(clean(message)))


def follow(events: Iterable[AnswerEvent], status: Status, *, quiet: bool) -> Answer:
    """Shows sentences as they are checked and returns the answer.

    On a terminal the growing answer is redrawn, because a later source can add a citation to an earlier sentence;
    elsewhere it is printed once, at the end.
    """
    out = console()
    redraws = out.is_terminal and not out.is_dumb_terminal and not quiet
    shown = Live(console=out, auto_refresh=False, transient=True) if redraws else None
    with shown or nullcontext():
        for event in events:
            if isinstance(event, Notice):
                telling(status)(event.message)
            elif isinstance(event, SentenceReady) and shown:
                status.stop()
                shown.update(Text("\n").join(map(_sentence, event.sentences)), refresh=True)
            elif isinstance(event, Finished):
                status.stop()
                answer = event.answer
    if not quiet and answer.sentences:
        for sentence in answer.sentences:
            put(out, _sentence(sentence), 0, 2)
    return answer


def _sentence(found: AnswerSentence) -> Text:
    mark, style = _MARKS.get(found.verdict, ("!", "red"))
    numbers = "".join(f"[{n}]" for n in found.citations)
    return Text(f"{mark} ", style=style) + Text(f"{clean(found.text)} {numbers}")


def answer_sources(answer: Answer, opening: Opening, dated: Dated) -> None:
    """Prints what follows the sentences: sources with their quoted words and days, what was dropped, warnings, cost."""
    out = console()
    if answer.reason:
        put(out, Text(f"{_REASONS[answer.reason]} ({answer.reason.value})", style="bold yellow"))
    cited = answer.nearest if answer.abstained else answer.citations
    if cited:
        out.print()
        put(out, Text("Nearest evidence" if answer.abstained else "Sources", style="bold"))
    for citation in cited:
        _citation(out, citation, opening, dated)
    if answer.disagreements:
        out.print()
        put(out, Text("Where sources differ", style="bold"))
    for disagreement in answer.disagreements:
        kind = Text(f" ({disagreement.kind})", style="dim")
        put(out, Text("≠ ", style="yellow") + Text(clean(disagreement.about)) + kind, 0, 2)
        for position in disagreement.positions:
            value = Text(clean(position.value), style="bold")
            numbers = "".join(f"[{n}]" for n in position.citations)
            put(out, value + Text(f" — {clean(', '.join(position.publishers))} {numbers}"), 4, 6)
    if answer.dropped:
        out.print()
        put(
            out,
            Text(
                f"Left out, because it could not be confirmed or does not answer ({len(answer.dropped)}):", style="dim"
            ),
        )
        for dropped in answer.dropped:
            put(out, Text(clean(f"{dropped.text} ({dropped.why})"), style="dim"), 4)
    for warning in answer.warnings:
        put(out, Text(clean(f"note: {warning}"), style="yellow"), 0, 6)
    out.print()
    tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
    spent = f" · {tokens:,} tokens" if tokens else ""
    cost = f" · ${answer.usage.cost_usd:.4f}" if answer.usage.cost_usd else ""
    put(out, Text(clean(f"{answer.model} · {answer.seconds.total:.1f} s{spent}{cost}"), style="dim"))


def _citation(out: Console, citation: Citation, opening: Opening, dated: Dated) -> None:
    head = headline(named(citation.title, citation.article_id, opening), citation.publisher, citation.published)
    put(out, Text(f"[{citation.n}] ", style="bold") + Text(head), 0, 4)
    put(out, Text(quoted(clean(citation.quote)), style="italic"), 4)
    if lines := meant(dated(citation.article_id), citation.quote, citation.start, citation.end):
        put(out, Text(clean(" · ".join(lines)), style="dim"), 4)
    carried = f" · also carried by {', '.join(citation.also_carried_by)}" if citation.also_carried_by else ""
    where = f"{citation.article_id} [{citation.start}:{citation.end}]{carried}"
    out.print(Text(" " * 4 + clean(where), style="dim"), soft_wrap=True)
