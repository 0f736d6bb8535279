"""More articles than the data has: two at a time are shuffled into one, their vectors mixed in the same proportion.

Each passage of a new article begins with the first sentences of a passage of one article and ends with the last ones of
a passage of another. Its vector is the mean of the two passages' vectors, weighted by the words taken of each, with a
little noise, and of unit length: embedding a million passages would take a processor ten hours. ``likeness`` tells how
near such vectors come to what the encoder says of the same text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.index.embedding import Embedder
from rag.index.records import IndexedArticle, searched_text
from rag.index.store import IndexStore
from rag.types import Article, Passage, Span

_NOISE = 0.15
"""Length of the noise beside a vector of length 1."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article that is there already, with its passages and their vectors, one a row."""

    article: Article
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]


def read_sources(store: IndexStore) -> list[Source]:
    """Returns all articles of an index, by id, without those that are copies of another."""
    found = []
    for _, _, article_id in store.catalog.places():
        article, passages = store.catalog.article(article_id), store.catalog.passages_of(article_id)
        vectors = store.vectors.get([p.id for p in passages])
        if article.duplicate_of is None and vectors is not None:
            found.append(Source(article, tuple(passages), vectors))
    return found


def as_it_is(source: Source) -> tuple[IndexedArticle, NDArray[np.float32]]:
    """Returns an article of the data, ready to be written into another index."""
    digest = source.passages[0].id.rpartition(":")[0].rpartition(":")[2]
    return IndexedArticle(source.article, "", source.article.id, digest, source.passages), source.vectors


def recombined(sources: Sequence[Source], seed: int = 0) -> Iterator[tuple[IndexedArticle, NDArray[np.float32]]]:
    """Yields new articles without end, always the same ones."""
    draw = np.random.default_rng(seed)
    number = 0
    while True:
        for first in sources:
            number += 1
            yield _shuffled(number, first, sources[int(draw.integers(len(sources)))], draw)


def likeness(sources: Sequence[Source], embedder: Embedder, n: int = 200) -> tuple[float, float]:
    """Returns the median and the 5th percentile of the cosine between mixed and encoded vectors of ``n`` passages."""
    texts: list[str] = []
    mixed: list[NDArray[np.float32]] = []
    for item, vectors in recombined(sources):
        texts += [searched_text(item.article.title, passage.text) for passage in item.passages]
        mixed += list(vectors)
        if len(texts) >= n:
            break
    cosines = np.sum(embedder.embed_passages(texts[:n]) * np.stack(mixed[:n]), axis=1)
    return float(np.median(cosines)), float(np.percentile(cosines, 5))


def _shuffled(
    number: int, first: Source, second: Source, draw: np.random.Generator
) -> tuple[IndexedArticle, NDArray[np.float32]]:
    texts: list[list[str]] = []
    rows: list[NDArray[np.float32]] = []
    for place, one in enumerate(first.passages):
        other_place = place % len(second.passages)
        other = second.passages[other_place]
        kept = _sentences(one)[: (len(one.sentences) + 1) // 2]
        added = _sentences(other)[len(other.sentences) // 2 :]
        share = _words(kept) / max(1, _words(kept) + _words(added))
        row = share * first.vectors[place] + (1 - share) * second.vectors[other_place]
        row = row / np.linalg.norm(row)
        noise = draw.standard_normal(len(row), dtype=np.float32)
        row = row + _NOISE * noise / np.linalg.norm(noise)
        texts.append(kept + added)
        rows.append((row / np.linalg.norm(row)).astype(np.float32))
    article_id = f"recombined-{number:07d}"
    text = "\n\n".join(" ".join(sentences) for sentences in texts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    article = Article(
        article_id, digest, text, first.article.title, first.article.publisher, first.article.published,
        language=first.article.language,
    )  # fmt: skip
    passages = tuple(_passages(article, texts))
    return IndexedArticle(article, "", article_id, digest, passages), np.stack(rows)


def _passages(article: Article, texts: Sequence[Sequence[str]]) -> Iterator[Passage]:
    at = 0
    for sentences in texts:
        start = at
        spans = []
        for sentence in sentences:
            spans.append(Span(at, at + len(sentence)))
            at += len(sentence) + 1
        span = Span(start, at - 1)
        passage_id = f"{article.id}:{article.version[:16]}:{span.start}-{span.end}"
        yield Passage(passage_id, article.id, article.version, span, tuple(spans), span.of(article.text))
        at += 1  # the blank between sentences is there already; a paragraph ends with two line breaks


def _sentences(passage: Passage) -> list[str]:
    return [passage.words(span) for span in passage.sentences]


def _words(sentences: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)
