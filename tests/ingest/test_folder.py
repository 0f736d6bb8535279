from __future__ import annotations

from pathlib import Path

from rag.ingest.readers import read_sources
from rag.types import SourceDocument


def test_an_index_inside_the_corpus_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The bridge was closed on Monday after an inspection.")
    index = tmp_path / "index"
    index.mkdir()
    (index / "catalog.sqlite").write_bytes(b"")
    (index / "writer.json").write_text('{"text": "no article"}')
    found = list(read_sources(tmp_path, max_record_bytes=10_000))
    assert [document.key for document in found if isinstance(document, SourceDocument)] == ["a.txt"]
    assert len(found) == 1
