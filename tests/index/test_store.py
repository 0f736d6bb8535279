from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from rag.errors import EmbeddingMismatchError, IndexLockedError, StoreError
from rag.index.store import IndexStore
from rag.types import Filters
from tests.corpora import current_passages, report, texts, write_article
from tests.fakes import HashEmbedder

_ROOT = Path(__file__).parents[2]
_HOLDER = """
import sys
from pathlib import Path
from rag.index.store import IndexStore
with IndexStore(Path(sys.argv[1])).writing():
    print("holding", flush=True)
    sys.stdin.read()
"""
_WRITER = """
import sys
from pathlib import Path
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from tests.fakes import HashEmbedder
ingest(IndexStore(Path(sys.argv[1])), HashEmbedder(), [Path(sys.argv[2])], prune=True)
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for number in range(4):
        published = date(2017, 11, 20 + number) if number else None
        write_article(folder / f"{number}.md", report(number), publisher=f"Paper {number % 2}", published=published)
    return folder


def test_an_index_survives_closing(store: IndexStore) -> None:
    before, ids = texts(store), current_passages(store)
    again = IndexStore(store.folder)
    assert (texts(again), current_passages(again)) == (before, ids)
    again.close()


def test_reading_what_is_not_there_says_what_to_do_and_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no index in .* run `dateline ingest PATH` first"):
        IndexStore(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert not IndexStore.exists(tmp_path)


@pytest.mark.parametrize("create", [True, False])
def test_a_file_is_no_index_folder(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(StoreError, match="is a file, not an index folder; choose another --index"):
        IndexStore(tmp_path / "file", create=create)


def test_a_folder_below_a_file_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(StoreError, match=r"cannot be created: Not a directory; choose another --index"):
        IndexStore(tmp_path / "file" / "index", create=True)


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("words")
    with pytest.raises(StoreError, match="holds other files and no index; choose a new folder"):
        IndexStore(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is no database, but quite a long text" * 100, "is damaged .*not a database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "is damaged"),
    ],
)
def test_a_catalog_of_garbage_is_named_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(content)
    with pytest.raises(StoreError, match=message) as caught:
        IndexStore(tmp_path)
    assert "\n" not in str(caught.value)


def test_damage_found_later_is_named_in_one_line(store: IndexStore) -> None:
    store.close()
    path = store.folder / "catalog.sqlite"
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"catalog\.sqlite is damaged .*ingest again") as caught:
        IndexStore(store.folder).catalog.summaries()
    assert "\n" not in str(caught.value)


def test_a_database_of_another_program_is_refused_and_unchanged(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "catalog.sqlite")
    connection.execute("CREATE TABLE books (title TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="database of another program"):
        IndexStore(tmp_path)
    names = sqlite3.connect(tmp_path / "catalog.sqlite").execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("books",)]


def test_an_index_of_another_format_is_refused(store: IndexStore) -> None:
    store.catalog.set_meta("schema", "0")
    with pytest.raises(StoreError, match="has catalog format 0, this version reads 1"):
        IndexStore(store.folder)


def test_an_ingest_killed_before_it_made_the_catalog_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").touch()
    store = IndexStore(tmp_path, create=True)
    assert store.catalog.summaries() == []
    store.close()


def test_a_second_writer_is_told_who_writes_and_readers_go_on(store: IndexStore) -> None:
    command = [sys.executable, "-c", _HOLDER, str(store.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with (
            pytest.raises(IndexLockedError, match=rf"written by process {holder.pid}, for 0 min; wait for it"),
            store.writing(),
        ):
            raise AssertionError("the lock was given twice")
        assert store.search_lexical("bridge school council", 5, Filters())
        assert store.search_dense(HashEmbedder().embed_query("bridge"), 5, Filters())
        holder.kill()
    # A killed writer holds nothing.
    with store.writing():
        pass


def test_the_lock_also_holds_inside_one_process(store: IndexStore) -> None:
    other = IndexStore(store.folder)
    with (
        store.writing(),
        pytest.raises(IndexLockedError, match=f"process {os.getpid()}"),
        other.writing(),
    ):
        raise AssertionError("the lock was given twice")
    with other.writing():
        pass
    other.close()


def test_a_reader_sees_what_another_process_finished(store: IndexStore, corpus: Path) -> None:
    embedder = HashEmbedder()
    assert store.search_dense(embedder.embed_query("zeppelin"), 3, Filters())
    write_article(corpus / "new.md", f"A zeppelin landed. {report(9)}")
    (corpus / "1.md").unlink()
    subprocess.run([sys.executable, "-c", _WRITER, str(store.folder), str(corpus)], check=True, cwd=_ROOT)
    store.refresh()
    ids = current_passages(store)
    assert set(texts(store)) == {"0.md", "2.md", "3.md", "new.md"}
    assert [i.split(":")[0] for i, _ in store.search_lexical("zeppelin", 3, Filters())] == ["new.md"]
    [new] = [p for p in store.catalog.passages_of("new.md") if "zeppelin" in p.text]
    hits = dict(store.search_dense(embedder.embed_query(new.text), 50, Filters()))
    assert hits.keys() == ids
    assert hits[new.id] == pytest.approx(1.0, abs=1e-5)


def test_leftovers_of_a_killed_writer_are_not_found_and_swept_by_the_next(store: IndexStore) -> None:
    embedder, ids = HashEmbedder(), current_passages(store)
    store.catalog.announce(["ghost", *ids])
    store.vectors.add(["ghost"], embedder.embed_passages(["zeppelin"]))
    store.lexical.add([("ghost", "zeppelin")])
    store.lexical.commit()
    assert store.search_lexical("zeppelin", 3, Filters()) == []
    assert "ghost" not in dict(store.search_dense(embedder.embed_query("zeppelin"), 50, Filters()))
    assert store.catalog.journal() == ["ghost"]
    with store.writing():
        pass
    assert current_passages(store) == ids


def test_dense_search_finds_all_that_pass_however_few(store: IndexStore) -> None:
    query = HashEmbedder().embed_query("bridge")
    everything = store.search_dense(query, 50, Filters())
    assert {i for i, _ in everything} == current_passages(store)
    assert [score for _, score in everything] == sorted((score for _, score in everything), reverse=True)
    for filters in (Filters(publishers=("paper 1",)), Filters(after=date(2017, 11, 22))):
        expected = store.catalog.entries([i for i, _ in everything], filters).keys()
        assert 0 < len(expected) < len(everything)
        assert [i for i, _ in store.search_dense(query, 50, filters)] == [i for i, _ in everything if i in expected]
        assert len(store.search_dense(query, 1, filters)) == 1


def test_the_embedding_model_is_kept_with_the_vectors(store: IndexStore) -> None:
    store.require_embedder("hash:64")
    with pytest.raises(EmbeddingMismatchError, match=r"built with the embedding model hash:64.*ask for other:1"):
        store.require_embedder("other:1")
    with pytest.raises(EmbeddingMismatchError), store.writing("other:1"):
        raise AssertionError("vectors would be mixed")


def test_connections_of_ended_threads_are_closed(store: IndexStore) -> None:
    def opened() -> int:
        links = [file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
        return links.count(store.folder / "catalog.sqlite")

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files cannot be listed here")
    for _ in range(20):
        thread = threading.Thread(target=store.catalog.summaries)
        thread.start()
        thread.join()
    assert opened() <= 3
    store.close()
    assert opened() == 0


def test_kills_at_random_instants_lose_nothing_and_leave_nothing_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.killed_ingest", str(tmp_path), "6", "1", "40"]
    result = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"[3-6] killed before their end, 0 checks failed", result.stdout)
