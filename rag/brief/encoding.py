"""Briefings and found quotations as the JSON of the command-line contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.brief.types import FoundQuotation


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
