from __future__ import annotations

import gzip
from pathlib import Path

from rag.ingest.readers import read_sources
from rag.ingest.readers.counting import count_articles
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


def test_articles_are_counted_without_reading_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "picture.png").write_bytes(b"x")
    (tmp_path / "metadata.jsonl").write_text('{"path": "a.txt", "title": "A"}\n')
    (tmp_path / "two.jsonl").write_text('{"text": "b"}\n{"text": "c"}')
    with gzip.open(tmp_path / "three.jsonl.gz", "wt") as file:
        file.write('{"text": "d"}\n' * 3)
    (tmp_path / "damaged.jsonl.gz").write_bytes((tmp_path / "three.jsonl.gz").read_bytes()[:-10])
    assert count_articles([tmp_path / "a.txt", tmp_path / "two.jsonl"]) == 3
    assert count_articles([tmp_path]) >= 6
