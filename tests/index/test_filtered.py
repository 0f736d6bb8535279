"""A filtered ranking is what is left of the whole ranking once everything else is struck from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.index import store as store_module
from rag.index.records import IndexedArticle
from rag.index.store import IndexStore
from rag.types import Article, Filters, Passage, Span
from tests.corpora import report

_ARTICLES = 400
_FIRST = date(2017, 11, 1)
_PUBLISHERS = ("Agency", "Agency", "Agency", "The Herald", "The Herald", "Echo", "")
_RARE = "One Sheet"
_QUERIES = ("the old bridge", "a farmer painted twelve boats", "storm before dawn in Arkona", "mayor")


def _item(number: int, text: str) -> IndexedArticle:
    # The rare publisher has what no query is near to, so that none of the unfiltered best is its.
    publisher = _RARE if number % 80 == 79 else _PUBLISHERS[number % len(_PUBLISHERS)]
    published = None if number % 11 == 0 else _FIRST + timedelta(days=number % 30)
    whole = Span(0, len(text))
    article = Article(
        id=f"a{number}", version="v", text=text, title="", publisher=publisher, published=published, url="",
        language="en", removed=(), duplicate_of=None,
    )  # fmt: skip
    passage = Passage(f"a{number}:0", article.id, "v", whole, (whole,), text)
    return IndexedArticle(article, "corpus", f"{number}", "d", (passage,))


def _vectors() -> NDArray[np.float32]:
    found = np.random.default_rng(5).normal(size=(_ARTICLES, 16)).astype(np.float32)
    found[:, 0] = np.abs(found[:, 0])
    found[79::80] *= -1
    unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexStore]:
    opened = IndexStore(tmp_path_factory.mktemp("filtered") / "index", create=True)
    with opened.writing("fake"):
        opened.write([_item(n, report(n, 3)) for n in range(_ARTICLES)], _vectors())
    yield opened
    opened.close()


_FILTERS = st.builds(
    Filters,
    publishers=st.lists(st.sampled_from(["agency", "the herald", "ECHO", _RARE, "nobody"]), max_size=2).map(tuple),
    after=st.none() | st.integers(0, 35).map(lambda day: _FIRST + timedelta(days=day)),
    before=st.none() | st.integers(0, 35).map(lambda day: _FIRST + timedelta(days=day)),
)


@pytest.mark.parametrize("few", [25_000, 30, 0])
@settings(max_examples=60, deadline=None)
@given(filters=_FILTERS, k=st.integers(1, 60), number=st.integers(0, len(_QUERIES) - 1))
def test_both_rankings_keep_scores_and_order_under_any_filter(
    store: IndexStore, few: int, filters: Filters, k: int, number: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "_FEW", few)
        patch.setattr(store, "_last_passing", None)
        passing = set(store.catalog.passing(filters, _ARTICLES))
        lexical = store.search_lexical(_QUERIES[number], k, filters)
        everything = store.search_lexical(_QUERIES[number], _ARTICLES, Filters())
        assert lexical == [hit for hit in everything if hit[0] in passing][:k]
        query = np.zeros(16, np.float32)
        query[number] = 1.0
        cosines = _vectors() @ query
        dense = store.search_dense(query, k, filters)
        expected = [f"a{n}:0" for n in np.argsort(-cosines) if f"a{n}:0" in passing][:k]
        assert [i for i, _ in dense] == expected
        assert [score for _, score in dense] == pytest.approx(
            [cosines[int(i[1:].split(":")[0])] for i in expected], abs=1e-5
        )


def test_a_repeated_filter_notices_what_was_written_since(store: IndexStore) -> None:
    only_rare = Filters(publishers=(_RARE,))
    query = np.zeros(16, np.float32)
    query[0] = 1.0
    before = [i for i, _ in store.search_dense(query, 20, only_rare)]
    assert len(before) == _ARTICLES // 80
    late = _ARTICLES + 79  # one more of the rare publisher
    with store.writing("fake"):
        store.write([_item(late, "A zeppelin landed.")], query[None, :])
    assert [i for i, _ in store.search_dense(query, 20, only_rare)] == [f"a{late}:0", *before]
    assert [i for i, _ in store.search_lexical("zeppelin", 20, only_rare)] == [f"a{late}:0"]
    with store.writing("fake"):
        store.write([], np.empty((0, 0), np.float32), [f"a{late}"])
    assert [i for i, _ in store.search_dense(query, 20, only_rare)] == before
    assert store.search_lexical("zeppelin", 20, only_rare) == []
