"""What the derived indexes hold of passages and articles, and how an index made by an older version gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.index.articles import ArticleIndex, WholeArticle, article_key
from rag.index.catalog import Catalog
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex
from rag.types import Article, Passage

# Raise when ``add_words`` puts something else into the indexes: the next writer then fills them anew.
LAYOUT = "2"
_BATCH = 100


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
    ids = [article_id for _, _, article_id in catalog.places()]
    for start in range(0, len(ids), _BATCH):
        batch = [(catalog.article(i), catalog.passages_of(i)) for i in ids[start : start + _BATCH]]
        add_words(lexical, wholes, batch, vectors.rows([p.id for _, passages in batch for p in passages]))
