"""Which index a suite is asked of, and one service per thread on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from eval.suites import Suite
from rag.config import Settings
from rag.errors import SourceError, StoreError
from rag.service import Dateline

_FOLDER = "corpora"
_SHORT = 16
_PARALLEL = 4


def settings_for(corpus: Path | None, settings: Settings, index: Path | None) -> Settings:
    """Returns the settings with the index to ask.

    An index that the user names is taken as it is. Otherwise a corpus has an index of its own in the cache folder, so
    that the user's index stays what it is; without a corpus the configured index is asked.
    """
    if index is not None or corpus is None:
        return settings
    own = f"{corpus.resolve()}\n{settings.embedding_model}"
    name = hashlib.sha256(own.encode()).hexdigest()[:_SHORT]
    return settings.model_copy(update={"index": settings.cache / _FOLDER / name, "corpus": corpus.resolve()})


def bring_up_to_date(
    corpus: Path | None, settings: Settings, index: Path | None, progress: Callable[[int, int], None] | None = None
) -> list[str]:
    """Ingests a corpus into its own index; what is there and unchanged costs nothing.

    Returns:
        What of the corpus could not be read, one line each.

    Raises:
        SourceError: Nothing of the corpus can be read.
        StoreError: There is no index, it holds no article, or it cannot be written.
    """
    dateline = Dateline(settings)
    try:
        if index is None and corpus is not None:
            report = dateline.ingest([corpus.resolve()], prune=True, progress=progress)
            if not dateline.sources():
                why = report.failed[0].error if report.failed else "it is empty"
                raise SourceError(f"{corpus} holds no article that can be read: {why}")
            return [f"not in the index: {failure.source}: {failure.error}" for failure in report.failed]
        if not settings.index.exists():
            raise StoreError(
                f"there is no index in {settings.index}; run `dateline ingest PATH`, or name it with --index"
            )
        if not dateline.sources():
            raise StoreError(f"the index in {settings.index} holds no article; run `dateline ingest PATH`")
        return []
    finally:
        dateline.close()


def missing_evidence(suite: Suite, dateline: Dateline) -> list[str]:
    """Returns the articles that a suite names as evidence and the index lacks: a sign of the wrong index."""
    held = {source.id for source in dateline.sources()}
    named = dict.fromkeys(evidence.article for item in suite.items for evidence in item.evidence)
    return [article for article in named if article not in held]


def jobs_for(settings: Settings) -> int:
    """Returns how many questions are best asked at a time: network models wait, local ones share two hands."""
    local = settings.model in ("embedded", "extractive") or settings.model.endswith(".gguf")
    return 1 if local else _PARALLEL
