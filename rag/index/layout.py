"""What the derived indexes hold of passages and articles, and how an index made by an older version gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.index.articles import ArticleIndex, WholeArticle, article_key
from rag.index.catalog import Catalog
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex
from rag.types import Article, Passage

# Raise when ``add_words`` puts something else into the indexes: the next writer then fills them anew.
LAYOUT = "2"
_BATCH_PASSAGES = 1_000

Passages = tuple[Article, list[Passage]]
"""An article with its passages."""


def add_words(
    lexical: LexicalIndex,
    wholes: ArticleIndex,
    articles: Sequence[tuple[Article, Sequence[Passage]]],
    rows: Mapping[str, NDArray[np.float32]],
) -> None:
    """Adds passages to the lexical index and their articles to the whole articles, and commits both.

    A title is the article's: repeated above every passage it would outweigh what the passages say.

    Args:
        lexical: The BM25 index of passages.
        wholes: The index of whole articles.
        articles: Articles with their passages.
        rows: Vectors of the passages by id.
    """
    lexical.add([(p.id, p.text) for _, passages in articles for p in passages])
    lexical.commit()
    wholes.add(
        [
            WholeArticle(article_key(passages[0].id), f"{article.title}\n{article.text}", np.stack(known))
            for article, passages in articles
            if (known := [rows[p.id] for p in passages if p.id in rows])
        ]
    )
    wholes.commit()


def refill(catalog: Catalog, vectors: VectorIndex, lexical: LexicalIndex, wholes: ArticleIndex) -> None:
    """Adds all that the catalog lists, with vectors as stored: some 10 ms an article and no model.

    What is there already is replaced, so that after an interruption it can be done again.
    """
    for batch in passages_in_batches(catalog, _BATCH_PASSAGES):
        add_words(lexical, wholes, batch, vectors.rows([p.id for _, passages in batch for p in passages]))


def passages_in_batches(catalog: Catalog, size: int) -> Iterator[list[Passages]]:
    """Yields all articles that have passages, by id, as many at a time as have at least ``size`` passages together."""
    batch: list[Passages] = []
    held = 0
    for _, _, article_id in catalog.places():
        if passages := catalog.passages_of(article_id):
            batch.append((catalog.article(article_id), passages))
            held += len(passages)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
