"""Sentences are embedded once, however often a briefing is begun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.brief.types import Request
from rag.brief.vectors import FILE, RememberingEmbedder
from rag.config import Settings
from rag.index.embedding import Embedder
from rag.service import Dateline
from tests.corpora import write_article

TEXTS = [f"Ship {n} left the harbour of Tarvik on Monday." for n in range(6)]


class Killed(BaseException):
    """Ends the work at once, as a signal does."""


class Watched:
    """Counts what the real embedder is given; ``dies_at`` counts calls from 1."""

    def __init__(self, embedder: Embedder, dies_at: int = 0) -> None:
        self._embedder = embedder
        self._dies_at = dies_at
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        self.calls: list[list[str]] = []

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._embedder.embed_query(text)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(list(texts))
        if len(self.calls) == self._dies_at:
            raise Killed
        return self._embedder.embed_passages(texts)


def remembering(embedder: Embedder, folder: Path) -> RememberingEmbedder:
    return RememberingEmbedder(embedder, folder, lambda message: None, at_once=2)


def test_what_was_embedded_before_the_end_is_not_embedded_again(embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        remembering(Watched(embedder, dies_at=3), tmp_path).embed_passages(TEXTS)
    second = Watched(embedder)
    rows = remembering(second, tmp_path).embed_passages(TEXTS)
    assert second.calls == [TEXTS[4:]]
    assert np.allclose(rows, embedder.embed_passages(TEXTS), atol=1e-6)


def test_another_model_embeds_anew_and_doubles_are_embedded_once(embedder: Embedder, tmp_path: Path) -> None:
    first, other = Watched(embedder), Watched(embedder)
    remembering(first, tmp_path).embed_passages([*TEXTS[:2], *TEXTS[:2]])
    other.fingerprint = "another"
    remembering(other, tmp_path).embed_passages(TEXTS[:2])
    assert first.calls == other.calls == [TEXTS[:2]]


def test_a_damaged_or_missing_file_is_no_reason_to_fail(embedder: Embedder, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert remembering(embedder, folder).embed_passages(TEXTS[:2]).shape == (2, embedder.dimension)


def test_a_briefing_keeps_its_vectors_beside_the_index(tmp_path: Path) -> None:
    for n, text in enumerate(TEXTS[:2]):
        write_article(tmp_path / "in" / f"{n}.md", text, title=f"Ship {n}", publisher=f"Paper {n}")
    opened = Dateline(Settings(index=tmp_path / "index", model="extractive"))
    opened.ingest([tmp_path / "in"])
    opened.brief(Request("ships of Tarvik"))
    opened.close()
    assert (tmp_path / "index" / FILE).stat().st_size > 0
