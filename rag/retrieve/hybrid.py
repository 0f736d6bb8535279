"""Hybrid retrieval: passages and their articles, by meaning and by words, combined and thinned.

The best passages by cosine and by BM25 are the candidates; each is scored by both, and so is its whole article
(``rag.retrieve.evidence``). Thinning keeps an article or the copies of one report from crowding out the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rag.index.alignment import read_sentences, share_in
from rag.index.articles import article_key
from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.index.records import PassageEntry
from rag.index.signatures import shingles
from rag.index.store import IndexStore
from rag.retrieve.evidence import Ranking, combined, recencies
from rag.retrieve.reranking import RERANKED, Reranker, reranked
from rag.types import Filters, RetrievedPassage, SearchMode

_CANDIDATES = 100
_REPEATED = 0.5
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class _Scored:
    id: str
    score: float


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates in order: their scores, what the catalog says of them, and the scores of single rankings."""

    scores: dict[str, float]
    entries: dict[str, PassageEntry]
    cosines: dict[str, float]
    bm25: dict[str, float]


class Retriever:
    """Answers searches from an open index.

    Args:
        store: The index.
        embedder: Embeds questions; must be the model the index was built with.
        reranker: Orders the best passages anew, if there is one.
    """

    def __init__(self, store: IndexStore, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._store = store
        self._reranker = reranker
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
            the filters exclude it, the best placed that passes them; what another copy adds is returned from there.
        """
        self._store.refresh()
        wanted = filters or Filters()
        found = self._candidates(question, max(_CANDIDATES, 4 * k), wanted, mode)
        scores = found.scores
        if self._reranker is not None:
            scores = reranked(question, scores, self._read(list(scores)[: max(RERANKED, 2 * k)]), self._reranker)
        ranked = [_Scored(i, score) for i, score in scores.items()]
        entries = found.entries
        copies = _Copies(self._store.catalog, [entries[hit.id] for hit in ranked])
        chosen = _thin(ranked, entries, copies, k, per_article)
        if fill and len(chosen) < k:
            rest = _thin(ranked, entries, copies, len(ranked), len(ranked))
            chosen += [hit for hit in rest if hit not in chosen][: k - len(chosen)]
        return self._load(chosen, copies, wanted.latest, found)

    def _candidates(self, question: str, depth: int, filters: Filters, mode: SearchMode) -> _Found:
        """Returns the best passages of the rankings of a mode, each scored by all of them, best first."""
        store, vector = self._store, None
        cosines: dict[str, float] = {}
        bm25: dict[str, float] = {}
        if mode is not SearchMode.BM25:
            store.require_embedder(self._embedder.fingerprint)
            vector = self._embedder.embed_query(question)
            cosines = dict(store.search_dense(vector, depth, filters))
        if mode is not SearchMode.DENSE:
            bm25 = dict(store.search_lexical(question, depth, filters))
        entries = store.catalog.entries([*cosines, *(i for i in bm25 if i not in cosines)], filters)
        keys = {i: article_key(i) for i in entries}
        wholes = store.articles
        own, shared = list[Ranking](), list[Ranking]()
        if vector is not None:
            cosines |= store.vectors.cosines(vector, [i for i in entries if i not in cosines])
            unrelated = wholes.unrelated(vector) if wholes else 0.0
            own.append(Ranking(cosines, unrelated))
            if wholes:
                shared.append(Ranking(wholes.cosines(vector, set(keys.values())), unrelated))
        if mode is not SearchMode.DENSE:
            others = [i for i in entries if i not in bm25]
            bm25 |= dict(store.lexical.search(question, len(others), others))
            own.append(Ranking(bm25))
            if wholes:
                shared.append(Ranking(wholes.bm25(question, set(keys.values()))))
        recency = recencies(question, {i: entry.published for i, entry in entries.items()})
        return _Found(combined(keys, own, shared, recency), entries, cosines, bm25)

    def _read(self, passage_ids: Sequence[str]) -> dict[str, str]:
        """Returns the texts of passages under their articles' titles."""
        passages = self._store.catalog.passages(passage_ids)
        heads = self._store.catalog.heads({p.article_id for p in passages})
        titles = {article_id: head.title for article_id, head in heads.items()}
        return {p.id: f"{titles.get(p.article_id, '')}\n{p.text}".strip() for p in passages}

    def _load(
        self, chosen: list[_Scored], copies: _Copies, as_of: date | None, found: _Found
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
                cosine=found.cosines.get(p.id),
                bm25=found.bm25.get(p.id),
                also_carried_by=() if p.id in copies.additions else tuple(catalog.carriers(p.article_id, as_of)),
            )
            for p in passages
            if p.article_id in heads
        ]


class _Copies:
    """Which of several copies of one report speaks for all, and what others have that it has not.

    Attributes:
        additions: Passages that were found to be in a copy but not in the one that speaks for it.
    """

    def __init__(self, catalog: Catalog, hits: Sequence[PassageEntry]) -> None:
        self._catalog = catalog
        self._speakers: dict[str, str] = {}
        self._said: dict[str, set[str]] = {}
        self._sentences: dict[str, tuple[frozenset[str], ...]] = {}
        self._figures: dict[str, list[set[str]]] = {}
        self.additions: set[str] = set()
        present = {entry.article_id for entry in hits}
        for entry in hits:
            speaker = entry.group if entry.group in present else entry.article_id
            self._speakers.setdefault(entry.group, speaker)

    def is_repetition(self, entry: PassageEntry) -> bool:
        """Tells whether the copy that speaks for the group has most of a passage, reworded at most, and its figures."""
        speaker = self._speakers[entry.group]
        if entry.article_id == speaker:
            return False
        if speaker not in self._said:
            self._said[speaker] = {s for p in self._catalog.passages_of(speaker) for s in shingles(p.text)}
        (text,) = [p.text for p in self._catalog.passages([entry.id])] or ("",)
        own = set(shingles(text))
        is_said = len(own & self._said[speaker]) >= _REPEATED * len(own) or self._is_reworded(text, speaker)
        if is_said and not self._has_other_figures(text, entry.group):
            return True
        self.additions.add(entry.id)
        return False

    def _is_reworded(self, text: str, speaker: str) -> bool:
        if speaker not in self._sentences:
            self._sentences[speaker] = read_sentences(self._catalog.article(speaker).text).everything
        return share_in(read_sentences(text).everything, self._sentences[speaker]) >= _REPEATED

    def _has_other_figures(self, text: str, group: str) -> bool:
        """Tells whether a passage has a figure that no copy heard so far has: it says something else then."""
        heard = self._figures.setdefault(group, [])
        if not heard:
            heard.append(set(_FIGURE.findall(self._catalog.article(self._speakers[group]).text)))
        figures = set(_FIGURE.findall(text))
        if any(figures <= known for known in heard):
            return False
        heard.append(figures)
        return True


def _thin(
    hits: Sequence[_Scored], entries: Mapping[str, PassageEntry], copies: _Copies, k: int, per_article: int
) -> list[_Scored]:
    chosen: list[_Scored] = []
    taken: dict[str, int] = {}
    for hit in hits:
        article_id = entries[hit.id].article_id
        if taken.get(article_id, 0) >= per_article or copies.is_repetition(entries[hit.id]):
            continue
        taken[article_id] = taken.get(article_id, 0) + 1
        chosen.append(hit)
        if len(chosen) == k:
            break
    return chosen
