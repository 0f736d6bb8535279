"""Briefings and found quotations as the JSON of the command-line contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rag.brief.types import Briefing, FoundQuotation
from rag.encoding import encode_citation, encode_disagreement, encode_sentence, encode_usage


def encode_quotations(found: Sequence[FoundQuotation]) -> dict[str, Any]:
    """Returns the JSON of ``dateline quote``; the difference of an exact wording is null."""
    return {
        "results": [
            {
                "article_id": f.article_id,
                "title": f.title,
                "publisher": f.publisher,
                "published": f.published.isoformat() if f.published else None,
                "start": f.start,
                "end": f.end,
                "quote": f.quote,
                "speaker": f.speaker or None,
                "exact": f.exact,
                "difference": f.difference or None,
            }
            for f in found
        ]
    }


def encode_briefing(briefing: Briefing) -> dict[str, Any]:
    """Returns the JSON of ``dateline brief``; with ``--since``, new sentences have ``new: true``."""
    request = briefing.request
    return {
        "topic": request.topic,
        "length": request.length.value,
        "since": _day(request.since),
        "compare": list(request.compare) if request.compare else None,
        "model": briefing.model,
        "headline": briefing.headline,
        "sections": [
            {
                "title": section.title,
                "sentences": [
                    encode_sentence(s) | ({"new": place in section.new} if request.since else {})
                    for place, s in enumerate(section.sentences)
                ],
            }
            for section in briefing.sections
        ],
        "citations": [encode_citation(citation) for citation in briefing.citations],
        "disagreements": [encode_disagreement(d) for d in briefing.disagreements],
        "sources": [
            {
                "article_id": s.article_id,
                "title": s.title,
                "publisher": s.publisher,
                "published": _day(s.published),
                "url": s.url,
                "also_carried_by": list(s.copies),
                "cited": s.cited,
            }
            for s in briefing.sources
        ],
        "independent_sources": briefing.independent,
        "dropped": [{"text": d.text, "verdict": d.verdict.value, "why": d.why} for d in briefing.dropped],
        "warnings": list(briefing.warnings),
        "usage": encode_usage(briefing.usage),
        "seconds": round(briefing.seconds, 3),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
