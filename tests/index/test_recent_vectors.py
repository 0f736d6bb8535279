from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.index.recent_vectors import RecentVectors
from tests.fakes import CountingEmbedder, HashEmbedder


def test_a_text_is_embedded_once_while_it_is_among_the_last() -> None:
    counting = CountingEmbedder(HashEmbedder())
    vectors = RecentVectors(counting, most=3)
    vectors.of(["a", "b", "a"])
    vectors.of(["b", "c", "a"])
    assert counting.embedded == ["a", "b", "c"]
    vectors.of(["d"])  # b is the one not asked for longest
    vectors.of(["a", "c", "d"])
    assert counting.embedded == ["a", "b", "c", "d"]
    vectors.of(["b"])
    assert counting.embedded[-1] == "b"


@given(
    st.lists(st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=6), max_size=8), st.integers(1, 5)
)
def test_rows_are_those_of_the_embedder_whatever_is_kept(asked: list[list[str]], most: int) -> None:
    vectors = RecentVectors(HashEmbedder(), most=most)
    for texts in asked:
        assert np.array_equal(vectors.of(texts), HashEmbedder().embed_passages(texts))


def test_threads_may_share_it() -> None:
    vectors = RecentVectors(HashEmbedder(), most=5)
    wrong: list[int] = []

    def ask(seed: int) -> None:
        for n in range(200):
            texts = [f"w{(seed * n + k) % 11}" for k in range(6)]
            if not np.array_equal(vectors.of(texts), HashEmbedder().embed_passages(texts)):
                wrong.append(n)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
