from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from rag.errors import ArticleNotFoundError
from rag.index.catalog import Catalog
from rag.index.store import IndexStore
from rag.ingest.sync import ingest, remove
from tests.corpora import report, write_article
from tests.fakes import HashEmbedder


def test_an_answer_is_stale_once_what_it_cited_has_changed(tmp_path: Path) -> None:
    store, corpus = IndexStore(tmp_path / "index", create=True), tmp_path / "corpus"
    for number in range(2):
        write_article(corpus / f"{number}.md", report(number))
    ingest(store, HashEmbedder(), [corpus])
    catalog, first = store.catalog, store.catalog.article("0.md").version
    catalog.given.record(
        "answer", "Who?", [("0.md", first), ("1.md", catalog.article("1.md").version), ("0.md", first)]
    )
    assert [(g.kind, g.question, g.is_stale) for g in catalog.given.citing("0.md")] == [("answer", "Who?", False)]
    write_article(corpus / "0.md", report(7))
    ingest(store, HashEmbedder(), [corpus])
    second = catalog.article("0.md").version
    catalog.given.record("briefing", "", [("0.md", second)])
    given = catalog.given.citing("0.md")
    assert [(g.kind, g.version, g.is_stale) for g in given] == [("briefing", second, False), ("answer", first, True)]
    assert [g.is_stale for g in catalog.given.citing("1.md")] == [False]
    assert [(v.version, v.is_current) for v in catalog.versions("0.md")] == [(second, True), (first, False)]
    assert catalog.article("0.md", first).text == report(0)
    assert catalog.article("0.md", first[:8]).version == first
    assert catalog.article("0.md").text == report(7)
    for wrong in ("", "f" * 64):
        with pytest.raises(ArticleNotFoundError, match="has no version"):
            catalog.article("0.md", wrong)
    remove(store, ["0.md"])
    assert [g.is_stale for g in catalog.given.citing("0.md")] == [True, True]
    store.close()


def test_a_text_that_comes_back_is_the_version_it_was(tmp_path: Path) -> None:
    store, file = IndexStore(tmp_path / "index", create=True), tmp_path / "corpus" / "0.md"
    for seed in (1, 2, 1):
        write_article(file, report(seed))
        ingest(store, HashEmbedder(), [file.parent])
    assert [v.is_current for v in store.catalog.versions("0.md")] == [True, False]
    assert store.catalog.article("0.md").text == report(1)
    store.close()


def test_a_catalog_of_before_gets_the_tables_it_lacks(tmp_path: Path) -> None:
    Catalog(tmp_path / "catalog.sqlite").close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as db:
        db.execute("DROP TABLE answers")
        db.execute("DROP TABLE answer_citations")
    catalog = Catalog(tmp_path / "catalog.sqlite")
    catalog.given.record("answer", "Who?", [("a", "v")])
    assert len(catalog.given.citing("a")) == 1
    catalog.close()
