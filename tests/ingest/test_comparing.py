"""A second ingest reads only what is not as it was, and never misses a change."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.index.store import IndexStore
from rag.ingest import comparing
from rag.ingest.readers import read_file
from rag.ingest.readers.base import Outcome, Reading
from rag.ingest.readers.folder import CorpusFile
from rag.ingest.readers.mapping import parse_field_map
from rag.ingest.sync import ingest, remove
from rag.types import IngestReport
from tests.corpora import current_passages, report, texts, write_article
from tests.fakes import CountingEmbedder, HashEmbedder

OLD = 1_500_000_000


@pytest.fixture(autouse=True)
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the files that are read."""
    found: list[str] = []

    def noting(file: CorpusFile, reading: Reading) -> Iterator[Outcome]:
        found.append(file.key)
        return read_file(file, reading)

    monkeypatch.setattr(comparing, "read_file", noting)
    return found


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as left alone for long."""
    monkeypatch.setattr(comparing, "_SETTLING_NS", -60_000_000_000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    opened = IndexStore(tmp_path / "index", create=True)
    yield opened
    opened.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name in ("a.md", "b.md"):
        write_article(folder / name, report(ord(name[0])), title="A story of the day")
    write_records(folder / "c.jsonl", range(3))
    return folder


def write_records(path: Path, stories: range, end: str = "") -> None:
    lines = [json.dumps({"id": f"r{n}", "text": report(n), "desk": f"Desk {n}"}) for n in stories]
    path.write_text("\n".join(lines) + "\n" + end)


def brought_in_step(store: IndexStore, corpus: Path, **how: object) -> IngestReport:
    result = ingest(store, HashEmbedder(), [corpus], prune=True, **how)  # type: ignore[arg-type]
    current_passages(store)
    return result


def counts(found: IngestReport) -> tuple[int, int, int, int]:
    return found.added, found.updated, found.unchanged, found.removed


def rewrite(path: Path, old: str, new: str) -> None:
    """Changes a file, leaving its size and its time as they were."""
    before = path.stat()
    path.write_text(path.read_text().replace(old, new, 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def replace_by_older(corpus: Path) -> None:
    other = corpus.parent / "older.md"
    other.write_text((corpus / "a.md").read_text().replace("story", "glory"))
    os.utime(other, (OLD, OLD))
    other.replace(corpus / "a.md")


def describe(corpus: Path) -> None:
    (corpus / "metadata.jsonl").write_text('{"path": "a.md", "publisher": "Courier"}\n')


CHANGES: dict[str, tuple[Callable[[Path], object], set[str], tuple[int, int, int, int]]] = {
    "nothing": (lambda corpus: None, set(), (0, 0, 5, 0)),
    "edited": (lambda corpus: write_article(corpus / "a.md", report(9)), {"a.md"}, (0, 1, 4, 0)),
    "edited, same size": (lambda corpus: rewrite(corpus / "a.md", "story", "glory"), {"a.md"}, (0, 1, 4, 0)),
    "a record edited": (lambda corpus: rewrite(corpus / "c.jsonl", "in", "on"), {"c.jsonl"}, (0, 1, 4, 0)),
    "a record more": (lambda corpus: write_records(corpus / "c.jsonl", range(4)), {"c.jsonl"}, (1, 0, 5, 0)),
    "a record gone": (lambda corpus: write_records(corpus / "c.jsonl", range(2)), {"c.jsonl"}, (0, 0, 4, 1)),
    "touched": (lambda corpus: os.utime(corpus / "a.md"), set(), (0, 0, 5, 0)),
    "written anew": (lambda corpus: (corpus / "a.md").write_text((corpus / "a.md").read_text()), set(), (0, 0, 5, 0)),
    "an older one of the same size": (replace_by_older, {"a.md"}, (0, 1, 4, 0)),
    "removed": (lambda corpus: (corpus / "a.md").unlink(), set(), (0, 0, 4, 1)),
    "records removed": (lambda corpus: (corpus / "c.jsonl").unlink(), set(), (0, 0, 2, 3)),
    "a file more": (lambda corpus: write_article(corpus / "d.md", report(4)), {"d.md"}, (1, 0, 5, 0)),
    "renamed": (lambda corpus: (corpus / "a.md").rename(corpus / "e.md"), {"e.md"}, (1, 0, 4, 1)),
    "described": (describe, {"a.md"}, (0, 1, 4, 0)),
}


# Unsettled files are compared by their content: only what keeps the look of a file tells the two ways apart.
@pytest.mark.parametrize(
    ("change", "is_settled"),
    [*((change, True) for change in CHANGES), ("nothing", False), ("edited, same size", False), ("touched", False)],
)
def test_what_is_read_again(
    store: IndexStore, corpus: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch, change: str, is_settled: bool
) -> None:
    monkeypatch.setattr(comparing, "_SETTLING_NS", (-1 if is_settled else 1) * 3_600_000_000_000)
    brought_in_step(store, corpus)
    reads.clear()
    act, expected, changed = CHANGES[change]
    act(corpus)
    assert (counts(brought_in_step(store, corpus)), set(reads)) == (changed, expected)
    reads.clear()
    added, updated, unchanged, _ = changed
    again = counts(brought_in_step(store, corpus))
    assert (again, reads) == ((0, 0, added + updated + unchanged, 0), [])


def test_a_file_that_is_rewritten_within_a_tick_of_the_clock_is_read_again(
    store: IndexStore, corpus: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_in_step(store, corpus)
    reads.clear()
    # Not even the time of its entry tells the two apart, as on a file system with a coarse clock.
    state_of = comparing._state
    seen = state_of(corpus / "a.md")
    rewrite(corpus / "a.md", "story", "glory")
    monkeypatch.setattr(comparing, "_state", lambda path: seen if path.name == "a.md" else state_of(path))
    assert (counts(brought_in_step(store, corpus)), reads) == ((0, 1, 4, 0), ["a.md"])


@pytest.mark.usefixtures("settled")
def test_a_new_mapping_or_pipeline_reads_everything_again(
    store: IndexStore, corpus: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_in_step(store, corpus)
    reads.clear()
    mapped = {"fields": parse_field_map(["publisher=desk"])}
    assert counts(brought_in_step(store, corpus, **mapped)) == (0, 3, 2, 0)
    assert set(reads) == {"a.md", "b.md", "c.jsonl"}
    reads.clear()
    assert (counts(brought_in_step(store, corpus, **mapped)), reads) == ((0, 0, 5, 0), [])
    monkeypatch.setattr(comparing, "PIPELINE", "another")
    assert counts(brought_in_step(store, corpus, **mapped)) == (0, 5, 0, 0)
    assert set(reads) == {"a.md", "b.md", "c.jsonl"}


@pytest.mark.usefixtures("settled")
def test_what_was_wrong_with_records_is_told_every_time(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    empty = json.dumps({"id": "e", "text": "Share this"})
    write_records(corpus / "c.jsonl", range(3), f'{{broken\n{empty}\n{{"id": "r1", "text": "Again."}}\n')
    first = brought_in_step(store, corpus)
    assert len(first.failed) == 3
    reads.clear()
    again = brought_in_step(store, corpus)
    assert (set(again.failed), again.unchanged, again.removed, reads) == (set(first.failed), 5, 0, [])


@pytest.mark.usefixtures("settled")
def test_a_file_that_could_not_be_read_is_tried_again(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    (corpus / "d.txt").write_bytes(b"\0\0")
    with gzip.open(corpus / "e.jsonl.gz", "wt") as file:
        file.write(json.dumps({"text": report(5)}) + "\n")
    cut = (corpus / "e.jsonl.gz").read_bytes()[:-6]
    (corpus / "e.jsonl.gz").write_bytes(cut)
    first = brought_in_step(store, corpus)
    reads.clear()
    assert brought_in_step(store, corpus).failed == first.failed
    assert reads == ["d.txt", "e.jsonl.gz"]


@pytest.mark.usefixtures("settled")
def test_an_article_removed_by_hand_comes_back(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    brought_in_step(store, corpus)
    remove(store, ["a.md", "r1"])
    reads.clear()
    assert (counts(brought_in_step(store, corpus)), reads) == ((2, 0, 3, 0), ["a.md", "c.jsonl"])


@pytest.mark.usefixtures("settled")
def test_a_file_put_back_after_an_interrupt_is_compared_with_what_was_stored(
    store: IndexStore, corpus: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingest.sync._BATCH_PASSAGES", 1)
    brought_in_step(store, corpus)
    first = texts(store)
    kept = corpus.parent / "kept.jsonl"
    shutil.copy2(corpus / "c.jsonl", kept)
    write_records(corpus / "c.jsonl", range(3))
    edited = (corpus / "c.jsonl").read_text().replace("on", "off")
    (corpus / "c.jsonl").write_text(edited)

    class Interrupted(HashEmbedder):
        calls = 0

        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            self.calls += 1
            if self.calls > 1:
                raise KeyboardInterrupt
            return super().embed_passages(texts)

    with pytest.raises(KeyboardInterrupt):
        ingest(store, Interrupted(), [corpus])
    assert texts(store) != first
    kept.replace(corpus / "c.jsonl")
    assert brought_in_step(store, corpus).updated == 1
    assert texts(store) == first


@pytest.mark.usefixtures("settled")
def test_a_moved_corpus_is_known_at_its_new_place_only(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    brought_in_step(store, corpus)
    moved = corpus.rename(corpus.with_name("moved"))
    assert counts(brought_in_step(store, moved)) == (0, 0, 5, 0)
    reads.clear()
    assert (counts(brought_in_step(store, moved)), reads) == ((0, 0, 5, 0), [])
    back = moved.rename(corpus)
    assert counts(brought_in_step(store, back)) == (0, 0, 5, 0)
    write_article(back / "a.md", report(30))
    assert counts(brought_in_step(store, back)) == (0, 1, 4, 0)
    assert len(texts(store)) == 5


@pytest.mark.usefixtures("settled")
def test_a_file_named_twice_is_read_once(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    for _ in range(2):
        found = ingest(store, HashEmbedder(), [corpus, corpus, corpus / "c.jsonl", corpus / "a.md"])
        assert (found.added + found.unchanged, found.failed) == (5, ())
    assert reads == ["a.md", "b.md", "c.jsonl"]


@pytest.mark.usefixtures("settled")
def test_an_unchanged_corpus_changes_nothing_in_the_index(store: IndexStore, corpus: Path) -> None:
    brought_in_step(store, corpus)
    before = store.catalog.generation(), (store.folder / "catalog.sqlite").read_bytes()
    counting = CountingEmbedder(HashEmbedder())
    ingest(store, counting, [corpus], prune=True)
    assert counting.embedded == []
    assert before == (store.catalog.generation(), (store.folder / "catalog.sqlite").read_bytes())


def test_an_index_of_an_earlier_version_is_read_once_more(store: IndexStore, corpus: Path, reads: list[str]) -> None:
    brought_in_step(store, corpus)
    folder = store.folder
    store.close()
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as db:
        db.execute("DROP TABLE source_articles")
        db.execute("DROP TABLE sources")
    reads.clear()
    with closing(IndexStore(folder)) as opened:
        assert (counts(brought_in_step(opened, corpus)), len(reads)) == ((0, 0, 5, 0), 3)
        assert (counts(brought_in_step(opened, corpus)), len(reads)) == ((0, 0, 5, 0), 3)
