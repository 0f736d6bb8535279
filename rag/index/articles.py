"""Whole articles beside their passages: a BM25 document and a mean vector for every article version.

A passage says where the answer stands, the article what it is about: a passage that never names the storm is found by
the words around it. Both are asked only about articles whose passages were found (two-stage retrieval by passage and
document evidence, as in Callan, "Passage-level evidence in document retrieval", SIGIR 1994).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex

_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """An article version as it is indexed.

    Attributes:
        key: See ``article_key``.
        text: Title and canonical text.
        vectors: The unit vectors of its passages, one a row, at least one.
    """

    key: str
    text: str
    vectors: NDArray[np.float32]


def article_key(passage_id: str) -> str:
    """Returns the id of the article version a passage is from: passage ids begin with it."""
    return passage_id.rpartition(":")[0]


def article_of(key: str) -> str:
    """Returns the id of the article that a key names a version of."""
    return key.rpartition(":")[0]


class ArticleIndex:
    """Scores of whole articles, kept in a folder of their own.

    Args:
        folder: Created when absent.

    Raises:
        StoreError: The folder cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lexical = LexicalIndex(folder / "lexical")
        self._vectors = VectorIndex(folder / "vectors")
        self._centre: NDArray[np.float32] | None = None

    def add(self, articles: Sequence[WholeArticle]) -> None:
        """Adds article versions, replacing those with the same key; BM25 documents count from ``commit`` on."""
        if articles:
            keys = [article.key for article in articles]
            self._vectors.add(keys, np.stack([_unit(article.vectors.mean(axis=0)) for article in articles]))
            self._lexical.add([(article.key, article.text) for article in articles])
            self._centre = None

    def delete(self, keys: Sequence[str]) -> None:
        """Forgets article versions; unknown keys are ignored."""
        self._vectors.delete(keys)
        self._lexical.delete(keys)

    def commit(self) -> None:
        """Makes additions and deletions durable and visible."""
        self._lexical.commit()

    def abandon(self) -> None:
        """Drops what was not committed and lets other processes write."""
        self._lexical.close()

    def refresh(self) -> None:
        """Makes what another process has written visible here."""
        self._vectors.reopen()
        self._lexical.refresh()
        self._centre = None

    def close(self) -> None:
        """Drops what was not committed and releases the files."""
        self._vectors.close()
        self._lexical.close()

    def keys(self) -> set[str]:
        """Returns the keys of all article versions that have a vector."""
        return self._vectors.ids()

    def cosines(self, vector: NDArray[np.float32], keys: Iterable[str]) -> dict[str, float]:
        """Returns the cosine of each article's mean vector to ``vector``, of those that are there."""
        return self._vectors.cosines(vector, list(keys))

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """Returns the keys and BM25 scores of the ``k`` articles that fit a query best, best first."""
        return self._lexical.search(query, k)

    def bm25(self, query: str, keys: Iterable[str]) -> dict[str, float]:
        """Returns the BM25 score of each article that has a word of the query."""
        wanted = list(keys)
        return dict(self._lexical.search(query, len(wanted), wanted))

    def unrelated(self, vector: NDArray[np.float32]) -> float:
        """Returns the mean cosine of articles to ``vector``, over a thousand of them: what an unrelated one has."""
        if self._centre is None:
            sample = self._vectors.sample(_SAMPLE)
            self._centre = sample.mean(axis=0) if len(sample) else np.zeros_like(vector)
        return float(self._centre @ vector)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
