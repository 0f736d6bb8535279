from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.index.articles import ArticleIndex, WholeArticle, article_key
from rag.index.store import IndexStore
from rag.ingest.sync import ingest, remove
from rag.types import Filters
from tests.corpora import current_passages, report, write_article
from tests.fakes import HashEmbedder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for number in range(4):
        write_article(folder / f"{number}.md", report(number), title=f"Headline {number}", published=date(2017, 11, 20))
    return folder


def wholes(store: IndexStore) -> ArticleIndex:
    assert store.articles is not None
    return store.articles


def keys(store: IndexStore) -> set[str]:
    return {article_key(passage_id) for passage_id in current_passages(store)}


def test_scores_of_articles_are_those_of_title_and_text_and_of_the_mean_vector(tmp_path: Path) -> None:
    index = ArticleIndex(tmp_path)
    rows = np.eye(3, dtype=np.float32)
    index.add([WholeArticle("a", "Flood in Gant\nWet cellars.", rows[:2]), WholeArticle("b", "Strike", rows[2:])])
    index.commit()
    assert index.bm25("the flooded cellars of Gant", ["a", "b", "unknown"]).keys() == {"a"}
    cosines = index.cosines(rows[0], ["a", "b", "unknown"])
    assert cosines == pytest.approx({"a": 0.5**0.5, "b": 0.0}, abs=1e-6)
    assert index.unrelated(rows[0]) == pytest.approx(0.5**0.5 / 2, abs=1e-6)
    index.delete(["a", "unknown"])
    index.commit()
    assert index.keys() == {"b"}
    assert index.bm25("flood", ["a", "b"]) == {}
    assert index.unrelated(rows[2]) == 1.0 or index.unrelated(rows[2]) == pytest.approx(0.5, abs=1e-6)
    index.close()


def test_whole_articles_follow_edits_and_removals(store: IndexStore, corpus: Path) -> None:
    assert wholes(store).keys() == keys(store)
    before = keys(store)
    write_article(corpus / "1.md", report(9), title="Zeppelin over Gant", published=date(2017, 11, 20))
    ingest(store, HashEmbedder(), [corpus])
    assert wholes(store).keys() == keys(store)
    (new,) = keys(store) - before
    assert wholes(store).bm25("zeppelin", keys(store)).keys() == {new}
    remove(store, ["2.md"])
    assert wholes(store).keys() == keys(store)
    assert len(keys(store)) == 3


def older(store: IndexStore) -> Path:
    """An index as an older version left it: no whole articles, and nothing that says there are."""
    folder = store.folder
    store.catalog._database.rows("DELETE FROM meta WHERE key = 'layout'")
    store.close()
    shutil.rmtree(folder / "articles")
    return folder


def test_an_older_index_is_searched_and_filled_by_the_next_writer(store: IndexStore, corpus: Path) -> None:
    folder = older(store)
    reader, writer = IndexStore(folder), IndexStore(folder)
    assert reader.articles is None
    assert reader.search_lexical("bridge school council", 5, Filters())
    assert not (folder / "articles").exists()
    write_article(corpus / "5.md", report(5), title="Zeppelin over Gant", published=date(2017, 11, 21))
    ingest(writer, HashEmbedder(), [corpus])
    reader.refresh()
    assert wholes(reader).keys() == keys(reader)
    assert len(keys(reader)) == 5
    assert len(wholes(reader).bm25("zeppelin", keys(reader))) == 1
    reader.close()
    writer.close()


def test_filling_that_was_interrupted_is_done_again(store: IndexStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = older(store)

    def fail(self: ArticleIndex) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(ArticleIndex, "commit", fail)
        interrupted = IndexStore(folder)
        with pytest.raises(KeyboardInterrupt), interrupted.writing():
            pass
        assert interrupted.catalog.get_meta("layout") is None
        interrupted.close()
    again = IndexStore(folder)
    assert again.articles is None
    with again.writing():
        pass
    assert wholes(again).keys() == keys(again)
    again.close()
