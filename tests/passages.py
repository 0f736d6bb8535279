"""Retrieved passages: made by hand, or all that an index has."""

from __future__ import annotations

from datetime import date

from rag.index.store import IndexStore
from rag.ingest.sentences import sentences
from rag.types import Passage, RetrievedPassage, Span


def retrieved(text: str, article_id: str = "a.md", **facts: object) -> RetrievedPassage:
    """Returns a whole text as one retrieved passage with real sentence borders."""
    passage = Passage(f"{article_id}#0", article_id, "v", Span(0, len(text)), tuple(sentences(text)), text)
    known = {"title": "", "publisher": "", "published": date(2017, 11, 21), "score": 1.0, "cosine": 0.5, **facts}
    return RetrievedPassage(passage, **known)  # type: ignore[arg-type]


def everything(store: IndexStore) -> list[RetrievedPassage]:
    """Returns all passages of an index as if they had been retrieved, in the order of their articles' ids."""
    found = []
    for summary in sorted(store.catalog.summaries(), key=lambda s: s.id):
        for passage in store.catalog.passages_of(summary.id):
            found.append(RetrievedPassage(passage, summary.title, summary.publisher, summary.published, 1.0, 0.5))
    return found
