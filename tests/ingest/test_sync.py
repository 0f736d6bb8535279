from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import ArticleNotFoundError, EmbeddingMismatchError, SourceError
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest, remove
from rag.types import Filters
from tests.corpora import current_passages, report, texts, write_article
from tests.fakes import CountingEmbedder, HashEmbedder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    opened = IndexStore(tmp_path / "index", create=True)
    yield opened
    opened.close()


@pytest.fixture
def embedder() -> Embedder:
    """Nothing here depends on what the vectors are."""
    return HashEmbedder()


@pytest.fixture
def counting(embedder: Embedder) -> CountingEmbedder:
    return CountingEmbedder(embedder)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for number in range(3):
        path = folder / f"{number}.md"
        write_article(path, report(number), title=f"Story {number}", publisher="Courier", published=date(2017, 11, 20))
    return folder


def write_records(path: Path, records: Sequence[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def counts(report: object) -> tuple[int, int, int, int]:
    return tuple(getattr(report, name) for name in ("added", "updated", "unchanged", "removed"))  # type: ignore[return-value]


def found(store: IndexStore, words: str) -> set[str]:
    hits = store.search_lexical(words, 50, Filters())
    return {entry.article_id for entry in store.catalog.entries([i for i, _ in hits], Filters()).values()}


def dense(store: IndexStore, embedder: Embedder, words: str, filters: Filters) -> set[str]:
    hits = store.search_dense(embedder.embed_query(words), 50, filters)
    return {entry.article_id for entry in store.catalog.entries([i for i, _ in hits], Filters()).values()}


def test_an_unchanged_folder_embeds_nothing(store: IndexStore, counting: CountingEmbedder, corpus: Path) -> None:
    first = ingest(store, counting, [corpus])
    assert counts(first) == (3, 0, 0, 0)
    assert first.passages == len(counting.embedded) == len(current_passages(store)) > 0
    counting.embedded.clear()
    generation = store.catalog.generation()
    again = ingest(store, counting, [corpus])
    assert counts(again) == (0, 0, 3, 0)
    assert (again.passages, counting.embedded, store.catalog.generation()) == (0, [], generation)


def test_a_title_is_embedded_and_searched_but_no_part_of_the_text(
    store: IndexStore, counting: CountingEmbedder, tmp_path: Path
) -> None:
    write_article(tmp_path / "a.md", report(1), title="Xylophone makers on strike")
    ingest(store, counting, [tmp_path / "a.md"])
    assert all(text.startswith("Xylophone makers on strike\n") for text in counting.embedded)
    assert found(store, "xylophone") == {"a.md"}
    assert store.catalog.article("a.md").text == report(1)


def test_an_edit_replaces_the_old_passages_everywhere(
    store: IndexStore, counting: CountingEmbedder, corpus: Path
) -> None:
    write_article(corpus / "1.md", f"The zeppelin landed. {report(1)}", title="Story 1")
    ingest(store, counting, [corpus])
    before = current_passages(store)
    old = {p.id for p in store.catalog.passages_of("1.md")}
    counting.embedded.clear()
    write_article(corpus / "1.md", f"The submarine landed. {report(1)}", title="Story 1")
    assert counts(ingest(store, counting, [corpus])) == (0, 1, 2, 0)
    after = current_passages(store)
    assert before - after == old
    assert {p.id for p in store.catalog.passages_of("1.md")} == after - before
    assert len(counting.embedded) == len(after - before)
    assert (found(store, "zeppelin"), found(store, "submarine")) == (set(), {"1.md"})


@pytest.mark.parametrize(
    ("first", "second", "filters", "passes"),
    [
        ({"publisher": "Courier"}, {"publisher": "Herald"}, Filters(publishers=("Courier",)), False),
        ({"publisher": "Courier"}, {"publisher": "Herald"}, Filters(publishers=("herald",)), True),
        ({"published": date(2017, 1, 1)}, {"published": date(2018, 1, 1)}, Filters(after=date(2017, 6, 1)), True),
        ({"published": date(2017, 1, 1)}, {}, Filters(after=date(2000, 1, 1)), False),
        ({"published": date(2017, 1, 1)}, {}, Filters(before=date(2030, 1, 1)), False),
        ({}, {"published": date(2017, 1, 1)}, Filters(before=date(2030, 1, 1)), True),
    ],
)
def test_new_metadata_is_an_update_that_filters_see(
    store: IndexStore, embedder: Embedder, tmp_path: Path,
    first: dict[str, str], second: dict[str, str], filters: Filters, passes: bool,
) -> None:  # fmt: skip
    path = tmp_path / "a.md"
    write_article(path, report(1), title="Bridges", **first)  # type: ignore[arg-type]
    ingest(store, embedder, [path])
    write_article(path, report(1), title="Bridges", **second)  # type: ignore[arg-type]
    assert counts(ingest(store, embedder, [path])) == (0, 1, 0, 0)
    current_passages(store)
    assert dense(store, embedder, "bridge", filters) == ({"a.md"} if passes else set())
    hits = store.search_lexical("bridges", 5, filters)
    assert bool(hits) is passes


@pytest.mark.parametrize("change", [{"title": "Roads"}, {"url": "https://a.example/1"}, {"language": "fr"}])
def test_every_stated_fact_counts(
    store: IndexStore, embedder: Embedder, tmp_path: Path, change: dict[str, object]
) -> None:
    record: dict[str, object] = {"id": "a", "text": report(1), "title": "Bridges"}
    file = write_records(tmp_path / "c.jsonl", [record])
    ingest(store, embedder, [file])
    write_records(file, [record | change])
    assert counts(ingest(store, embedder, [file])) == (0, 1, 0, 0)
    current_passages(store)


def test_prune_removes_vanished_files_and_records(store: IndexStore, embedder: Embedder, corpus: Path) -> None:
    records: list[dict[str, object]] = [{"id": f"r{i}", "text": report(10 + i)} for i in range(3)]
    write_records(corpus / "sub" / "c.jsonl", records)
    ingest(store, embedder, [corpus])
    (corpus / "1.md").unlink()
    write_records(corpus / "sub" / "c.jsonl", records[1:])
    kept = ingest(store, embedder, [corpus])
    assert (counts(kept), set(texts(store))) == ((0, 0, 4, 0), {"0.md", "1.md", "2.md", "r0", "r1", "r2"})
    pruned = ingest(store, embedder, [corpus], prune=True)
    assert (counts(pruned), set(texts(store))) == ((0, 0, 4, 2), {"0.md", "2.md", "r1", "r2"})
    current_passages(store)
    (corpus / "sub" / "c.jsonl").unlink()
    assert ingest(store, embedder, [corpus], prune=True).removed == 2
    assert set(texts(store)) == {"0.md", "2.md"}


def test_prune_keeps_what_merely_could_not_be_read(store: IndexStore, embedder: Embedder, corpus: Path) -> None:
    records: list[dict[str, object]] = [{"id": f"r{i}", "text": report(10 + i)} for i in range(3)]
    write_records(corpus / "c.jsonl", records)
    write_records(corpus / "a#1.jsonl", [{"id": f"s{i}", "text": report(20 + i)} for i in range(2)])
    write_records(corpus / "emptied.jsonl", [{"id": f"t{i}", "text": report(30 + i)} for i in range(2)])
    ingest(store, embedder, [corpus])
    before = set(texts(store))
    (corpus / "0.md").write_text("")
    (corpus / "1.md").unlink()
    (corpus / "1.md").symlink_to(corpus / "nowhere.md")
    (corpus / "c.jsonl").write_text(json.dumps(records[0]) + "\n{broken\n")
    (corpus / "a#1.jsonl").write_text("{broken\n")
    write_records(corpus / "emptied.jsonl", [{"id": "t0", "text": " "}, {"id": "t1", "text": "Share this\n"}])
    result = ingest(store, embedder, [corpus], prune=True)
    assert (set(texts(store)), result.removed) == (before, 0)
    assert len(result.failed) >= 5


def test_a_record_named_twice_does_not_keep_its_file_from_being_pruned(
    store: IndexStore, embedder: Embedder, tmp_path: Path
) -> None:
    file = tmp_path / "c.jsonl"
    write_records(file, [{"id": "a", "text": report(1)}, {"id": "b", "text": report(2)}])
    ingest(store, embedder, [file])
    write_records(file, [{"id": "a", "text": report(1)}, {"id": "a", "text": report(3)}])
    result = ingest(store, embedder, [file], prune=True)
    assert counts(result) == (0, 0, 1, 1)
    assert [(f.source, "occurs twice" in f.error) for f in result.failed] == [("c.jsonl", True)]
    assert texts(store) == {"a": report(1)}


def test_prune_leaves_other_corpora_and_the_siblings_of_a_named_file_alone(
    store: IndexStore, embedder: Embedder, corpus: Path, tmp_path: Path
) -> None:
    other = tmp_path / "corpus-2"
    write_article(other / "x.md", report(7))
    ingest(store, embedder, [corpus, other])
    (corpus / "1.md").unlink()
    (other / "x.md").unlink()
    assert ingest(store, embedder, [corpus / "0.md"], prune=True).removed == 0
    assert ingest(store, embedder, [corpus], prune=True).removed == 1
    assert set(texts(store)) == {"0.md", "2.md", "x.md"}
    assert ingest(store, embedder, [corpus, other, other], prune=True).removed == 1
    assert set(texts(store)) == {"0.md", "2.md"}


def test_a_file_that_becomes_several_articles_is_not_kept_as_one(
    store: IndexStore, embedder: Embedder, tmp_path: Path
) -> None:
    file = tmp_path / "c" / "a.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"text": report(1)}))
    ingest(store, embedder, [file.parent])
    assert set(texts(store)) == {"a.json"}
    file.write_text(json.dumps([{"text": report(2)}, {"text": report(3)}]))
    assert counts(ingest(store, embedder, [file.parent], prune=True)) == (2, 0, 0, 1)
    assert set(texts(store)) == {"a.json#1", "a.json#2"}
    file.write_text(json.dumps({"text": report(1)}))
    assert counts(ingest(store, embedder, [file.parent], prune=True)) == (1, 0, 0, 2)
    assert texts(store) == {"a.json": report(1)}


def test_removing_takes_articles_out_of_all_indexes_or_none(
    store: IndexStore, embedder: Embedder, corpus: Path
) -> None:
    ingest(store, embedder, [corpus])
    with pytest.raises(ArticleNotFoundError, match=r"'nothing\.md'"):
        remove(store, ["0.md", "nothing.md"])
    assert len(texts(store)) == 3
    remove(store, ["0.md", "1.md", "0.md"])
    assert set(texts(store)) == {"2.md"}
    current_passages(store)
    # What is still on disk comes back, under its name.
    assert counts(ingest(store, embedder, [corpus])) == (2, 0, 1, 0)
    assert set(texts(store)) == {"0.md", "1.md", "2.md"}


def test_one_key_in_two_corpora_makes_two_articles(store: IndexStore, embedder: Embedder, tmp_path: Path) -> None:
    roots = [tmp_path / "p" / "news", tmp_path / "q" / "news", tmp_path / "sport"]
    for number, root in enumerate(roots):
        write_article(root / "a.md", report(number))
    result = ingest(store, embedder, roots)
    assert counts(result) == (3, 0, 0, 0)
    assert texts(store) == {"a.md": report(0), "news/a.md": report(1), "sport/a.md": report(2)}
    write_article(roots[1] / "a.md", report(9))
    for root in roots:
        ingest(store, embedder, [root])
    assert texts(store) == {"a.md": report(0), "news/a.md": report(9), "sport/a.md": report(2)}
    current_passages(store)


def test_a_corpus_that_is_gone_is_not_replaced_by_another_with_the_same_keys(
    store: IndexStore, embedder: Embedder, tmp_path: Path
) -> None:
    write_article(tmp_path / "p" / "a.md", report(1))
    ingest(store, embedder, [tmp_path / "p"])
    (tmp_path / "p" / "a.md").unlink()
    (tmp_path / "p").rmdir()
    write_article(tmp_path / "q" / "a.md", report(2))
    assert counts(ingest(store, embedder, [tmp_path / "q"], prune=True)) == (1, 0, 0, 0)
    assert texts(store) == {"a.md": report(1), "q/a.md": report(2)}


def test_a_moved_corpus_keeps_its_articles_and_embeds_nothing(
    store: IndexStore, counting: CountingEmbedder, corpus: Path, tmp_path: Path
) -> None:
    write_records(corpus / "c.jsonl", [{"id": f"r{i}", "text": report(10 + i)} for i in range(2)])
    ingest(store, counting, [corpus])
    before, passages = texts(store), current_passages(store)
    counting.embedded.clear()
    moved = corpus.rename(tmp_path / "archive")
    assert counts(ingest(store, counting, [moved], prune=True)) == (0, 0, 5, 0)
    assert (texts(store), current_passages(store), counting.embedded) == (before, passages, [])
    again = moved.rename(tmp_path / "attic")
    write_article(again / "0.md", report(30))
    (again / "1.md").unlink()
    assert counts(ingest(store, counting, [again], prune=True)) == (1, 0, 3, 2)
    assert sorted(texts(store).values()) == sorted(report(i) for i in (2, 10, 11, 30))
    current_passages(store)
    assert counts(ingest(store, counting, [again], prune=True)) == (0, 0, 4, 0)


def test_a_missing_path_costs_nothing(store: IndexStore, embedder: Embedder, corpus: Path) -> None:
    ingest(store, embedder, [corpus])
    with pytest.raises(SourceError, match="does not exist"):
        ingest(store, embedder, [corpus, corpus / "nothing"], prune=True)
    assert len(texts(store)) == 3


def test_vectors_of_two_models_are_never_mixed(store: IndexStore, embedder: Embedder, corpus: Path) -> None:
    ingest(store, embedder, [corpus])
    write_article(corpus / "3.md", report(3))
    with pytest.raises(EmbeddingMismatchError, match=r"hash:64.*other:1.*DATELINE_EMBEDDING_MODEL"):
        ingest(store, type("Other", (HashEmbedder,), {"fingerprint": "other:1"})(), [corpus])
    assert len(texts(store)) == 3
    assert counts(ingest(store, embedder, [corpus])) == (1, 0, 3, 0)


def test_an_index_without_passages_takes_any_model(store: IndexStore, tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "empty").mkdir()
    ingest(store, type("Other", (HashEmbedder,), {"fingerprint": "other:1"})(), [tmp_path / "empty"])
    assert ingest(store, HashEmbedder(), [corpus]).added == 3


class _Interrupted(HashEmbedder):
    """Is interrupted, as by Ctrl-C, in the call after ``calls`` calls."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


def test_an_interrupt_keeps_what_was_written_and_lets_go_of_the_lock(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[dict[str, object]] = [{"id": f"r{i:04}", "text": report(i)} for i in range(60)]
    file = write_records(tmp_path / "c.jsonl", records)
    monkeypatch.setattr("rag.ingest.sync._BATCH_PASSAGES", 20)
    with pytest.raises(KeyboardInterrupt):
        ingest(store, _Interrupted(1), [file])
    assert not [thread for thread in threading.enumerate() if thread.name == "dateline-reader"]
    kept = len(texts(store))
    assert 0 < kept < 60
    current_passages(store)
    other = IndexStore(store.folder)
    assert counts(ingest(other, HashEmbedder(), [file])) == (60 - kept, 0, kept, 0)
    current_passages(other)
    other.close()
    store.refresh()
    current_passages(store)


def test_progress_counts_articles_and_passages(store: IndexStore, embedder: Embedder, corpus: Path) -> None:
    told: list[tuple[int, int]] = []
    result = ingest(store, embedder, [corpus], progress=lambda *counted: told.append(counted))
    assert [read for read, _ in told] == [1, 2, 3, 3]
    assert told[-1] == (3, result.passages)


_FILES = ("a.md", "b.md", "sub/a.md", "c.jsonl")
_STORIES = st.integers(0, 3)
_CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(_FILES), _STORIES, st.integers(0, 2)),
        st.tuples(st.just("delete"), st.sampled_from(_FILES), st.just(0), st.just(0)),
        st.tuples(st.just("ingest"), st.just(""), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("remove"), st.just(""), _STORIES, st.just(0)),
    ),
    min_size=1,
    max_size=8,
)


def _variant(story: int, variant: int) -> str:
    """Returns a report as it is, with a further sentence, or the first with an unrelated second half."""
    return (report(story), f"{report(story)} More is to follow.", f"{report(story, 4)} {report(50, 3)}")[variant]


def _apply(folder: Path, kind: str, name: str, story: int, variant: int) -> None:
    path = folder / name
    if kind == "delete":
        path.unlink(missing_ok=True)
    elif kind == "write" and name.endswith(".jsonl"):
        records = [{"id": f"r{i}", "text": _variant(i, variant), "publisher": f"P{i}"} for i in range(story + 1)]
        write_records(path, records)  # type: ignore[arg-type]
    elif kind == "write":
        write_article(path, _variant(story, variant), publisher=f"P{variant}", published=date(2017, 1, 1 + variant))
    if kind == "write" and variant:  # as a copy from elsewhere, which keeps its time
        os.utime(path, (1_500_000_000, 1_500_000_000))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(changes=_CHANGES)
def test_whatever_happened_the_index_ends_as_if_the_folder_were_new(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, int, int]]
) -> None:
    base = tmp_path_factory.mktemp("sync")
    folder = base / "corpus"
    (folder / "sub").mkdir(parents=True)
    embedder = HashEmbedder()
    lived, fresh = (IndexStore(base / name, create=True) for name in ("lived", "fresh"))
    for kind, name, story, variant in changes:
        if kind == "ingest":
            ingest(lived, embedder, [folder], prune=bool(story))
        elif kind == "remove":
            remove(lived, list(texts(lived))[:story])
        else:
            _apply(folder, kind, name, story, variant)
    ingest(lived, embedder, [folder], prune=True)
    ingest(fresh, embedder, [folder])
    assert lived.catalog.summaries() == fresh.catalog.summaries()
    assert texts(lived) == texts(fresh)
    assert current_passages(lived) == current_passages(fresh)
    lived.close()
    fresh.close()


def test_a_file_is_one_article_by_whichever_folder_it_is_read(tmp_path: Path, embedder: Embedder) -> None:
    corpus = tmp_path / "corpus"
    inner = corpus / "sub"
    write_article(inner / "a.md", "Captain Ioannis Petrou commanded the ferry Calypso.")
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, embedder, [corpus])
    write_article(inner / "a.md", "Captain Maria Kostas commanded the ferry Calypso.")
    assert ingest(store, embedder, [inner / "a.md"]).updated == 1
    assert ingest(store, embedder, [inner]).unchanged == 1
    assert ingest(store, embedder, [corpus, inner, inner / "a.md"]).unchanged == 1
    assert [summary.id for summary in store.catalog.summaries()] == ["sub/a.md"]
    assert "Petrou" not in " ".join(passage.text for passage in store.catalog.passages_of("sub/a.md"))
    store.close()


def test_a_file_read_alone_keeps_what_its_folder_says_of_it(tmp_path: Path, embedder: Embedder) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "p.txt").write_text("The pier of Brindisi sank in 2004 with six cranes.")
    (corpus / "metadata.jsonl").write_text('{"path": "p.txt", "title": "Pier", "publisher": "Harbour"}\n')
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, embedder, [corpus])
    report = ingest(store, embedder, [corpus / "p.txt"])
    assert (report.unchanged, report.updated) == (1, 0)
    store.close()
