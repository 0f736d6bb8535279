"""Answers, items and cases for tests of metrics and reports, each with only what the test is about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eval.metrics import all_metrics
from eval.metrics.base import Case
from eval.metrics.judging import JudgedSentence
from eval.report.document import SCHEMA, ItemResult, MetricFacts, Report, Run
from eval.scoring import summarised, summarised_by_tag
from eval.suites import Item, item_of
from rag.types import (
    AbstentionReason,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Disagreement,
    Passage,
    Position,
    RetrievedPassage,
    Span,
    Verdict,
)

TEXTS = {
    "a.md": "The harbour of Tallinn opened on Monday. Mayor Anna Kask said the work took nine years.",
    "b.md": "Work on the harbour took nine years. Ships came from Riga.",
    "c.md": "The bridge of Narva closed in May.",
}


def article(name: str, text: str | None = None, published: date | None = None, copy_of: str | None = None) -> Article:
    body = TEXTS[name] if text is None else text
    version = hashlib.sha256(body.encode()).hexdigest()
    return Article(name, version, body, name, "The Port", published, duplicate_of=copy_of)


def articles(*more: Article) -> dict[str, Article]:
    return {**{name: article(name) for name in TEXTS}, **{one.id: one for one in more}}


def citation(n: int, name: str, quote: str, source: Article | None = None) -> Citation:
    source = source or article(name)
    start = source.text.index(quote)
    return Citation(n, name, source.version, name, "The Port", source.published, start, start + len(quote), quote)


def sentence(text: str, *numbers: int, verdict: Verdict = Verdict.SUPPORTED) -> AnswerSentence:
    return AnswerSentence(text, verdict, 0.9, numbers)


def retrieved(name: str, published: date | None = None) -> RetrievedPassage:
    text = TEXTS[name]
    span = Span(0, len(text))
    return RetrievedPassage(Passage(f"{name}:0", name, "v", span, (span,), text), name, "The Port", published, 1.0)


def answer(
    *sentences: AnswerSentence,
    citations: Sequence[Citation] = (),
    passages: Sequence[RetrievedPassage] = (),
    disagreements: Sequence[Disagreement] = (),
    reason: AbstentionReason | None = None,
    nearest: Sequence[Citation] = (),
    model: str = "extractive",
) -> Answer:
    text = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in sentences)
    return Answer(
        "Why?", "Why?", model, not sentences, reason, text, tuple(sentences), tuple(citations), tuple(disagreements),
        tuple(nearest), tuple(passages),
    )  # fmt: skip


def disagreement(kind: str, *values: str) -> Disagreement:
    return Disagreement(kind, "it", tuple(Position(value, ("The Port",), (1,)) for value in values))


def item(**fields: Any) -> Item:
    return item_of({"id": "q", "question": "Why?", **fields}, "the test")


def case(
    wanted: Item,
    given: Answer,
    sources: Mapping[str, Article] | None = None,
    judged: Sequence[JudgedSentence] = (),
    leads: Mapping[str, str] | None = None,
) -> Case:
    return Case(wanted, given, sources or articles(), tuple(judged), leads or {})


def scored(name: str, passed: bool = True, tags: Sequence[str] = (), error: str = "", **scores: float) -> ItemResult:
    """An item's result with these scores, about an article of its own."""
    return ItemResult(name, f"Question {name}?", tuple(tags), f"article {name}", scores, passed, error=error,
                      texts=("An answer.",))  # fmt: skip


def report(*items: ItemResult, judge: str = "builtin", suite: str = "s", errors: int | None = None) -> Report:
    """A report over results."""
    failed = sum(bool(one.error) for one in items) if errors is None else errors
    run = Run(
        "2026-01-01T00:00:00+00:00", 1.0, len(items), 1, len(items), 0, failed, 0, None, {"extractive": len(items)}
    )
    facts = {m.name: MetricFacts(m.definition, m.better, m.is_quality) for m in all_metrics()}
    return Report(
        SCHEMA, "mine", "", {"suite": suite, "judge": judge}, run, summarised(items), facts, summarised_by_tag(items),
        {}, {}, tuple(items),
    )  # fmt: skip
