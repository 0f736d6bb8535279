"""An index that cannot be written is searched all the same, and nothing is left behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import StoreError
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.service import Dateline
from rag.types import Filters
from tests.corpora import report, texts, write_article


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number in range(3):
        write_article(tmp_path / "corpus" / f"{number}.md", report(number), title=f"Story {number}")
    return tmp_path / "corpus"


@pytest.fixture
def written(tmp_path: Path, corpus: Path, embedder: Embedder) -> Path:
    """An index, which can be written."""
    with closing(IndexStore(tmp_path / "index", create=True)) as store:
        ingest(store, embedder, [corpus])
    return tmp_path / "index"


@pytest.fixture
def mounted(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same index, where it cannot be written."""
    place = tmp_path / "mounted"
    place.mkdir()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    # Permissions are nothing to root, and a mount is not for others.
    if os.geteuid():
        subprocess.run(["chmod", "-R", "a-w", str(written)], check=True)
        place.rmdir()
        place.symlink_to(written)
    elif subprocess.run(["mount", "--bind", str(written), str(place)], capture_output=True, check=False).returncode:
        pytest.skip("mounts are not allowed here")
    else:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
    yield place
    if os.geteuid():
        subprocess.run(["chmod", "-R", "u+w", str(written)], check=True)
    else:
        subprocess.run(["umount", "-l", str(place)], check=True)
    assert list(scratch.iterdir()) == []


def found(store: IndexStore, embedder: Embedder, words: str) -> list[set[str]]:
    hits = store.search_lexical(words, 9, Filters()), store.search_dense(embedder.embed_query(words), 9, Filters())
    return [{passage_id.partition(":")[0] for passage_id, _ in ranked} for ranked in hits]


def test_it_is_searched_and_asked(mounted: Path, embedder: Embedder) -> None:
    with closing(IndexStore(mounted)) as store:
        assert len(texts(store)) == 3
        assert found(store, embedder, "bridge mayor school") == [{"0.md", "1.md", "2.md"}] * 2
        assert store.articles is not None
        assert len(store.articles.keys()) == 3
    with closing(Dateline(Settings(index=mounted, model="extractive"))) as dateline:
        assert dateline.search("Who repaired the bridge?")
        assert dateline.ask("What did the mayor open?").passages


def test_a_writer_gets_its_line(mounted: Path, embedder: Embedder, corpus: Path) -> None:
    with closing(IndexStore(mounted)) as store, pytest.raises(StoreError, match="cannot be written") as caught:
        ingest(store, embedder, [corpus])
    assert "\n" not in str(caught.value)


def test_what_its_owner_writes_is_seen(mounted: Path, written: Path, embedder: Embedder, corpus: Path) -> None:
    if os.geteuid():
        pytest.skip("nobody may write it")
    with closing(IndexStore(mounted)) as reader, closing(IndexStore(written)) as owner:
        assert "3.md" not in found(reader, embedder, "zeppelin")[0]
        write_article(corpus / "3.md", f"A zeppelin landed. {report(7)}")
        ingest(owner, embedder, [corpus])
        reader.refresh()
        assert found(reader, embedder, "zeppelin")[0] == {"3.md"}
        assert "3.md" in found(reader, embedder, "A zeppelin landed.")[1]
    with closing(IndexStore(mounted)) as reader:
        assert "3.md" in texts(reader)


def test_an_index_of_an_earlier_version_is_read(written: Path, request: pytest.FixtureRequest) -> None:
    with closing(sqlite3.connect(written / "catalog.sqlite")) as db:
        for table in ("authors", "sources", "source_articles"):
            db.execute(f"DROP TABLE {table}")
    with closing(IndexStore(request.getfixturevalue("mounted"))) as store:
        assert len(texts(store)) == 3
        assert store.catalog.sources.get("x") is None
