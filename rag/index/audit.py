"""Proves, by looking at everything, that the catalog and the derived indexes agree and that no text has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from rag.index.articles import article_key
from rag.index.embedding import Embedder
from rag.index.rebuilding import searched_passages
from rag.index.store import IndexStore
from rag.types import Article, Passage

_ROWS = 2_000
# The two ways to run the packaged model agree to .9987; other texts lie far below.
_SAME = 0.995
_SAMPLE = 64
_NAMED = 3


def audit(store: IndexStore, embedder: Embedder | None = None) -> list[str]:
    """Returns what is wrong with an index, one line each; nothing when all agrees.

    Args:
        store: The index. A writer at work meanwhile can show as a difference.
        embedder: Embeds a sample of the passages anew, to compare; ``None`` leaves that out.
    """
    store.refresh()
    problems = list(_texts(store))
    listed = set(store.catalog.passage_ids())
    leftovers = set(store.catalog.journal())
    for name, held in (("vectors", store.vectors.ids()), ("lexical index", store.lexical.ids())):
        problems += _named(f"passages are missing from the {name}", listed - held)
        problems += _named(f"entries of the {name} belong to no passage", held - listed - leftovers)
    if store.articles is not None:
        whole = {article_key(passage_id) for passage_id in listed}
        held, left = store.articles.keys(), {article_key(passage_id) for passage_id in leftovers}
        problems += _named("articles are missing from the index of whole articles", whole - held)
        problems += _named("entries of the index of whole articles belong to no article", held - whole - left)
    problems += _named("vectors are not of length 1, or not those of their text", _wrong_vectors(store, embedder))
    return problems


def _texts(store: IndexStore) -> Iterator[str]:
    catalog = store.catalog
    places = catalog.places()
    known = {article_id for _, _, article_id in places}
    changed, outside, astray = [], [], []
    for article_id in sorted(known):
        article = catalog.article(article_id)
        if hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest() != article.version:
            changed.append(article_id)
        if not all(_fits(article, passage) for passage in catalog.passages_of(article_id)):
            outside.append(article_id)
        if article.duplicate_of is not None and article.duplicate_of not in known:
            astray.append(article_id)
    yield from _named("articles have a text that is not that of their version", changed)
    yield from _named("articles have passages outside their text", outside)
    yield from _named("articles follow a lead copy that does not exist", astray)


def _fits(article: Article, passage: Passage) -> bool:
    inside = passage.span.end <= len(article.text) and passage.version == article.version
    return inside and all(passage.span.start <= s.start < s.end <= passage.span.end for s in passage.sentences)


def _wrong_vectors(store: IndexStore, embedder: Embedder | None) -> list[str]:
    wrong: list[str] = []
    total = store.catalog.counts()[1]
    step = max(1, total // _SAMPLE)
    rows = searched_passages(store.catalog)
    sampled: list[tuple[str, str]] = []
    while batch := list(islice(rows, _ROWS)):
        stored = store.vectors.get([passage_id for passage_id, _ in batch])
        if stored is None:
            return wrong  # said already: some are missing
        lengths = np.linalg.norm(stored, axis=1)
        wrong += [i for (i, _), length in zip(batch, lengths, strict=True) if abs(length - 1.0) > 0.01]
        sampled += batch[::step]
    if embedder is not None and sampled:
        stored = store.vectors.get([i for i, _ in sampled])
        fresh = embedder.embed_passages([text for _, text in sampled])
        if stored is not None:
            cosines = (stored * fresh).sum(axis=1)
            wrong += [i for (i, _), cosine in zip(sampled, cosines, strict=True) if cosine < _SAME]
    return wrong


def _named(what: str, ids: Iterable[str]) -> list[str]:
    found = sorted(set(ids))
    if not found:
        return []
    more = ", …" if len(found) > _NAMED else ""
    return [f"{len(found):,} {what}: {', '.join(found[:_NAMED])}{more}"]
