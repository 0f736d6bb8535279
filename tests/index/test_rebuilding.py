from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import EmbeddingMismatchError, StoreError
from rag.index.audit import audit
from rag.index.portable import export_index, import_index
from rag.index.rebuilding import reindex
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.types import Filters
from tests.corpora import current_passages, report, texts, write_article
from tests.fakes import HashEmbedder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number in range(6):
        write_article(tmp_path / "corpus" / f"{number}.md", report(number, 12), title=f"Title {number}")
    return tmp_path / "corpus"


class OtherEmbedder(HashEmbedder):
    """Another model: the same vectors, reversed."""

    fingerprint = "other"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(super().embed_passages(texts)[:, ::-1])


def _found(store: IndexStore, words: str = "the mayor opened a new school") -> tuple[object, object]:
    dense = store.search_dense(HashEmbedder().embed_query(words), 5, Filters())
    return [i for i, _ in dense], store.search_lexical(words, 5, Filters())


def test_an_index_that_lost_its_parts_says_so_and_is_rebuilt_from_the_catalog(store: IndexStore) -> None:
    ids, before = current_passages(store), _found(store)
    store.close()
    shutil.rmtree(store.folder / "vectors")
    shutil.rmtree(store.folder / "lexical")
    broken = IndexStore(store.folder)
    for search in (lambda: broken.vectors, lambda: broken.lexical):
        with pytest.raises(StoreError, match=r"has lost .* run `dateline reindex`"):
            search()
    assert reindex(broken, HashEmbedder()) == len(ids)
    assert current_passages(broken) == ids
    assert _found(broken) == before
    assert audit(broken, HashEmbedder()) == []
    broken.close()


def test_indexes_that_cannot_be_opened_are_rebuilt(store: IndexStore) -> None:
    ids, before = current_passages(store), _found(store)
    store.catalog.announce(["a leftover"])
    store.close()
    (store.folder / "vectors" / "chroma.sqlite3").write_bytes(b"no database at all" * 1000)
    (store.folder / "lexical" / "meta.json").write_text("{")
    broken = IndexStore(store.folder)
    for search in (lambda: broken.vectors, lambda: broken.lexical):
        with pytest.raises(StoreError, match="run `dateline reindex`"):
            search()
    reindex(broken, HashEmbedder())
    assert current_passages(broken) == ids
    assert _found(broken) == before
    broken.close()


def test_readers_go_on_with_the_rebuilt_index_and_the_old_is_gone(store: IndexStore, corpus: Path) -> None:
    reader = IndexStore(store.folder)
    before = _found(reader)
    told: list[tuple[int, int]] = []
    reindex(store, HashEmbedder(), lambda done, total: told.append((done, total)))
    assert told[-1] == (len(current_passages(store)),) * 2
    kept = [p.name.partition("-")[0] for p in store.folder.iterdir() if p.is_dir()]
    assert sorted(kept) == ["articles", "lexical", "vectors"]
    reader.refresh()
    assert _found(reader) == before
    reader.close()
    write_article(corpus / "9.md", report(9))
    ingest(store, HashEmbedder(), [corpus])
    assert "9.md" in texts(store)
    current_passages(store)


def test_reindexing_is_how_the_embedding_model_is_changed(store: IndexStore, corpus: Path) -> None:
    with pytest.raises(EmbeddingMismatchError, match="dateline reindex"):
        ingest(store, OtherEmbedder(), [corpus])
    reindex(store, OtherEmbedder())
    assert audit(store, OtherEmbedder()) == []
    assert ingest(store, OtherEmbedder(), [corpus]).unchanged == 6
    with pytest.raises(EmbeddingMismatchError):
        ingest(store, HashEmbedder(), [corpus])


def test_a_reindex_killed_in_the_middle_changes_nothing(store: IndexStore) -> None:
    before = _found(store)

    class Slow(HashEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            (store.folder / "begun").touch()
            time.sleep(60)
            return super().embed_passages(texts)

    child = os.fork()
    if not child:
        reindex(IndexStore(store.folder), Slow())
        os._exit(0)
    while not (store.folder / "begun").exists():
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(list(store.folder.glob("vectors*"))) == 2
    assert _found(store) == before
    with store.writing():
        pass
    assert len(list(store.folder.glob("vectors*"))) == 1
    current_passages(store)


def test_an_audit_names_what_is_wrong(store: IndexStore) -> None:
    first, second, third, *_ = sorted(current_passages(store))
    assert audit(store, HashEmbedder()) == []
    store.vectors.add([first], HashEmbedder().embed_passages(["quite another text"]))
    assert [first in problem for problem in audit(store, HashEmbedder())] == [True]
    assert audit(store) == []
    store.vectors.add([first], np.full((1, HashEmbedder().dimension), 3.0, np.float32))
    assert ["not of length 1" in problem for problem in audit(store)] == [True]
    store.vectors.delete([second])
    store.lexical.add([("ghost", "a ghost")])
    store.lexical.delete([third])
    store.lexical.commit()
    with sqlite3.connect(store.folder / "catalog.sqlite") as db:
        db.execute("UPDATE versions SET text = text || '!' WHERE article_id = '5.md'")
        db.execute("UPDATE articles SET duplicate_of = 'nobody' WHERE id = '4.md'")
    found = "\n".join(audit(store))
    for problem in (f"missing from the vectors: {second}", f"missing from the lexical index: {third}",
                    "lexical index belong to no passage: ghost", "not that of their version: 5.md",
                    "lead copy that does not exist: 4.md"):  # fmt: skip
        assert problem in found


def test_an_exported_index_is_the_same_elsewhere_and_is_not_embedded_again(
    store: IndexStore, corpus: Path, tmp_path: Path
) -> None:
    file = tmp_path / "news.dateline"
    written = export_index(store, file)
    folder = tmp_path / "deep" / "elsewhere"
    assert import_index(file, folder) == written
    there = IndexStore(folder)
    assert texts(there) == texts(store)
    assert there.catalog.summaries() == store.catalog.summaries()
    ids = sorted(current_passages(there))
    assert ids == sorted(current_passages(store))
    mine, theirs = store.vectors.get(ids), there.vectors.get(ids)
    assert mine is not None and theirs is not None
    assert np.allclose(mine, theirs, rtol=0, atol=1e-6)  # chroma scales to length 1 each time it stores
    assert _found(there) == _found(store)
    assert ingest(there, HashEmbedder(), [corpus]).unchanged == 6
    there.close()


def test_an_empty_index_can_be_moved(tmp_path: Path) -> None:
    empty = IndexStore(tmp_path / "empty", create=True)
    export_index(empty, tmp_path / "file")
    assert import_index(tmp_path / "file", tmp_path / "new").passages == 0
    empty.close()


def test_exporting_spares_what_exists(store: IndexStore, tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    with pytest.raises(StoreError, match="exists"):
        export_index(store, file)
    assert file.read_text() == "mine"
    export_index(store, file, overwrite=True)
    assert import_index(file, tmp_path / "new").articles == 6
    with pytest.raises(StoreError, match="is not a folder"):
        export_index(store, tmp_path / "nowhere" / "file")
    with pytest.raises(StoreError, match="exists"):
        export_index(store, tmp_path, overwrite=True)
    with pytest.raises(StoreError, match="not empty"):
        import_index(file, store.folder)


@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_file_is_refused_and_leaves_nothing(
    store: IndexStore, tmp_path: Path, place: float, damage: str
) -> None:
    file = tmp_path / "file"
    export_index(store, file)
    data = bytearray(file.read_bytes())
    at = int(place * len(data))
    if damage == "cut":
        del data[at:]
    else:
        data[at : at + 8] = bytes(byte ^ 0xFF for byte in data[at : at + 8])
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"is damaged|export format"):
        import_index(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".import-*"))
