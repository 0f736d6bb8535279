"""Hybrid retrieval: dense and BM25 rankings, fused by rank, thinned so that no article or copy crowds out the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.index.embedding import Embedder
from rag.index.records import PassageEntry
from rag.index.store import IndexStore
from rag.types import Filters, RetrievedPassage, SearchMode

_CANDIDATES = 100
_RANK_CONSTANT = 60
_DENSE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class _Scored:
    id: str
    score: float


class Retriever:
    """Answers searches from an open index.

    Args:
        store: The index.
        embedder: Embeds questions; must be the model the index was built with.
    """

    def __init__(self, store: IndexStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def search(
        self,
        question: str,
        k: int,
        *,
        filters: Filters | None = None,
        mode: SearchMode = SearchMode.HYBRID,
        per_article: int = 2,
        fill: bool = False,
    ) -> list[RetrievedPassage]:
        """Returns the best passages for a question.

        Args:
            question: Plain text; no character in it has a special meaning.
            k: Passages wanted, at least 1.
            filters: What the passages may come from.
            mode: Which rankings to use.
            per_article: Most passages of one article.
            fill: Whether to go on with further passages of the same articles when all articles are represented and
                there is room left, as in a corpus of a few articles.

        Returns:
            Up to ``k`` passages, best first. Of several copies of one report the lead copy stands for all, or, where
            the filters exclude it, the first that passes them.
        """
        self._store.refresh()
        wanted = filters or Filters()
        depth = max(_CANDIDATES, 4 * k)
        dense: dict[str, float] = {}
        lexical: dict[str, float] = {}
        if mode is not SearchMode.BM25:
            self._store.require_embedder(self._embedder.fingerprint)
            dense = dict(self._store.search_dense(self._embedder.embed_query(question), depth, wanted))
        if mode is not SearchMode.DENSE:
            lexical = dict(self._store.search_lexical(question, depth, wanted))
        if mode is SearchMode.HYBRID:
            ranked = fuse([(dense, _DENSE_WEIGHT), (lexical, 1 - _DENSE_WEIGHT)])
        else:
            ranked = [_Scored(i, s) for i, s in (dense or lexical).items()]
        entries = self._store.catalog.entries([hit.id for hit in ranked], wanted)
        current = [hit for hit in ranked if hit.id in entries]
        chosen = _thin(current, entries, k, per_article)
        if fill and len(chosen) < k:
            chosen += [hit for hit in _thin(current, entries, depth, depth) if hit not in chosen][: k - len(chosen)]
        return self._load(chosen, dense, lexical)

    def _load(
        self, chosen: list[_Scored], dense: Mapping[str, float], lexical: Mapping[str, float]
    ) -> list[RetrievedPassage]:
        catalog = self._store.catalog
        scores = {hit.id: hit.score for hit in chosen}
        passages = catalog.passages(list(scores))
        heads = catalog.heads({p.article_id for p in passages})
        return [
            RetrievedPassage(
                passage=p,
                title=heads[p.article_id].title,
                publisher=heads[p.article_id].publisher,
                published=heads[p.article_id].published,
                score=scores[p.id],
                cosine=dense.get(p.id),
                bm25=lexical.get(p.id),
                also_carried_by=tuple(catalog.carriers(p.article_id)),
            )
            for p in passages
            if p.article_id in heads
        ]


def fuse(rankings: Iterable[tuple[Mapping[str, float], float]]) -> list[_Scored]:
    """Fuses rankings by weighted reciprocal rank.

    Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods"
    (SIGIR 2009), with a weight per ranking: score(d) = Σ w / (60 + rank(d)).

    Args:
        rankings: Each maps ids, in rank order, to scores; with its weight.

    Returns:
        All ids, best first; ties by id, so that the order is the same in every run.
    """
    fused: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            fused[passage_id] = fused.get(passage_id, 0.0) + weight / (_RANK_CONSTANT + rank)
    return [_Scored(i, s) for i, s in sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))]


def _thin(hits: Sequence[_Scored], entries: Mapping[str, PassageEntry], k: int, per_article: int) -> list[_Scored]:
    chosen: list[_Scored] = []
    taken: dict[str, int] = {}
    speaks_for: dict[str, str] = {}
    present = {entries[hit.id].article_id for hit in hits}
    for hit in hits:
        entry = entries[hit.id]
        # The lead copy speaks for its group when it is among the hits at all; else the best placed copy does.
        speaker = speaks_for.setdefault(entry.group, entry.group if entry.group in present else entry.article_id)
        if entry.article_id != speaker or taken.get(speaker, 0) >= per_article:
            continue
        taken[speaker] = taken.get(speaker, 0) + 1
        chosen.append(hit)
        if len(chosen) == k:
            break
    return chosen
