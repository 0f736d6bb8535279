"""Our values as the JSON of the command-line contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rag.index.records import ArticleVersion, GivenAnswer
from rag.types import (
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Disagreement,
    EventDate,
    IngestReport,
    RetrievedPassage,
    SourceSummary,
    Usage,
)


def encode_report(report: IngestReport) -> dict[str, Any]:
    """Returns the JSON of ``dateline ingest``; ``headlines`` only where some articles are no more than that."""
    return {
        "articles": {
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "removed": report.removed,
            "failed": [{"source": failure.source, "error": failure.error} for failure in report.failed],
        },
        "passages": report.passages,
        "duplicates": [{"article_id": copy, "duplicate_of": lead} for copy, lead in report.duplicates],
        "seconds": round(report.seconds, 3),
        **({"headlines": list(report.headlines)} if report.headlines else {}),
    }


def encode_summary(summary: SourceSummary) -> dict[str, Any]:
    """Returns one source of ``dateline sources list``."""
    return {
        "id": summary.id,
        "version": summary.version,
        "title": summary.title,
        "publisher": summary.publisher,
        "published": _day(summary.published),
        "language": summary.language,
        "passages": summary.passages,
        "duplicate_of": summary.duplicate_of,
    }


def encode_article(
    article: Article, passages: int, dates: Sequence[EventDate] = (), *, raw: bool = False
) -> dict[str, Any]:
    """Returns the JSON of ``dateline sources show``; ``raw`` adds what cleaning removed."""
    summary = SourceSummary(
        article.id, article.version, article.title, article.publisher, article.published, article.language,
        passages, article.duplicate_of,
    )  # fmt: skip
    encoded = {**encode_summary(summary), "url": article.url, "authors": list(article.authors), "text": article.text}
    encoded["event_dates"] = [
        {
            "start": found.span.start,
            "end": found.span.end,
            "text": found.span.of(article.text),
            "first": found.first.isoformat(),
            "last": found.last.isoformat(),
        }
        for found in dates
    ]
    if raw:
        encoded["removed"] = [{"text": piece.text, "rule": piece.rule} for piece in article.removed]
    return encoded


def encode_history(versions: Sequence[ArticleVersion], given: Sequence[GivenAnswer]) -> dict[str, Any]:
    """Returns what ``dateline sources show`` tells of an article beside the article."""
    return {
        "versions": [{"version": v.version, "first_seen": v.first_seen, "current": v.is_current} for v in versions],
        "cited_by": [
            {"kind": g.kind, "question": g.question, "given": g.given, "version": g.version, "stale": g.is_stale}
            for g in given
        ],
    }


def encode_results(results: Sequence[RetrievedPassage], seconds: float) -> dict[str, Any]:
    """Returns the JSON of ``dateline search``."""
    return {
        "results": [
            {
                "article_id": hit.passage.article_id,
                "title": hit.title,
                "publisher": hit.publisher,
                "published": _day(hit.published),
                "start": hit.passage.span.start,
                "end": hit.passage.span.end,
                "text": hit.passage.text,
                "score": hit.score,
            }
            for hit in results
        ],
        "seconds": round(seconds, 4),
    }


def encode_citation(citation: Citation) -> dict[str, Any]:
    """Returns one citation of an answer."""
    return {
        "n": citation.n,
        "article_id": citation.article_id,
        "version": citation.version,
        "title": citation.title,
        "publisher": citation.publisher,
        "published": _day(citation.published),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "also_carried_by": list(citation.also_carried_by),
    }


def encode_sentence(sentence: AnswerSentence) -> dict[str, Any]:
    """Returns one sentence of an answer."""
    return {
        "text": sentence.text,
        "verdict": sentence.verdict.value,
        "support": round(sentence.support, 4),
        "citations": list(sentence.citations),
    }


def encode_disagreement(disagreement: Disagreement) -> dict[str, Any]:
    """Returns one disagreement of an answer."""
    return {
        "kind": disagreement.kind,
        "about": disagreement.about,
        "positions": [
            {"value": p.value, "publishers": list(p.publishers), "citations": list(p.citations)}
            for p in disagreement.positions
        ],
    }


def encode_usage(usage: Usage) -> dict[str, Any]:
    """Returns what an answer cost."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost_usd": usage.cost_usd,
    }


def encode_answer(answer: Answer) -> dict[str, Any]:
    """Returns the JSON of ``dateline ask``."""
    seconds = answer.seconds
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "model": answer.model,
        "abstained": answer.abstained,
        "reason": answer.reason.value if answer.reason else None,
        "text": answer.text,
        "sentences": [encode_sentence(s) for s in answer.sentences],
        "citations": [encode_citation(citation) for citation in answer.citations],
        "disagreements": [encode_disagreement(d) for d in answer.disagreements],
        "nearest": [encode_citation(citation) for citation in answer.nearest],
        "passages": [
            {
                "article_id": hit.passage.article_id,
                "start": hit.passage.span.start,
                "end": hit.passage.span.end,
                "score": hit.score,
            }
            for hit in answer.passages
        ],
        "usage": encode_usage(answer.usage),
        "seconds": {
            "retrieve": round(seconds.retrieve, 4),
            "generate": round(seconds.generate, 4),
            "check": round(seconds.check, 4),
            "total": round(seconds.total, 4),
        },
        "dropped": [{"text": d.text, "verdict": d.verdict.value, "why": d.why} for d in answer.dropped],
        "warnings": list(answer.warnings),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
